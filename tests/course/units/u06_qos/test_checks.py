"""Lesson 06: a misconception loses points in the cell meant for it, a right solution earns them all."""

import pytest

from course.units.u06_qos import cases as qos_cases
from course.units.u06_qos import checks
from course.units.u06_qos import unseen as qos_random
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u06_qos.solutions import RIGHT, WRONG

UNIT = "06_qos"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


def test_the_checks_hold_against_every_recorded_pod_that_has_a_class():
    cases = list(checks.recorded_cases())
    assert len(cases) == 374
    assert len({case.rule for case in cases}) == 4


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
    assert rules_with_one_answer(cases) == []


@pytest.mark.parametrize("draw", [qos_random.class_cases, qos_random.oom_cases, qos_random.evict_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))
