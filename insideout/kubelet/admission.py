"""Admission: a kubelet refuses a Pod that it cannot hold, whoever bound it.

Left out: volumes, topology manager, sysctls, preemption in favour of critical Pods.

Source: pkg/kubelet/lifecycle/predicate.go, pkg/scheduler/framework/plugins/noderesources/fit.go,
pkg/kubelet/kubelet.go:rejectPod@v1.36.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from insideout.apimachinery import nodeselectors, quantity, taints
from insideout.apimachinery.hostports import HostPort, conflict, host_ports
from insideout.apimachinery.resources import pod_requests
from insideout.client import Object

_ORDER = ("pods", "cpu", "memory", "ephemeral-storage")


class Rejection(NamedTuple):
    """Why a Pod failed before it began."""

    reason: str
    message: str


class Held(NamedTuple):
    """What Pods take of a node: what they request in all, how many they are, and their host ports."""

    requests: Mapping[str, Decimal]
    pods: int
    ports: Sequence[HostPort] = ()


def admit(pod: Object, node: Object, held: Held) -> Rejection | None:
    """Return why a node of which other Pods have `held` refuses a Pod, or None."""
    spec = pod["spec"]
    if (spec.get("os") or {}).get("name", "linux") != "linux":
        message = "Failed to admit pod as the OS field doesn't match node OS"
        return Rejection("PodOSNotSupported", message)
    wrong = _insufficient(pod, node, held.requests, held.pods)
    if wrong is not None:
        return wrong
    if not nodeselectors.allows(spec, node):
        message = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
        return Rejection("NodeAffinity", message)
    if any(conflict(one, other) for one in host_ports(spec) for other in held.ports):
        message = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
        return Rejection("NodePorts", message)
    return _untolerated(pod, node)


def requests_of(pod: Object) -> dict[str, Decimal]:
    """Return what a Pod takes of its node."""
    return pod_requests(pod)


def _insufficient(pod: Object, node: Object, used: Mapping[str, Decimal], others: int) -> Rejection | None:
    allocatable = (node.get("status") or {}).get("allocatable") or {}
    wanted = requests_of(pod) | {"pods": Decimal(1)}
    held = dict(used) | {"pods": Decimal(others)}
    known = [name for name in _ORDER if name in wanted]
    for name in known + sorted(set(wanted) - set(_ORDER)):
        if name not in allocatable or not wanted[name]:
            # A resource that the node does not know is some other component's business.
            continue
        capacity = Decimal(quantity.parse(str(allocatable[name])))
        if held.get(name, Decimal(0)) + wanted[name] > capacity:
            figures = [
                _units(name, amount) for amount in (wanted[name], held.get(name, Decimal(0)), capacity)
            ]
            message = (
                f"Node didn't have enough resource: {name}, requested: {figures[0]}, "
                f"used: {figures[1]}, capacity: {figures[2]}"
            )
            return Rejection(f"OutOf{name}", message)
    return None


def _units(name: str, amount: Decimal) -> int:
    """Return an amount as the scheduler counts it: CPU in thousandths, anything else whole."""
    return int(amount * 1000) if name == "cpu" else int(amount)


def _untolerated(pod: Object, node: Object) -> Rejection | None:
    """Refuse for a NoExecute taint only: NoSchedule is the scheduler's, and static Pods pass everything."""
    tolerations: Iterable[Object] = pod["spec"].get("tolerations") or ()
    for taint in node["spec"].get("taints") or ():
        if taint["effect"] == "NoExecute" and taints.first_toleration(taint, list(tolerations)) is None:
            message = "Predicate TaintToleration failed: node(s) had untolerated taint(s)"
            return Rejection("TaintToleration", message)
    return None
