"""What a ReplicaSet reports about its Pods.

Source: pkg/controller/replicaset/replica_set_utils.go:calculateStatus@v1.36.2.
"""

from collections.abc import Mapping
from datetime import datetime

from insideout.apimachinery import conditions, timestamps
from insideout.client import ApiError, Object
from insideout.controllers.standing import Standing


def calculate_status(
    replica_set: Object,
    active: Mapping[Standing, int],
    available: int | None,
    terminating: int,
    error: ApiError | None,
    now: datetime,
) -> Object:
    """Return the status: counts that are 0 are left out as in JSON, except `replicas`.

    `active` is how many active Pods there are of each standing, `available` how many of them are; None when
    a Pod is available as soon as it is ready.
    """
    labels = (replica_set["spec"]["template"].get("metadata") or {}).get("labels") or {}
    wanted = frozenset(labels.items())
    replicas = sum(active.values())
    ready = sum(count for standing, count in active.items() if standing.is_ready)
    counts = {
        "fullyLabeledReplicas": sum(count for standing, count in active.items() if wanted <= standing.labels),
        "readyReplicas": ready,
        "availableReplicas": ready if available is None else available,
    }
    status: Object = {"replicas": replicas}
    status |= {name: count for name, count in counts.items() if count}
    status |= {
        "terminatingReplicas": terminating,
        "observedGeneration": replica_set["metadata"]["generation"],
    }
    if condition := _replica_failure(replica_set, replicas, error, now):
        status["conditions"] = [condition]
    return status


def _replica_failure(
    replica_set: Object, active: int, error: ApiError | None, now: datetime
) -> Object | None:
    if error is None:
        return None
    existing = conditions.find(replica_set, "ReplicaFailure")
    return existing or {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate" if active < replica_set["spec"]["replicas"] else "FailedDelete",
        "message": str(error),
        "lastTransitionTime": timestamps.seconds(now),
    }
