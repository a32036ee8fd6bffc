"""A unit as the gradebook knows it: the cells that nbgrader manages, in their order, with their points.

It is what a submission is held against, so that nothing in a submission can say what a cell is worth, whether
it is a test, or what it tests.
"""

import json
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook, Notebook


@dataclass(frozen=True)
class ManagedCell:
    """One cell of the released notebook; `points` is None unless it is graded."""

    name: str
    cell_type: str
    source: str
    checksum: str | None
    locked: bool
    solution: bool
    task: bool
    points: float | None

    @property
    def is_test(self) -> bool:
        """Whether running it gives the points."""
        return self.points is not None and not self.solution and not self.task

    def metadata(self) -> dict[str, Any]:
        """Return its nbgrader metadata, as nbgrader's own sanitizing leaves it."""
        found: dict[str, Any] = {
            "grade": self.points is not None and not self.task,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": self.task,
        }
        if self.points is not None:
            # As the release writes them: 3 and not 3.0.
            found["points"] = int(self.points) if self.points == int(self.points) else self.points
        found["cell_type"] = self.cell_type
        found["checksum"] = self.checksum
        return found


@dataclass(frozen=True)
class UnitNotebook:
    """One notebook of a unit; `name` is its file's, without the suffix."""

    unit: str
    name: str
    kernelspec: str
    cells: tuple[ManagedCell, ...]


def load(gradebook: Gradebook, unit: str) -> tuple[UnitNotebook, ...]:
    """Return the notebooks of `unit`; nbgrader's MissingEntry when the gradebook has no such unit."""
    return tuple(_notebook(unit, one) for one in gradebook.find_assignment(unit).notebooks)


def _notebook(unit: str, notebook: Notebook) -> UnitNotebook:
    graded = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    cells = tuple(
        ManagedCell(
            name=cell.name,
            cell_type=cell.cell_type,
            source=cell.source,
            checksum=cell.checksum,
            locked=cell.locked,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=graded.get(cell.name, tasks.get(cell.name)),
        )
        for cell in notebook.source_cells
    )
    return UnitNotebook(unit, notebook.name, json.dumps(json.loads(notebook.kernelspec or "{}")), cells)
