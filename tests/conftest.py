"""What several test modules share: one embedded cluster over HTTP."""

import gc
import os
import warnings
from collections.abc import Iterator

import pytest

from insideout.backends.embedded import EmbeddedBackend

os.environ["COURSE_PREDICT"] = "default"  # nbval's kernels inherit it


@pytest.fixture(scope="session")
def served() -> Iterator[EmbeddedBackend]:
    """Serve an embedded backend in real time, its HTTP door open."""
    backend = EmbeddedBackend(realtime=True)
    backend.kubeconfig()
    yield backend
    backend.stop()
    with warnings.catch_warnings():
        # Clients that drop a connection without TLS's goodbye leave half of it to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
