"""Kubernetes Inside Out, the course: its units, and what builds, grades and shows them.

The cluster that its notebooks run on is the package `insideout`, which knows nothing of this one.
`course.progress()` shows in a cell where you stand.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """Return `progress`, which is imported when it is asked for: most imports of this package need none."""
    if name == "progress":
        from course.learn.standing import progress

        return progress
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
