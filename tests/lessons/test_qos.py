"""Lesson 06: a misconception loses points in the cell meant for it, a right solution earns them all."""

import contextlib
import io
import warnings

import pytest

from course.checks import qos as checks
from course.checks import qos_cases, qos_random
from course.grading.lesson import read
from course.project import PROJECT
from tests.lessons.qos_solutions import RIGHT, WRONG

LESSON = read(PROJECT / "course" / "lessons" / "06_qos.py")
TESTS = {cell.id: cell for cell in LESSON.cells if cell.role == "test"}


def score(cell_id: str, names: dict) -> float:
    """Run a test cell as the grader does, hidden part included, and return its value."""
    *statements, last = TESTS[cell_id].source.replace("### BEGIN HIDDEN TESTS\n", "").splitlines()
    while not last.startswith("course."):
        last = statements.pop()
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(record=True):
        warnings.simplefilter("default")  # as in a notebook
        exec("\n".join(statements), names)
        return eval(last, names)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.belief)
def test_a_misconception_loses_points_where_it_is_meant_to(wrong, solutions):
    names = solutions("06_qos")
    exec(wrong.code, names)
    cells = [cell_id for cell_id in TESTS if cell_id.startswith(f"{wrong.exercise}-")]
    lost = tuple(cell_id for cell_id in cells if score(cell_id, names) < TESTS[cell_id].points)
    assert lost == wrong.caught_by


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_earns_everything(name, solutions, capfd):
    names = solutions("06_qos")
    for code in RIGHT[name].values():
        exec(code, names)
    assert {cell_id: score(cell_id, names) for cell_id in TESTS} == {
        cell_id: cell.points for cell_id, cell in TESTS.items()
    }


def test_the_lesson_is_worth_12_to_20_points():
    assert 12 <= LESSON.points <= 20


def test_the_checks_hold_against_every_recorded_pod_that_has_a_class():
    cases = list(checks.recorded_cases())
    assert len(cases) == 374
    assert len({case.rule for case in cases}) == 5


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(qos_cases.class_cases(), id="qos examples"),
        pytest.param(checks.recorded_cases(), id="qos records"),
        pytest.param(qos_random.class_cases(3), id="qos unseen"),
        pytest.param(qos_cases.oom_cases(), id="oom examples"),
        pytest.param(qos_random.oom_cases(3), id="oom unseen"),
        pytest.param(qos_cases.evict_cases(), id="evict examples"),
        pytest.param(qos_random.evict_cases(3), id="evict unseen"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    answers = {}
    for case in cases:
        answers.setdefault(case.rule, set()).add(str(case.expected))
    assert [rule for rule, expected in answers.items() if len(expected) < 2] == []


@pytest.mark.parametrize("draw", [qos_random.class_cases, qos_random.oom_cases, qos_random.evict_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))
