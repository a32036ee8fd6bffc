"""A report tells a mistake once, and the points are those of a report that tells every broken rule."""

import importlib

import pytest

from course.checks import report
from course.checks.mistakes import Mistake
from tests.course.units.graded import GradedLesson

UNITS = ("01_components", "06_qos")
AT_WORK = "-work"


def each_rule_apart(broken, tried, breaks):
    return [Mistake(rule, failure) for rule, failure in broken.items()]


@pytest.mark.parametrize("unit", UNITS)
def test_the_points_of_every_wrong_solution_are_the_same_whatever_is_told(unit, solutions, monkeypatch):
    lesson = GradedLesson(unit)
    wrong = importlib.import_module(f"tests.course.units.u{unit}.solutions").WRONG
    assert len(wrong) > 15
    lost, told = 0, []

    def earned(names, exercise):
        cells = [cell for cell in lesson.tests.values() if cell.id.startswith(f"{exercise}-")]
        return {cell.id: lesson.score(cell.id, names) for cell in cells if not cell.id.endswith(AT_WORK)}

    def noted(broken, *more):
        found = together(broken, *more)
        told.append((len(broken), found))
        return found

    together = report.mistakes
    for each in wrong:
        names = solutions(unit)
        exec(each.code, names)
        with monkeypatch.context() as patched:
            patched.setattr(report, "mistakes", each_rule_apart)
            apart = earned(names, each.exercise)
        with monkeypatch.context() as patched:
            patched.setattr(report, "mistakes", noted)
            assert earned(names, each.exercise) == apart, each.belief
        lost += sum(lesson.tests[id].points - points for id, points in apart.items())
    assert lost > 10
    assert all(sum(1 + len(one.also) for one in found) == broken for broken, found in told)
    assert sum(len(found) < broken for broken, found in told) > 10
