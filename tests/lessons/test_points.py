import pytest

from course.grading.lesson import read
from course.project import PROJECT

LESSONS = sorted((PROJECT / "course" / "lessons").glob("[0-9]*.py"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_worth_12_to_20_points(path):
    assert 12 <= read(path).points <= 20
