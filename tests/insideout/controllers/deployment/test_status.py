"""A Deployment's conditions: availability by the fence posts, progress by silence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from insideout.apimachinery import conditions, timestamps
from insideout.controllers.deployment import status as statuses

START = datetime(2026, 1, 1, tzinfo=UTC)


def deployment(
    replicas: int = 4, *, max_unavailable: int = 1, deadline_s: int = 600, **status: Any
) -> dict[str, Any]:
    """Return a Deployment."""
    rolling = {"maxSurge": 1, "maxUnavailable": max_unavailable}
    return {
        "metadata": {"name": "d", "generation": 1},
        "spec": {
            "replicas": replicas,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling},
            "progressDeadlineSeconds": deadline_s,
        },
        "status": status,
    }


def replica_set(name: str, replicas: int, available: int) -> dict[str, Any]:
    """Return a ReplicaSet all of whose Pods exist and of which some are ready and available."""
    counts = {"replicas": replicas, "readyReplicas": available, "availableReplicas": available}
    return {"metadata": {"name": name}, "spec": {"replicas": replicas}, "status": counts}


def progressing(reason: str, at: datetime = START, status: str = "True") -> list[dict[str, Any]]:
    """Return the condition Progressing as the only one."""
    return [statuses.condition("Progressing", status, reason, "", at)]


AVAILABLE = [(4, 1, 4, "True"), (4, 1, 3, "True"), (4, 1, 2, "False"), (4, 0, 3, "False"), (0, 0, 0, "True")]


@pytest.mark.parametrize(("replicas", "unavailable", "available", "expected"), AVAILABLE)
def test_available(replicas: int, unavailable: int, available: int, expected: str) -> None:
    new = replica_set("new", replicas, available)
    subject = deployment(replicas, max_unavailable=unavailable)
    status = statuses.calculate_status(subject, [new], new, START)
    assert conditions.status_of({"status": status}, "Available") == expected


def test_counts() -> None:
    new, old = replica_set("new", 2, 1), replica_set("old", 3, 3)
    status = statuses.calculate_status(deployment(), [new, old], new, START)
    assert {k: v for k, v in status.items() if k.endswith("eplicas")} == {
        "replicas": 5,
        "updatedReplicas": 2,
        "readyReplicas": 4,
        "availableReplicas": 4,
        "unavailableReplicas": 1,
        "terminatingReplicas": 0,
    }


def judged(subject: dict[str, Any], available: int, now: datetime) -> tuple[str, str, str]:
    """Return status, reason and message of Progressing after one look at the new ReplicaSet alone."""
    new = replica_set("new", subject["spec"]["replicas"], available)
    status = statuses.rollout_status(subject, [new], new, now)
    found = conditions.find({"status": status}, "Progressing")
    assert found is not None
    return found["status"], found["reason"], found["message"]


def test_complete() -> None:
    subject = deployment(conditions=progressing("ReplicaSetUpdated"), observedGeneration=1)
    expected = ("True", "NewReplicaSetAvailable", 'ReplicaSet "new" has successfully progressed.')
    assert judged(subject, 4, START) == expected


def test_whatever_moves_renews_the_time() -> None:
    """One more available Pod after the deadline still counts as progress."""
    subject = deployment(conditions=progressing("ReplicaSetUpdated"), updatedReplicas=4, replicas=4)
    late = START + timedelta(seconds=700)
    assert judged(subject, 1, late) == ("True", "ReplicaSetUpdated", 'ReplicaSet "new" is progressing.')


STANDING_STILL = [(600, "ReplicaSetUpdated"), (601, "ProgressDeadlineExceeded")]


@pytest.mark.parametrize(("after_s", "reason"), STANDING_STILL)
def test_silence_for_longer_than_the_deadline(after_s: int, reason: str) -> None:
    counts = {"replicas": 4, "updatedReplicas": 4, "readyReplicas": 1, "availableReplicas": 1}
    subject = deployment(conditions=progressing("ReplicaSetUpdated"), **counts)
    assert judged(subject, 1, START + timedelta(seconds=after_s))[1] == reason


def test_losing_pods_after_completion_is_no_failed_rollout() -> None:
    counts = {"replicas": 4, "updatedReplicas": 4, "readyReplicas": 4, "availableReplicas": 4}
    subject = deployment(conditions=progressing("NewReplicaSetAvailable"), **counts)
    assert judged(subject, 0, START + timedelta(hours=1))[1] == "NewReplicaSetAvailable"


def test_no_deadline_no_condition() -> None:
    subject = deployment(deadline_s=statuses.NO_DEADLINE, conditions=progressing("ReplicaSetUpdated"))
    new = replica_set("new", 4, 1)
    status = statuses.rollout_status(subject, [new], new, START)
    assert conditions.find({"status": status}, "Progressing") is None


PAUSES = [
    (True, "ReplicaSetUpdated", "DeploymentPaused"),
    (True, "DeploymentPaused", None),
    (False, "DeploymentPaused", "DeploymentResumed"),
    (False, "ReplicaSetUpdated", None),
    (True, "ProgressDeadlineExceeded", None),
]


@pytest.mark.parametrize(("paused", "before", "after"), PAUSES)
def test_a_pause_is_noted_once(paused: bool, before: str, after: str | None) -> None:
    subject = deployment(conditions=progressing(before))
    subject["spec"]["paused"] = paused
    found = statuses.paused_condition(subject, START)
    assert (found["reason"] if found else None) == after


def test_the_next_look_is_just_after_the_deadline() -> None:
    subject = deployment(conditions=progressing("ReplicaSetUpdated"))
    now = timestamps.parse("2026-01-01T00:01:00Z")
    assert statuses.next_check_s(subject, subject["status"], now) == 541.0
