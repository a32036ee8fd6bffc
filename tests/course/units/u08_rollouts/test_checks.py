"""Lesson 08: a misconception loses points in the cell meant for it, a right solution earns them all."""

import contextlib
import io

import pytest

from course.checks.call import Raised
from course.checks.report import assess
from course.units.u08_rollouts import canary, checks, config, live, recorded, switch
from course.units.u08_rollouts import cases as examples
from course.units.u08_rollouts import unseen as drawn
from course.units.u08_rollouts.misconceptions import KNOWN
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


def test_two_zeros_have_a_rule_of_their_own_among_drawn_cases(capsys):
    (wrong,) = [one for one in WRONG if one.belief == "two zeros stay"]
    names = {}
    exec(wrong.code, names)
    assert 0 < checks.fenceposts_unseen(names["fenceposts"], seed=8, points=3) < 3
    said = capsys.readouterr().out
    assert "Broken rule: when both come to 0" in said
    assert said.count("Broken rule") == 1


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


OF_EXERCISE = {
    "fenceposts": (examples.fenceposts_cases(),),
    "rolling_step": (examples.step_cases(),),
    "scale_proportionally": (examples.scale_cases(), drawn.scale_cases(3)),
    "switch_service": (switch.cases(),),
    "canary_weights": (canary.cases(),),
    "config_effect": (config.cases(), config.random_cases(3)),
}


@pytest.mark.parametrize(
    ("name", "belief"), [(name, belief) for name, beliefs in KNOWN.items() for belief in beliefs]
)
def test_a_known_belief_is_wrong_somewhere_and_its_report_names_it(name, belief):
    function, known = KNOWN[name][belief], KNOWN[name]
    reports = [assess(name, function, cases, points=1, misconceptions=known) for cases in OF_EXERCISE[name]]
    assert any(report.points < 1 for report in reports)
    assert any(f"These answers follow from a known mistake: {belief}" in report.report for report in reports)


def test_every_recorded_growth_follows_from_the_room_and_no_simpler_rule_explains_all():
    grown = recorded.growths()
    assert len(grown) == 108
    assert all(one.after == min(one.replicas + one.surge - one.old, one.replicas) for one in grown)
    assert not all(one.after == one.new + one.surge for one in grown)
    assert not all(one.after == one.replicas + one.surge - one.old for one in grown)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        pytest.param((-1, 1, 1), "replicas", id="fewer than none"),
        pytest.param((4, "x%", 1), "max_surge", id="no number"),
        pytest.param((4, 1, "2.5%"), "max_unavailable", id="half a per cent"),
        pytest.param((4, True, 1), "max_surge", id="no amount"),
        pytest.param((4, 1, "3"), "max_unavailable", id="a number in quotes"),
    ],
)
def test_what_is_no_setting_is_no_example(arguments, word):
    assert examples.no_fenceposts(*arguments).startswith(word)
    assert examples.no_fenceposts(4, "25%", 0) == ""


@pytest.mark.parametrize(
    "wrong",
    [wrong for wrong in WRONG if wrong.exercise == "switch-service"],
    ids=lambda wrong: wrong.belief,
)
def test_the_report_of_a_wrong_switch_names_its_belief(wrong, solutions):
    names = solutions(UNIT)
    exec(wrong.code, names)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        checks.switch_audit(names["switch_service"], points=2)
    assert f"These answers follow from a known mistake: {wrong.belief}" in printed.getvalue()


@pytest.mark.parametrize("name", [name for name in RIGHT if "switch-service" in RIGHT[name]])
def test_the_report_of_a_right_switch_names_no_belief(name, solutions):
    names = solutions(UNIT)
    exec(RIGHT[name]["switch-service"], names)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert checks.switch_audit(names["switch_service"], points=2) == 2
    assert "known mistake" not in printed.getvalue()
