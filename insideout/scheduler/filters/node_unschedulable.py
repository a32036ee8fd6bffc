"""Nodes that were cordoned (`spec.unschedulable`) take no new pods, except those that tolerate it.

Source: pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go@v1.36.2.
"""

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable
from insideout.scheduler.taints import UNSCHEDULABLE, tolerated

NAME = "NodeUnschedulable"
CORDONED = unresolvable(NAME, "node(s) were unschedulable")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask whether the node is cordoned, if any is and the pod does not tolerate that."""
    if not snapshot.cordoned_nodes or tolerated(pod.tolerations, UNSCHEDULABLE):
        return None

    def check(node: NodeInfo) -> Status | None:
        return CORDONED if node.unschedulable else None

    return check
