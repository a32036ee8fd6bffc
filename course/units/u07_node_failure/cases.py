"""The visible cases of the lesson on lost nodes: each rule is a contrast, so that no constant holds."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u07_node_failure.objects import (
    NOT_READY,
    PREFIX,
    UNREACHABLE,
    Object,
    condition,
    healthy,
    taint,
    tolerates,
)


@kept
def unknown_cases() -> Iterator[Case]:
    """Yield the examples for `unknown_at(renewals, period, grace)`."""
    for rule, table in _UNKNOWN.items():
        for arguments, expected in table:
            yield Case(rule, arguments, expected, keeps=True)


@kept
def taints_cases() -> Iterator[Case]:
    """Yield the examples for `taints_for(conditions, unschedulable)`."""
    for rule, table in _TAINTS.items():
        for conditions, unschedulable, keys in table:
            yield Case(rule, (conditions, unschedulable), {(key, "NoSchedule") for key in keys}, keeps=True)


@kept
def evict_cases() -> Iterator[Case]:
    """Yield the examples for `evict_after(taints, tolerations)`."""
    for rule, table in _EVICT.items():
        for taints, tolerations, expected in table:
            yield Case(rule, (taints, tolerations), expected, keeps=True)


@kept
def qps_cases() -> Iterator[Case]:
    """Yield the examples for `taint_qps(zones)`."""
    for rule, table in _QPS.items():
        for zones, expected in table:
            yield Case(rule, (zones,), expected, keeps=True)


_UNKNOWN: dict[str, list[tuple[tuple[Any, ...], float]]] = {
    "the clock starts at the poll that sees the last renewal": [
        (([3],), 60),
        (([13],), 70),
        (([4, 14, 24],), 80),
        (([2, 11, 22, 31],), 90),
    ],
    "a renewal at the very time of a poll is seen by it": [
        (([0],), 55),
        (([10, 20],), 75),
        (([10.1, 20.1],), 80),
    ],
    "exactly the grace is not too long, more is": [
        (([5], 5, 49), 55),
        (([5], 5, 50), 60),
        (([5], 5, 51), 60),
        (([4], 2, 7), 12),
        (([4], 2, 8), 14),
    ],
    "period and grace are those given, by default 5 and 50": [
        (([0.5], 1, 8), 10),
        (([12], 10, 40), 70),
        (([12],), 70),
        (([6], 5, 40), 55),
        (([5], 1), 56),
    ],
}

_MEMORY, _DISK, _PID, _NETWORK, _CORDONED = (
    f"{PREFIX}{name}"
    for name in ("memory-pressure", "disk-pressure", "pid-pressure", "network-unavailable", "unschedulable")
)

_TAINTS: dict[str, list[tuple[list[Object], bool, list[str]]]] = {
    "Ready False is not-ready, Ready Unknown is unreachable, Ready True is nothing": [
        ([condition("Ready", "False")], False, [NOT_READY]),
        ([condition("Ready", "Unknown")], False, [UNREACHABLE]),
        ([condition("Ready", "True")], False, []),
    ],
    "a cordoned node is unschedulable, whatever else it is": [
        ([condition("Ready", "True")], True, [_CORDONED]),
        ([condition("Ready", "False")], True, [NOT_READY, _CORDONED]),
        ([condition("Ready", "True")], False, []),
    ],
    "pressure is tainted when it is True": [
        (healthy(MemoryPressure="True"), False, [_MEMORY]),
        (healthy(DiskPressure="True"), False, [_DISK]),
        (healthy(PIDPressure="True"), False, [_PID]),
        (healthy(), False, []),
    ],
    "pressure that is Unknown is no pressure": [
        (
            healthy(Ready="Unknown", MemoryPressure="Unknown", DiskPressure="Unknown", PIDPressure="Unknown"),
            False,
            [UNREACHABLE],
        ),
        (healthy(MemoryPressure="Unknown", DiskPressure="True"), False, [_DISK]),
        (healthy(PIDPressure="Unknown"), True, [_CORDONED]),
    ],
    "a network that is unavailable is tainted, by the same measure": [
        (healthy(NetworkUnavailable="True"), False, [_NETWORK]),
        (healthy(NetworkUnavailable="Unknown"), False, []),
        (healthy(NetworkUnavailable="True", Ready="False"), False, [NOT_READY, _NETWORK]),
    ],
    "other conditions and missing ones call for nothing": [
        ([condition("KernelDeadlock", "True"), condition("Ready", "False")], False, [NOT_READY]),
        ([condition("KernelDeadlock", "True")], False, []),
        ([], False, []),
    ],
}

_LOST = [taint("unreachable", "NoSchedule"), taint("unreachable")]
_DRAINED = taint("maintenance", value="disk")

_EVICT: dict[str, list[tuple[list[Object], list[Object], float | None]]] = {
    "without a NoExecute taint the pod stays; a NoExecute taint that nothing tolerates means now": [
        ([], [], None),
        ([taint("unreachable", "NoSchedule"), taint("gpu", "PreferNoSchedule")], [], None),
        ([taint("unreachable")], [], 0),
        (_LOST, [], 0),
    ],
    "a toleration without seconds is for ever, one with seconds is for so long": [
        (_LOST, [tolerates("unreachable")], None),
        (_LOST, [tolerates("unreachable", 300)], 300),
        (_LOST, [tolerates("unreachable", 30)], 30),
    ],
    "zero and negative seconds mean now": [
        (_LOST, [tolerates("unreachable", 0)], 0),
        (_LOST, [tolerates("unreachable", -1)], 0),
        (_LOST, [tolerates("unreachable", 1)], 1),
    ],
    "key and effect must be the taint's, and a missing one is any": [
        (_LOST, [tolerates("not-ready", 300)], 0),
        (_LOST, [tolerates("unreachable", effect="NoSchedule")], 0),
        (_LOST, [tolerates("unreachable", effect=None)], None),
        (_LOST, [tolerates(None, 7)], 7),
    ],
    "operator Equal compares values, and is meant where none is written": [
        ([_DRAINED], [tolerates("maintenance", 9, operator="Equal", value="disk")], 9),
        ([_DRAINED], [tolerates("maintenance", 9, operator="Equal", value="fan")], 0),
        ([_DRAINED], [tolerates("maintenance", 9, operator=None)], 0),
        ([_DRAINED], [tolerates("maintenance", 9)], 9),
        ([taint("maintenance")], [tolerates("maintenance", 9, operator=None)], 9),
        ([taint("maintenance", value="")], [tolerates("maintenance", 9, operator=None)], 9),
        ([taint("maintenance")], [tolerates("maintenance", 9, operator="Equal", value="")], 9),
    ],
    "of several tolerations that match a taint only the first in the list counts": [
        (_LOST, [tolerates("unreachable", 12), tolerates("unreachable", 4)], 12),
        (_LOST, [tolerates("unreachable", 4), tolerates("unreachable", 12)], 4),
        (_LOST, [tolerates("unreachable"), tolerates(None, 5)], None),
        (_LOST, [tolerates("not-ready", 2), tolerates(None, 20), tolerates("unreachable", 3)], 20),
    ],
    "of several NoExecute taints the one that is tolerated least decides": [
        ([taint("unreachable"), _DRAINED], [tolerates("unreachable", 300), tolerates("maintenance", 60)], 60),
        ([taint("unreachable"), _DRAINED], [tolerates("unreachable", 300), tolerates("maintenance")], 300),
        ([taint("unreachable"), _DRAINED], [tolerates("unreachable", 300)], 0),
        ([taint("unreachable"), _DRAINED], [tolerates(None)], None),
    ],
    "nothing is added that is not in the list": [
        (_LOST, [tolerates(None, None, None)], None),
        ([taint("not-ready")], [tolerates("unreachable", 300)], 0),
        ([taint("not-ready")], [tolerates("not-ready", 40)], 40),
    ],
}


def _zone(down: int, of: int) -> list[bool]:
    """Return a zone of `of` nodes whose first `down` are not ready."""
    return [number >= down for number in range(of)]


_QPS: dict[str, list[tuple[dict[str, list[bool]], dict[str, float]]]] = {
    "0.1 while most of a zone is ready; 0 everywhere when no node of the cluster is": [
        ({"a": [True, True, False]}, {"a": 0.1}),
        ({"a": [False, False], "b": [False]}, {"a": 0, "b": 0}),
        ({"a": [False]}, {"a": 0}),
        ({"a": [True], "b": [True]}, {"a": 0.1, "b": 0.1}),
    ],
    "a small zone stops when three or more, and 55 % or more, are not ready": [
        ({"a": _zone(3, 5), "b": [True]}, {"a": 0, "b": 0.1}),
        ({"a": _zone(3, 6), "b": [True]}, {"a": 0.1, "b": 0.1}),
        ({"a": _zone(2, 3), "b": [True]}, {"a": 0.1, "b": 0.1}),
        ({"a": _zone(11, 20)}, {"a": 0}),
        ({"a": _zone(10, 20)}, {"a": 0.1}),
    ],
    "a zone of more than 50 nodes goes on at 0.01 instead": [
        ({"a": _zone(30, 51), "b": [True]}, {"a": 0.01, "b": 0.1}),
        ({"a": _zone(30, 50), "b": [True]}, {"a": 0, "b": 0.1}),
        ({"a": _zone(28, 51), "b": [True]}, {"a": 0.1, "b": 0.1}),
    ],
    "a zone without any ready node, beside one that has some, goes on at 0.1": [
        ({"a": [False] * 3, "b": [True, True]}, {"a": 0.1, "b": 0.1}),
        ({"a": [False] * 2, "b": [True, False]}, {"a": 0.1, "b": 0.1}),
        ({"a": [False] * 60, "b": _zone(4, 5)}, {"a": 0.1, "b": 0}),
        ({"a": [False] * 3, "b": [False] * 4, "c": [True]}, {"a": 0.1, "b": 0.1, "c": 0.1}),
    ],
}
