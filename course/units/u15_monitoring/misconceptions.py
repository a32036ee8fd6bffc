"""Wrong beliefs about rates, autoscaling and alerts, each as a function that answers by it."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from course.units.u15_monitoring.answers import Pod, alert_states, hpa_replicas, prom_rate
from insideout.monitoring.promql.ranges import extrapolated
from insideout.monitoring.samples import Sample, Window

Samples = Sequence[Sequence[float]]


def _inside(samples: Samples, t: float, window: float, left_closed: bool) -> list[Sample]:
    start = t - window
    return [
        Sample(at, value)
        for at, value in samples
        if (start < at or (left_closed and at == start)) and at <= t
    ]


def _increase(inside: Sequence[Sample]) -> float:
    lost = sum(before.value for before, after in pairwise(inside) if after.value < before.value)
    return inside[-1].value - inside[0].value + lost


def _rate_unstretched(samples: Samples, t: float, window: float, left_closed: bool = False) -> float | None:
    inside = _inside(samples, t, window, left_closed)
    return _increase(inside) / window if len(inside) > 1 else None


def _rate_of_samples(samples: Samples, t: float, window: float, left_closed: bool = False) -> float | None:
    inside = _inside(samples, t, window, left_closed)
    return _increase(inside) / (inside[-1].at - inside[0].at) if len(inside) > 1 else None


def _rate_of_a_gauge(samples: Samples, t: float, window: float, left_closed: bool = False) -> float | None:
    inside = _inside(samples, t, window, left_closed)
    return extrapolated(Window({}, inside, t - window, t), counter=False, per_second=True)


def _rate_one_is_zero(samples: Samples, t: float, window: float, left_closed: bool = False) -> float | None:
    found = prom_rate(samples, t, window, left_closed)
    return 0.0 if found is None else found


def _rate_always_closed(samples: Samples, t: float, window: float, left_closed: bool = False) -> float | None:
    return prom_rate(samples, t, window, True)


def _measured(pods: Sequence[Pod]) -> list[tuple[int, int]]:
    return [
        (request, usage)
        for request, usage, ready in pods
        if ready and usage is not None and request is not None
    ]


def _ratio(pods: Sequence[Pod], target: int) -> float:
    measured = _measured(pods)
    return sum(u for _, u in measured) * 100 // sum(r for r, _ in measured) / target


def _hpa_of_current(current: int, pods: Sequence[Pod], target: int, tolerance: float = 0.1) -> int:
    ratio = _ratio(pods, target)
    return current if abs(ratio - 1) <= tolerance else math.ceil(current * ratio)


def _hpa_with_fractions(current: int, pods: Sequence[Pod], target: int, tolerance: float = 0.1) -> int:
    measured = _measured(pods)
    ratio = sum(u for _, u in measured) * 100 / sum(r for r, _ in measured) / target
    whole = math.ceil(ratio * len(measured))
    full = len(measured) == len(pods)
    return (
        (current if abs(ratio - 1) <= tolerance else whole)
        if full
        else hpa_replicas(current, pods, target, tolerance)
    )


def _hpa_ignores_missing(current: int, pods: Sequence[Pod], target: int, tolerance: float = 0.1) -> int:
    there = [pod for pod in pods if pod[1] is not None]
    return hpa_replicas(current, there, target, tolerance)


def _hpa_missing_is_zero(current: int, pods: Sequence[Pod], target: int, tolerance: float = 0.1) -> int:
    filled = [(request, 0 if usage is None else usage, ready) for request, usage, ready in pods]
    return hpa_replicas(current, filled, target, tolerance)


def _hpa_counts_unready(current: int, pods: Sequence[Pod], target: int, tolerance: float = 0.1) -> int:
    return hpa_replicas(current, [(request, usage, True) for request, usage, _ in pods], target, tolerance)


def _hpa_without_tolerance(current: int, pods: Sequence[Pod], target: int, tolerance: float = 0.1) -> int:
    return hpa_replicas(current, pods, target, 0.0)


def _alert_fires_at_once(there: Sequence[bool], interval: float, hold: float, keep: float = 0) -> list[str]:
    return alert_states(there, interval, 0, keep)


def _alert_waits_longer(there: Sequence[bool], interval: float, hold: float, keep: float = 0) -> list[str]:
    return alert_states(there, interval, hold + interval, keep)


def _alert_keeps_pending(there: Sequence[bool], interval: float, hold: float, keep: float = 0) -> list[str]:
    states, since, kept = [], None, None
    for number, result in enumerate(there):
        now = number * interval
        if result:
            since, kept = now if since is None else since, None
        elif since is not None:
            kept = now if kept is None else kept
            if now - kept >= keep:
                since = kept = None
        states.append("inactive" if since is None else "firing" if now - since >= hold else "pending")
    return states


def _alert_never_keeps(there: Sequence[bool], interval: float, hold: float, keep: float = 0) -> list[str]:
    return alert_states(there, interval, hold, 0)


KNOWN: dict[str, dict[str, Callable[..., Any]]] = {
    "prom_rate": {
        "the increase of the samples is divided by the window": _rate_unstretched,
        "the increase is divided by the time between the first and the last sample": _rate_of_samples,
        "a counter that was reset has fallen": _rate_of_a_gauge,
        "one sample gives a rate of 0": _rate_one_is_zero,
        "a sample at the window's beginning counts, as before Prometheus 3": _rate_always_closed,
    },
    "working_set": {
        "the working set is everything that is used": lambda usage, inactive_file: usage,
        "the working set can be negative": lambda usage, inactive_file: usage - inactive_file,
    },
    "hpa_replicas": {
        "the ratio multiplies the current size, not the pods that were measured": _hpa_of_current,
        "utilisation keeps its fractions": _hpa_with_fractions,
        "pods without a metric do not matter": _hpa_ignores_missing,
        "a pod without a metric uses nothing, also when the workload shrinks": _hpa_missing_is_zero,
        "an unready pod counts like any other": _hpa_counts_unready,
        "any difference from the target changes the size": _hpa_without_tolerance,
    },
    "alert_states": {
        "an alert fires as soon as its expression has a result": _alert_fires_at_once,
        "the first evaluation does not count towards `for`": _alert_waits_longer,
        "keep_firing_for holds a pending alert, too": _alert_keeps_pending,
        "an alert ends with the first evaluation without a result": _alert_never_keeps,
    },
}
"""The beliefs of each exercise, by the sentence that says them."""
