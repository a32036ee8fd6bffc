"""Queueing hints: whether a change could help a pod that a plugin turned down.

Without them every change would send every waiting pod through another cycle.  A hint that says yes too
often costs a cycle; one that says no too often leaves a pod waiting for up to five minutes.

Source: k8s.io/kube-scheduler/framework/interface.go@v1.36.2 (EnqueueExtensions, QueueingHintFn).
"""

from collections.abc import Callable
from typing import NamedTuple

from insideout.scheduler.events import Action, ClusterEvent
from insideout.scheduler.podinfo import PodInfo


class Hint(NamedTuple):
    """For which events a plugin's rejection may no longer hold, and the closer look at each."""

    resource: str
    actions: Action
    helps: Callable[[PodInfo, ClusterEvent], bool]


def always(pod: PodInfo, event: ClusterEvent) -> bool:
    """Take every event of the kind for a help."""
    return True


def itself(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether it is the waiting pod that changed."""
    return event.uid == pod.uid


def takes_room(pod: PodInfo) -> bool:
    """Return whether the pod stands, or is about to stand, on some node."""
    return bool(pod.node_name or pod.nominated_node_name)
