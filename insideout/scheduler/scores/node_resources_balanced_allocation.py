"""Better the more evenly CPU and memory are used, compared with how they are used without the pod.

Evenness of a node is 1 - |cpu share - memory share| / 2, as a whole number of 100.  Since v1.36 the score is
not that evenness itself but its change: 50 + (50 + with - without) // 2.  Only real requests count.

Source: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go@v1.36.2.
"""

from collections.abc import Sequence

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import MAX_SCORE
from insideout.scheduler.snapshot import Snapshot

NAME = "NodeResourcesBalancedAllocation"
_HALF = MAX_SCORE // 2


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return how the pod changes each node's balance; nothing for a pod that requests neither."""
    request = pod.requested.milli_cpu, pod.requested.memory_bytes
    if not any(request):
        return None
    return snapshot.remembered((NAME, request), nodes, lambda node: _change(node, *request))


def _change(node: NodeInfo, milli_cpu: int, memory_bytes: int) -> int:
    cpu, memory = node.allocatable.milli_cpu, node.allocatable.memory_bytes
    used_cpu, used_memory = node.requested_milli_cpu, node.requested_memory_bytes
    after = evenness(used_cpu + milli_cpu, cpu, used_memory + memory_bytes, memory)
    before = evenness(used_cpu, cpu, used_memory, memory)
    return _HALF + (_HALF + after - before) // 2


def evenness(milli_cpu: int, cpu_capacity: int, memory_bytes: int, memory_capacity: int) -> int:
    """Return how evenly two resources are used, from 50 to 100; 100 when the node has only one."""
    if not (cpu_capacity and memory_capacity):
        return MAX_SCORE
    cpu_share = min(milli_cpu / cpu_capacity, 1.0)
    memory_share = min(memory_bytes / memory_capacity, 1.0)
    deviation = abs((cpu_share - memory_share) / 2)
    return int((1 - deviation) * MAX_SCORE)
