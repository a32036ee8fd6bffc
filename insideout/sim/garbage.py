"""Python's search for garbage in cycles, rarer while events run.

A cluster makes objects by the hundred thousand that stay: its state and its history.  By its own thresholds
the collector walks through all of them over and over, for a fifth of the time that 2,000 pods take to start,
and finds next to nothing: what a cluster drops is in no cycle, so that counting references frees it at once.
What is in cycles is still found while it is young; what is old waits for the end of the run.
"""

import contextlib
import gc
from collections.abc import Iterator

THRESHOLDS = (50_000, 50, 1000)
"""As gc.set_threshold takes them: new objects, then collections of younger ones, before each collection."""


@contextlib.contextmanager
def searched_seldom() -> Iterator[None]:
    """Search seldom within the block, and as before after it; nothing changes where collecting is off."""
    before = gc.get_threshold()
    if not before[0] or before == THRESHOLDS:
        yield
        return
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
