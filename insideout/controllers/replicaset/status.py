"""What a ReplicaSet reports about its Pods.

Source: pkg/controller/replicaset/replica_set_utils.go:calculateStatus@v1.36.2.
"""

from datetime import datetime

from insideout.apimachinery import conditions, timestamps
from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Object


def calculate_status(
    replica_set: Object, active: list[Object], terminating: int, error: ApiError | None, now: datetime
) -> Object:
    """Return the status: counts that are 0 are left out as in JSON, except `replicas`."""
    spec = replica_set["spec"]
    labels = ((spec["template"].get("metadata") or {}).get("labels") or {}).items()
    min_ready_s = spec.get("minReadySeconds", 0)
    ready = [pod for pod in active if podutil.is_ready(pod)]
    counts = {
        "fullyLabeledReplicas": sum(
            labels <= (pod["metadata"].get("labels") or {}).items() for pod in active
        ),
        "readyReplicas": len(ready),
        "availableReplicas": sum(podutil.is_available(pod, min_ready_s, now) for pod in ready)
        if min_ready_s
        else len(ready),
    }
    status: Object = {"replicas": len(active)}
    status |= {name: count for name, count in counts.items() if count}
    status |= {
        "terminatingReplicas": terminating,
        "observedGeneration": replica_set["metadata"]["generation"],
    }
    if condition := _replica_failure(replica_set, len(active), error, now):
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
