"""A pod keeps off nodes whose NoSchedule and NoExecute taints it does not tolerate.

Source: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go@v1.36.2.
"""

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable
from insideout.scheduler.taints import untolerated

NAME = "TaintToleration"
UNTOLERATED = unresolvable(NAME, "node(s) had untolerated taint(s)")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask whether the pod tolerates every hard taint of the node, if any node has one."""
    if not snapshot.tainted_nodes:
        return None
    tolerations = pod.tolerations

    def check(node: NodeInfo) -> Status | None:
        if not node.hard_taints or untolerated(node.hard_taints, tolerations) is None:
            return None
        return UNTOLERATED

    return check
