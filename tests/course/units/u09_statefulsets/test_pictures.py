"""The stories of unit 09 go as their pictures say, and the explorer finds what is wrong with a sync."""

import pytest

from course.units.u09_statefulsets import stories
from course.units.u09_statefulsets.explored import explored
from course.units.u09_statefulsets.stories import delete_pod, release, story
from insideout.controllers.statefulset.plandata import sts_sync


def said(seconds=40, **kwargs):
    spans = story([(2, release("v2"))], seconds=seconds, **kwargs)
    return stories.picture_of({"it": spans}, seconds=seconds).alt


def test_an_update_goes_down():
    assert said().startswith("it: replaced db-2, db-1, db-0; at the end db-0 v2 ready")


def test_a_partition_keeps_the_lower_ones():
    assert stories.turned(3, "Parallel").alt.endswith("db-2 v1 ready, db-3 v2 ready.")


def test_a_stuck_set_is_healed_by_hand_only():
    changes = [(2, release("bad")), (20, release("v1"))]
    stuck = story(changes, seconds=45)
    healed = story([*changes, (25, delete_pod(2))], seconds=45)
    assert (stuck[-1].version, healed[-1].version, healed[-1].state) == ("bad", "v1", "ready")


def test_sets_side_by_side_each_go_by_their_own_spec():
    changes = [(2, release("bad")), (15, release("v1"))]
    specs = {policy: {"podManagementPolicy": policy} for policy in ("OrderedReady", "Parallel")}
    seen = stories.side_by_side(changes, seconds=40, specs=specs)
    assert {policy: spans[-1].version for policy, spans in seen.items()} == {
        "OrderedReady": "bad",
        "Parallel": "v1",
    }


def test_steps_say_in_which_order_whatever_the_seconds_are():
    first, *rest = stories.steps(story([(2, release("v2"))], seconds=8))
    assert first == (2, "v1", "ready")
    two = [(2, "v1", "going"), (2, "v2", "not ready"), (2, "v2", "ready")]
    one = [(1, "v1", "going"), (1, "v2", "not ready")]
    assert rest == [(1, "v1", "ready"), (0, "v1", "ready"), *two, *one]


def test_a_set_that_is_never_complete_has_a_story_all_the_same():
    assert story([(2, release("v2"))], seconds=5, sync=lambda *_: []) == []


def test_a_learners_sync_is_the_controller():
    assert story([(2, release("v2"))], seconds=30, sync=sts_sync) == story([(2, release("v2"))], seconds=30)
    with pytest.raises(RuntimeError, match="crashed"):
        story([(2, release("v2"))], seconds=5, sync=lambda *_: ["nothing"])


def test_claims_of_pods_that_go_belong_to_them():
    owners = stories.claim_owners({"whenScaled": "Delete"}, 2, 1)
    assert owners == {"data-db-0": "nobody", "data-db-1": "Pod db-1"}


def test_the_explorer_passes_the_right_sync_and_not_one_that_takes_two_pods():
    def two_at_once(sts, pods, now):
        found = sts_sync(sts, pods, now)
        more = [("delete", 1)] if found == [("delete", 2)] else []
        return found + more

    assert explored(sts_sync, budget=10)
    verdict = explored(two_at_once, budget=10)
    assert not verdict
    assert verdict.rule == "one pod at a time is away"


def test_what_is_not_written_is_noticed():
    def unwritten(*_):
        raise NotImplementedError

    assert stories.is_unwritten(unwritten)
    assert not stories.is_unwritten(sts_sync)
    assert not stories.is_unwritten(lambda *_: 1 / 0)
