"""A pod that names its node wants no other.

Source: pkg/scheduler/framework/plugins/nodename/node_name.go@v1.36.2.
"""

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable

NAME = "NodeName"
OTHER_NODE = unresolvable(NAME, "node(s) didn't match the requested node name")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask whether the node is the one that the pod names, if it names one."""
    wanted = pod.node_name
    if not wanted:
        return None

    def check(node: NodeInfo) -> Status | None:
        return None if node.name == wanted else OTHER_NODE

    return check
