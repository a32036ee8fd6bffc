"""A time limit for code on a platform without timers, such as a browser: the clock is read at jumps.

Every loop jumps back.  Where Python reports jumps (3.12 and later), a look at the clock every few hundred of
them ends a loop without an end; a single call into C that does not come back is out of reach.
"""

import contextlib
import sys
import time
from collections.abc import Iterator

EVERY = 256
"""How many jumps go by between two looks at the clock."""


@contextlib.contextmanager
def deadline(limit_s: float, error: type[BaseException]) -> Iterator[None]:
    """Raise `error` in the code inside once it has run for `limit_s`, and at every further jump.

    On a Python that reports no jumps, or where another tool watches, the code runs without a limit.
    """
    if sys.version_info < (3, 12):
        yield
        return
    watching = sys.monitoring
    tool = watching.PROFILER_ID
    if watching.get_tool(tool) is not None:
        yield
        return
    end_s, jumps = time.monotonic() + limit_s, 0

    def jump(*_: object) -> None:
        nonlocal jumps
        jumps += 1
        if jumps % EVERY == 0 and time.monotonic() > end_s:
            jumps -= 1  # so that the next jump looks again
            raise error

    watching.use_tool_id(tool, "course")
    watching.register_callback(tool, watching.events.JUMP, jump)
    watching.set_events(tool, watching.events.JUMP)
    try:
        yield
    finally:
        watching.set_events(tool, 0)
        watching.register_callback(tool, watching.events.JUMP, None)
        watching.free_tool_id(tool)
