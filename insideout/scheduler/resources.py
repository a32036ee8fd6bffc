"""How much a pod requests and a node offers, in the scheduler's own units.

CPU counts in thousandths of a core, everything else in whole units (bytes, devices).  Claims of dynamic
resource allocation are left out.

Source: k8s.io/component-helpers/resource/helpers.go and pkg/scheduler/framework/types.go@v1.36.2
(PodRequests, Resource, PodInfo.CalculateResource).
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from insideout.apimachinery import quantity
from insideout.client import Object

Amounts = dict[str, Decimal]
"""Exact amounts by resource name; rounded only once, when they are summed."""

MISSING_CPU = Decimal("0.1")
"""What a container without a CPU request counts as when nodes are scored, in cores."""
MISSING_MEMORY = Decimal(200 * 2**20)
"""What a container without a memory request counts as when nodes are scored, in bytes."""
MISSING: Mapping[str, Decimal] = {"cpu": MISSING_CPU, "memory": MISSING_MEMORY}


class Resources(NamedTuple):
    """Amounts of every resource; `scalars` holds extended resources, huge pages and the like."""

    milli_cpu: int = 0
    memory_bytes: int = 0
    ephemeral_bytes: int = 0
    pods: int = 0
    scalars: tuple[tuple[str, int], ...] = ()


@lru_cache(maxsize=4096)
def _parse(text: str) -> Decimal:
    """Return the exact value; clusters hold few distinct quantities, each of them many times."""
    return quantity.parse(text)


def amounts(resource_list: Mapping[str, Any] | None) -> Amounts:
    """Return a `requests` or `allocatable` map with its quantities read."""
    return {name: _parse(str(text)) for name, text in (resource_list or {}).items()}


def resources(total: Mapping[str, Decimal]) -> Resources:
    """Return `total` in the scheduler's units, each rounded up."""
    return Resources(
        _ceil(total.get("cpu", Decimal(0)) * 1000),
        _ceil(total.get("memory", Decimal(0))),
        _ceil(total.get("ephemeral-storage", Decimal(0))),
        _ceil(total.get("pods", Decimal(0))),
        tuple((name, _ceil(total[name])) for name in sorted(total) if is_scalar(name)),
    )


def _ceil(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_CEILING))


def is_scalar(name: str) -> bool:
    """Return whether the scheduler counts `name` beside CPU, memory, ephemeral storage and pods."""
    if name.startswith(("hugepages-", "attachable-volumes-")):
        return True
    return "/" in name and ("kubernetes.io/" in name or not name.startswith("requests."))


def pod_requests(
    pod: Object, *, missing: Mapping[str, Decimal] | None = None, use_status: bool = False
) -> Amounts:
    """Return what the pod requests in all: the larger of its running sum and its start-up peak.

    Sidecars (restartable init containers) run on, so they count in the sum and under each later init
    container.  Pod-level requests replace the containers', overhead is added.

    Args:
        pod: the Pod object.
        missing: what a container counts for each resource that it does not name.
        use_status: whether a resize under way counts with the largest of its values.

    Source: PodRequests, AggregateContainerRequests.

    """
    spec = pod["spec"]
    statuses = _statuses(pod) if use_status else {}
    infeasible = bool(statuses) and _resize_infeasible(pod)

    def requests_of(container: Object) -> Amounts:
        own = amounts(container.get("resources", {}).get("requests"))
        status = statuses.get(container["name"])
        if status is not None and status.get("resources") is not None:
            own = _effective(own, status["resources"], status.get("allocatedResources"), infeasible)
        return {**missing, **own} if missing else own

    total: Amounts = {}
    for container in spec["containers"]:
        _add(total, requests_of(container))
    sidecars: Amounts = {}
    peak: Amounts = {}
    for container in spec.get("initContainers") or ():
        own = requests_of(container)
        if container.get("restartPolicy") == "Always":
            _add(total, own)
            _add(sidecars, own)
            _raise_to(peak, sidecars)
        else:
            _add(own, sidecars)
            _raise_to(peak, own)
    _raise_to(total, peak)

    level = spec.get("resources") or {}
    if has_pod_level_requests(pod):
        own = amounts(level.get("requests"))
        actual = pod.get("status", {})
        if use_status and actual.get("resources") is not None:
            held = _effective(
                own, actual["resources"], actual.get("allocatedResources"), _resize_infeasible(pod)
            )
            own = {name: held.get(name, Decimal(0)) for name in own}
        total.update({name: amount for name, amount in own.items() if _is_pod_level(name)})
    _add(total, amounts(spec.get("overhead")))
    return total


def has_pod_level_requests(pod: Object) -> bool:
    """Return whether the pod itself, not only its containers, requests CPU, memory or huge pages."""
    return any(_is_pod_level(name) for name in (pod["spec"].get("resources") or {}).get("requests") or {})


def _is_pod_level(name: str) -> bool:
    return name in ("cpu", "memory") or name.startswith("hugepages-")


def _statuses(pod: Object) -> dict[str, Object]:
    status = pod.get("status", {})
    listed = (status.get("containerStatuses") or []) + (status.get("initContainerStatuses") or [])
    return {entry["name"]: entry for entry in listed}


def _resize_infeasible(pod: Object) -> bool:
    for condition in pod.get("status", {}).get("conditions") or ():
        if condition["type"] == "PodResizePending":
            return bool(condition.get("reason") == "Infeasible")
    return False


def _effective(
    spec: Amounts, actuated: Object, allocated: Mapping[str, Any] | None, infeasible: bool
) -> Amounts:
    """Return the largest of what is wanted, granted and in force; an infeasible wish does not count."""
    result = {} if infeasible else dict(spec)
    _raise_to(result, amounts(actuated.get("requests")))
    _raise_to(result, amounts(allocated))
    return result


def _add(total: Amounts, more: Mapping[str, Decimal]) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, Decimal(0)) + amount


def _raise_to(total: Amounts, other: Mapping[str, Decimal]) -> None:
    for name, amount in other.items():
        if name not in total or amount > total[name]:
            total[name] = amount
