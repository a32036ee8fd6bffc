"""Where a learner stands: what is built, begun and checked, with points, and where to go on."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from course.learn.keeping import Content, kept
from course.learn.shown import show
from course.learn.syllabus import UNITS, Unit
from course.project import PROJECT

STATES = {
    "unbuilt": "not built yet",
    "new": "not begun",
    "begun": "begun",
    "checked": "checked",
    "done": "all points",
}


class Standing(NamedTuple):
    """A unit as it is for one learner; `points` is None before the first check."""

    unit: Unit
    state: str
    points: float | None
    most: float

    @property
    def says(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def points_text(self) -> str:
        """The points as they are shown: "3 / 17"; "0 / 17" before the first check."""
        if self.state == "unbuilt":
            return ""
        return f"{self.points or 0:g} / {self.most:g}"


class Map(NamedTuple):
    """All units, and the name of the one to go on with; "" when there is nothing left."""

    units: list[Standing]
    next: str

    @property
    def points(self) -> float:
        """All points so far."""
        return sum(one.points or 0 for one in self.units)

    @property
    def most(self) -> float:
        """All points that there are in what is built."""
        return sum(one.most for one in self.units)


def standing(project: Path, content: Content) -> Map:
    """Return the map of the course in the folder `project` for the learner whose file holds `content`."""
    units = [_one(project, unit, content) for unit in UNITS]
    open_ones = [one for one in units if one.state in ("new", "begun", "checked")]
    # Somebody goes on with what they began; else the first that is not finished.
    begun = [one for one in open_ones if one.state != "new"]
    chosen = [*begun[-1:], *open_ones][:1]
    return Map(units, chosen[0].unit.name if chosen else "")


def _one(project: Path, unit: Unit, content: Content) -> Standing:
    cells = released(project, unit.name)
    if not cells:
        return Standing(unit, "unbuilt", None, 0)
    most = sum(tests_of(cells).values())
    check = content["checks"].get(unit.name, {})
    points = check.get("points")
    if isinstance(points, int | float) and not isinstance(points, bool):
        return Standing(unit, "done" if points >= most else "checked", points, most)
    mine = _cells(project / "work" / unit.name / f"{unit.name}.ipynb")
    said = any(key.startswith(f"{unit.name}/") for key in (*content["predictions"], *content["reviews"]))
    begun = said or any(cell.get("execution_count") for cell in mine)
    return Standing(unit, "begun" if begun else "new", None, most)


def released(project: Path, unit: str) -> list[dict[str, Any]]:
    """Return the cells of a released unit; none where it is not built."""
    return _cells(project / "release" / unit / f"{unit}.ipynb")


def tests_of(cells: list[dict[str, Any]]) -> dict[str, float]:
    """Return the points that there are for each test cell, by its id."""
    tests = {}
    for place, cell in enumerate(cells):
        grading = cell.get("metadata", {}).get("nbgrader", {})
        if grading.get("points"):
            tests[str(grading.get("grade_id", place))] = grading["points"]
    return tests


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def progress() -> None:
    """Show the map of the course with your points; for a cell of a notebook."""
    at = standing(PROJECT, kept().read())
    width = max(len(one.unit.title) for one in at.units)
    lines = [
        f"{'→' if one.unit.name == at.next else ' '} {one.unit.number}  {one.unit.title:{width}}"
        f"  {one.points_text:>9}  {one.says}"
        for one in at.units
    ]
    show("\n".join([*lines, f"{at.points:g} of {at.most:g} points"]), _table(at))


def _table(at: Map) -> str:
    head = "".join(f"<th scope='col'>{word}</th>" for word in ("Unit", "", "Points", "State"))
    rows = "".join(
        f"<tr><td>{one.unit.number}</td><td style='text-align: left'>{one.unit.title}</td>"
        f"<td>{one.points_text}</td><td>{one.says}"
        f"{', go on here' if one.unit.name == at.next else ''}</td></tr>"
        for one in at.units
    )
    total = f"<p>{at.points:g} of {at.most:g} points</p>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{total}"
