"""How many replicas a metric asks for: Pods without values, unready Pods and the tolerance decided.

Source: pkg/controller/podautoscaler/replica_calculator.go@v1.36.2.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from insideout.apimachinery import conditions, quantity, resources, timestamps
from insideout.controllers.podautoscaler.metrics import (
    MetricError,
    PodMetric,
    PodMetrics,
    average,
    utilization,
)

Object = dict[str, Any]

CPU_INITIALIZATION = timedelta(minutes=5)
"""--horizontal-pod-autoscaler-cpu-initialization-period"""
INITIAL_READINESS_DELAY = timedelta(seconds=30)
"""--horizontal-pod-autoscaler-initial-readiness-delay"""
MOST_REPLICAS = 2**31 - 1


class Tolerances(NamedTuple):
    """By which part of the target load may be off before anything happens, downwards and upwards."""

    down: float = 0.1
    up: float = 0.1

    def cover(self, ratio: float) -> bool:
        """Whether a ratio of used over wanted is near enough to 1."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


class Groups(NamedTuple):
    """The Pods of a target: how many count, and the names of those that do not."""

    ready: int
    unready: set[str]
    missing: set[str]
    ignored: set[str]


def group(pods: Sequence[Object], metrics: PodMetrics, resource: str, now: datetime) -> Groups:
    """Sort the Pods; readiness is looked at for cpu only.  Source: groupPods."""
    found = Groups(0, set(), set(), set())
    ready = 0
    for pod in pods:
        name = pod["metadata"]["name"]
        phase = (pod.get("status") or {}).get("phase")
        if pod["metadata"].get("deletionTimestamp") or phase == "Failed":
            found.ignored.add(name)
        elif phase == "Pending":
            found.unready.add(name)
        elif name not in metrics:
            found.missing.add(name)
        elif resource == "cpu" and _still_starts(pod, metrics[name], now):
            found.unready.add(name)
        else:
            ready += 1
    return found._replace(ready=ready)


def _still_starts(pod: Object, metric: PodMetric, now: datetime) -> bool:
    """Whether a Pod's cpu says little yet: it starts, or was never ready."""
    condition = conditions.find(pod, "Ready")
    started_text = pod["status"].get("startTime")
    if condition is None or not started_text:
        return True
    started, changed = timestamps.parse(started_text), timestamps.parse(condition["lastTransitionTime"])
    is_false = condition["status"] == "False"
    if started + CPU_INITIALIZATION > now:
        return is_false or metric.at < changed + timedelta(seconds=metric.window_s)
    return is_false and started + INITIAL_READINESS_DELAY > changed


class Proposal(NamedTuple):
    """What a metric asks for: replicas, and the load to report, in percent of requests and in thousandths."""

    replicas: int
    milli: int
    percent: int | None = None


class Target(NamedTuple):
    """What is scaled: its Pods, and the sizes that its scale subresource wants and has."""

    pods: Sequence[Object]
    spec_replicas: int
    status_replicas: int
    now: datetime


def by_utilization(
    target: Target, metrics: PodMetrics, percent: int, resource: str, tolerances: Tolerances, container: str
) -> Proposal:
    """Return what a target in percent of the requests asks for.  Source: GetResourceReplicas."""
    counted, groups = _counted(target, metrics, resource)
    requests = requests_milli(target.pods, resource, container)
    ratio, used_percent, milli = utilization(counted, requests, percent)

    def missing_on_the_way_down(pod: str) -> int:
        return requests[pod] * max(100, percent) // 100

    def again(filled: PodMetrics) -> float:
        return utilization(filled, requests, percent)[0]

    replicas = _replicas(target, counted, groups, ratio, tolerances, missing_on_the_way_down, again)
    return Proposal(replicas, milli, used_percent)


def by_average(
    target: Target, metrics: PodMetrics, milli: int, resource: str, tolerances: Tolerances
) -> Proposal:
    """Return what a target in plain values a Pod asks for.  Source: calcPlainMetricReplicas."""
    counted, groups = _counted(target, metrics, resource)
    ratio, used = average(counted, milli)
    replicas = _replicas(
        target, counted, groups, ratio, tolerances, lambda _: milli, lambda filled: average(filled, milli)[0]
    )
    return Proposal(replicas, used)


