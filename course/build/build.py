"""Lessons to notebooks: `source/` executed with its outputs kept, `release/` as nbgrader makes it.

Building twice gives the same bytes: cell ids come from the lesson, the kernel starts with a fixed hash seed,
and everything that differs between machines (the interpreter's version, execution times) is left out.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.build.lesson import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    Cell,
    Lesson,
    LessonError,
)
from course.build.nbgrader_course import generate_assignment

CELL_TIMEOUT_S = 60
OTHERS = re.compile(r"^review\(|= bring\(\)", re.MULTILINE)
"""Tells the cells whose output is not of this unit: questions of earlier ones, what a learner has kept."""
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def build(lesson: Lesson, root: Path) -> None:
    """Write the lesson's notebooks below `root`/source and `root`/release; LessonError when a cell fails."""
    notebook = to_notebook(lesson)
    execute(notebook, lesson)
    name = Path(lesson.unit) / f"{lesson.unit}.ipynb"
    source = root / "source" / name
    source.parent.mkdir(parents=True)
    nbformat.write(notebook, source)
    generate_assignment(root, lesson.unit)
    let_run_all_go_on(root / "release" / name)
    refuse_leaks(root / "release" / name, lesson)


def to_notebook(lesson: Lesson) -> NotebookNode:
    """Return the lesson as a notebook with nbgrader's metadata, not executed."""
    notebook: NotebookNode = new_notebook(
        metadata={"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    )
    notebook.cells = [_cell(cell) for cell in lesson.cells]
    return notebook


def _cell(cell: Cell) -> NotebookNode:
    make = new_markdown_cell if cell.is_markdown else new_code_cell
    made: NotebookNode = make(cell.source, id=cell.id)  # type: ignore[no-untyped-call]  # nbformat has none
    if cell.role in ("exercise", "test"):
        is_test = cell.role == "test"
        made.metadata["nbgrader"] = {
            "grade": is_test,
            "grade_id": cell.id,
            "locked": is_test,
            "schema_version": 3,
            "solution": not is_test,
            "task": False,
        }
        if is_test:
            made.metadata["nbgrader"]["points"] = cell.points
    if OTHERS.search(cell.source):
        made.metadata["tags"] = ["nbval-ignore-output"]
    return made


def execute(notebook: NotebookNode, lesson: Lesson) -> None:
    """Run every cell in a fresh kernel and keep the outputs; raise LessonError at the first that fails.

    A test must award all of its points to the lesson's own solution, and no cell may write to stderr: a
    learner would take either for a fault of theirs.
    """
    by_id = {cell.id: cell for cell in lesson.cells}
    started: list[str] = []
    with tempfile.TemporaryDirectory(prefix="course-kernel-") as folder:
        client = NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT_S,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,  # or it is chance how many pieces a slow cell's output has
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
            on_cell_start=lambda cell, cell_index: started.append(cell.id),
        )
        try:
            client.execute(env=_environment())
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            cell = by_id[started[-1]]
            reason = strip_ansi(str(error)).strip().splitlines()[-1]
            raise LessonError(lesson.path, cell.line, f"cell {cell.id!r} failed: {reason}") from error
    for made in notebook.cells:
        if made.cell_type == "code":
            _check_outputs(made, by_id[made.id], lesson)
    notebook.metadata["language_info"] = {"name": "python"}


def _environment() -> dict[str, str]:
    # The package of this checkout, whatever the kernel's folder; one hash seed, so that outputs repeat.
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    # Nobody is there to predict anything, so the stated defaults are judged.
    settings = {"PYTHONHASHSEED": "0", "COURSE_PREDICT": "default", "PYTHONPATH": path.rstrip(os.pathsep)}
    return {**os.environ, **settings}


def _check_outputs(made: NotebookNode, cell: Cell, lesson: Lesson) -> None:
    for output in made.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            words = output.text.strip().splitlines()[0]
            raise LessonError(lesson.path, cell.line, f"cell {cell.id!r} wrote to stderr: {words}")
    if cell.role == "test":
        values = [o.data.get("text/plain") for o in made.outputs if o.output_type == "execute_result"]
        if values != [str(cell.points)]:
            got = values[0] if values else "nothing"
            message = f"test {cell.id!r} gave the lesson's own solution {got} of {cell.points} points"
            raise LessonError(lesson.path, cell.line, message)


def let_run_all_go_on(path: Path) -> None:
    """Tag the run cells of the released notebook `path`: one that lacks an exercise does not stop Run All.

    JupyterLab sends such a cell without stop_on_error, and nbclient goes on behind it.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata:
            cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(notebook, path)


def refuse_leaks(path: Path, lesson: Lesson) -> None:
    """Raise LessonError when a line of a solution or of a hidden test is in the released notebook `path`.

    A line that the lesson also shows elsewhere may be there as often as it does so.
    """
    released = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    shown = "\n".join(visible_text(cell.source) for cell in lesson.cells)
    for cell in lesson.cells:
        for line in secret_lines(cell.source):
            if released.count(line) > shown.count(line):
                message = f"cell {cell.id!r}: the released notebook would show {line.strip()!r}"
                raise LessonError(lesson.path, cell.line, message)


def secret_lines(source: str) -> list[str]:
    """Return the lines of a cell that only its author may see, as written, but for blank and trivial ones."""
    # "else:" or "return total" tells nobody anything.
    return [line for line, secret in _lines(source) if secret and len(line.strip()) > 12]


def visible_text(source: str) -> str:
    """Return what of a cell learners may see."""
    return "\n".join(line for line, secret in _lines(source) if not secret)


def _lines(source: str) -> Iterator[tuple[str, bool]]:
    """Yield each line but the delimiters, and whether it stands between them."""
    secret = False
    for line in source.splitlines():
        word = line.strip()
        if word in (BEGIN_SOLUTION, BEGIN_HIDDEN, END_SOLUTION, END_HIDDEN):
            secret = word in (BEGIN_SOLUTION, BEGIN_HIDDEN)
        else:
            yield line, secret
