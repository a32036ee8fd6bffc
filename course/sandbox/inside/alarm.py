"""A time limit on code in the main thread, for honest loops; who blocks it is killed from outside."""

import contextlib
import signal
import time
from collections.abc import Iterator
from types import FrameType


class TooSlow(BaseException):
    """Raised in code that passes its limit; not an Exception, so that `except Exception` lets it out."""


@contextlib.contextmanager
def time_limit(limit_s: float) -> Iterator[None]:
    """Raise TooSlow in the code inside after `limit_s`, and every second after that.

    Limits nest: a function called back while a cell waits has what is left of the cell's time, at most.
    """
    before = signal.getsignal(signal.SIGALRM)
    left_s, _again_s = signal.getitimer(signal.ITIMER_REAL)
    until_s = time.monotonic() + left_s
    is_shorter = not left_s or limit_s < left_s

    def expire(signum: int, frame: FrameType | None) -> None:
        raise TooSlow(f"stopped after {limit_s:g} s; is there a loop without an end?")

    if is_shorter:
        signal.signal(signal.SIGALRM, expire)
        signal.setitimer(signal.ITIMER_REAL, limit_s, 1.0)
    try:
        yield
    finally:
        if not left_s:
            signal.setitimer(signal.ITIMER_REAL, 0)
        elif is_shorter:
            signal.signal(signal.SIGALRM, before)
            signal.setitimer(signal.ITIMER_REAL, max(until_s - time.monotonic(), 0.001), 1.0)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the alarm waiting while something is done that must not be left half done; nests."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
