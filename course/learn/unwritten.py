"""A cell that needs an exercise which is not written yet says so in one line, in place of a traceback.

The released notebook goes on behind such a cell: the builder tags it, so that Run All reaches the end.
"""

import traceback
from types import TracebackType
from typing import Any

from course.learn.frontend import kernel


def install() -> None:
    """Answer for NotImplementedError from now on, where a notebook's kernel runs this."""
    if kernel() is not None:
        from IPython import get_ipython

        shell: Any = get_ipython()
        shell.set_custom_exc((NotImplementedError,), _tell)


def _tell(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> list[str]:
    """Show one line that names the function which raised, or the error as ever when it is none of a cell."""
    if error.args:  # somebody's own, with something to say
        lines: list[str] = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
    else:
        lines = [unwritten(trace)]
    shell._showtraceback(kind, error, lines)
    return lines


def unwritten(trace: TracebackType | None) -> str:
    """Return the line for the function that a traceback ends in."""
    name = traceback.extract_tb(trace)[-1].name
    what = "An exercise above" if name == "<module>" else name
    return f"{what} is not written yet: write it first, then run this cell again."
