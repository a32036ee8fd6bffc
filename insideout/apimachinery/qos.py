"""The quality-of-service class of a pod: how the kubelet treats it when memory runs short.

Source: pkg/apis/core/v1/helper/qos/qos.go, pkg/apis/core/v1/defaults.go@v1.36.2.
"""

from collections.abc import Iterable
from decimal import Decimal

from insideout.apimachinery import resources
from insideout.apimachinery.resources import Amounts, Object

COMPUTE = ("cpu", "memory")
"""The only resources that decide; a GPU or ephemeral storage changes nothing."""


def qos_class(pod: Object) -> str:
    """Return "Guaranteed", "Burstable" or "BestEffort".

    Guaranteed: cpu and memory are limited everywhere, and requests equal limits.  BestEffort: nothing is
    asked for and nothing is limited.  Burstable: everything between.  Amounts of zero count as absent.
    """
    askers = _askers(pod["spec"])
    requests = _total(requests for requests, _ in askers)
    limits = _total(limits for _, limits in askers)
    if not requests and not limits:
        return "BestEffort"
    if all(_positive(limits).keys() == set(COMPUTE) for _, limits in askers) and requests == limits:
        return "Guaranteed"
    return "Burstable"


def _askers(spec: Object) -> list[tuple[Amounts, Amounts]]:
    """Return requests and limits of the pod itself where it has resources, even `{}`; else of each container.

    Init containers count, sidecars among them; ephemeral containers cannot ask for anything.
    """
    own = spec.get("resources")
    if own is not None:
        return [(resources.pod_level_requests(spec), resources.amounts(own.get("limits")))]
    containers = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    wanted = [container.get("resources") or {} for container in containers]
    return [(resources.requests_of(want), resources.amounts(want.get("limits"))) for want in wanted]


def _total(each: Iterable[Amounts]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for amounts in each:
        for name, value in _positive(amounts).items():
            total[name] = total.get(name, Decimal(0)) + value
    return total


def _positive(amounts: Amounts) -> dict[str, Decimal]:
    return {name: amounts[name].value for name in COMPUTE if name in amounts and amounts[name].value > 0}
