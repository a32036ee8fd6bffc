"""Lesson 08: a misconception loses points in the cell meant for it, a right solution earns them all."""

import contextlib
import io

import pytest

from course.checks.call import Raised
from course.units.u08_rollouts import canary, checks, config, live, recorded, switch
from course.units.u08_rollouts import cases as examples
from course.units.u08_rollouts import unseen as drawn
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u08_rollouts.solutions import RIGHT, WRONG

UNIT = "08_rollouts"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


def test_a_refusal_counts_the_same_from_another_process():
    """There the learner's ValueError arrives as Raised, which only names it."""
    names = {}
    exec(RIGHT["from the templates"]["switch-service"], names)

    def stand_in(api, svc, colour):
        try:
            return names["switch_service"](api, svc, colour)
        except ValueError as error:
            raise Raised("ValueError", str(error)) from None

    with contextlib.redirect_stdout(io.StringIO()):
        assert checks.switch_audit(stand_in, points=2) == 2


def test_every_recorded_transition_is_played():
    rows = recorded.rolled()
    assert len(rows) == 25
    assert sum(len(recorded.transitions(row)) for row in rows) == 220
    played = {
        (case.arguments[:3], *(rs["spec"] for rs in case.arguments[3]), *case.expected.values())
        for case in recorded.step_cases()
    }
    for row in rows:
        limits = recorded.limits(row["case"], row["case"]["replicas"])
        for before, after in recorded.transitions(row):
            assert ((row["case"]["replicas"], *limits), *before, *after) in played


def test_all_recorded_scalings_of_rolling_updates_are_played():
    rules = [case.rule for case in recorded.scale_cases()]
    assert len(rules) == 8
    assert rules.count("recorded scaling of a Deployment amid a stuck rollout") == 3


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(examples.fenceposts_cases(), id="fenceposts examples"),
        pytest.param(drawn.fenceposts_cases(3), id="fenceposts unseen"),
        pytest.param(examples.step_cases(), id="step examples"),
        pytest.param(recorded.step_cases(), id="step records"),
        pytest.param(drawn.step_cases(3), id="step unseen"),
        pytest.param(live.cases(), id="step at work"),
        pytest.param(examples.scale_cases(), id="scale examples"),
        pytest.param(recorded.scale_cases(), id="scale records"),
        pytest.param(drawn.scale_cases(3), id="scale unseen"),
        pytest.param(switch.cases(), id="switch audit"),
        pytest.param(canary.cases(), id="canary examples"),
        pytest.param(config.cases(), id="config examples"),
        pytest.param(config.random_cases(3), id="config unseen"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    assert rules_with_one_answer(cases) == []


@pytest.mark.parametrize(
    "draw", [drawn.fenceposts_cases, drawn.step_cases, drawn.scale_cases, config.random_cases]
)
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))
