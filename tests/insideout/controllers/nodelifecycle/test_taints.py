"""Conditions call for taints; other people's taints stay."""

import pytest

from insideout.client import Object
from insideout.controllers.nodelifecycle import taints

KEYS = {
    "not ready": ([("Ready", "False")], False, ["node.kubernetes.io/not-ready"]),
    "silent": ([("Ready", "Unknown")], False, ["node.kubernetes.io/unreachable"]),
    "cordoned": ([("Ready", "True")], True, ["node.kubernetes.io/unschedulable"]),
    "pressure": ([("MemoryPressure", "True")], False, ["node.kubernetes.io/memory-pressure"]),
    "unknown pressure is no pressure": ([("MemoryPressure", "Unknown")], False, []),
}


@pytest.mark.parametrize(("conditions", "unschedulable", "expected"), KEYS.values(), ids=KEYS)
def test_no_schedule_keys(
    conditions: list[tuple[str, str]], unschedulable: bool, expected: list[str]
) -> None:
    """The NoSchedule taints that follow at once."""
    listed = [{"type": type_, "status": status} for type_, status in conditions]
    assert taints.no_schedule_keys(listed, unschedulable) == expected


def test_no_schedule_taints_are_exchanged_and_others_kept() -> None:
    """The controller touches its own keys only, and of those only NoSchedule."""
    before: list[Object] = [
        {"key": "mine", "effect": "NoSchedule"},
        {"key": taints.NOT_READY, "effect": "NoSchedule"},
        {"key": taints.NOT_READY, "effect": "NoExecute"},
    ]
    wanted = [(taints.UNREACHABLE, "NoSchedule")]
    add, remove = taints.no_schedule_changes(before, wanted, "t")
    assert add == [{"key": taints.UNREACHABLE, "effect": "NoSchedule", "timeAdded": "t"}]
    assert remove == [{"key": taints.NOT_READY, "effect": "NoSchedule"}]
    after = taints.with_changes(before, add, remove)
    assert after == [before[0], before[2], *add]
    assert taints.no_schedule_changes(after, wanted, "later") == ([], [])


def test_not_ready_and_unreachable_exclude_each_other() -> None:
    """One NoExecute taint replaces the other; a healthy node has neither."""
    not_ready = taints.with_changes([], *taints.no_execute_changes([], taints.NOT_READY, "t"))
    swap = taints.no_execute_changes(not_ready, taints.UNREACHABLE, "t")
    unreachable = taints.with_changes(not_ready, *swap)
    assert [taint["key"] for taint in unreachable] == [taints.UNREACHABLE]
    assert taints.with_changes(unreachable, *taints.no_execute_changes(unreachable, None, "t")) == []
