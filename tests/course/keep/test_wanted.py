"""The parts are exercises that there are, and each is some place's."""

from course.build.lesson import paths, read
from course.keep.components import PLACES
from course.keep.needs import alone
from course.keep.wanted import PARTS
from course.project import PROJECT


def test_every_part_is_what_an_exercise_defines():
    for part in PARTS:
        cells = [cell for cell in read(paths(PROJECT)[part.unit]).cells if not cell.is_markdown]
        [place] = [
            at for at, cell in enumerate(cells) if cell.id == part.exercise and cell.role == "exercise"
        ]
        names = {}
        exec(alone([cell.source for cell in cells], place), names)
        assert callable(names[part.written]), part


def test_every_part_decides_in_one_place():
    assert sorted(name for names in PLACES.values() for name in names) == sorted(part.name for part in PARTS)
