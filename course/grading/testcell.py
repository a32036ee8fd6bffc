"""Runs a test cell in this, the trusted process, with stand-ins for the names that the learner defines.

What the cell binds before it reads it, and Python's own names, are never taken from the learner, so a
notebook that redefines `print` or `course` changes nothing here.
"""

import ast
import builtins
import contextlib
import io
import linecache
import sys
import time
import traceback
from collections.abc import Mapping
from types import CodeType
from typing import Any, NamedTuple

from course.checks import instructor_seed
from course.checks.call import Raised
from course.grading import names
from course.sandbox.learner import Died, Learner
from course.sandbox.told import Output
from insideout.backends import choice

OUTPUT_LIMIT = 100_000
"""How many characters of a test's report are kept; a report shows a few cases of a few rules."""

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)
"""Statements that read before they bind: `kept = squares`, `total = total + 1`."""

OURS = {"instructor_seed": instructor_seed}
"""Names that a test cell may have from the lesson's imports, and that no notebook may answer for."""


class TestRun(NamedTuple):
    """What came of a test cell; `fault` says when the check itself broke, which is no learner's doing."""

    outputs: list[Output]
    fault: str
    wall_s: float


def run(
    source: str,
    grade_id: str,
    points: float,
    learner: Learner,
    later: list[str],
    failed: Mapping[str, str] | None = None,
) -> TestRun:
    """Run the test `source`.

    `later` are the learner's cells below it, to say when a name comes too late; `failed` says by name why the
    cell that was to define it failed.
    """
    started_s = time.monotonic()
    learner.begin_test()
    printed = _Bounded()
    outputs: list[Output] = []
    fault = ""
    try:
        with (
            choice.aside(sys.stderr),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            value = _execute(source, grade_id, learner)
    except (Died, Raised, NameError, AssertionError) as error:
        outputs = [_explained(error, later, failed or {})]
    except Exception as error:
        outputs = [_explained(error, later, failed or {})]
        fault = f"{grade_id}: {type(error).__name__}: {error}"[:500]
    else:
        if value is not None:
            shown, fault = _points(value, points, grade_id)
            outputs = [shown]
    finally:
        learner.end_test()
    text = printed.getvalue()
    stream = [{"kind": "stream", "name": "stdout", "text": text}] if text else []
    return TestRun([*stream, *outputs], fault, time.monotonic() - started_s)


def wanted_names(tree: ast.Module) -> list[str]:
    """Return the names that a cell reads before it binds them itself, in alphabetical order."""
    wanted: set[str] = set()
    known = set(vars(builtins))
    for statement in tree.body:
        read, bound = _names_in(statement)
        wanted |= read - known - (_inner(statement) if isinstance(statement, _SIMPLE) else bound)
        known |= bound
    return sorted(wanted)


def _inner(statement: ast.stmt) -> set[str]:
    """Return the names that comprehensions and functions inside a statement bind for themselves."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.comprehension):
            found |= {one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)}
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def _names_in(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads, and those that it binds or deletes."""
    read: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return read, bound


def _execute(source: str, grade_id: str, learner: Learner) -> Any:
    """Run the cell and return the value of its last line, or None."""
    filename = f"<{grade_id}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    tree = ast.parse(source, filename)
    wanted = [name for name in wanted_names(tree) if name not in OURS]
    given = learner.names(wanted)
    namespace: dict[str, Any] = {"__name__": "__main__", **OURS, **given}
    learner.follow(namespace, given)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        del tree.body[-1]
        _evaluate(compile(tree, filename, "exec"), namespace)
        return _evaluate(compile(ast.Expression(last.value), filename, "eval"), namespace)
    _evaluate(compile(tree, filename, "exec"), namespace)
    return None


def _evaluate(code: CodeType, namespace: dict[str, Any]) -> Any:
    return eval(code, namespace)  # the text is the instructor's: it comes from the gradebook


def _points(value: Any, points: float, grade_id: str) -> tuple[Output, str]:
    """Return the output that nbgrader reads points from; an error, and a fault, for what are none."""
    if type(value) in (int, float) and 0 <= value <= points:
        return {"kind": "result", "text": repr(value)}, ""
    message = f"the value of the test is {value!r:.100}, and not between 0 and {points:g}"
    return _error("ValueError", message, []), f"{grade_id}: {message}"


def _explained(error: BaseException, later: list[str], failed: Mapping[str, str]) -> Output:
    kind, message = type(error).__name__, str(error)
    if isinstance(error, Raised):
        kind, message = error.kind, error.message + (f" (at {error.where})" if error.where else "")
        return _error(kind, message, [])
    if isinstance(error, Died):
        return _error("Stopped", message, [])
    if isinstance(error, NameError) and error.name:
        if error.name in failed:
            return _error(*unwritten(error.name, failed[error.name]), [])
        if any(error.name in source and error.name in names.defined(source) for source in later):
            message += "; a cell below this test defines it: put that cell above the test"
        else:
            message += "; no cell above this test defined it, or the one that does failed"
        return _error(kind, message, [])
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"line {frame.lineno}: {frame.line}" for frame in frames if frame.filename.startswith("<")]
    return _error(kind, message, lines)


def unwritten(name: str, why: str) -> tuple[str, str]:
    """Return the error of a test whose function is not there, because its cell failed: kind and message."""
    return "NotDefined", f"{name} is not there, for its cell failed: {why}"


def _error(kind: str, message: str, lines: list[str]) -> Output:
    return {"kind": "error", "name": kind, "message": message, "lines": [*lines, f"{kind}: {message}"]}


class _Bounded(io.StringIO):
    """Text that stops growing, with a note where it was cut."""

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        room = OUTPUT_LIMIT - self.tell()
        if room > 0:
            super().write(text[:room])
            if len(text) > room:
                super().write("\n... the rest of the report was cut\n")
        return len(text)
