"""Unit 02: a misconception loses points in the cell meant for it, a right solution earns them all."""

import pytest

from course.units.u02_watch import cases, checks, misconceptions, recorded, unseen
from course.units.u02_watch.answers import Reflector, WorkQueue, list_shows
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u02_watch.solutions import RIGHT, WRONG

UNIT = "02_watch"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param(cases.list_cases(), id="lists"),
        pytest.param(recorded.list_cases(), id="recorded lists"),
        pytest.param(cases.ring_cases(), id="ring"),
        pytest.param(unseen.ring_cases(3), id="ring unseen"),
        pytest.param(cases.queue_cases(), id="queue"),
        pytest.param(unseen.queue_cases(3), id="queue unseen"),
        pytest.param(cases.reflector_cases(), id="reflector"),
        pytest.param(unseen.reflector_cases(3), id="reflector unseen"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(members):
    assert rules_with_one_answer(members) == []


@pytest.mark.parametrize("draw", [unseen.ring_cases, unseen.queue_cases, unseen.reflector_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))


def test_the_rule_on_lists_holds_in_the_records():
    """Expected is what the record shows, not what the package thinks."""
    found = list(recorded.list_cases())
    assert len(found) == 19
    assert {case.expected for case in found} == {"latest", "any", "not older", "exact"}
    assert [list_shows(*case.arguments) for case in found] == [case.expected for case in found]


AT_WORK = [
    (misconceptions.REFLECTORS['after a break, watch from "0"'], WorkQueue, "copy"),
    (misconceptions.REFLECTORS['after a 410, list at "0"'], WorkQueue, "went back to an older version"),
    (
        misconceptions.REFLECTORS["what is not in a list is still there"],
        WorkQueue,
        "gone, but still in the copy",
    ),
    (
        Reflector,
        misconceptions.QUEUES["a key that is being worked on may be taken by another worker"],
        "at once",
    ),
]


@pytest.mark.parametrize(("reflector", "queue", "said"), AT_WORK)
def test_the_weather_rejects_what_is_wrong_and_says_why(reflector, queue, said, capsys):
    assert checks.work_weather(reflector, queue, seed=5, points=2) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("reflector", "queue"),
    [
        (misconceptions.REFLECTORS["what is not in a list is still there"], WorkQueue),
        (misconceptions.REFLECTORS["a list after a break tells nothing but new objects"], WorkQueue),
        (Reflector, misconceptions.QUEUES["a key that is being worked on need not be added again"]),
        (Reflector, misconceptions.QUEUES["a key that is being worked on may be taken by another worker"]),
    ],
)
@pytest.mark.parametrize("seed", [2, 3])
def test_the_explorer_rejects_what_is_wrong_and_tells_a_story(reflector, queue, seed, capsys):
    assert checks.work_explored(reflector, queue, seed=seed, points=2) == 0
    assert "it happens with" in capsys.readouterr().out


@pytest.mark.parametrize("seed", range(4))
def test_sound_parts_come_through_every_storm(seed, capsys):
    assert checks.work_weather(Reflector, WorkQueue, seed=seed, points=2) == 2
    assert checks.work_explored(Reflector, WorkQueue, seed=seed, points=2) == 2


def test_what_is_not_written_or_crashes_is_said(capsys):
    class Untouched:
        def ask(self):
            raise NotImplementedError

    class Crashing(Reflector):
        def on_list(self, code, version, items):
            raise KeyError("nmae")

    assert checks.work_weather(Untouched, WorkQueue, seed=1, points=2) == 0
    assert "not written yet" in capsys.readouterr().out
    assert checks.work_explored(Untouched, WorkQueue, seed=1, points=2) == 0
    assert "not written yet" in capsys.readouterr().out
    assert checks.work_weather(Crashing, WorkQueue, seed=1, points=2) == 0
    assert "KeyError" in capsys.readouterr().out
    assert checks.work_weather(None, WorkQueue, seed=1, points=2) == 0
    assert "Reflector is not a class" in capsys.readouterr().out
