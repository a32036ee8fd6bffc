"""A pod as the scheduler sees it: everything that a cycle asks, read from the object once.

Source: pkg/scheduler/framework/types.go@v1.36.2 (PodInfo) and
k8s.io/kube-scheduler/framework/types.go (AffinityTerm).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from insideout.apimachinery.hostports import HostPort, host_ports
from insideout.apimachinery.selectors import LabelSelector, from_object
from insideout.client import Object
from insideout.scheduler.nodeaffinity import Labels, RequiredNodeAffinity, required_node_affinity
from insideout.scheduler.resources import (
    MISSING,
    Amounts,
    Resources,
    has_pod_level_requests,
    pod_requests,
    resources,
)
from insideout.scheduler.spread import SpreadConstraint, spread_constraint
from insideout.scheduler.taints import Toleration, toleration


@dataclass(frozen=True, slots=True)
class AffinityTerm:
    """Pods that `selector` selects in `namespaces` or in those that `namespace_selector` selects.

    A selector that is None selects nothing.
    """

    namespaces: frozenset[str]
    selector: LabelSelector | None
    topology_key: str
    namespace_selector: LabelSelector | None

    def matches(self, pod: "PodInfo", namespace_labels: Labels) -> bool:
        """Return whether the term means `pod`, whose namespace has `namespace_labels`."""
        if self.selector is None:
            return False
        if pod.namespace not in self.namespaces:
            others = self.namespace_selector
            if others is None or not others.matches(namespace_labels):
                return False
        return self.selector.matches(pod.labels)


class WeightedTerm(NamedTuple):
    """A preference: its term, and a weight that is negative for anti-affinity."""

    term: AffinityTerm
    weight: int


class PodInfo:
    """A pod with its requests, terms, ports and tolerations read."""

    __slots__ = (
        "claims",
        "controller",
        "deleting",
        "host_ports",
        "key",
        "labels",
        "name",
        "namespace",
        "node_affinity",
        "node_name",
        "nominated_node_name",
        "non_zero_request",
        "pod",
        "preferred_terms",
        "priority",
        "request",
        "requested",
        "required_affinity",
        "required_anti_affinity",
        "score_request",
        "spread",
        "start_time",
        "tolerations",
        "uid",
    )

    def __init__(self, pod: Object) -> None:
        metadata, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
        self.pod = pod
        self.name: str = metadata["name"]
        self.namespace: str = metadata.get("namespace", "default")
        self.key = f"{self.namespace}/{self.name}"
        self.uid: str = metadata.get("uid") or self.key
        self.labels: dict[str, str] = metadata.get("labels") or {}
        self.deleting = bool(metadata.get("deletionTimestamp"))
        self.priority: int = spec.get("priority") or 0
        self.node_name: str = spec.get("nodeName") or ""
        self.nominated_node_name: str = status.get("nominatedNodeName") or ""
        self.start_time: str | None = status.get("startTime")
        volumes = (each.get("persistentVolumeClaim") for each in spec.get("volumes") or ())
        self.claims = tuple(f"{self.namespace}/{each['claimName']}" for each in volumes if each)
        self.controller = _controller(metadata.get("ownerReferences") or ())
        self.tolerations: tuple[Toleration, ...] = tuple(map(toleration, spec.get("tolerations") or ()))
        self.node_affinity: RequiredNodeAffinity = required_node_affinity(spec)
        self.host_ports: tuple[HostPort, ...] = tuple(host_ports(spec))
        self.spread: tuple[SpreadConstraint, ...] = _spread(spec, self.labels)
        self._read_requests(pod)
        self._read_terms(spec.get("affinity") or {})

    @property
    def has_affinity(self) -> bool:
        """Return whether the pod attracts or repels others."""
        return bool(self.required_affinity or self.required_anti_affinity or self.preferred_terms)

    def counts_like(self, other: "PodInfo") -> bool:
        """Return whether another state of the same pod counts for the same in every sum and count."""
        return (
            self.labels == other.labels
            and self.deleting == other.deleting
            and self.requested == other.requested
            and self.non_zero_request == other.non_zero_request
        )

    def renewed(self, pod: Object) -> "PodInfo":
        """Return `pod`, a later state of this one; what it asks for is not read again while it is the same.

        Most of what is written about a pod is status, which changes nothing of what a cycle asks.
        """
        if not self._asks_the_same(pod):
            return PodInfo(pod)
        status, made = pod.get("status") or {}, PodInfo.__new__(PodInfo)
        for name in PodInfo.__slots__:
            setattr(made, name, getattr(self, name))
        made.pod = pod
        made.labels = pod["metadata"].get("labels") or {}  # a binding adds those of the node's zone
        if made.labels != self.labels:
            made.spread = _spread(pod["spec"], made.labels)
        made.deleting = bool(pod["metadata"].get("deletionTimestamp"))
        made.node_name = pod["spec"].get("nodeName") or ""
        made.nominated_node_name = status.get("nominatedNodeName") or ""
        made.start_time = status.get("startTime")
        return made

    def _asks_the_same(self, pod: Object) -> bool:
        old, new = self.pod, pod
        if any(old["metadata"].get(key) != new["metadata"].get(key) for key in _ASKED_OF_METADATA):
            return False
        if _is_sized_by_status(old) or _is_sized_by_status(new):
            return False
        old_spec, new_spec = old["spec"], new["spec"]
        if old_spec is new_spec:
            return True
        keys = old_spec.keys() | new_spec.keys()
        return all(old_spec.get(key) == new_spec.get(key) for key in keys if key != "nodeName")

    def _read_requests(self, pod: Object) -> None:
        """Read what the pod asks for; four figures, because filters and scores ask differently.

        `request` is what must be free.  `requested` is what it holds once placed, a resize under way
        included.  `non_zero_request` and `score_request` (milli CPU, bytes) count something for
        containers that name nothing, so that such pods spread too.
        """
        wanted = pod_requests(pod)
        held = pod_requests(pod, use_status=True)
        self.request: Resources = resources(wanted)
        self.requested: Resources = resources(held)
        self.score_request = _cpu_memory(pod_requests(pod, missing=MISSING, use_status=True))
        self.non_zero_request = self.score_request
        if has_pod_level_requests(pod):
            missing = {name: MISSING[name] for name in ("cpu", "memory") if name not in held}
            self.non_zero_request = _cpu_memory(pod_requests(pod, missing=missing, use_status=True))

    def _read_terms(self, affinity: Object) -> None:
        together = affinity.get("podAffinity") or {}
        apart = affinity.get("podAntiAffinity") or {}
        required, preferred = (
            "requiredDuringSchedulingIgnoredDuringExecution",
            "preferredDuringSchedulingIgnoredDuringExecution",
        )
        self.required_affinity = tuple(self._term(each) for each in together.get(required) or ())
        self.required_anti_affinity = tuple(self._term(each) for each in apart.get(required) or ())
        self.preferred_terms = (
            *(self._weighted(each, 1) for each in together.get(preferred) or ()),
            *(self._weighted(each, -1) for each in apart.get(preferred) or ()),
        )

    def _weighted(self, weighted: Object, sign: int) -> WeightedTerm:
        return WeightedTerm(self._term(weighted["podAffinityTerm"]), sign * weighted["weight"])

    def _term(self, term: Object) -> AffinityTerm:
        namespaces = frozenset(term.get("namespaces") or ())
        if not namespaces and term.get("namespaceSelector") is None:
            namespaces = frozenset((self.namespace,))
        return AffinityTerm(
            namespaces,
            from_object(term.get("labelSelector")),
            term["topologyKey"],
            from_object(term.get("namespaceSelector")),
        )


_ASKED_OF_METADATA = ("uid", "name", "namespace", "ownerReferences")


def _spread(spec: Object, labels: Labels) -> tuple[SpreadConstraint, ...]:
    constraints = spec.get("topologySpreadConstraints") or ()
    return tuple(spread_constraint(each, labels) for each in constraints)


def _is_sized_by_status(pod: Object) -> bool:
    """Return whether the status says what the pod holds, as when it is resized in place."""
    status = pod.get("status") or {}
    return "resources" in status or any("resources" in one for one in status.get("containerStatuses") or ())


def _controller(owners: Iterable[Object]) -> tuple[str, str]:
    """Return kind and name of the owner that controls the pod, or two empty strings."""
    return next(((each["kind"], each["name"]) for each in owners if each.get("controller")), ("", ""))


def _cpu_memory(total: Amounts) -> tuple[int, int]:
    read = resources({name: total.get(name, Decimal(0)) for name in ("cpu", "memory")})
    return read.milli_cpu, read.memory_bytes
