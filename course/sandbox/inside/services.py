"""The way to what the grader keeps in a process of its own for a notebook, such as a cluster."""

from collections.abc import Callable
from typing import Any

Opener = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]

_opener: Opener | None = None


def connect(opener: Opener) -> None:
    """Open services by `opener` from now on."""
    global _opener  # one notebook lives in a process
    _opener = opener


def open_service(name: str, *args: Any, **kwargs: Any) -> Any:
    """Return a new object of the service called `name`."""
    if _opener is None:
        raise RuntimeError(f"{name} can be used when the notebook runs")
    return _opener(name, args, kwargs)
