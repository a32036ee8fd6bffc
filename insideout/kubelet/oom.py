"""The OOM score adjustment that the kubelet gives to each container's processes.

When the node itself runs out of memory before the kubelet has looked, the kernel kills the process with the
highest score: its share of memory in thousandths plus this adjustment.

Source: pkg/kubelet/qos/policy.go, pkg/kubelet/qos/helpers.go, pkg/kubelet/types/pod_update.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import resources
from insideout.apimachinery.qos import qos_class

Object = dict[str, Any]

GUARANTEED = -997
BEST_EFFORT = 1000
SYSTEM_CRITICAL_PRIORITY = 2_000_000_000
"""The priority from which a pod is critical to its cluster; users' own priorities stay below."""

_CONFIG_SOURCE = "kubernetes.io/config.source"
_MIRROR = "kubernetes.io/config.mirror"


def oom_score_adj(pod: Object, container_name: str, capacity_bytes: int) -> int:
    """Return the oom_score_adj of one container of a pod as the API server stores it, on a node of this size.

    Raises KeyError when the pod has no such container.
    """
    container = _containers(pod)[container_name]
    if is_critical(pod) and pod["spec"].get("priorityClassName") == "system-node-critical":
        return GUARANTEED
    qos = qos_class(pod)
    if qos == "Guaranteed":
        return GUARANTEED
    if qos == "BestEffort":
        return BEST_EFFORT
    extra_bytes = _pod_level_share_bytes(pod["spec"])
    mine_bytes = memory_request_bytes(container) + extra_bytes
    if _is_sidecar_of(pod, container):
        # A sidecar must not die before the containers that it serves.
        smallest_bytes = min(memory_request_bytes(main) for main in pod["spec"]["containers"])
        mine_bytes = max(mine_bytes, smallest_bytes + extra_bytes)
    adjustment = 1000 - 1000 * mine_bytes // capacity_bytes
    # Above every Guaranteed container, below every BestEffort one.
    return min(max(adjustment, 1000 + GUARANTEED), BEST_EFFORT - 1)


def is_critical(pod: Object) -> bool:
    """Tell whether the kubelet never evicts the pod: static, mirror, or of the highest priorities."""
    annotations = pod["metadata"].get("annotations") or {}
    is_static = annotations.get(_CONFIG_SOURCE, "api") != "api"
    return is_static or _MIRROR in annotations or pod["spec"].get("priority", 0) >= SYSTEM_CRITICAL_PRIORITY


def memory_request_bytes(container: Object) -> int:
    """Return what one container asks for, 0 when it asks for nothing."""
    requests = resources.requests_of(container.get("resources"))
    return int(requests["memory"].value) if "memory" in requests else 0


def _pod_level_share_bytes(spec: Object) -> int:
    """Return each container's share of what the pod asks for beyond its containers' requests."""
    asked = resources.pod_level_requests(spec)
    if "memory" not in asked or not asked["memory"].value:
        return 0
    from_containers = resources.container_requests(spec)
    used = int(from_containers["memory"].value) if "memory" in from_containers else 0
    count = len(spec["containers"]) + len(spec.get("initContainers") or ())
    return (int(asked["memory"].value) - used) // count


def _containers(pod: Object) -> dict[str, Object]:
    spec = pod["spec"]
    return {c["name"]: c for c in [*(spec.get("initContainers") or ()), *spec["containers"]]}


def _is_sidecar_of(pod: Object, container: Object) -> bool:
    inits = pod["spec"].get("initContainers") or ()
    return resources.is_sidecar(container) and any(c["name"] == container["name"] for c in inits)
