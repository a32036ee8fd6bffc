"""From a notebook whose tests have run to the files of what passed: exercises whose tests are all full.

An exercise that defines no function is no part of anything, and is left where it is.
"""

import logging
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader import utils

from course.keep import files, needs
from course.keep.files import Section
from course.learn.keeping import now


class Passed(NamedTuple):
    """What became of a unit's exercises: kept anew, kept before as they are, and those that did not pass."""

    new: list[str]
    same: list[str]
    failed: list[str]

    def sentence(self) -> str:
        """Say it in one sentence."""
        parts = [
            f"{what}: {', '.join(names)}"
            for what, names in (
                ("kept", self.new),
                ("kept already", self.same),
                ("not passed, so not kept", self.failed),
            )
            if names
        ]
        return "; ".join(parts) or "nothing to keep"


def keep_passed(notebook: NotebookNode, unit: str, how: str, at: Path | None = None) -> Passed:
    """Keep the exercises of a notebook that has run; OSError when the file cannot be written."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    passed, failed = _verdicts(cells)
    sources = [str(cell.source) for cell in cells]
    sections = [
        Section(exercise, how, now(), needs.alone(sources, place)) for exercise, place in passed.items()
    ]
    new = files.keep(at or files.folder(), unit, sections)
    return Passed(new, [name for name in passed if name not in new], failed)


def _verdicts(cells: list[NotebookNode]) -> tuple[dict[str, int], list[str]]:
    """Return the exercises that passed, with their places among the cells, and those that did not."""
    places: dict[str, int] = {}
    full: dict[str, list[bool]] = {}
    exercise = ""
    for place, cell in enumerate(cells):
        if utils.is_solution(cell):
            exercise = cell.metadata.nbgrader.grade_id
            if _defines(cell.source):
                places[exercise], full[exercise] = place, []
        elif utils.is_grade(cell) and exercise in full:
            full[exercise].append(_is_full(cell))
    passed = {name: place for name, place in places.items() if full[name] and all(full[name])}
    return passed, [name for name in places if name not in passed]


def _is_full(test: NotebookNode) -> bool:
    """Whether a test has run to its end with all points; nbgrader takes silence for success."""
    points, most = utils.determine_grade(test, logging.getLogger(__name__))
    has_said = any(output.output_type == "execute_result" for output in test.get("outputs", ()))
    return has_said and points is not None and points >= most


def _defines(source: str) -> bool:
    try:
        return bool(needs.defined(source))
    except SyntaxError:
        return False
