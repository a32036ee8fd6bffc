"""A rolling update moves one thing a sync, within the fenceposts."""

from itertools import pairwise, product

import pytest

from insideout import records
from insideout.controllers.deployment import fenceposts, rolling
from insideout.controllers.deployment.fenceposts import Fenceposts
from insideout.controllers.deployment.sizes import ReplicaSetSize, Scaling

ROLLOUTS = [
    row
    for row in records.read("rollout")
    if row["case"]["strategy"] == "RollingUpdate"
    and row["case"]["scenario"] in ("update", "stuck", "stuck-scale")
]


def old(spec: int, available: int | None = None, *, name: str = "old", created: int = 1) -> ReplicaSetSize:
    """Return an old ReplicaSet, all of it available unless told otherwise."""
    return ReplicaSetSize(name, created, spec, spec if available is None else available)


def new(spec: int, available: int = 0) -> ReplicaSetSize:
    """Return the new ReplicaSet."""
    return ReplicaSetSize("new", 9, spec, available, is_new=True)


CASES = {
    "the new one grows by the surge": (10, (3, 2), [old(10), new(0)], [Scaling("new", 0, 3)]),
    "then the old one shrinks by what may be missing": (
        10,
        (3, 2),
        [old(10), new(3)],
        [Scaling("old", 10, 8)],
    ),
    "a stuck new one stops the old one from shrinking": (10, (3, 2), [old(8), new(5)], []),
    "sick old Pods go first, in the same sync as healthy ones": (
        10,
        (3, 3),
        [old(10, 8), new(3, 3)],
        [Scaling("old", 10, 8), Scaling("old", 8, 4)],
    ),
    "the oldest shrinks first": (
        4,
        (1, 1),
        [old(2, name="b", created=2), old(2, name="a", created=1), new(1)],
        [Scaling("a", 2, 1)],
    ),
    "a new one above the Deployment is cut at once": (3, (1, 1), [old(2), new(5)], [Scaling("new", 5, 3)]),
    "availability that is out of date is not spent again": (
        10,
        (0, 2),
        [old(8, 10), new(0)],
        [Scaling("new", 0, 2)],
    ),
    "an old one that has not reported ends the sync": (10, (2, 2), [old(8, 10), new(4, 4)], []),
    "nothing old, nothing to do": (3, (1, 1), [new(3, 3)], []),
}


@pytest.mark.parametrize(("replicas", "limits", "replica_sets", "expected"), CASES.values(), ids=CASES)
def test_plan(
    replicas: int, limits: tuple[int, int], replica_sets: list[ReplicaSetSize], expected: list[Scaling]
) -> None:
    """The writes of one sync."""
    assert rolling.plan(replicas, Fenceposts(*limits), replica_sets) == expected


def limits_of(row: dict) -> Fenceposts:
    """Return the fenceposts of a recorded case."""
    case = row["case"]
    return fenceposts.resolve(case["maxSurge"], case["maxUnavailable"], case["replicas"])


def sizes_after(
    replicas: int, limits: Fenceposts, v1: int, v2: int, a1: int, a2: int
) -> list[tuple[int, int]]:
    """Return the sizes after each write of one sync."""
    sizes, seen = {"v1": v1, "v2": v2}, []
    for scaling in rolling.plan(
        replicas,
        limits,
        [ReplicaSetSize("v1", 1, v1, a1), ReplicaSetSize("v2", 2, v2, a2, is_new=True)],
    ):
        sizes[scaling.name] = scaling.after
        seen.append((sizes["v1"], sizes["v2"]))
    return seen


@pytest.mark.parametrize("row", ROLLOUTS, ids=lambda row: f"{row['case']}")
def test_every_recorded_step_follows_from_some_availability(row: dict) -> None:
    """How many Pods were Ready is not recorded, but some number must explain each step."""
    replicas, limits = row["case"]["replicas"], limits_of(row)
    recorded = [(step["v1"], step["v2"]) for step in row["trace"]]
    # Without surge the first entry is the creation of the new ReplicaSet at 0, not a step.
    steps = recorded if recorded[0] == (replicas, 0) else [(replicas, 0), *recorded]
    if row["case"]["scenario"] == "stuck-scale":
        steps = steps[: steps.index((row["stuck"]["v1"]["spec"], row["stuck"]["v2"]["spec"])) + 1]
    for (v1, v2), after in pairwise(steps):
        assert any(
            after in sizes_after(replicas, limits, v1, v2, a1, a2)
            for a1, a2 in product(range(v1 + 1), range(v2 + 1))
        ), (v1, v2, after)


@pytest.mark.parametrize("row", [row for row in ROLLOUTS if "stuck" in row], ids=lambda row: f"{row['case']}")
def test_a_rollout_that_cannot_become_ready_stops_where_it_was_recorded(row: dict) -> None:
    """Every old Pod stays available, no new one becomes so."""
    replicas, limits = row["case"]["replicas"], limits_of(row)
    v1, v2 = replicas, 0
    while steps := sizes_after(replicas, limits, v1, v2, v1, 0):
        v1, v2 = steps[-1]
    assert (v1, v2) == (row["stuck"]["v1"]["spec"], row["stuck"]["v2"]["spec"])
