"""Unit 11: a misconception loses points in the cell meant for it, a right solution earns them all."""

import pytest

from course.checks.report import assess
from course.units.u11_services import canonical, checks, live, recorded, unseen
from course.units.u11_services import cases as made
from course.units.u11_services.misconceptions import KNOWN
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u11_services.solutions import RIGHT, UNIT, WRONG

LESSON = GradedLesson(UNIT)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Wait as long as it takes: on a busy machine a whole cluster is slow."""
    monkeypatch.setattr("course.checks.call.LIMIT_S", 60.0)
    monkeypatch.setattr("course.checks.report.CHECK_S", 600.0)


CASES = {
    "endpoint_groups": (made.group_cases(), unseen.group_cases(3), recorded.group_cases()),
    "usable": (made.usable_cases(), unseen.usable_cases(3)),
    "plan": (made.plan_cases(), unseen.plan_cases(3)),
    "bytes_sent": (made.bytes_cases(),),
}


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


@pytest.mark.parametrize("belief", [(name, belief) for name in KNOWN for belief in KNOWN[name]], ids="-".join)
def test_a_known_misconception_is_wrong_somewhere(belief):
    name, sentence = belief
    function = KNOWN[name][sentence]
    function = canonical.judged(function) if name == "plan" else function
    assert any(assess(name, function, cases, points=1).points < 1 for cases in CASES[name])


@pytest.mark.parametrize("name", ["endpoint_groups", "usable", "plan", "bytes_sent"])
def test_a_report_names_a_belief(name, capsys):
    belief, function = next(iter(KNOWN[name].items()))
    check = {
        "endpoint_groups": checks.groups_examples,
        "usable": checks.usable_examples,
        "plan": checks.plan_examples,
        "bytes_sent": checks.bytes_examples,
    }[name]
    check(function, points=2)
    assert belief in capsys.readouterr().out


def test_three_wrong_controllers_are_noticed_at_work():
    wrong = (
        "a terminating pod is in no slice",
        "a terminating pod that serves is ready",
        "one matching label is enough",
    )
    for belief in wrong:
        work = live.at_work(KNOWN["endpoint_groups"][belief], made.answers.plan)
        assert assess("plan", work, live.cases(), points=4).points < 4, belief


def test_a_controller_that_raises_says_what_it_raised(capsys):
    def crashing(slices, desired, limit=100):
        return slices["nowhere"]

    assert checks.plan_at_work(crashing, made.answers.endpoint_groups, points=2) == 0
    assert "KeyError" in capsys.readouterr().out


@pytest.mark.parametrize("cases", [cases for members in CASES.values() for cases in members])
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    assert rules_with_one_answer(cases) == []


@pytest.mark.parametrize("draw", [unseen.group_cases, unseen.usable_cases, unseen.plan_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))


def test_the_record_is_whole():
    assert len(recorded.group_cases()) == 36
