"""The right answers of this unit in plain data, from the package's own Prometheus and autoscaler."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from insideout.controllers.podautoscaler.calculator import Target, Tolerances, by_utilization
from insideout.controllers.podautoscaler.metrics import MetricError, PodMetric
from insideout.monitoring.alerting import AlertingRule
from insideout.monitoring.promql.ranges import extrapolated
from insideout.monitoring.samples import Point, Sample, Window

Pod = tuple[int | None, int | None, bool]
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_LONG_AGO = "2025-01-01T00:00:00Z"


def prom_rate(
    samples: Sequence[Sequence[float]], t: float, window: float, left_closed: bool = False
) -> float | None:
    """Return rate() over the samples of a counter in the window that ends at `t`."""
    start = t - window
    inside = [
        Sample(at, value)
        for at, value in samples
        if (start < at or (left_closed and at == start)) and at <= t
    ]
    return extrapolated(Window({}, inside, start, t), counter=True, per_second=True)


def working_set(usage: int, inactive_file: int) -> int:
    """Return the working set in bytes."""
    return max(0, usage - inactive_file)


def hpa_replicas(current: int, pods: Sequence[Pod], target: int, tolerance: float = 0.1) -> int:
    """Return the size that a cpu target in percent of the requests asks for.

    Raises ValueError when no size can be had.
    """
    objects, metrics = [], {}
    for number, (request_m, usage_m, ready) in enumerate(pods):
        name = f"pod-{number}"
        objects.append(_pod(name, request_m, ready))
        if usage_m is not None:
            metrics[name] = PodMetric(usage_m, _NOW, 30.0)
    workload, allowed = Target(objects, current, current, _NOW), Tolerances(tolerance, tolerance)
    try:
        return by_utilization(workload, metrics, target, "cpu", allowed, "").replicas
    except MetricError as error:
        raise ValueError(str(error)) from None


def _pod(name: str, request_m: int | None, ready: bool) -> dict[str, Any]:
    requests = {} if request_m is None else {"cpu": f"{request_m}m"}
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": _LONG_AGO}
    return {
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "app", "resources": {"requests": requests}}]},
        "status": {"phase": "Running", "startTime": _LONG_AGO, "conditions": [condition]},
    }


def alert_states(there: Sequence[bool], interval: float, hold: float, keep: float = 0) -> list[str]:
    """Return the state of an alert after each evaluation; `there`: whether its expression gave a result."""
    rule, states = AlertingRule(for_s=hold, keep_s=keep), []
    for number, result in enumerate(there):
        rule.evaluate([Point({}, 1.0)] if result else [], number * interval)
        states.append(rule.state({}))
    return states
