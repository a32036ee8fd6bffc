"""A lesson as its author writes it: percent-format Python, one marker a cell.

A marker names the cell and says what it is for:

    # %% [markdown] id="question" role="text"
    # %% id="first-look" role="code"
    # %% id="qos" role="exercise"
    # %% id="qos-examples" role="test" points=3

The id becomes the cell's id and nbgrader's grade_id, so it is never positional and never reused.  The text
is read by jupytext, so editors and JupyterLab understand it too.  What is wrong with a lesson is one
`LessonError` each: file, line, what to do.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext

ROLES = ("text", "code", "exercise", "test")
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
MAX_CODE_LINES = 15
"""A longer run cell is machinery, and machinery belongs in the package."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNIT = re.compile(r"\d\d_[a-z0-9_]+")


class LessonError(Exception):
    """One thing that is wrong with a lesson: where, what, and what to do."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


@dataclass(frozen=True)
class Cell:
    """One cell: `line` is that of its marker, counted from 1; `points` is None but for a test."""

    id: str
    role: str
    source: str
    line: int
    points: int | None = None

    @property
    def is_markdown(self) -> bool:
        """Whether the cell is prose."""
        return self.role == "text"


@dataclass(frozen=True)
class Lesson:
    """A checked lesson; `unit` names its folders and its notebook, such as "06_qos"."""

    unit: str
    path: Path
    cells: tuple[Cell, ...]

    @property
    def points(self) -> int:
        """The points that the whole lesson is worth."""
        return sum(cell.points or 0 for cell in self.cells)


def read(path: Path) -> Lesson:
    """Return the lesson in `path`.

    Raises an ExceptionGroup of LessonErrors that names everything that is wrong with it.
    """
    if not _UNIT.fullmatch(path.stem):
        raise ExceptionGroup("lesson", [LessonError(path, 1, "name the file NN_topic.py, such as 06_qos.py")])
    cells, errors = _parse(path)
    errors += [LessonError(path, line, message) for line, message in _faults(cells)]
    if errors:
        raise ExceptionGroup(f"{len(errors)} mistakes in {path.name}", errors)
    return Lesson(path.stem, path, tuple(cells))


def _parse(path: Path) -> tuple[list[Cell], list[LessonError]]:
    text = path.read_text("utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    notebook = jupytext.reads(text, fmt="py:percent")
    if len(notebook.cells) != len(lines):
        message = "begin the file with a '# %%' marker, and begin no line inside a cell with one"
        return [], [LessonError(path, 1, message)]
    cells, errors = [], []
    for line, raw in zip(lines, notebook.cells, strict=True):
        raw.metadata.pop("lines_to_next_cell", None)  # jupytext's note about blank lines
        wrong = _marker_fault(raw.cell_type, dict(raw.metadata))
        if wrong:
            errors.append(LessonError(path, line, wrong))
        else:
            data = raw.metadata
            cells.append(Cell(data["id"], data["role"], raw.source, line, data.get("points")))
    return cells, errors


def _marker_fault(cell_type: str, data: dict[str, object]) -> str | None:
    role = data.get("role")
    unknown = sorted(set(data) - {"id", "role", "points"})
    points = data.get("points")
    if unknown:
        return f"remove {unknown[0]!r} from the marker: it takes id, role and points"
    if "id" not in data:
        return 'give the cell an id: # %% id="some-name" role="..."'
    if not isinstance(data["id"], str) or not _ID.fullmatch(data["id"]):
        return f"write the id {data['id']!r} in kebab-case, such as qos-examples"
    if role not in ROLES:
        return f"give the cell {data['id']!r} a role: one of {', '.join(ROLES)}"
    if (cell_type == "markdown") != (role == "text"):
        return f"cell {data['id']!r}: a [markdown] cell has role text, and no other cell has"
    if role == "test" and points is None:
        return f"give the test {data['id']!r} points: points=3"
    if role != "test" and points is not None:
        return f"remove the points from {data['id']!r}: only a test has points"
    if points is not None and (not isinstance(points, int) or isinstance(points, bool) or points < 1):
        return f"cell {data['id']!r}: points is a whole number from 1"
    return None


def _faults(cells: list[Cell]) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for cell in cells:
        if cell.id in seen:
            yield cell.line, f"choose another id: {cell.id!r} is taken by the cell at line {seen[cell.id]}"
        seen.setdefault(cell.id, cell.line)
        yield from _cell_faults(cell)
    yield from _order_faults(cells)


def _cell_faults(cell: Cell) -> Iterator[tuple[int, str]]:
    if cell.is_markdown:
        return
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        yield cell.line + (error.lineno or 0), f"cell {cell.id!r} is not Python: {error.msg}"
        return
    for begin, end, role in (
        (BEGIN_SOLUTION, END_SOLUTION, "exercise"),
        (BEGIN_HIDDEN, END_HIDDEN, "test"),
    ):
        marks = [line.strip() for line in cell.source.splitlines() if line.strip() in (begin, end)]
        if marks != [begin, end] * (len(marks) // 2):
            yield cell.line, f"cell {cell.id!r}: pair every '{begin}' with an '{end}'"
        elif marks and cell.role != role:
            yield cell.line, f"cell {cell.id!r}: '{begin}' belongs into a cell with role {role}"
    if cell.role == "exercise" and BEGIN_SOLUTION not in cell.source:
        yield cell.line, f"mark the solution of {cell.id!r} with '{BEGIN_SOLUTION}' and '{END_SOLUTION}'"
    if cell.role == "code" and len(cell.source.splitlines()) > MAX_CODE_LINES:
        yield (
            cell.line,
            f"cell {cell.id!r} has more than {MAX_CODE_LINES} lines: move machinery into the package",
        )
    if cell.role == "test":
        yield from _test_faults(cell, tree)


def _test_faults(cell: Cell, tree: ast.Module) -> Iterator[tuple[int, str]]:
    said = [_points_said(statement) for statement in tree.body]
    if not said or said[-1] is None or set(said) - {None, cell.points}:
        yield (
            cell.line,
            f"end the test {cell.id!r} with a check called with points={cell.points}, as its marker says",
        )
    if cell.source.lstrip().startswith(BEGIN_HIDDEN):
        yield cell.line, f"begin the test {cell.id!r} with something a learner can see"


def _points_said(statement: ast.stmt) -> object:
    """Return what a statement such as `check(function, points=3)` says, None for any other."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        for keyword in statement.value.keywords:
            if keyword.arg == "points" and isinstance(keyword.value, ast.Constant):
                return keyword.value.value
    return None


def _order_faults(cells: list[Cell]) -> Iterator[tuple[int, str]]:
    exercise: Cell | None = None
    tested = True
    for cell in cells:
        if cell.role == "exercise":
            if exercise is not None and not tested:
                yield exercise.line, f"give the exercise {exercise.id!r} a test before the next exercise"
            exercise, tested = cell, False
        elif cell.role == "test":
            if exercise is None or not cell.id.startswith(f"{exercise.id}-"):
                name = exercise.id if exercise else "<exercise>"
                yield cell.line, f"name the test {cell.id!r} after the exercise above it: {name}-..."
            tested = True
    if exercise is not None and not tested:
        yield exercise.line, f"give the exercise {exercise.id!r} a test"
