"""What a Deployment reports: counts, whether it is available, and whether it gets on.

Progress is measured by silence.  Whatever moves renews the time; when nothing has moved for
progressDeadlineSeconds, the condition turns False, and that is all: nothing rolls back.

Source: pkg/controller/deployment/sync.go:calculateStatus, checkPausedConditions; progress.go
:syncRolloutStatus; util/deployment_util.go@v1.36.2.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from insideout.apimachinery import conditions, timestamps
from insideout.client import Object
from insideout.controllers.deployment import fenceposts

NO_DEADLINE = 2**31 - 1


def has_deadline(deployment: Object) -> bool:
    """Tell whether progress is watched at all."""
    return bool(deployment["spec"].get("progressDeadlineSeconds", NO_DEADLINE) != NO_DEADLINE)


def calculate_status(
    deployment: Object, replica_sets: Sequence[Object], new: Object | None, now: datetime
) -> Object:
    """Return counts and the condition Available; other conditions are carried over."""
    statuses = [rs.get("status") or {} for rs in replica_sets]
    available = sum(status.get("availableReplicas", 0) for status in statuses)
    asked = sum(rs["spec"]["replicas"] for rs in replica_sets)
    before = deployment.get("status") or {}
    counts = {
        "replicas": sum(status.get("replicas", 0) for status in statuses),
        "updatedReplicas": ((new or {}).get("status") or {}).get("replicas", 0),
        "readyReplicas": sum(status.get("readyReplicas", 0) for status in statuses),
        "availableReplicas": available,
        "unavailableReplicas": max(0, asked - available),
    }
    status: Object = {"observedGeneration": deployment["metadata"]["generation"]}
    status |= {name: count for name, count in counts.items() if count}
    if (terminating := _terminating(statuses)) is not None:
        status["terminatingReplicas"] = terminating
    if "collisionCount" in before:
        status["collisionCount"] = before["collisionCount"]
    status["conditions"] = list(before.get("conditions") or ())
    minimum = deployment["spec"]["replicas"] - fenceposts.of(deployment).unavailable
    enough = available >= minimum
    set_condition(
        status,
        condition(
            "Available",
            "True" if enough else "False",
            "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
            f"Deployment {'has' if enough else 'does not have'} minimum availability.",
            now,
        ),
    )
    return status


def rollout_status(
    deployment: Object, replica_sets: Sequence[Object], new: Object | None, now: datetime
) -> Object:
    """Return the whole status during a rollout, Progressing and ReplicaFailure included."""
    status = calculate_status(deployment, replica_sets, new, now)
    current = conditions.find(deployment, "Progressing")
    finished = (
        status.get("replicas", 0) == status.get("updatedReplicas", 0)
        and current is not None
        and current["reason"] == "NewReplicaSetAvailable"
    )
    if not has_deadline(deployment):
        remove_condition(status, "Progressing")
    elif not finished:
        _judge_progress(status, deployment, current, new, now)
    failure = _replica_failure(replica_sets, new)
    if failure:
        set_condition(status, failure)
    else:
        remove_condition(status, "ReplicaFailure")
    return status


def is_complete(deployment: Object, status: Object) -> bool:
    """Tell whether every Pod that is asked for is new and available, and no other is left."""
    replicas = deployment["spec"]["replicas"]
    return (
        all(
            status.get(count, 0) == replicas for count in ("updatedReplicas", "replicas", "availableReplicas")
        )
        and status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    )


def is_progressing(before: Object, status: Object) -> bool:
    """Tell whether something moved: more new Pods, fewer old ones, or more ready or available ones."""

    def old_pods(counts: Object) -> int:
        return int(counts.get("replicas", 0) - counts.get("updatedReplicas", 0))

    return old_pods(status) < old_pods(before) or any(
        status.get(count, 0) > before.get(count, 0)
        for count in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )


def is_timed_out(deployment: Object, status: Object, now: datetime) -> bool:
    """Tell whether nothing has moved for longer than the deadline."""
    progress = conditions.find({"status": status}, "Progressing")
    if progress is None or progress["reason"] == "NewReplicaSetAvailable":
        return False
    if progress["reason"] == "ProgressDeadlineExceeded":
        return True
    deadline = timedelta(seconds=deployment["spec"]["progressDeadlineSeconds"])
    return timestamps.parse(progress["lastUpdateTime"]) + deadline < now


def next_check_s(deployment: Object, status: Object, now: datetime) -> float | None:
    """Return when to look again whether the deadline has passed, in seconds; None when there is no need."""
    progress = conditions.find(deployment, "Progressing")
    if not has_deadline(deployment) or progress is None:
        return None
    if is_complete(deployment, status) or progress["reason"] == "ProgressDeadlineExceeded":
        return None
    deadline = timedelta(seconds=deployment["spec"]["progressDeadlineSeconds"])
    left = (timestamps.parse(progress["lastUpdateTime"]) + deadline - now).total_seconds()
    # A second more, because the time written down has no fractions.
    return max(0.0, left) + 1.0


def paused_condition(deployment: Object, now: datetime) -> Object | None:
    """Return the condition to write after a pause or a resume, so that the wait is not counted."""
    if not has_deadline(deployment):
        return None
    progress = conditions.find(deployment, "Progressing")
    reason = progress["reason"] if progress else ""
    if reason == "ProgressDeadlineExceeded":
        return None
    paused = bool(deployment["spec"].get("paused"))
    if paused == (reason == "DeploymentPaused"):
        return None
    words = (
        ("DeploymentPaused", "Deployment is paused")
        if paused
        else ("DeploymentResumed", "Deployment is resumed")
    )
    return condition("Progressing", "Unknown", *words, now)


def condition(type_: str, status: str, reason: str, message: str, now: datetime) -> Object:
    """Return a Deployment's condition that changes now."""
    time = timestamps.seconds(now)
    return {
        "type": type_,
        "status": status,
        "lastUpdateTime": time,
        "lastTransitionTime": time,
        "reason": reason,
        "message": message,
    }


