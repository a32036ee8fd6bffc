"""Unit 04: a misconception loses points in the cell meant for it, a right solution earns them all."""

import contextlib
import io
from functools import partial

import pytest

from course.checks.report import assess
from course.units.u04_scheduling import (
    answers,
    cases,
    checks,
    filter_cases,
    live,
    misconceptions,
    recorded,
    score_cases,
    unseen,
)
from insideout.client.leaderelection import may_acquire
from insideout.scheduler.sampling import feasible_target
from tests.course.units.graded import GradedLesson, rules_with_one_answer
from tests.course.units.u04_scheduling.solutions import MEANT, RIGHT, WRONG

UNIT = "04_scheduling"
LESSON = GradedLesson(UNIT)
REFERENCES = {
    "restart_delays": (answers.restart_delays, cases.restart_cases, unseen.restart_cases),
    "fit_message": (answers.fit_message, cases.message_cases, unseen.message_cases),
    "filters": (answers.filters, filter_cases.cases, unseen.filter_cases),
    "score": (answers.score, score_cases.cases, unseen.score_cases),
    "pick_node": (answers.pick_node, cases.pick_cases, unseen.pick_cases),
    "may_acquire": (may_acquire, cases.lease_cases, unseen.lease_cases),
    "feasible_target": (feasible_target, cases.target_cases, unseen.target_cases),
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.function}: {wrong.belief}")
def test_a_misconception_loses_points_where_it_is_meant_to(wrong, solutions):
    names = solutions(UNIT)
    exec(wrong.code, names)
    cell = LESSON.tests[MEANT[wrong.function]]
    assert LESSON.score(cell.id, names) < cell.points


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_earns_everything(name, solutions):
    names = solutions(UNIT)
    for code in RIGHT[name].values():
        exec(code, names)
    assert LESSON.lost(names) == ()


@pytest.mark.parametrize("exercise", misconceptions.KNOWN)
def test_the_report_names_each_misconception(exercise):
    """Each is recognised by its answers, and the exercise without any switch is right."""
    _, made, _ = REFERENCES[exercise]
    assert assess(exercise, misconceptions._WRITTEN[exercise], made(), points=1).points == 1
    for belief, function in misconceptions.KNOWN[exercise].items():
        report = assess(
            exercise, function, made(), points=1, misconceptions=misconceptions.KNOWN[exercise]
        ).report
        assert f"known mistake: {belief}" in report, belief


@pytest.mark.parametrize("exercise", REFERENCES)
def test_the_visible_answers_are_those_of_the_scheduler(exercise):
    function, made, _ = REFERENCES[exercise]
    assert assess(exercise, function, made(), points=1).points == 1


def test_the_records_hold_against_the_embedded_scheduler_and_kubelet():
    for function, made, number in (
        (answers.restart_delays, recorded.restart_cases(), 64),
        (recorded.said(answers.filters), recorded.filter_cases(), 76),
        (answers.score, recorded.score_cases(), 115),
    ):
        assert len(made) == number
        assert assess("it", function, made, points=1).points == 1


@pytest.mark.parametrize(
    "made",
    [
        *[pytest.param(made, id=f"{name} examples") for name, (_, made, _) in REFERENCES.items()],
        *[pytest.param(partial(made, 3), id=f"{name} unseen") for name, (_, _, made) in REFERENCES.items()],
        pytest.param(recorded.restart_cases, id="restart_delays records"),
        pytest.param(recorded.filter_cases, id="filters records"),
        pytest.param(recorded.score_cases, id="score records"),
        pytest.param(live.cases, id="at work"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(made):
    assert rules_with_one_answer(made()) == []


@pytest.mark.parametrize("exercise", REFERENCES)
def test_a_seed_settles_the_cases_and_another_changes_them(exercise):
    _, _, draw = REFERENCES[exercise]
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))


BROKEN_AT_WORK = [
    ("filters", "a PreferNoSchedule taint keeps a pod away"),
    ("filters", "a domain may not reach max_skew"),
    ("filters", "a tainted node is in no domain"),
    ("score", "the fuller node is better"),
    ("fit_message", "the most frequent reason comes first"),
]


@pytest.mark.parametrize(("function", "belief"), BROKEN_AT_WORK)
def test_a_wrong_function_is_rejected_at_work(function, belief, solutions):
    names = solutions(UNIT) | {function: misconceptions.KNOWN[function][belief]}
    assert LESSON.score("score-at-work", names) < 1


def test_a_function_that_crashes_at_work_earns_nothing(solutions):
    def crashes(pod, nodes):
        raise KeyError("cpus")

    names = solutions(UNIT) | {"score": crashes}
    with contextlib.redirect_stderr(io.StringIO()):
        assert LESSON.score("score-at-work", names) < 1


@pytest.mark.parametrize(
    ("examples", "points"),
    [
        ([([1, 1], 300, [0, 10])], 0.57),
        ([([1, 1, 600, 1], 300, [0, 10, 20, 40]), ([1, 1], 300, [10, 10])], 0.57),
        ([], 0),
        ([([1, 1], [0, 10])], 0),
        ([("1, 1", 300, [0, 10])], 0),
    ],
)
def test_examples_are_worth_what_they_catch(examples, points, capsys):
    assert checks.restart_examples_first(examples, points=2) == pytest.approx(points, abs=0.3)
    assert 'Read: "The rules that the records hold"' in capsys.readouterr().out or points == 0
