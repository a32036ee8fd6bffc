"""The visible cases of the small exercises: back-off, message, preemption's choice, lease, sampling."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept


@kept
def restart_cases() -> Iterator[Case]:
    """Yield the examples for `restart_delays(runs, initial=10, cap=300)`."""
    for rule, table in _RESTARTS.items():
        for arguments, expected in table:
            yield Case(rule, arguments, expected, keeps=True)


@kept
def message_cases() -> Iterator[Case]:
    """Yield the examples for `fit_message(n, statuses)`."""
    for rule, table in _MESSAGES.items():
        for n, statuses, expected in table:
            yield Case(rule, (n, statuses), expected, keeps=True)


@kept
def pick_cases() -> Iterator[Case]:
    """Yield the examples for `pick_node(candidates)`; each also with the nodes the other way round."""
    for rule, table in _PICKS.items():
        for candidates, expected in table:
            named = {name: {"pdb": pdb, "victims": victims} for name, (pdb, victims) in candidates.items()}
            yield Case(rule, (named,), expected, keeps=True)
            yield Case(rule, (dict(reversed(named.items())),), expected, keeps=True)


@kept
def lease_cases() -> Iterator[Case]:
    """Yield the examples for `may_acquire(now, seen_at, duration, holder, me)`."""
    for rule, table in _LEASES.items():
        for *arguments, expected in table:
            yield Case(rule, tuple(arguments), expected)


@kept
def target_cases() -> Iterator[Case]:
    """Yield the examples for `feasible_target(n, pct=0)`."""
    for rule, table in _TARGETS.items():
        for *arguments, expected in table:
            yield Case(rule, tuple(arguments), expected)


_RESTARTS: dict[str, list[tuple[tuple[Any, ...], list[float]]]] = {
    "the delays double": [
        (([1],), [0]),
        (([1, 1],), [0, 10]),
        (([1, 1, 1, 1],), [0, 10, 20, 40]),
    ],
    "they double until they reach the cap": [
        (([1] * 8,), [0, 10, 20, 40, 80, 160, 300, 300]),
        (([5] * 7,), [0, 10, 20, 40, 80, 160, 300]),
    ],
    "initial and cap are what the caller says": [
        (([1, 1, 1, 1, 1], 10, 30), [0, 10, 20, 30, 30]),
        (([1, 1, 1], 1, 1), [0, 1, 1]),
        (([1, 1, 1, 1], 5, 300), [0, 5, 10, 20]),
        (([1, 1, 1], 10, 15), [0, 10, 15]),
    ],
    "a run resets the delay when it was long enough, and only then": [
        (([1, 1, 1, 601, 1, 1],), [0, 10, 20, 0, 10, 20]),
        (([1, 1, 1, 600, 1],), [0, 10, 20, 40, 80]),
        (([1, 1, 600.5, 1],), [0, 10, 0, 10]),
        (([1, 301, 1],), [0, 10, 20]),
        (([601, 601, 1],), [0, 0, 10]),
    ],
    "how long is long enough does not depend on the cap": [
        (([1, 1, 1, 61, 1], 10, 30), [0, 10, 20, 30, 30]),
        (([1, 1, 301, 1], 10, 150), [0, 10, 20, 40]),
        (([1, 1, 601, 1], 10, 30), [0, 10, 0, 10]),
        (([1, 1, 601, 1], 10, 3600), [0, 10, 0, 10]),
    ],
    "a container that never ended has no delay": [
        (([],), []),
        (([3],), [0]),
    ],
}

_CPU, _TAINT, _ZONE = "Insufficient cpu", "node(s) had untolerated taint(s)", "node(s) were unschedulable"
_MESSAGES: dict[str, list[tuple[int, dict[str, list[str]], str]]] = {
    "nodes with the same reason are counted together, and the sentence ends with a full stop": [
        (1, {"a": [_CPU]}, "0/1 nodes are available: 1 Insufficient cpu."),
        (2, {"a": [_CPU], "b": [_CPU]}, "0/2 nodes are available: 2 Insufficient cpu."),
    ],
    "n is the number of all nodes, also of those that nobody asked": [
        (3, {"a": [_CPU]}, "0/3 nodes are available: 1 Insufficient cpu."),
        (2, {"a": [_CPU], "b": []}, "0/2 nodes are available: 1 Insufficient cpu."),
    ],
    "every reason of a node is counted": [
        (
            2,
            {"a": ["Too many pods", _CPU], "b": [_CPU]},
            "0/2 nodes are available: 1 Too many pods, 2 Insufficient cpu.",
        ),
        (
            1,
            {"a": ["Insufficient cpu", "Insufficient memory"]},
            "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.",
        ),
    ],
    "the items are sorted as texts, number first": [
        (
            3,
            {"a": [_TAINT], "b": [_TAINT], "c": [_CPU]},
            "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).",
        ),
        (
            3,
            {"a": [_CPU], "b": [_CPU], "c": [_TAINT]},
            "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.",
        ),
        (
            2,
            {"a": [_ZONE], "b": [_TAINT]},
            "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.",
        ),
        (
            12,
            {f"n{i}": [_CPU] for i in range(10)} | {"x": [_TAINT], "y": [_TAINT]},
            "0/12 nodes are available: 10 Insufficient cpu, 2 node(s) had untolerated taint(s).",
        ),
        (
            11,
            {f"n{i}": [_TAINT] for i in range(9)} | {"x": [_CPU], "y": [_CPU]},
            "0/11 nodes are available: 2 Insufficient cpu, 9 node(s) had untolerated taint(s).",
        ),
    ],
}

_Candidates = dict[str, tuple[int, list[list[int]]]]
_PICKS: dict[str, list[tuple[_Candidates, str]]] = {
    "the node where the fewest disruption budgets break": [
        ({"a": (1, [[0, 10]]), "b": (0, [[100, 10], [100, 20]])}, "b"),
        ({"a": (1, [[5, 10]]), "b": (2, [[0, 10]]), "c": (3, [[0, 10]])}, "a"),
    ],
    "then the node whose most important victim is the least important": [
        ({"a": (0, [[100, 10]]), "b": (0, [[5, 10], [5, 20], [5, 30]])}, "b"),
        ({"a": (0, [[10, 10], [0, 20]]), "b": (0, [[5, 1], [5, 2], [5, 3]]), "c": (0, [[10, 1]])}, "b"),
        ({"a": (0, [[-5, 10]]), "b": (0, [[0, 20]])}, "a"),
    ],
    "then the smallest sum of priorities, each raised by 2147483648": [
        ({"a": (0, [[5, 10], [0, 20], [0, 30]]), "b": (0, [[5, 10], [5, 20]])}, "b"),
        ({"a": (0, [[5, 10], [0, 20]]), "b": (0, [[5, 1], [-2147483648, 2], [-2147483648, 3]])}, "b"),
        ({"a": (0, [[5, 10], [5, 20]]), "b": (0, [[5, 10], [0, 20]])}, "b"),
        ({"a": (0, [[5, 10]]), "b": (0, [[5, 30], [0, 20]])}, "a"),
        (
            {
                "a": (0, [[5, 1], [-2147483648, 2], [-2147483648, 3]]),
                "b": (0, [[5, 1], [-2147483647, 2]]),
            },
            "a",
        ),
        ({"a": (0, [[5, 10], [-100, 20]]), "b": (0, [[5, 10]]), "c": (0, [[5, 30], [4, 5]])}, "b"),
        ({"a": (0, [[10, 5], [3, 10]]), "b": (0, [[10, 1], [2, 20]]), "c": (0, [[10, 1], [4, 9]])}, "b"),
    ],
    "then the fewest victims": [
        ({"a": (0, [[5, 90], [-2147483648, 90]]), "b": (0, [[5, 10]])}, "b"),
        ({"a": (0, [[5, 10]]), "b": (0, [[5, 90], [-2147483648, 10]])}, "a"),
    ],
    "then the latest start: of each node the earliest among its most important victims counts": [
        ({"a": (0, [[5, 10], [5, 100]]), "b": (0, [[5, 20], [5, 30]])}, "b"),
        ({"a": (0, [[5, 10]]), "b": (0, [[5, 20]]), "c": (0, [[5, 15]])}, "b"),
        ({"a": (0, [[5, 50], [0, 10]]), "b": (0, [[5, 40], [0, 90]])}, "a"),
    ],
}

_LEASES: dict[str, list[tuple[Any, ...]]] = {
    "a lease that nobody holds, or that is mine, can be had at once": [
        (100, 99, 15, "", "b", True),
        (100, 99, 15, "b", "b", True),
        (100, 99, 15, "a", "b", False),
    ],
    "another's can be had once no change of it was seen for its duration, from that moment on": [
        (114, 100, 15, "a", "b", False),
        (115, 100, 15, "a", "b", True),
        (116, 100, 15, "a", "b", True),
        (114.9, 100, 15, "a", "b", False),
    ],
    "the duration is the lease's": [
        (101, 100, 1, "a", "b", True),
        (120, 100, 30, "a", "b", False),
        (130, 100, 30, "a", "b", True),
    ],
}

_TARGETS: dict[str, list[tuple[int, ...]]] = {
    "below 100 nodes all are looked for, whatever the percentage": [
        (99, 99),
        (5, 5),
        (1, 1),
        (99, 10, 99),
        (0, 0),
    ],
    "a percentage that is given, but never fewer than 100 nodes": [
        (1000, 30, 300),
        (1000, 5, 100),
        (300, 100, 300),
        (300, 50, 150),
        (100, 1, 100),
        (150, 70, 105),
        (1999, 10, 199),
        (10_000, 1, 100),
        (101, 50, 100),
    ],
    "0 means 50 per cent, less one for each 125 nodes": [
        (100, 100),
        (200, 100),
        (250, 120),
        (1000, 420),
        (5000, 500),
        (1000, 0, 420),
        (249, 122),
    ],
    "but never less than 5 per cent": [
        (5625, 281),
        (6000, 300),
        (5500, 330),
        (10000, 500),
    ],
}