def by_value(target: Target, used: int, milli: int, tolerances: Tolerances) -> Proposal:
    """Return what a target for one value asks for.  Source: getUsageRatioReplicaCount."""
    ratio = used / milli
    if not target.spec_replicas:
        return Proposal(math.ceil(ratio), used)
    if tolerances.cover(ratio):
        return Proposal(target.spec_replicas, used)
    if not target.pods:
        why = "no pods returned by selector while calculating replica count"
        raise MetricError(f"unable to calculate ready pods: {why}")
    ready = sum(
        pod["status"].get("phase") == "Running" and conditions.status_of(pod, "Ready") == "True"
        for pod in target.pods
    )
    return Proposal(min(math.ceil(ratio * ready), MOST_REPLICAS), used)


def by_value_per_pod(target: Target, used: int, milli: int, tolerances: Tolerances) -> Proposal:
    """Return what one value, shared by all Pods, asks for.  Source: GetExternalPerPodMetricReplicas."""
    replicas = target.status_replicas
    if not replicas or not tolerances.cover(used / (milli * replicas)):
        replicas = min(math.ceil(used / milli), MOST_REPLICAS)
    each = math.ceil(used / target.status_replicas) if target.status_replicas else 2**63 - 1
    return Proposal(replicas, each)


def _counted(target: Target, metrics: PodMetrics, resource: str) -> tuple[PodMetrics, Groups]:
    if not target.pods:
        raise MetricError("no pods returned by selector while calculating replica count")
    groups = group(target.pods, metrics, resource, target.now)
    counted = {
        pod: metric
        for pod, metric in metrics.items()
        if pod not in groups.ignored and pod not in groups.unready
    }
    if not counted:
        raise MetricError("did not receive metrics for targeted pods (pods might be unready)")
    return counted, groups


def _replicas(
    target: Target,
    counted: PodMetrics,
    groups: Groups,
    ratio: float,
    tolerances: Tolerances,
    missing_on_the_way_down: Callable[[str], int],
    again: Callable[[PodMetrics], float],
) -> int:
    """Return the size; Pods without values are given such as make the step smaller, never its direction."""
    current = target.spec_replicas
    grows_past_unready = bool(groups.unready) and ratio > 1.0
    if not grows_past_unready and not groups.missing:
        return current if tolerances.cover(ratio) else math.ceil(ratio * groups.ready)
    filled = dict(counted)
    if ratio != 1.0:
        for pod in groups.missing:
            filled[pod] = _assumed(missing_on_the_way_down(pod) if ratio < 1.0 else 0, target.now)
    if grows_past_unready:
        filled |= {pod: _assumed(0, target.now) for pod in groups.unready}
    new = again(filled)
    if tolerances.cover(new) or (ratio < 1.0 < new) or (new < 1.0 < ratio):
        return current
    replicas = math.ceil(new * len(filled))
    turns = (new < 1.0 and replicas > current) or (new > 1.0 and replicas < current)
    return current if turns else replicas


def _assumed(milli: int, now: datetime) -> PodMetric:
    return PodMetric(milli, now, 0.0)


def requests_milli(pods: Sequence[Object], resource: str, container: str = "") -> Mapping[str, int]:
    """Return the request of each Pod, or of one container of each, in thousandths.

    Raises MetricError when one is missing.  Source: calculateRequests.
    """
    return {pod["metadata"]["name"]: _request_milli(pod, resource, container) for pod in pods}


def _request_milli(pod: Object, resource: str, container: str) -> int:
    spec, name = pod["spec"], pod["metadata"]["name"]
    level = (spec.get("resources") or {}).get("requests") or {}
    if not container and any(map(resources.is_pod_level, level)):
        requests = resources.pod_requests(pod)
        if resource not in requests:
            raise MetricError(f"missing pod-level request for {resource} in Pod {name}")
        return quantity.milli(requests[resource])
    sidecars = filter(resources.is_sidecar, spec.get("initContainers") or [])
    total = 0
    for one in [*spec["containers"], *sidecars]:
        if container in ("", one["name"]):
            requested = ((one.get("resources") or {}).get("requests") or {}).get(resource)
            if requested is None:
                raise MetricError(f"missing request for {resource} in container {one['name']} of Pod {name}")
            total += quantity.milli(requested)
        if container == one["name"]:
            return total
    if container:
        raise MetricError(f"container {container} not found in Pod {name}")
    return total
