"""Better the more CPU and memory stays free (strategy LeastAllocated).

Of each resource ((capacity - requested) * 100) // capacity, the pod included; then the average of both,
floored.  A container that requests nothing counts as 100m and 200Mi here, so that such pods spread too.

Source: pkg/scheduler/framework/plugins/noderesources/least_allocated.go and resource_allocation.go@v1.36.2.
"""

from collections.abc import Sequence

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import MAX_SCORE
from insideout.scheduler.snapshot import Snapshot

NAME = "NodeResourcesFit"


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return the free share of CPU and memory on each node, with the pod placed there."""
    request = pod.score_request
    return snapshot.remembered((NAME, request), nodes, lambda node: _free_share(node, *request))


def _free_share(node: NodeInfo, milli_cpu: int, memory_bytes: int) -> int:
    cpu, memory = node.allocatable.milli_cpu, node.allocatable.memory_bytes
    total = least_allocated(node.non_zero_milli_cpu + milli_cpu, cpu)
    total += least_allocated(node.non_zero_memory_bytes + memory_bytes, memory)
    kinds = (cpu > 0) + (memory > 0)
    return total // kinds if kinds else 0


def least_allocated(requested: int, capacity: int) -> int:
    """Return the free share of one resource from 0 to 100; 0 when it is overbooked or the node has none."""
    if capacity == 0 or requested > capacity:
        return 0
    return (capacity - requested) * MAX_SCORE // capacity
