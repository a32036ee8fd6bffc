import pytest

from course.build.lesson import paths, read
from course.project import PROJECT


@pytest.mark.parametrize("path", [pytest.param(path, id=unit) for unit, path in paths(PROJECT).items()])
def test_a_lesson_is_worth_12_to_20_points(path):
    assert 12 <= read(path).points <= 20
