"""What may help a pod that a node's taints, labels or state turned away.

Source: isSchedulableAfterNodeChange and its like in pkg/scheduler/framework/plugins/nodeunschedulable,
tainttoleration and nodeaffinity@v1.36.2.
"""

from insideout.scheduler.events import ClusterEvent
from insideout.scheduler.hints import itself
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.taints import UNSCHEDULABLE, tolerated, untolerated


def uncordoned(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a node is open to new pods that was not."""
    old, new = event.old_node, event.new_node
    return new is not None and not new.unschedulable and (old is None or old.unschedulable)


def tolerates_cordon(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether the pod came to tolerate cordoned nodes."""
    new = event.new_pod
    return new is not None and itself(pod, event) and tolerated(new.tolerations, UNSCHEDULABLE)


def taint_gone(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether the pod tolerates all of a node that it did not before."""
    old, new = event.old_node, event.new_node
    if new is None or untolerated(new.hard_taints, pod.tolerations) is not None:
        return False
    return old is None or untolerated(old.hard_taints, pod.tolerations) is not None


def affinity_met(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a node now matches that did not before."""
    old, new = event.old_node, event.new_node
    if new is None or not pod.node_affinity.matches(new.name, new.labels):
        return False
    return old is None or not pod.node_affinity.matches(old.name, old.labels)
