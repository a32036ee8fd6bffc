"""Two pods cannot listen on one port of the host.

Source: pkg/scheduler/framework/plugins/nodeports/node_ports.go@v1.36.2.
"""

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unschedulable

NAME = "NodePorts"
TAKEN = unschedulable(NAME, "node(s) didn't have free ports for the requested pod ports")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask whether the host ports that the pod wants are free on the node, if it wants any."""
    wanted = pod.host_ports
    if not wanted:
        return None

    def check(node: NodeInfo) -> Status | None:
        return TAKEN if node.conflicts(wanted) else None

    return check
