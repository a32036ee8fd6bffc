"""A node with the pods placed on it and the sums that filters and scores need.

Source: pkg/scheduler/framework/types.go@v1.36.2 (NodeInfo, HostPortInfo).
"""

from collections import Counter
from collections.abc import Iterable

from insideout.apimachinery.hostports import HostPort, conflict
from insideout.client import Object
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.resources import Resources, amounts, resources
from insideout.scheduler.taints import Taint, taint


class NodeInfo:
    """What is known of one node; sums change with `add_pod`, `remove_pod` and `set_node` only.

    `node` is None while pods are known on a node that is not (yet, or any more) known itself.
    """

    __slots__ = (
        "allocatable",
        "hard_taints",
        "images",
        "labels",
        "name",
        "node",
        "non_zero_memory_bytes",
        "non_zero_milli_cpu",
        "pods",
        "ports",
        "requested_ephemeral_bytes",
        "requested_memory_bytes",
        "requested_milli_cpu",
        "requested_scalars",
        "soft_taints",
        "unschedulable",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.node: Object | None = None
        self.labels: dict[str, str] = {}
        self.unschedulable = False
        self.hard_taints: tuple[Taint, ...] = ()
        self.soft_taints: tuple[Taint, ...] = ()
        self.allocatable = Resources()
        self.images: dict[str, int] = {}
        self.pods: dict[str, PodInfo] = {}
        self.ports: Counter[HostPort] = Counter()
        self.requested_milli_cpu = 0
        self.requested_memory_bytes = 0
        self.requested_ephemeral_bytes = 0
        self.requested_scalars: Counter[str] = Counter()
        self.non_zero_milli_cpu = 0
        self.non_zero_memory_bytes = 0

    def set_node(self, node: Object | None) -> None:
        """Take over what the Node object says; None forgets it and keeps the pods."""
        spec, status = (node or {}).get("spec") or {}, (node or {}).get("status") or {}
        taints = [taint(each) for each in spec.get("taints") or ()]
        self.node = node
        self.labels = ((node or {}).get("metadata") or {}).get("labels") or {}
        self.unschedulable = bool(spec.get("unschedulable"))
        self.hard_taints = tuple(each for each in taints if each.is_hard)
        self.soft_taints = tuple(each for each in taints if each.effect == "PreferNoSchedule")
        self.allocatable = resources(amounts(status.get("allocatable")))
        self.images = {
            name: image.get("sizeBytes") or 0
            for image in status.get("images") or ()
            for name in image.get("names") or ()
        }

    def add_pod(self, pod: PodInfo) -> None:
        """Count `pod` as placed here."""
        self.pods[pod.uid] = pod
        self._count(pod, 1)

    def remove_pod(self, uid: str) -> PodInfo:
        """Stop counting the pod and return it; KeyError when it is not here."""
        pod = self.pods.pop(uid)
        self._count(pod, -1)
        return pod

    def _count(self, pod: PodInfo, sign: int) -> None:
        held = pod.requested
        self.requested_milli_cpu += sign * held.milli_cpu
        self.requested_memory_bytes += sign * held.memory_bytes
        self.requested_ephemeral_bytes += sign * held.ephemeral_bytes
        for name, amount in held.scalars:
            self.requested_scalars[name] += sign * amount
        milli_cpu, memory_bytes = pod.non_zero_request
        self.non_zero_milli_cpu += sign * milli_cpu
        self.non_zero_memory_bytes += sign * memory_bytes
        for port in pod.host_ports:
            self.ports[port] += sign

    def conflicts(self, wanted: Iterable[HostPort]) -> bool:
        """Return whether a wanted port is taken; the address 0.0.0.0 takes it on every address."""
        taken = [port for port, count in self.ports.items() if count > 0]
        return any(conflict(one, other) for one in wanted for other in taken)
