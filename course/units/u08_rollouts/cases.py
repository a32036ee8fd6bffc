"""The visible cases for a rollout's sizes: each rule is a contrast, so that no constant answer holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from course.checks.report import Case, kept, with_keeping
from insideout.controllers.deployment.plandata import Sizes

Object = dict[str, Any]
IntOrPercent = int | str


@kept
def fenceposts_cases() -> Iterator[Case]:
    """Yield the examples for `fenceposts(replicas, max_surge, max_unavailable)`."""
    for rule, table in _FENCEPOSTS.items():
        for replicas, surge, unavailable, expected in table:
            yield Case(rule, (replicas, surge, unavailable), expected)


@kept
def step_cases() -> Iterator[Case]:
    """Yield the examples for `rolling_step(replicas, surge, unavailable, rss)`."""
    for rule, table in _STEPS.items():
        for replicas, surge, unavailable, rss, expected in table:
            yield step_case(rule, (replicas, surge, unavailable, rss), expected)


@kept
def scale_cases() -> Iterator[Case]:
    """Yield the examples for `scale_proportionally(rss, replicas, surge, status_replicas)`."""
    yield from with_keeping(_scale_cases())


def _scale_cases() -> Iterator[Case]:
    for rule, table in _SCALES.items():
        for rss, replicas, surge, status_replicas, expected in table:
            names = [rs["name"] for rs in rss]
            yield Case(rule, (rss, replicas, surge, status_replicas), dict(zip(names, expected, strict=True)))


def no_fenceposts(replicas: Any, max_surge: Any, max_unavailable: Any) -> str:
    """Say why these are no arguments of `fenceposts`, "" when they are."""
    if type(replicas) is not int or replicas < 0:
        return "replicas is a whole number from 0"
    for name, amount in (("max_surge", max_surge), ("max_unavailable", max_unavailable)):
        percent = amount[:-1] if isinstance(amount, str) and amount.endswith("%") else ""
        if not (percent.isdecimal() if isinstance(amount, str) else type(amount) is int and amount >= 0):
            return f'{name} is a whole number from 0, or a whole percentage such as "25%"'
    return ""


@dataclass(frozen=True)
class SizesOf:
    """Takes the sizes out of an answer, so that a report shows the numbers that count.

    An answer that is not the ReplicaSets of `rss`, in their order and but for spec as they were, is left as
    it is: then the report shows all of it.
    """

    rss: Sizes

    def __call__(self, answer: Any) -> Any:
        """Return {name: spec} of a usable answer."""
        if not isinstance(answer, list) or not all(isinstance(rs, dict) and "spec" in rs for rs in answer):
            return answer
        if [{**rs, "spec": 0} for rs in answer] != [{**rs, "spec": 0} for rs in self.rss]:
            return answer
        return {rs["name"]: rs["spec"] for rs in answer}


def step_case(rule: str, arguments: tuple[int, int, int, Sizes], sizes: Sequence[int]) -> Case:
    """Return a case for `rolling_step` after which the ReplicaSets have these sizes."""
    rss = arguments[3]
    expected = {rs["name"]: size for rs, size in zip(rss, sizes, strict=True)}
    return Case(rule, arguments, expected, part=SizesOf(rss))


def old(name: str, created: int, spec: int, available: int | None = None) -> Object:
    """Return an old ReplicaSet; all its Pods are available unless it is said."""
    return {
        "name": name,
        "created": created,
        "spec": spec,
        "available": spec if available is None else available,
        "is_new": False,
    }


def new(spec: int, available: int | None = None, created: int = 9) -> Object:
    """Return the new ReplicaSet; all its Pods are available unless it is said."""
    return {**old("new", created, spec, available), "is_new": True}


def sized(name: str, created: int, replicas: int, max_replicas: int | None) -> Object:
    """Return a ReplicaSet as `scale_proportionally` gets it."""
    return {"name": name, "created": created, "replicas": replicas, "max_replicas": max_replicas}


_FENCEPOSTS: dict[str, list[tuple[int, IntOrPercent, IntOrPercent, tuple[int, int]]]] = {
    "a number is taken as it is": [
        (10, 3, 2, (3, 2)),
        (4, 0, 1, (0, 1)),
        (3, 500, 0, (500, 0)),
        (5, 1, 5, (1, 5)),
    ],
    "a percentage is of the replicas asked for": [
        (10, "50%", "20%", (5, 2)),
        (20, "25%", "25%", (5, 5)),
        (3, "100%", "100%", (3, 3)),
        (8, 1, "50%", (1, 4)),
    ],
    "maxSurge rounds up": [
        (10, "25%", 2, (3, 2)),
        (4, "10%", 1, (1, 1)),
        (13, "50%", 0, (7, 0)),
        (29, "100%", 3, (29, 3)),
    ],
    "maxUnavailable rounds down": [
        (10, 1, "25%", (1, 2)),
        (3, 1, "25%", (1, 0)),
        (13, 2, "50%", (2, 6)),
        (100, 1, "29%", (1, 29)),
    ],
    "when both come to 0, one pod may be missing; otherwise a 0 stays 0": [
        (3, 0, "25%", (0, 1)),
        (9, "0%", "10%", (0, 1)),
        (5, "20%", 0, (1, 0)),
        (1, 1, "10%", (1, 0)),
        (10, 0, "10%", (0, 1)),
    ],
    "replicas 0 is legal": [
        (0, "25%", "25%", (0, 1)),
        (0, 1, "25%", (1, 0)),
        (0, 2, 2, (2, 2)),
    ],
}

# (replicas, surge, unavailable, ReplicaSets, their sizes after one step)
_STEPS: dict[str, list[tuple[int, int, int, Sizes, list[int]]]] = {
    "the new ReplicaSet grows as far as surge and replicas let it": [
        (4, 1, 1, [old("old", 1, 4), new(0)], [4, 1]),
        (4, 2, 0, [old("old", 1, 4), new(0)], [4, 2]),
        (4, 1, 1, [new(0), old("old", 1, 4)], [1, 4]),
        (4, 1, 1, [old("old", 1, 1), new(2)], [1, 4]),
        (10, 10, 0, [old("old", 1, 10), new(0)], [10, 10]),
        (10, 3, 5, [old("old", 1, 5), new(3, 0)], [5, 8]),
    ],
    "one thing a step: where the new ReplicaSet changes, the old ones wait": [
        (4, 1, 2, [old("old", 1, 4), new(0)], [4, 1]),
        (4, 1, 2, [old("old", 1, 4), new(1)], [1, 1]),
        (6, 2, 3, [old("old", 1, 6), new(1)], [6, 2]),
        (6, 2, 3, [old("old", 1, 6), new(2)], [1, 2]),
    ],
    "old pods go as far as availability allows": [
        (4, 1, 1, [old("old", 1, 4), new(1, 1)], [2, 1]),
        (4, 1, 0, [old("old", 1, 4), new(1, 1)], [3, 1]),
        (10, 3, 2, [old("old", 1, 10), new(3, 3)], [5, 3]),
        (3, 0, 1, [old("old", 1, 3), new(0)], [2, 0]),
    ],
    "a new pod that is not available makes no room": [
        (4, 1, 0, [old("old", 1, 4), new(1, 0)], [4, 1]),
        (4, 1, 0, [old("old", 1, 4), new(1, 1)], [3, 1]),
        (10, 3, 2, [old("old", 1, 8), new(5, 0)], [8, 5]),
        (10, 3, 2, [old("old", 1, 8), new(5, 2)], [6, 5]),
    ],
    "old pods that are not available go first, and cost nothing": [
        (4, 1, 0, [old("old", 1, 4, 2), new(1, 1)], [3, 1]),
        (4, 1, 1, [old("old", 1, 4, 0), new(1, 0)], [3, 1]),
        (4, 1, 1, [old("a", 1, 2, 2), old("b", 2, 2, 0), new(1, 1)], [2, 0, 1]),
        (6, 0, 2, [old("old", 1, 6, 2), new(0)], [4, 0]),
    ],
    "after the sick pods, available ones go in the same step": [
        (4, 2, 2, [old("a", 1, 1, 0), old("b", 2, 3, 3), new(2, 2)], [0, 0, 2]),
        (10, 3, 3, [old("a", 1, 2, 0), old("b", 2, 8, 8), new(3, 3)], [0, 4, 3]),
        (10, 3, 3, [old("a", 1, 2, 2), old("b", 2, 8, 8), new(3, 3)], [0, 4, 3]),
        (6, 2, 1, [old("a", 1, 2, 1), old("b", 2, 4, 4), new(2, 2)], [0, 3, 2]),
    ],
    "the oldest ReplicaSet goes first, whatever the order of the list": [
        (6, 2, 1, [old("b", 2, 3), old("a", 1, 3), new(2, 2)], [3, 0, 2]),
        (6, 2, 1, [old("b", 1, 3), old("a", 2, 3), new(2, 2)], [0, 3, 2]),
        (6, 0, 3, [old("a", 2, 2), old("b", 1, 4), new(0)], [2, 1, 0]),
        (6, 0, 3, [new(0), old("a", 1, 2), old("b", 2, 4)], [0, 0, 3]),
    ],
    "a new ReplicaSet above `replicas` is cut first": [
        (4, 1, 1, [old("old", 1, 2), new(6)], [2, 4]),
        (10, 10, 1, [old("old", 1, 9), new(11, 0)], [9, 10]),
        (4, 1, 1, [old("old", 1, 2), new(4)], [0, 4]),
        (0, 1, 0, [old("old", 1, 0), new(3)], [0, 0]),
    ],
    "where nothing may move, nothing moves": [
        (10, 3, 5, [old("old", 1, 5), new(8, 0)], [5, 8]),
        (10, 3, 5, [old("old", 1, 5), new(8, 1)], [4, 8]),
        (3, 1, 0, [old("old", 1, 0), new(3, 1)], [0, 3]),
        (3, 1, 0, [old("old", 1, 3, 2), new(1, 0)], [3, 1]),
    ],
}

# (ReplicaSets, replicas, surge, status_replicas, their sizes after)
_SCALES: dict[str, list[tuple[Sizes, int, int, int, list[int]]]] = {
    "a sole ReplicaSet with pods takes everything, without surge": [
        ([sized("a", 1, 4, 5)], 10, 3, 4, [10]),
        ([sized("a", 1, 0, 5), sized("b", 2, 4, 5)], 7, 2, 4, [0, 7]),
        ([sized("a", 1, 4, 5), sized("b", 2, 0, 5)], 2, 1, 4, [2, 0]),
    ],
    "when none has pods, the newest takes everything": [
        ([sized("a", 1, 0, 1), sized("b", 2, 0, 1)], 5, 1, 0, [0, 5]),
        ([sized("a", 2, 0, 1), sized("b", 1, 0, 1)], 3, 1, 0, [3, 0]),
    ],
    "the target is replicas plus surge; each takes its share of it": [
        ([sized("a", 1, 8, 12), sized("b", 2, 4, 12)], 20, 4, 12, [16, 8]),
        ([sized("a", 1, 8, 12), sized("b", 2, 4, 12)], 4, 2, 12, [4, 2]),
        ([sized("a", 1, 3, 5), sized("b", 2, 2, 5)], 10, 5, 5, [9, 6]),
    ],
    "a share is measured by max_replicas, not by the status": [
        ([sized("a", 1, 8, 12), sized("b", 2, 4, 12)], 20, 4, 10, [16, 8]),
        ([sized("a", 1, 8, 12), sized("b", 2, 4, 12)], 4, 2, 9, [4, 2]),
        ([sized("a", 1, 3, 5), sized("b", 2, 2, 5)], 10, 5, 4, [9, 6]),
        ([sized("a", 1, 5, 8), sized("b", 2, 3, 12)], 4, 0, 8, [3, 1]),
    ],
    "halves round away from zero": [
        ([sized("a", 1, 5, 6), sized("b", 2, 1, 6)], 9, 0, 6, [8, 1]),
        ([sized("a", 1, 3, 4), sized("b", 2, 1, 4)], 6, 0, 4, [5, 1]),
    ],
    "the larger goes first; of equal ones the newer when adding": [
        ([sized("a", 1, 2, 4), sized("b", 2, 2, 4)], 5, 0, 4, [2, 3]),
        ([sized("a", 2, 2, 4), sized("b", 1, 2, 4)], 5, 0, 4, [3, 2]),
        ([sized("a", 1, 3, 5), sized("b", 2, 2, 5)], 6, 0, 5, [4, 2]),
    ],
    "of equal ones the older when removing": [
        ([sized("a", 1, 3, 6), sized("b", 2, 3, 6)], 5, 0, 6, [2, 3]),
        ([sized("a", 2, 3, 6), sized("b", 1, 3, 6)], 5, 0, 6, [3, 2]),
    ],
    "what rounding leaves over goes to the first, even above `replicas`": [
        ([sized("v1", 1, 6, 14), sized("v2", 2, 7, 14)], 10, 10, 13, [9, 11]),
        ([sized("a", 1, 1, 3), sized("b", 2, 1, 3), sized("c", 3, 1, 3)], 4, 0, 3, [1, 1, 2]),
        ([sized("a", 3, 4, 12), sized("b", 2, 4, 12), sized("c", 1, 4, 12)], 5, 0, 12, [2, 2, 1]),
    ],
    "a share stops where nothing is left to give or to take": [
        ([sized("a", 1, 11, 13), sized("b", 2, 2, 13)], 16, 0, 13, [14, 2]),
        ([sized("a", 1, 3, 4), sized("b", 2, 3, 4)], 8, 0, 6, [3, 5]),
        ([sized("a", 1, 3, 9), sized("b", 2, 3, 9)], 5, 0, 6, [2, 3]),
    ],
    "a share can go the other way, where max_replicas was larger; the leftover makes up for it": [
        ([sized("a", 1, 7, 15), sized("b", 2, 6, 18)], 12, 4, 13, [11, 5]),
        ([sized("a", 1, 6, 8), sized("b", 2, 6, 20)], 11, 0, 12, [8, 3]),
    ],
    "where nothing is left to share, a share is 0": [
        ([sized("a", 1, 4, 20), sized("b", 2, 12, 16)], 13, 4, 16, [4, 13]),
        ([sized("a", 1, 4, 20), sized("b", 2, 12, 16)], 14, 4, 16, [4, 14]),
    ],
    "without max_replicas the Deployment's status counts; 0 there is no change": [
        ([sized("a", 1, 4, 6), sized("b", 2, 2, None)], 12, 0, 6, [8, 4]),
        ([sized("a", 1, 4, 0), sized("b", 2, 2, None)], 9, 0, 3, [7, 2]),
        ([sized("a", 1, 4, None), sized("b", 2, 2, 6)], 12, 0, 0, [8, 4]),
        ([sized("a", 1, 2, 6), sized("b", 2, 4, None)], 9, 0, 0, [3, 6]),
    ],
    "to 0 means 0, surge or not": [
        ([sized("a", 1, 4, 6), sized("b", 2, 2, 6)], 0, 2, 6, [0, 0]),
        ([sized("a", 1, 4, 6), sized("b", 2, 2, 6)], 4, 2, 6, [4, 2]),
    ],
    "ReplicaSets without pods get none and stay in the answer": [
        ([sized("x", 1, 0, 6), sized("a", 2, 4, 6), sized("b", 3, 2, 6)], 12, 0, 6, [0, 8, 4]),
        ([sized("x", 4, 0, None), sized("a", 2, 4, 6), sized("b", 3, 2, 6)], 3, 0, 6, [0, 2, 1]),
    ],
}


def show_fenceposts(replicas: int, max_surge: IntOrPercent, max_unavailable: IntOrPercent) -> str:
    """Write the arguments with their names."""
    return f"replicas: {replicas}, maxSurge: {max_surge!r}, maxUnavailable: {max_unavailable!r}"


def show_step(replicas: int, surge: int, unavailable: int, rss: Sizes) -> str:
    """Write the limits, and a ReplicaSet a line."""
    lines = [f"replicas: {replicas}, surge: {surge}, unavailable: {unavailable}"]
    for rs in rss:
        kind = "new" if rs["is_new"] else "old"
        lines.append(
            f"{rs['name']}: {kind}, created {rs['created']}, spec {rs['spec']}, available {rs['available']}"
        )
    return "\n".join(lines)


def show_scale(rss: Sizes, replicas: int, surge: int, status_replicas: int) -> str:
    """Write a ReplicaSet a line, then the new target."""
    lines = [
        f"{rs['name']}: created {rs['created']}, replicas {rs['replicas']}, max_replicas {rs['max_replicas']}"
        for rs in rss
    ]
    target = f"now replicas: {replicas}, surge: {surge}; status_replicas: {status_replicas}"
    return "\n".join([*lines, target])
