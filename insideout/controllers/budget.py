"""The arithmetic of a PodDisruptionBudget: how many Pods may go at this moment.

Source: pkg/controller/disruption/disruption.go:getExpectedPodCount, countHealthyPods, buildDisruptedPodMap,
updatePdbStatus; staging/src/k8s.io/component-helpers/apps/poddisruptionbudget/helpers.go@v1.36.2.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from insideout.apimachinery import conditions, timestamps
from insideout.apimachinery import pods as podutil
from insideout.apimachinery.intstr import scaled
from insideout.client import Object

DELETION_TIMEOUT_S = 120.0
"""How long a Pod whose eviction was granted counts as gone, before its deletion is seen."""


class Demand(NamedTuple):
    """How many Pods there should be, and how many of them have to be healthy."""

    expected: int
    healthy: int


def demand(spec: Object, pods: int, scale: int) -> Demand:
    """Return what a budget asks for `pods` selected Pods whose controllers want `scale` together.

    A plain minAvailable counts the Pods that are there; everything else is relative to what their controllers
    want.  Percentages round up, maxUnavailable too.
    """
    if "maxUnavailable" in spec:
        return Demand(scale, max(0, scale - scaled(spec["maxUnavailable"], scale, round_up=True)))
    minimum = spec.get("minAvailable", 0)
    if isinstance(minimum, int):
        return Demand(pods, minimum)
    return Demand(scale, scaled(minimum, scale, round_up=True))


def still_disrupted(status: Object, pods: Iterable[Object], now: datetime) -> dict[str, str]:
    """Return the evictions granted whose Pods have not begun to go, by name, while they may still do so."""
    granted: Mapping[str, str] = status.get("disruptedPods") or {}
    present = {pod["metadata"]["name"] for pod in pods if not podutil.is_terminating(pod)}
    timeout = timedelta(seconds=DELETION_TIMEOUT_S)
    return {
        name: since
        for name, since in granted.items()
        if name in present and timestamps.parse(since) + timeout >= now
    }


def budget_status(
    budget: Object, pods: list[Object], demanded: Demand, disrupted: Mapping[str, str], now: datetime
) -> Object:
    """Return the status; no Pod expected means that none may go, because the first may be on its way."""
    healthy = sum(
        podutil.is_ready(pod) and not podutil.is_terminating(pod) and pod["metadata"]["name"] not in disrupted
        for pod in pods
    )
    allowed = max(0, healthy - demanded.healthy) if demanded.expected > 0 else 0
    generation = budget["metadata"]["generation"]
    status: Object = {
        "currentHealthy": healthy,
        "desiredHealthy": demanded.healthy,
        "expectedPods": demanded.expected,
        "disruptionsAllowed": allowed,
        "observedGeneration": generation,
        "conditions": [_condition(budget, allowed, generation, now)],
    }
    if disrupted:
        status["disruptedPods"] = dict(disrupted)
    return status


def _condition(budget: Object, allowed: int, generation: int, now: datetime) -> Object:
    status = "True" if allowed else "False"
    before = conditions.find(budget, "DisruptionAllowed")
    changed = before is None or before["status"] != status
    return {
        "type": "DisruptionAllowed",
        "status": status,
        "reason": "SufficientPods" if allowed else "InsufficientPods",
        "message": "",
        "observedGeneration": generation,
        "lastTransitionTime": timestamps.seconds(now)
        if before is None or changed
        else before["lastTransitionTime"],
    }
