"""The answer of an exercise that asks for parts written in earlier units: those units' own answers.

A lesson writes the line `### KEPT PARTS` in place of them, so that there is one text of each.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from course.keep import carry, needs
from course.keep.files import CHECKED, Section
from course.keep.wanted import PARTS

if TYPE_CHECKING:
    from course.build.lesson import Lesson

MARK = "### KEPT PARTS"


def expanded(source: str, units: Path, read: "Callable[[Path], Lesson]") -> str:
    """Return a cell's text with the parts of the lessons below `units` in place of the mark."""
    if MARK not in source.splitlines():
        return source
    return source.replace(MARK, parts(units, read))


def parts(units: Path, read: "Callable[[Path], Lesson]") -> str:
    """Return the cell that a learner would have who solved every unit as its lesson does."""
    chosen = {}
    lessons: dict[str, Lesson] = {}
    for part in PARTS:
        if part.unit not in lessons:
            lessons[part.unit] = read(units / f"u{part.unit}" / "lesson.py")
        cells = [cell for cell in lessons[part.unit].cells if not cell.is_markdown]
        place = [cell.id for cell in cells].index(part.exercise)
        source = needs.alone([cell.source for cell in cells], place)
        chosen[part.name] = Section(part.exercise, CHECKED, "", source)
    return carry.cell(chosen)
