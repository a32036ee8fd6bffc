"""When everything stands that can: what is waited for where time is real, before something breaks.

What only looks broken counts as standing: a pod that is held by a gate, that waits for its image again, or
that starts slowly.
"""

from collections.abc import Callable

from course.units.u16_troubleshooting.objects import Object

_PULLS = ("ErrImagePull", "ImagePullBackOff")


def ready(pod: Object) -> bool:
    """Tell whether a pod says that it is ready."""
    return _says(pod, "Ready", "True")


def is_well(node: Object) -> bool:
    """Tell whether a node is Ready, and no pod is kept from it for having been something else."""
    taints = node["spec"].get("taints") or ()
    return _says(node, "Ready", "True") and not any("node.kubernetes.io/" in one["key"] for one in taints)


def is_settled(resource: str, obj: Object) -> bool:
    """Tell whether an object of one of SETTLE has what its spec asks for."""
    return bool(SETTLE[resource](obj))


def _says(obj: Object, kind: str, status: str) -> bool:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return any(one["type"] == kind and one["status"] == status for one in conditions)


def _is_observed(obj: Object) -> bool:
    return bool((obj.get("status") or {}).get("observedGeneration") == obj["metadata"]["generation"])


def _pod(pod: Object) -> bool:
    status = pod["status"]
    waits = [one["state"].get("waiting") for one in status.get("containerStatuses") or ()]
    pulls = any(one and one.get("reason") in _PULLS for one in waits)
    gated = any(one.get("reason") == "SchedulingGated" for one in status.get("conditions") or ())
    return ready(pod) or gated or pulls or status.get("phase") == "Running"


def _deployment(obj: Object) -> bool:
    return _is_observed(obj) and obj["status"].get("replicas", 0) >= obj["spec"]["replicas"]


def _stateful_set(obj: Object) -> bool:
    return _is_observed(obj) and bool(obj["status"].get("replicas", 0))


def _daemon_set(obj: Object) -> bool:
    status = obj["status"]
    return _is_observed(obj) and status["numberReady"] == status["desiredNumberScheduled"] > 0


def _budget(obj: Object) -> bool:
    status = obj.get("status") or {}
    return _is_observed(obj) and status["currentHealthy"] == status["expectedPods"]


def _claim(obj: Object) -> bool:
    return obj["spec"].get("storageClassName") is not None


def _group(obj: Object) -> bool:
    return _says(obj, "Available", "True")


SETTLE: dict[str, Callable[[Object], bool]] = {
    "deployments": _deployment,
    "statefulsets": _stateful_set,
    "daemonsets": _daemon_set,
    "poddisruptionbudgets": _budget,
    "persistentvolumeclaims": _claim,
    "apiservices": _group,
    "pods": _pod,
}
"""How an object of each resource looks that stands."""
