"""A node's answer to memory pressure: whom it evicts, what it says, and whom it refuses meanwhile.

`insideout.kubelet.eviction` decides; here a node's Pods are put before it, and its decision into words.  The
node's own processes use no memory.

Source: pkg/kubelet/eviction/eviction_manager.go:synchronize, evictPod, Admit;
helpers.go:evictionMessage@v1.36.2.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from insideout.apimachinery import amount, quantity, timestamps
from insideout.apimachinery.qos import qos_class
from insideout.apimachinery.resources import pod_requests
from insideout.apimachinery.taints import first_toleration
from insideout.client import Object
from insideout.kubelet.admission import Rejection
from insideout.kubelet.eviction import THRESHOLD_BYTES, EvictionManager, PodMemory, Rank
from insideout.kubelet.oom import is_critical, memory_request_bytes
from insideout.kubelet.podworker import PodWorker

REASON = "Evicted"
GRACE_S = 1
"""How long a Pod gets at a hard threshold."""
_PRESSURE_TAINT = {"key": "node.kubernetes.io/memory-pressure", "effect": "NoSchedule"}


class Eviction(NamedTuple):
    """A Pod that has to go, and the words for it."""

    worker: PodWorker
    message: str


class MemoryPressure:
    """Looks at a node's memory, on behalf of its kubelet."""

    def __init__(self, capacity: str) -> None:
        self._capacity_bytes = int(quantity.parse(capacity))
        self._manager = EvictionManager()

    def rank_by(self, rank: Rank) -> None:
        """Choose by another ranking from now on; its Pods' names are UIDs."""
        self._manager.rank = rank

    def available_bytes(self, workers: Iterable[PodWorker]) -> int:
        """Return what is free while these Pods run."""
        used_bytes = sum(worker.memory_bytes for worker in workers if not worker.is_finished)
        return max(0, self._capacity_bytes - used_bytes)

    def look(self, workers: Iterable[PodWorker], now_s: float) -> Eviction | None:
        """Return which Pod to evict now, if any."""
        running = {worker.uid: worker for worker in workers if not worker.is_finished}
        memory = [_memory_of(worker) for worker in running.values()]
        available_bytes = self.available_bytes(running.values())
        chosen = self._manager.synchronize(now_s, available_bytes, memory)
        if chosen is None:
            return None
        return Eviction(running[chosen], _message(running[chosen], available_bytes))

    def is_on(self, now_s: float) -> bool:
        """Tell whether the node reports MemoryPressure."""
        return self._manager.under_pressure(now_s)

    def refuses(self, pod: Object, now_s: float) -> Rejection | None:
        """Return why a Pod is refused under pressure: it asks for nothing, and is not critical."""
        if not self.is_on(now_s) or is_critical(pod) or qos_class(pod) != "BestEffort":
            return None
        if first_toleration(_PRESSURE_TAINT, pod["spec"].get("tolerations") or ()) is not None:
            return None
        return Rejection(REASON, "The node had condition: [MemoryPressure]. ")


def disruption_condition(message: str, now: datetime) -> Object:
    """Return the condition that says that the kubelet ended a Pod, and why."""
    return {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "TerminationByKubelet",
        "message": message,
        "lastTransitionTime": timestamps.seconds(now),
    }


def _memory_of(worker: PodWorker) -> PodMemory:
    pod = worker.pod
    has_statistics = any(container.is_running for container in worker.containers)
    return PodMemory(
        name=worker.uid,
        priority=pod["spec"].get("priority", 0),
        usage_bytes=worker.memory_bytes if has_statistics else None,
        request_bytes=int(pod_requests(pod).get("memory", 0)),
        critical=is_critical(pod),
    )


def _message(worker: PodWorker, available_bytes: int) -> str:
    threshold, available = _binary(THRESHOLD_BYTES), _binary(available_bytes)
    message = (
        f"The node was low on resource: memory. Threshold quantity: {threshold}, available: {available}. "
    )
    for container in worker.containers:
        if not container.is_running or container.process is None:
            continue
        used_bytes, asked_bytes = container.process.memory_bytes, memory_request_bytes(container.spec)
        if used_bytes > asked_bytes:
            message += (
                f"Container {container.name} was using {_binary(used_bytes)}, "
                f"request is {_binary(asked_bytes)}, has larger consumption of memory. "
            )
    return message


def _binary(amount_bytes: int) -> str:
    """Write bytes as a quantity: 100Mi, 51234Ki."""
    return amount.add(amount.Amount(Decimal(amount_bytes), "BinarySI", ""), amount.ZERO).text
