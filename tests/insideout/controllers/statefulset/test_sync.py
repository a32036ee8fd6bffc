"""A StatefulSet creates upwards, removes downwards and replaces from the top."""

from datetime import UTC, datetime, timedelta

import pytest

from insideout.apimachinery import timestamps
from insideout.client import Object
from insideout.controllers.statefulset import status, sync
from insideout.controllers.statefulset.sync import Action

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def stateful_set(
    replicas: int, *, partition: int | None = 0, type_: str = "RollingUpdate", **spec: object
) -> Object:
    """Return a StatefulSet named db."""
    strategy: Object = {"type": type_}
    if partition is not None and type_ == "RollingUpdate":
        strategy["rollingUpdate"] = {"partition": partition}
    return {
        "metadata": {"name": "db", "namespace": "ns", "generation": 1},
        "spec": {"replicas": replicas, "updateStrategy": strategy, **spec},
    }


def pod(
    ordinal: int,
    revision: str = "old",
    *,
    ready: bool = True,
    going: bool = False,
    phase: str = "Running",
    ready_for_s: int = 100,
) -> Object:
    """Return one of its Pods."""
    metadata: Object = {"name": f"db-{ordinal}", "labels": {"controller-revision-hash": revision}}
    if going:
        metadata["deletionTimestamp"] = timestamps.seconds(NOW)
    ready_condition = {
        "type": "Ready",
        "status": "True" if ready else "False",
        "lastTransitionTime": timestamps.seconds(NOW - timedelta(seconds=ready_for_s)),
    }
    return {"metadata": metadata, "status": {"phase": phase, "conditions": [ready_condition]}}


PARALLEL = {"podManagementPolicy": "Parallel"}
CASES: dict[str, tuple[Object, list[Object], list[Action]]] = {
    "the first comes alone": (stateful_set(3), [], [Action("create", 0, "update")]),
    "the second waits until the first is ready": (stateful_set(3), [pod(0, ready=False)], []),
    "and until it is available": (stateful_set(3, minReadySeconds=200), [pod(0)], []),
    "a gap is filled before anything above it": (
        stateful_set(3),
        [pod(0), pod(2, ready=False)],
        [Action("create", 1, "update")],
    ),
    "parallel creates all": (
        stateful_set(3, **PARALLEL),
        [pod(1, "new", ready=False)],
        [Action("create", 0, "update"), Action("create", 2, "update")],
    ),
    "a failed Pod is deleted": (stateful_set(2), [pod(0, phase="Failed"), pod(1)], [Action("delete", 0)]),
    "one that is already going is waited for": (stateful_set(2), [pod(0, phase="Failed", going=True)], []),
    "the highest goes first when scaling down": (
        stateful_set(1),
        [pod(0), pod(1), pod(2)],
        [Action("delete", 2)],
    ),
    "one at a time": (stateful_set(1), [pod(0), pod(1), pod(2, going=True)], []),
    "the only sick one may go": (
        stateful_set(1),
        [pod(0), pod(1), pod(2, ready=False)],
        [Action("delete", 2)],
    ),
    "two sick ones wait for each other": (
        stateful_set(1),
        [pod(0), pod(1, ready=False), pod(2, ready=False)],
        [],
    ),
    "parallel removes all": (
        stateful_set(1, **PARALLEL),
        [pod(0, "new"), pod(1), pod(2, ready=False)],
        [Action("delete", 2), Action("delete", 1)],
    ),
    "the update starts at the top": (stateful_set(3), [pod(0), pod(1), pod(2)], [Action("delete", 2)]),
    "and goes on when the top is ready": (
        stateful_set(3),
        [pod(0), pod(1), pod(2, "new")],
        [Action("delete", 1)],
    ),
    "parallel too replaces one at a time": (
        stateful_set(3, **PARALLEL),
        [pod(0), pod(1), pod(2, "new", ready=False)],
        [],
    ),
    "a sick Pod in order blocks its own repair": (
        stateful_set(3),
        [pod(0, "new"), pod(1, "new"), pod(2, "bad", ready=False)],
        [],
    ),
    "parallel repairs it": (
        stateful_set(3, **PARALLEL),
        [pod(0, "new"), pod(1, "new"), pod(2, "bad", ready=False)],
        [Action("delete", 2)],
    ),
    "the partition keeps the lower ones": (stateful_set(3, partition=2), [pod(0), pod(1), pod(2, "new")], []),
    "a Pod missing below it returns as it was": (
        stateful_set(3, partition=2),
        [pod(0), pod(2, "new")],
        [Action("create", 1, "current")],
    ),
    "the partition counts from the first ordinal": (
        stateful_set(2, partition=1, ordinals={"start": 5}),
        [pod(6, "new")],
        [Action("create", 5, "current")],
    ),
    "on delete replaces nothing": (stateful_set(2, type_="OnDelete"), [pod(0), pod(1)], []),
}


@pytest.mark.parametrize(("set_", "pods", "expected"), CASES.values(), ids=CASES)
def test_plan(set_: Object, pods: list[Object], expected: list[Action]) -> None:
    """The writes of one sync, with revisions old (current) and new (update)."""
    assert sync.plan(set_, pods, "new", NOW) == expected


def test_a_set_that_is_being_deleted_writes_nothing() -> None:
    """The garbage collector removes its Pods."""
    set_ = stateful_set(3)
    set_["metadata"]["deletionTimestamp"] = timestamps.seconds(NOW)
    assert sync.plan(set_, [], "new", NOW) == []


def test_the_current_revision_advances_when_all_pods_are_updated() -> None:
    """Only then; and the number of current Pods with it."""
    pods = [pod(0, "new"), pod(1, "new")]
    done = status.calculate_status(stateful_set(2), pods, "old", "new", NOW)
    assert (done["currentRevision"], done["currentReplicas"]) == ("new", 2)
    midway = status.calculate_status(stateful_set(2), [pod(0), pods[1]], "old", "new", NOW)
    assert (midway["currentRevision"], midway["currentReplicas"], midway["updatedReplicas"]) == ("old", 1, 1)


def test_with_on_delete_the_current_revision_never_advances() -> None:
    """Nobody declares an update complete that the user makes by hand."""
    set_ = stateful_set(1, type_="OnDelete")
    assert status.calculate_status(set_, [pod(0, "new")], "old", "new", NOW)["currentRevision"] == "old"
