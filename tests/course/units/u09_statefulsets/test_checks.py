"""Unit 09: a misconception loses points in the cell meant for it, a right solution earns them all."""

import pytest

from course.units.u09_statefulsets import cases, misconceptions, recorded, unseen
from insideout.controllers.statefulset.plandata import sts_sync
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u09_statefulsets.solutions import RIGHT, WRONG

UNIT = "09_statefulsets"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


ALL = {
    "owner": cases.owner_cases(),
    "fill": cases.fill_cases(),
    "scale down": cases.scale_cases(),
    "update": cases.update_cases(),
    "unseen": unseen.sync_cases(3),
    "at work": recorded.work_cases(),
}


@pytest.mark.parametrize("name", ALL)
def test_no_rule_can_be_satisfied_by_a_constant(name):
    assert rules_with_one_answer(ALL[name]) == []


def test_a_seed_settles_the_cases_and_another_changes_them():
    assert list(unseen.sync_cases(1)) == list(unseen.sync_cases(1))
    assert list(unseen.sync_cases(1)) != list(unseen.sync_cases(2))


def test_one_sync_never_deletes_two_pods_for_an_update():
    """Whatever the state, of the pods that are wanted at most one goes for its revision."""
    for seed in range(5):
        for case in unseen.sync_cases(seed):
            stateful_set, pods, _ = case.arguments
            spec = stateful_set["spec"]
            start = spec.get("ordinals", {}).get("start", 0)
            wanted = range(start, start + spec["replicas"])
            ended = {p["metadata"]["name"] for p in pods if p["status"]["phase"] == "Failed"}
            for_update = [
                action[1]
                for action in case.expected
                if action[0] == "delete" and action[1] in wanted and f"db-{action[1]}" not in ended
            ]
            assert len(for_update) <= 1


def test_every_known_misconception_answers_something_else():
    asked = [case for name in ("fill", "scale down", "update") for case in ALL[name]]
    for belief, wrong in misconceptions.KNOWN["sts_sync"].items():
        assert [case for case in asked if wrong(*case.arguments) != sts_sync(*case.arguments)], belief
    for belief, wrong in misconceptions.KNOWN["pvc_owner"].items():
        assert [case for case in ALL["owner"] if wrong(*case.arguments) != case.expected], belief


def test_an_action_that_is_none_is_said_to_be_none():
    case = recorded.work_cases()[0]
    with pytest.raises(Exception, match=r"give \('create', ordinal"):
        recorded.at_work(lambda *_: ["create db-0"])(*case.arguments)
    with pytest.raises(Exception, match="give a list of actions"):
        recorded.at_work(lambda *_: None)(*case.arguments)
