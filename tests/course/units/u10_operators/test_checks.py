"""Unit 10: a misconception loses points in the cell meant for it, a right solution earns them all."""

import contextlib
import io
from functools import partial

import pytest

from course.checks.call import Raised
from course.units.u10_operators import atwork, cases, checks, misconceptions, unseen
from course.units.u10_operators.judge import judged
from course.units.u10_operators.under_kopf import RECORDED, run
from insideout.client.interface import ApiError
from insideout.controllers.cache import reconcile as cache_operator
from insideout.sim.realtime import RealtimeLoop
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u10_operators.solutions import BASE, RIGHT, SET_AS_IN_GO, WRONG
from tests.sockets import sockets_collected

UNIT = "10_operators"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(cases.condition_cases, id="conditions"),
        pytest.param(partial(unseen.condition_cases, 3), id="conditions unseen"),
        pytest.param(cases.children_cases, id="children"),
        pytest.param(cases.bucket_cases, id="bucket"),
        pytest.param(cases.fault_cases, id="faults"),
        pytest.param(partial(unseen.situation_cases, 3), id="situations unseen"),
        pytest.param(atwork.cases, id="at work"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(made):
    assert rules_with_one_answer(made()) == []


@pytest.mark.parametrize("draw", [unseen.condition_cases, unseen.situation_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))


@pytest.mark.parametrize("seed", range(4))
def test_the_reference_holds_in_situations_of_other_seeds(seed):
    for case in unseen.situation_cases(100 + seed):
        assert judged(cache_operator.reconcile)(case.arguments[0]) == case.expected


@pytest.mark.parametrize("belief", misconceptions.SET_CONDITION)
def test_each_known_misconception_gives_a_wrong_answer_somewhere(belief):
    wrong = checks.set_by(misconceptions.SET_CONDITION[belief])
    made = [*cases.condition_cases(), *unseen.condition_cases(3)]
    answers = [wrong([dict(c) for c in case.arguments[0]], *case.arguments[1:]) for case in made]
    assert any(answer != case.expected for answer, case in zip(answers, made, strict=True))


def _named():
    names = {"ApiError": ApiError}
    exec(SET_AS_IN_GO + BASE, names)
    return names["reconcile"]


def _score(check, function, points):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        earned = check(function, points=points)
    return earned, out.getvalue()


def test_what_another_process_raises_counts_the_same():
    """There an ApiError that the function lets out arrives as Raised, and a kill as an error of the api."""
    reconcile = _named()

    def stand_in(api, key):
        try:
            return reconcile(api, key)
        except Exception as error:
            raise Raised(type(error).__name__, str(error)) from None

    assert _score(checks.reconcile_faults, stand_in, 4)[0] == 4
    assert _score(checks.reconcile_at_work, stand_in, 2)[0] == 2


def test_a_function_that_is_not_written_says_so():
    def reconcile(api, key):
        raise NotImplementedError

    earned, report = _score(checks.reconcile_children, reconcile, 3)
    assert earned == 0
    assert "reconcile is not written yet" in report


def test_a_function_without_an_end_is_stopped_and_said():
    def reconcile(api, key):
        while True:
            pass

    earned, report = _score(checks.reconcile_children, reconcile, 3)
    assert earned == 0
    assert "no answer within" in report


def test_a_report_of_a_broken_property_is_a_story_on_one_screen():
    names = {"ApiError": ApiError}
    wrong = next(one for one in WRONG if one.belief == "the bucket first, then the finalizer")
    exec(SET_AS_IN_GO + wrong.code, names)
    _, report = _score(checks.reconcile_faults, names["reconcile"], 4)
    assert "(1) the user's next step happens first" in report
    assert len(report.splitlines()) <= 45


def test_a_crash_at_work_fails_and_is_told():
    def reconcile(api, key):
        raise KeyError("spec")

    earned, report = _score(checks.reconcile_at_work, reconcile, 2)
    assert earned == 0
    assert "KeyError: 'spec'" in report


def test_what_is_done_at_work_does_not_depend_on_the_operator():
    """In real time there are now more children and now fewer, and the story stays the same."""
    done = [
        [one.done for one in atwork.AtWork(reconcile, atwork.situation(0)).samples]
        for reconcile in (_named(), lambda api, key: None)
    ]
    assert done[0] == done[1]
    assert "take a child" in done[0]


@pytest.mark.filterwarnings("default")  # kopf's own, about its event loop
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_recorded_run_under_kopf_is_what_kopf_does(monkeypatch):
    waited = []
    until = RealtimeLoop.run_until
    monkeypatch.setattr(RealtimeLoop, "run_until", lambda *asked: waited.append(until(*asked)) or waited[-1])
    with sockets_collected():  # kopf leaves some
        assert run(cache_operator.reconcile) == RECORDED
    assert waited == [True] * 4, "each was seen to come about, none was given up"
