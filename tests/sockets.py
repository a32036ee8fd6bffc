"""Sockets that other people's clients leave to the garbage collector."""

import contextlib
import gc
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def sockets_collected() -> Iterator[None]:
    """Collect at the end what clients dropped without TLS's goodbye, and not in a later test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
