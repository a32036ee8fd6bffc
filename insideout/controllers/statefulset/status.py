"""What a StatefulSet reports about its Pods and its two revisions.

Source: pkg/controller/statefulset/stateful_set_control.go:computeReplicaStatus,
stateful_set_utils.go:completeRollingUpdate@v1.36.2.
"""

from collections.abc import Sequence
from datetime import datetime

from insideout.apimachinery import pods as podutil
from insideout.client import Object
from insideout.controllers.statefulset import identity


def calculate_status(
    stateful_set: Object,
    pods: Sequence[Object],
    current: str,
    update: str,
    now: datetime,
    *,
    collision_count: int = 0,
    removed_for_update: int = 0,
) -> Object:
    """Return the status; `removed_for_update` counts the Pods that this sync deleted to replace them."""
    spec = stateful_set["spec"]
    min_ready_s = spec.get("minReadySeconds", 0)
    ready = [pod for pod in pods if podutil.phase(pod) == "Running" and podutil.is_ready(pod)]
    staying = [identity.revision_of(pod) for pod in pods if not podutil.is_terminating(pod)]
    current_replicas = staying.count(current) - removed_for_update
    updated_replicas = staying.count(update)
    if _is_complete(stateful_set, len(pods), len(ready), updated_replicas):
        current, current_replicas = update, updated_replicas
    status: Object = {
        "observedGeneration": stateful_set["metadata"]["generation"],
        "replicas": len(pods),
        "availableReplicas": sum(podutil.is_available(pod, min_ready_s, now) for pod in ready),
        "currentRevision": current,
        "updateRevision": update,
        "collisionCount": collision_count,
    }
    counts = {
        "readyReplicas": len(ready),
        "currentReplicas": current_replicas,
        "updatedReplicas": updated_replicas,
    }
    return status | {name: count for name, count in counts.items() if count}


def _is_complete(stateful_set: Object, replicas: int, ready: int, updated: int) -> bool:
    """Tell whether a rolling update has reached every Pod; with OnDelete nobody ever says so."""
    spec = stateful_set["spec"]
    rolls = spec.get("updateStrategy", {}).get("type") == "RollingUpdate"
    return bool(rolls and replicas == ready == updated == spec["replicas"])
