"""What may help a pod that a node's taints, labels or state turned away.

Source: isSchedulableAfterNodeChange and its like in pkg/scheduler/framework/plugins/nodeunschedulable,
tainttoleration and nodeaffinity@v1.36.2.
"""

from course.client import Object
from course.scheduler.events import ClusterEvent
from course.scheduler.hints import itself
from course.scheduler.nodeinfo import NodeInfo
from course.scheduler.podinfo import PodInfo
from course.scheduler.taints import UNSCHEDULABLE, tolerated, untolerated


def uncordoned(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a node is open to new pods that was not."""
    old, new = node_info(event.old), node_info(event.new)
    return new is not None and not new.unschedulable and (old is None or old.unschedulable)


def tolerates_cordon(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether the pod came to tolerate cordoned nodes."""
    return (
        itself(pod, event)
        and event.new is not None
        and tolerated(PodInfo(event.new).tolerations, UNSCHEDULABLE)
    )


def taint_gone(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether the pod tolerates all of a node that it did not before."""
    old, new = node_info(event.old), node_info(event.new)
    if new is None or untolerated(new.hard_taints, pod.tolerations) is not None:
        return False
    return old is None or untolerated(old.hard_taints, pod.tolerations) is not None


def affinity_met(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a node now matches that did not before."""
    old, new = node_info(event.old), node_info(event.new)
    if new is None or not pod.node_affinity.matches(new.name, new.labels):
        return False
    return old is None or not pod.node_affinity.matches(old.name, old.labels)


def node_info(obj: Object | None) -> NodeInfo | None:
    """Read a node's state before or after the event."""
    if obj is None:
        return None
    info = NodeInfo(obj["metadata"]["name"])
    info.set_node(obj)
    return info
