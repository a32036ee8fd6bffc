"""Unit 05: a misconception loses points in the cell meant for it, a right solution earns them all."""

from functools import partial

import pytest

from course.units.u05_pods import cases, live, misconceptions, recorded, rules, unseen
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u05_pods.solutions import RIGHT, WRONG

UNIT = "05_pods"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


ALL = {
    "ns_owner examples": cases.owner_cases,
    "ns_owner unseen": partial(unseen.owner_cases, 3),
    "reaper examples": cases.reaper_cases,
    "effective examples": cases.effective_cases,
    "effective records": recorded.effective_cases,
    "effective unseen": partial(unseen.effective_cases, 3),
    "next_starts examples": cases.start_cases,
    "next_starts records": partial(recorded.start_cases, 3),
    "next_starts unseen": partial(unseen.start_cases, 3),
    "next_starts at work": live.start_cases,
    "term_at examples": cases.term_cases,
    "term_at records": recorded.term_cases,
    "term_at unseen": partial(unseen.term_cases, 3),
    "term_at at work": live.stop_cases,
}


@pytest.mark.parametrize("name", ALL)
def test_no_rule_can_be_satisfied_by_a_constant(name):
    assert rules_with_one_answer(ALL[name]()) == []


def test_the_records_agree_with_the_rules():
    """What the kubelet and the API server did is what the package's parts answer."""
    counted, stopped, asked = recorded.effective_cases(), recorded.term_cases(), recorded.start_cases(1)
    assert (len(counted), len(stopped), len(asked)) == (288, 27, 300)
    assert [case for case in counted if rules.effective(*case.arguments) != case.expected] == []
    assert [case for case in stopped if rules.term_at(*case.arguments) != case.expected] == []
    assert [case for case in asked if rules.next_starts(*case.arguments) != case.expected] == []


@pytest.mark.parametrize(
    "draw", [unseen.owner_cases, unseen.effective_cases, unseen.start_cases, unseen.term_cases]
)
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))


@pytest.mark.parametrize(
    ("exercise", "asked", "right"),
    [
        ("ns_owner", cases.owner_cases, rules.ns_owner),
        ("reaper", cases.reaper_cases, rules.reaper),
        ("effective", cases.effective_cases, rules.effective),
        ("next_starts", cases.start_cases, rules.next_starts),
        ("term_at", cases.term_cases, rules.term_at),
    ],
)
def test_every_known_misconception_answers_something_else(exercise, asked, right):
    def answer(function, arguments):
        try:
            return function(*arguments)
        except ValueError:
            return cases.REFUSED

    for belief, wrong in misconceptions.KNOWN[exercise].items():
        differs = [case for case in asked() if answer(wrong, case.arguments) != answer(right, case.arguments)]
        assert differs, belief
