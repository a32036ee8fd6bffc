"""One grader at a time in a course's folder: the gradebook and the folders of a unit have one writer.

Where the system has no such locks (Windows), nobody waits.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

LOCK = ".grading.lock"


@contextlib.contextmanager
def alone(root: Path, say: Callable[[str], object]) -> Iterator[None]:
    """Wait until no other grader is at work below `root`, and keep others waiting meanwhile.

    The lock ends with the process that holds it, however that ends.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (root / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another `course grade` is at work in {root}; this one goes on when it has ended")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
