"""A node whose pods use more and more memory, and the kubelet that ends some of them.

Memory grows in straight lines.  The kernel's own killer is left out, so available memory may reach zero
between two looks of the kubelet.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from course.kubelet.eviction import PERIOD_S, THRESHOLD_BYTES, EvictionManager, PodMemory, Rank, rank_memory
from course.sim import Loop

GRACE_S = 1
"""How long a pod gets to end itself at a hard threshold."""


class Workload(NamedTuple):
    """A pod as it starts, and how fast its memory grows."""

    pod: PodMemory
    growth_bytes_per_s: int


class Look(NamedTuple):
    """One look of the kubelet: what was free, who was ended, whether the node reports MemoryPressure."""

    time_s: float
    available_bytes: int
    evicted: str | None
    under_pressure: bool


def run_node(
    workloads: Sequence[Workload],
    capacity_bytes: int,
    seconds: float,
    *,
    rank: Rank = rank_memory,
    threshold_bytes: int = THRESHOLD_BYTES,
) -> list[Look]:
    """Return every look of the kubelet at a node of `capacity_bytes` in its first `seconds`."""
    loop = Loop()
    manager = EvictionManager(rank, threshold_bytes)
    running = {workload.pod.name: workload for workload in workloads}
    looks: list[Look] = []

    def look() -> None:
        pods = [_after(workload, loop.now_s) for workload in running.values()]
        available_bytes = max(0, capacity_bytes - sum(pod.usage_bytes or 0 for pod in pods))
        evicted = manager.synchronize(loop.now_s, available_bytes, pods)
        looks.append(Look(loop.now_s, available_bytes, evicted, manager.under_pressure(loop.now_s)))
        if evicted is not None:
            del running[evicted]
        # After an eviction the kubelet looks again as soon as the pod is gone.
        loop.call_later(PERIOD_S if evicted is None else GRACE_S, look)

    loop.call_soon(look)
    loop.run(seconds)
    return looks


def rank_by_name(order: Callable[[list[dict[str, object]]], list[str]]) -> Rank:
    """Turn a function from dicts to names, as a learner writes it, into the kubelet's ranking.

    Each dict has name, priority, usage, request (bytes) and critical.  A name that the function makes up is
    refused with a ValueError.
    """

    def rank(pods: Sequence[PodMemory]) -> list[PodMemory]:
        by_name = {pod.name: pod for pod in pods}
        names = order(
            [
                {
                    "name": pod.name,
                    "priority": pod.priority,
                    "usage": pod.usage_bytes,
                    "request": pod.request_bytes,
                    "critical": pod.critical,
                }
                for pod in pods
            ]
        )
        unknown = [name for name in names if name not in by_name]
        if unknown:
            raise ValueError(f"the order names {unknown[0]!r}, which is no pod of this node")
        return [by_name[name] for name in names]

    return rank


def _after(workload: Workload, seconds: float) -> PodMemory:
    pod = workload.pod
    if pod.usage_bytes is None:
        return pod
    return pod._replace(usage_bytes=int(pod.usage_bytes + workload.growth_bytes_per_s * seconds))
