"""Where a report sends its reader, there is such a heading in the notebook."""

import importlib

import pytest

from course.build.lesson import paths, read
from course.checks.place import Place
from course.project import PROJECT


@pytest.mark.parametrize("unit", paths(PROJECT))
def test_every_place_that_a_check_names_is_a_heading_of_its_lesson(unit):
    checks = importlib.import_module(f"course.units.u{unit}.checks")
    named = [*vars(checks).values()]
    named += [each for one in named if isinstance(one, dict) for each in one.values()]
    places = [one.heading for one in named if isinstance(one, Place)]
    assert places, "a report leads into its lesson"
    text = [
        line
        for cell in read(paths(PROJECT)[unit]).cells
        if cell.is_markdown
        for line in cell.source.split("\n")
    ]
    headings = {line.lstrip("#").strip().replace("`", "") for line in text if line.startswith("#")}
    assert [place for place in places if place not in headings] == []
