"""Scaling in the middle of a rollout gives every ReplicaSet its share."""

import pytest

from insideout import records
from insideout.controllers.deployment import fenceposts, scaling
from insideout.controllers.deployment.sizes import ReplicaSetSize

STUCK_SCALE = [row for row in records.read("rollout") if row["case"]["scenario"] == "stuck-scale"]


@pytest.mark.parametrize("row", STUCK_SCALE, ids=lambda row: f"{row['case']}")
def test_the_recorded_split(row: dict) -> None:
    """The sizes right after the scaling occur in the trace."""
    case, stuck = row["case"], row["stuck"]
    before = fenceposts.resolve(case["maxSurge"], case["maxUnavailable"], case["replicas"])
    after = fenceposts.resolve(case["maxSurge"], case["maxUnavailable"], case["scale_to"])
    sizes = scaling.scale_proportionally(
        [
            ReplicaSetSize(name, name, stuck[name]["spec"], max_replicas=case["replicas"] + before.surge)
            for name in ("v1", "v2")
        ],
        case["scale_to"],
        after.surge,
        0,
    )
    assert sizes in [{key: step[key] for key in sizes} for step in row["trace"]]


def size(name: str, spec: int, *, created: int = 0, max_replicas: int | None = 10) -> ReplicaSetSize:
    """Return a ReplicaSet."""
    return ReplicaSetSize(name, created, spec, max_replicas=max_replicas)


CASES = {
    "halves round away from zero": ([size("a", 5), size("b", 5, created=1)], 15, 0, 0, {"b": 8, "a": 7}),
    "equal ones: the older shrinks first": (
        [size("a", 5), size("b", 5, created=1)],
        9,
        0,
        0,
        {"a": 4, "b": 5},
    ),
    "to zero": ([size("a", 6), size("b", 4)], 0, 3, 0, {"a": 0, "b": 0}),
    "nothing to add": ([size("a", 6), size("b", 4)], 10, 0, 0, {"a": 6, "b": 4}),
    "the status stands in for a lost annotation": (
        [size("a", 6, max_replicas=None), size("b", 4, max_replicas=None)],
        20,
        0,
        10,
        {"a": 12, "b": 8},
    ),
    "without either the first takes all": (
        [size("a", 6, max_replicas=None), size("b", 4, max_replicas=None)],
        20,
        0,
        0,
        {"a": 16, "b": 4},
    ),
}


@pytest.mark.parametrize(("sizes", "replicas", "surge", "status", "expected"), CASES.values(), ids=CASES)
def test_scale_proportionally(
    sizes: list[ReplicaSetSize], replicas: int, surge: int, status: int, expected: dict[str, int]
) -> None:
    """Sizes in the order they are written."""
    assert scaling.scale_proportionally(sizes, replicas, surge, status) == expected


def test_the_only_active_replica_set_takes_everything() -> None:
    """Even when it is not the newest."""
    assert scaling.active_or_latest([size("a", 0, created=2), size("b", 3)]) == size("b", 3)


def test_the_newest_takes_everything_when_none_is_active() -> None:
    """A Deployment scaled up from 0."""
    assert scaling.active_or_latest([size("b", 0, created=2), size("a", 0)]) == size("b", 0, created=2)
