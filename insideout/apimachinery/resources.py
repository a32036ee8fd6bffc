"""How much a pod asks for: its containers' requests put together.

Main containers and sidecars run at the same time, so their requests add up.  Init containers run one
after another before them, each beside the sidecars that started earlier, so the largest such moment
counts.  Requests on the pod itself replace what its containers ask for, and overhead comes on top.

Left out: resizing in place (requests in the status) and node-allocatable resource claims.

Source: k8s.io/component-helpers/resource/helpers.go@v1.36.2.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from insideout.apimachinery import amount
from insideout.apimachinery.amount import Amount

Object = dict[str, Any]
Amounts = dict[str, Amount]


def pod_requests(pod: Object) -> dict[str, Decimal]:
    """Return what the scheduler must find on a node for the pod, as exact numbers by resource name.

    Limits stand in for missing requests, as they do in every stored pod.
    """
    return {name: value.value for name, value in effective_requests(pod).items()}


def effective_requests(pod: Object) -> Amounts:
    """Return the same as amounts, which know how they were written: a quota's message shows that."""
    spec = pod["spec"]
    total = container_requests(spec)
    if spec.get("resources"):
        total.update(pod_level_requests(spec))
    _add(total, amounts(spec.get("overhead")))
    return total


def effective_limits(pod: Object) -> Amounts:
    """Return the most that the pod may use; overhead comes on top of what is limited at all."""
    spec = pod["spec"]
    total = container_limits(spec)
    own = amounts((spec.get("resources") or {}).get("limits"))
    total.update({name: value for name, value in own.items() if is_pod_level(name)})
    overhead = amounts(spec.get("overhead"))
    _add(total, {name: overhead[name] for name in overhead if name in total and total[name].value})
    return total


def container_requests(spec: Object) -> Amounts:
    """Return the containers' requests put together, without pod-level ones and overhead."""
    each = ((c, requests_of(c.get("resources"))) for c in spec.get("initContainers") or ())
    mains = (requests_of(c.get("resources")) for c in spec.get("containers") or ())
    return _together(mains, each)


def container_limits(spec: Object) -> Amounts:
    """Return the containers' limits put together by the same rule as their requests."""
    each = ((c, amounts((c.get("resources") or {}).get("limits"))) for c in spec.get("initContainers") or ())
    mains = (amounts((c.get("resources") or {}).get("limits")) for c in spec.get("containers") or ())
    return _together(mains, each)


def pod_level_requests(spec: Object) -> Amounts:
    """Return the requests set on the pod itself, where missing filled as defaulting does.

    With a limit on the pod, a missing request is the containers' request if they have one, else the limit.

    Source: pkg/apis/core/v1/defaults.go, defaultPodRequests@v1.36.2.
    """
    resources = spec.get("resources") or {}
    requests = {n: a for n, a in amounts(resources.get("requests")).items() if is_pod_level(n)}
    limits = {n: a for n, a in amounts(resources.get("limits")).items() if is_pod_level(n)}
    if not limits:
        return requests
    from_containers = {n: a for n, a in container_requests(spec).items() if n in ("cpu", "memory")}
    return {**limits, **from_containers, **requests}


def is_pod_level(name: str) -> bool:
    """Tell whether a pod, and not only its containers, can ask for this resource."""
    return name in ("cpu", "memory") or name.startswith("hugepages-")


def is_sidecar(container: Object) -> bool:
    """Tell whether an init container keeps running beside the main containers."""
    return container.get("restartPolicy") == "Always"


def requests_of(resources: Object | None) -> Amounts:
    """Return a container's requests; its limits stand in for those that are missing."""
    resources = resources or {}
    return {**amounts(resources.get("limits")), **amounts(resources.get("requests"))}


def amounts(quantities: Mapping[str, Any] | None) -> Amounts:
    """Read a resource list.  Raises ValueError at something that is not a quantity."""
    return {name: amount.parse(str(text)) for name, text in (quantities or {}).items()}


def _together(mains: Iterable[Amounts], inits: Iterable[tuple[Object, Amounts]]) -> Amounts:
    total: Amounts = {}
    for asked in mains:
        _add(total, asked)
    sidecars: Amounts = {}  # of those started so far
    at_most: Amounts = {}  # the largest moment of the start
    for container, asked in inits:
        if is_sidecar(container):
            _add(total, asked)
            _add(sidecars, asked)
            moment = sidecars
        else:
            moment = dict(asked)
            _add(moment, sidecars)
        _raise_to(at_most, moment)
    _raise_to(total, at_most)
    return total


def _add(total: Amounts, more: Mapping[str, Amount]) -> None:
    for name, value in more.items():
        total[name] = amount.add(total[name], value) if name in total else value


def _raise_to(total: Amounts, other: Mapping[str, Amount]) -> None:
    for name, value in other.items():
        if name not in total or value.value > total[name].value:
            total[name] = value
