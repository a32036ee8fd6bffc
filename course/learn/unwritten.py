"""A cell that needs an exercise which is not written yet says so in one line, in place of a traceback.

The released notebook goes on behind such a cell: the builder tags it, so that Run All reaches the end.
"""

import ast
import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from course.learn.frontend import kernel

_FUNCTION = re.compile(r"^  line \d+, in ([^:]+):", re.MULTILINE)
"""A frame of a learner's own code, as a crash report writes it."""

_awaited: dict[str, str] = {}
"""What cells would have defined that ended in such a line, each with the line."""


class Crashed(Exception):  # noqa: N818  it says what happened
    """A learner's part of a cluster crashed; the message is what its cell shows."""


def refuse_crashed(cluster: Any, component: str) -> None:
    """Raise Crashed when the learner's part of a cluster crashed: what follows is not its work."""
    if not (errors := cluster.errors(component)):
        return
    report = errors[0]
    if ": NotImplementedError: " in report and (found := _FUNCTION.findall(report)):
        raise Crashed(_line(found[-1]))
    raise Crashed(f"This cell needs a {component} that does not crash. {report}")


def refuse_unwritten(function: Callable[..., Any], *arguments: Any) -> None:
    """Raise Crashed when `function` is not written: a cluster that it drives would only report its crash.

    It is called with `arguments` to find out; any other error is for the cell that needs it.
    """
    found: Exception | None = None
    try:
        function(*arguments)
    except Exception as error:
        found = error
    if isinstance(found, NotImplementedError) and not found.args:
        raise Crashed(unwritten(found.__traceback__)) from None


def install() -> None:
    """Answer for what comes of an unwritten exercise from now on, where a notebook's kernel runs this."""
    if kernel() is not None:
        from IPython import get_ipython

        shell: Any = get_ipython()
        shell.set_custom_exc((Exception,), _tell)


def _tell(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Show one line that names the function that is not written; any other error as ever."""
    if line := _missing(error):
        _awaited.update(dict.fromkeys(_defined(shell.user_ns.get("In", [""])[-1]), line))
        shell._showtraceback(kind, error, [line])
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset, running_compiled_code=True)


def _missing(error: BaseException) -> str:
    """Return the line about the exercise that an error comes from, "" when it comes from none."""
    if isinstance(error, Crashed):
        return str(error)
    if isinstance(error, NameError):
        return _awaited.get(error.name or "", "")
    for one in _chain(error):
        if isinstance(one, NotImplementedError) and not one.args:  # with words it is somebody's own
            return unwritten(one.__traceback__)
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it was raised for."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _defined(source: str) -> set[str]:
    """Return the names that a cell would have set."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic, which sets nothing here
        return set()
    return {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def unwritten(trace: TracebackType | None) -> str:
    """Return the line for the function that a traceback ends in, a method with its class."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = trace.tb_frame.f_code.co_qualname.rpartition("<locals>.")[2] if trace else "<module>"
    return _line("An exercise above" if name == "<module>" else name)


def _line(what: str) -> str:
    return f"{what} is not written yet: write it first, then run this cell again."
