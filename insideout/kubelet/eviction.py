"""Node-pressure eviction: the kubelet gives memory back to the node by ending one pod at a time.

Modelled: the hard threshold on memory.available, the order in which pods go, at most one pod per look, the
condition that lingers.  Left out: soft thresholds, disk and process signals, minimum reclaim, images.

Source: pkg/kubelet/eviction/eviction_manager.go, pkg/kubelet/eviction/helpers.go@v1.36.2.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

THRESHOLD_BYTES = 100 * 2**20
"""memory.available below this evicts; the default --eviction-hard."""
PERIOD_S = 10
"""How long the kubelet waits between two looks that ended nobody."""
CONDITION_S = 300
"""How long MemoryPressure stays after the last look that saw pressure."""


class PodMemory(NamedTuple):
    """What the kubelet compares; `usage_bytes` is None while there are no statistics for the pod."""

    name: str
    priority: int
    usage_bytes: int | None
    request_bytes: int
    critical: bool = False


Rank = Callable[[Sequence[PodMemory]], Sequence[PodMemory]]


def rank_memory(pods: Iterable[PodMemory]) -> list[PodMemory]:
    """Return the pods in the order in which they would go; the QoS class is not looked at.

    Pods without statistics first, then those above their request; within each, lower priority first, then the
    larger excess over the request.
    """
    return sorted(pods, key=_memory_key)


def _memory_key(pod: PodMemory) -> tuple[int, int, int]:
    if pod.usage_bytes is None:
        return (0, pod.priority, 0)
    excess_bytes = pod.usage_bytes - pod.request_bytes
    return (1 if excess_bytes > 0 else 2, pod.priority, -excess_bytes)


class EvictionManager:
    """The kubelet's loop: `synchronize` is one look, and tells which pod to end."""

    def __init__(self, rank: Rank = rank_memory, threshold_bytes: int = THRESHOLD_BYTES) -> None:
        self.rank = rank
        self._threshold_bytes = threshold_bytes
        self._pressure_seen_s: float | None = None

    def synchronize(self, now_s: float, available_bytes: int, pods: Sequence[PodMemory]) -> str | None:
        """Return the name of the pod to evict, or None; critical pods are never chosen."""
        if available_bytes >= self._threshold_bytes:
            return None
        self._pressure_seen_s = now_s
        return next((pod.name for pod in self.rank(pods) if not pod.critical), None)

    def under_pressure(self, now_s: float) -> bool:
        """Tell whether the node reports MemoryPressure, which keeps BestEffort pods away."""
        return self._pressure_seen_s is not None and now_s - self._pressure_seen_s < CONDITION_S