def set_condition(status: Object, new: Object) -> None:
    """Put a condition into a status, unless status and reason are what they were."""
    current = conditions.find({"status": status}, new["type"])
    if current and current["status"] == new["status"]:
        if current["reason"] == new["reason"]:
            return
        new = new | {"lastTransitionTime": current["lastTransitionTime"]}
    remove_condition(status, new["type"])
    status["conditions"].append(new)


def remove_condition(status: Object, type_: str) -> None:
    """Take a condition out of a status."""
    status["conditions"] = [c for c in status.get("conditions") or () if c["type"] != type_]


def _judge_progress(
    status: Object, deployment: Object, current: Object | None, new: Object | None, now: datetime
) -> None:
    if new is not None:
        subject = f'ReplicaSet "{new["metadata"]["name"]}"'
    else:
        subject = f'Deployment "{deployment["metadata"]["name"]}"'
    if is_complete(deployment, status):
        message = f"{subject} has successfully progressed."
        set_condition(status, condition("Progressing", "True", "NewReplicaSetAvailable", message, now))
    elif is_progressing(deployment.get("status") or {}, status):
        renewed = condition("Progressing", "True", "ReplicaSetUpdated", f"{subject} is progressing.", now)
        if current is not None:
            if current["status"] == "True":
                renewed["lastTransitionTime"] = current["lastTransitionTime"]
            remove_condition(status, "Progressing")
        set_condition(status, renewed)
    elif is_timed_out(deployment, status, now):
        message = f"{subject} has timed out progressing."
        set_condition(status, condition("Progressing", "False", "ProgressDeadlineExceeded", message, now))


def _replica_failure(replica_sets: Sequence[Object], new: Object | None) -> Object | None:
    """Return a ReplicaSet's failure as the Deployment's, the new one's before those of old ones."""
    for replica_set in ([new] if new else []) + list(replica_sets):
        failure = conditions.find(replica_set, "ReplicaFailure")
        if failure:
            return failure | {"lastUpdateTime": failure["lastTransitionTime"]}
    return None


def _terminating(statuses: Sequence[Object]) -> int | None:
    """Return how many Pods are terminating, None while a ReplicaSet that was synced does not say."""
    synced = [status for status in statuses if status.get("observedGeneration")]
    if any("terminatingReplicas" not in status for status in synced):
        return None
    return int(sum(status.get("terminatingReplicas", 0) for status in statuses))
