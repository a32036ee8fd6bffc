"""What may help a pod for which resources, ports or a volume claim were missing.

Source: isSchedulableAfter... in pkg/scheduler/framework/plugins/noderesources/fit.go, nodeports,
volumebinding and volumerestrictions@v1.36.2.
"""

from insideout.scheduler.events import ClusterEvent
from insideout.scheduler.filters import node_resources_fit
from insideout.scheduler.filters.volume_binding import claims_of
from insideout.scheduler.hints import itself, takes_room
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.resources import Resources


def port_freed(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a pod has gone that held one of the ports."""
    gone = event.old_pod
    if gone is None or not takes_room(gone):
        return False
    node = NodeInfo("")
    node.add_pod(gone)
    return bool(gone.host_ports) and node.conflicts(pod.host_ports)


def room_freed(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a pod has gone, or now takes less of what is wanted."""
    old, new = event.old_pod, event.new_pod
    if old is None:
        return False
    if new is None:
        return takes_room(old)
    if itself(pod, event):
        return True
    return bool(new.node_name) and _exceeds(old.requested, new.requested, pod.request)


def node_grew(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a node that is large enough has more of what is wanted."""
    old, new = event.old_node, event.new_node
    if new is None or node_resources_fit.explain(pod.request, new) is not None:
        return False
    if old is None:
        return True
    has, had = new.allocatable, old.allocatable
    return has.pods > had.pods or _exceeds(has, had, pod.request)


def own_claim(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether it is one of the claims that the pod names."""
    metadata = (event.new or event.old or {})["metadata"]
    if metadata.get("namespace") != pod.namespace:
        return False
    return any(metadata["name"] == name for name, _ in claims_of(pod))


def other_topologies(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether it is a new storage class, or one that may have volumes elsewhere now."""
    old, new = event.old or {}, event.new or {}
    return not old or old.get("allowedTopologies") != new.get("allowedTopologies")


def claim_user_gone(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a pod has gone that shared a claim."""
    gone = event.old_pod
    return gone is not None and any(claim in gone.claims for claim in pod.claims)


def _exceeds(more: Resources, less: Resources, wanted: Resources) -> bool:
    """Return whether `more` has more than `less` of anything that is wanted."""
    most, least = dict(more.scalars), dict(less.scalars)
    return (
        (wanted.milli_cpu > 0 and more.milli_cpu > less.milli_cpu)
        or (wanted.memory_bytes > 0 and more.memory_bytes > less.memory_bytes)
        or (wanted.ephemeral_bytes > 0 and more.ephemeral_bytes > less.ephemeral_bytes)
        or any(amount and most.get(name, 0) > least.get(name, 0) for name, amount in wanted.scalars)
    )
