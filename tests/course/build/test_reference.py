"""An exercise that asks for parts of earlier units has those answers as its own, and a stub that runs."""

from course.build.clear_solutions import makes_data
from course.build.lesson import paths, read
from course.build.reference import MARK, expanded
from course.keep.wanted import PARTS
from course.project import PROJECT

UNITS = PROJECT / "course" / "units"
CELL = "PARTS = bring()\n### BEGIN SOLUTION\ndef one():\n    return {}\n\nPARTS = {**one()}\n### END SOLUTION"


def test_every_part_is_there_and_runs():
    names = {}
    exec(expanded(MARK, UNITS, read), names)
    assert sorted(names["PARTS"]) == sorted(part.name for part in PARTS)


def test_a_cell_without_the_mark_stays_as_it_is():
    assert expanded("x = 1", UNITS, read) == "x = 1"


def test_the_capstone_is_read_with_the_parts_in_it():
    [cell] = [cell for cell in read(paths(PROJECT)["17_capstone"]).cells if cell.id == "parts"]
    assert MARK not in cell.source
    assert "def from_13_allowed():" in cell.source


def test_a_table_with_a_first_version_gets_a_stub_that_runs():
    assert makes_data(CELL)
    assert not makes_data(CELL.replace("PARTS = bring()", "from course.keep import bring"))
