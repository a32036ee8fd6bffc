"""A lesson as its author writes it: percent-format Python, one marker a cell.

A marker names the cell and says what it is for:

    # %% [markdown] id="question" role="text"
    # %% id="first-look" role="code"
    # %% id="qos" role="exercise"
    # %% id="qos-examples" role="test" points=3

The id becomes the cell's id and nbgrader's grade_id, so it is never positional and never reused.  The format
is jupytext's "percent", which editors know, with stricter markers.  What is wrong with a lesson is one
`LessonError` each: file, line, what to do.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from course.build.reference import expanded

ROLES = ("text", "code", "exercise", "test")
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
MAX_CODE_LINES = 15
"""A longer run cell is machinery, and machinery belongs in the package."""

_MARKER = re.compile(r"# %%(?P<markdown> \[markdown\])?(?P<fields>( \w+=(\"[^\"]*\"|\d+))*)")
_MARKER_FORM = 'write the marker as # %% id="some-name" role="code", with [markdown] after %% for text'
_FIELD = re.compile(r"(\w+)=(\"[^\"]*\"|\d+)")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ROOM = re.compile(r"u(\d\d_[a-z0-9_]+)")


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


def paths(project: Path) -> dict[str, Path]:
    """Return where the lesson of each unit is, in the units' order; units are named as in "06_qos"."""
    found = sorted((project / "course" / "units").glob("u[0-9]*/lesson.py"))
    return {path.parent.name.removeprefix("u"): path for path in found}


def read(path: Path) -> Lesson:
    """Return the lesson in `path`.

    Raises an ExceptionGroup of LessonErrors that names everything that is wrong with it.
    """
    room = _ROOM.fullmatch(path.parent.name)
    if not room:
        what = "put the lesson into a folder uNN_topic, such as u06_qos/lesson.py"
        raise ExceptionGroup("lesson", [LessonError(path, 1, what)])
    cells, faults = _parse(path.read_text("utf-8"))
    cells = [replace(cell, source=expanded(cell.source, path.parents[1], read)) for cell in cells]
    faults = faults or list(_faults(cells))  # the order of cells means nothing while markers are wrong
    if faults:
        errors = [LessonError(path, line, message) for line, message in faults]
        raise ExceptionGroup(f"{len(errors)} mistakes in {path.parent.name}/{path.name}", errors)
    return Lesson(room[1], path, tuple(cells))


def _parse(text: str) -> tuple[list[Cell], list[tuple[int, str]]]:
    """Return the cells, and what is wrong with their markers."""
    blocks: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# %%"):
            blocks.append((number, [line]))
        elif blocks:
            blocks[-1][1].append(line)
        elif line.strip():
            return [], [(number, "begin the file with a '# %%' marker")]
    cells: list[Cell] = []
    faults: list[tuple[int, str]] = []
    for number, (first, *lines) in blocks:
        marker = _MARKER.fullmatch(first.rstrip())
        data = _fields(marker["fields"]) if marker else {}
        fault = _marker_fault(bool(marker["markdown"]), data) if marker else _MARKER_FORM
        if fault:
            faults.append((number, fault))
            continue
        body = "\n".join(lines).strip("\n")
        if data["role"] == "text":
            body = "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.splitlines())
        points = int(data["points"]) if "points" in data else None
        cells.append(Cell(str(data["id"]), str(data["role"]), body, number, points))
    return cells, faults


def _fields(text: str) -> dict[str, str | int]:
    found = _FIELD.findall(text)
    return {key: int(value) if value.isdigit() else value.strip('"') for key, value in found}


def _marker_fault(is_markdown: bool, data: dict[str, str | int]) -> str | None:
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
    if is_markdown != (role == "text"):
        return f"cell {data['id']!r}: a [markdown] cell has role text, and no other cell has"
    if role == "test" and points is None:
        return f"give the test {data['id']!r} points: points=3"
    if role != "test" and points is not None:
        return f"remove the points from {data['id']!r}: only a test has points"
    if points is not None and (not isinstance(points, int) or points < 1):
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
