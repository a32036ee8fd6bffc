"""Lesson 07: a misconception loses points in the cell meant for it, a right solution earns them all."""

from functools import partial

import pytest

from course.units.u07_node_failure import at_work, recorded
from course.units.u07_node_failure import cases as examples
from course.units.u07_node_failure import unseen as drawn
from course.units.u07_node_failure.misconceptions import KNOWN
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u07_node_failure.solutions import RIGHT, WRONG

UNIT = "07_node_failure"
LESSON = GradedLesson(UNIT)
FUNCTIONS = tuple(KNOWN)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_check_at_work_rejects_at_least_three_beliefs(function):
    lost = [belief for belief, wrong in KNOWN[function].items() if _loses_at_work(function, wrong)]
    assert len(lost) >= 3


def test_a_function_that_fails_at_work_is_named_with_its_error():
    def broken(*_):
        raise KeyError("node")

    case = at_work.cases("taint_qps")[0]
    with pytest.raises(KeyError, match="node"):
        at_work.at_work("taint_qps", broken)(*case.arguments)


@pytest.mark.parametrize("answer", [None, {"a": 0.1}, {"a": "fast", "b": 0.1}])
def test_an_answer_that_no_controller_could_use_says_what_to_give(answer):
    case = at_work.cases("taint_qps")[0]
    with pytest.raises(Exception, match="give a number for each of the zones a, b"):
        at_work.at_work("taint_qps", lambda zones: answer)(*case.arguments)


def test_every_recorded_pod_that_kept_its_taint_is_a_case():
    cases = recorded.evict_cases()
    assert len(cases) == 16
    assert {case.expected for case in cases} == {None, 0, 5, 6, 12}


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(examples.unknown_cases, id="unknown_at examples"),
        pytest.param(partial(drawn.unknown_cases, 3), id="unknown_at unseen"),
        pytest.param(examples.taints_cases, id="taints_for examples"),
        pytest.param(partial(drawn.taints_cases, 3), id="taints_for unseen"),
        pytest.param(examples.evict_cases, id="evict_after examples"),
        pytest.param(recorded.evict_cases, id="evict_after records"),
        pytest.param(partial(drawn.evict_cases, 3), id="evict_after unseen"),
        pytest.param(examples.qps_cases, id="taint_qps examples"),
        pytest.param(partial(drawn.qps_cases, 3), id="taint_qps unseen"),
        *(pytest.param(partial(at_work.cases, name), id=f"{name} at work") for name in FUNCTIONS),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    assert rules_with_one_answer(cases()) == []


@pytest.mark.parametrize(
    "draw", [drawn.unknown_cases, drawn.taints_cases, drawn.evict_cases, drawn.qps_cases]
)
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))


def _loses_at_work(function, wrong):
    run = at_work.at_work(function, wrong)
    return any(run(*case.arguments) != case.expected for case in at_work.cases(function))
