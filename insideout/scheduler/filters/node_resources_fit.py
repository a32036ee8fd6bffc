"""The node must have left what the pod requests, and room for one more pod.

A request larger than the whole node cannot be met by evicting pods, so it is unresolvable.

Source: pkg/scheduler/framework/plugins/noderesources/fit.go@v1.36.2 (fitsRequest).
"""

from collections.abc import Iterable

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.resources import Resources
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable, unschedulable

NAME = "NodeResourcesFit"
TOO_MANY_PODS = "Too many pods"


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask whether the node has left what the pod requests."""
    request = pod.request
    milli_cpu, memory_bytes = request.milli_cpu, request.memory_bytes
    plain = not request.ephemeral_bytes and not request.scalars

    def check(node: NodeInfo) -> Status | None:
        have = node.allocatable
        if (
            plain
            and len(node.pods) < have.pods
            and (not milli_cpu or milli_cpu <= have.milli_cpu - node.requested_milli_cpu)
            and (not memory_bytes or memory_bytes <= have.memory_bytes - node.requested_memory_bytes)
        ):
            return None
        return explain(request, node)

    return check


def explain(request: Resources, node: NodeInfo) -> Status | None:
    """Return every resource that the node lacks for `request`, or None when it lacks nothing."""
    have = node.allocatable
    wanted: Iterable[tuple[str, int, int, int]] = (
        ("cpu", request.milli_cpu, node.requested_milli_cpu, have.milli_cpu),
        ("memory", request.memory_bytes, node.requested_memory_bytes, have.memory_bytes),
        ("ephemeral-storage", request.ephemeral_bytes, node.requested_ephemeral_bytes, have.ephemeral_bytes),
    )
    if request.scalars:
        capacities = dict(have.scalars)
        scalars = (
            (name, amount, node.requested_scalars[name], capacities.get(name, 0))
            for name, amount in request.scalars
        )
        wanted = (*wanted, *scalars)
    reasons = [] if len(node.pods) < have.pods else [TOO_MANY_PODS]
    hopeless = False
    for name, amount, used, capacity in wanted:
        if amount and amount > capacity - used:
            reasons.append(f"Insufficient {name}")
            hopeless = hopeless or amount > capacity
    if not reasons:
        return None
    return unresolvable(NAME, *reasons) if hopeless else unschedulable(NAME, *reasons)
