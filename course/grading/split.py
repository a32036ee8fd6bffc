"""Runs a notebook split in two: the learner's cells in the sandbox, the test cells here.

The cells run in their order, so a test sees what the cells above it defined, as in a kernel.
"""

from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader import utils

from course.grading import missing, names, parts, testcell
from course.sandbox.learner import Learner
from course.sandbox.limits import Limits
from course.sandbox.told import Output
from course.sandbox.warm import Ending, Files, Warm


class CellTime(NamedTuple):
    """How long one cell took, by its id."""

    cell: str
    wall_s: float


class Execution(NamedTuple):
    """What running a notebook took, and the checks that broke, which an instructor must look at."""

    times: tuple[CellTime, ...]
    usage: tuple[Ending, ...]
    faults: tuple[str, ...]


def execute(nb: NotebookNode, warm: Warm, limits: Limits, files: Files = ()) -> Execution:
    """Run the cells of the sanitized notebook `nb`, with `files` beside it, and put their outputs into it."""
    learner = Learner(warm, limits, files)
    times, faults = [], []
    absent = missing.Absences()
    failed: dict[str, str] = {}
    count = 0
    try:
        for position, cell in enumerate(nb.cells):
            if cell.cell_type != "code":
                continue
            count += 1
            if _is_test(cell):
                meta = cell.metadata.nbgrader
                later = [
                    one.source
                    for one in nb.cells[position + 1 :]
                    if one.cell_type == "code" and not _is_test(one)
                ]
                points = float(meta["points"])
                test = testcell.run(cell.source, meta["grade_id"], points, learner, later, failed)
                outputs, wall_s = test.outputs, test.wall_s
                faults += [test.fault] if test.fault else []
            elif cell.source.strip():
                outputs, _died, wall_s = learner.run(cell.source)
                for name in names.meant(cell.source):
                    failed.pop(name, None)
                    if outputs and outputs[-1]["kind"] == "error":
                        failed[name] = f"{outputs[-1]['name']}: {outputs[-1]['message']}"
                outputs = absent.explain(cell.source, outputs, is_answer=utils.is_solution(cell))
            else:
                continue
            cell.execution_count = count
            cell.outputs = [_as_notebook(output, count) for output in outputs]
            name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", str(position))
            times.append(CellTime(name, wall_s))
    finally:
        learner.close()
    return Execution(tuple(times), tuple(learner.usage), tuple(faults))


def _is_test(cell: NotebookNode) -> bool:
    """Whether the cell is graded by running it; a cell that the learner writes and a person grades is not."""
    return bool(utils.is_grade(cell) and not utils.is_solution(cell))


def _as_notebook(output: Output, count: int) -> NotebookNode:
    kind = output["kind"]
    if kind == "stream":
        return parts.stream(output["name"], output["text"])
    if kind == "result":
        return parts.result(output["text"], count)
    if kind == "display":
        return parts.shown(output["text"])
    return parts.error(output["name"], output["message"], output["lines"])
