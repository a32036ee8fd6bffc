"""What the autoscaler is told about load: values of Pods, of an object, of something outside.

All values are in thousandths, as upstream's MilliValue: 250 is "250m".

Source: pkg/controller/podautoscaler/metrics/{interfaces,client,utilization}.go@v1.36.2.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

Object = dict[str, Any]


class PodMetric(NamedTuple):
    """One Pod's value: when it was measured, and over how many seconds before that."""

    milli: int
    at: datetime
    window_s: float


PodMetrics = dict[str, PodMetric]
"""Values by the Pods' names."""


class MetricError(Exception):
    """A metric could not be had or not be used; the message is upstream's."""


class MetricsSource(Protocol):
    """The three metrics APIs, asked for one namespace.  Each method raises MetricError."""

    def usage(self, namespace: str, selector: str) -> Sequence[Object]:
        """Return the PodMetrics objects of metrics.k8s.io for the Pods that `selector` chooses."""

    def of_pods(self, namespace: str, selector: str, metric: Object) -> PodMetrics:
        """Return the values of a custom metric of Pods."""

    def of_object(self, namespace: str, described: Object, metric: Object) -> int:
        """Return the value of a custom metric of one object."""

    def external(self, namespace: str, metric: Object) -> Sequence[int]:
        """Return the values of an external metric."""


NOT_FOUND = "the server could not find the requested resource"


class NoMetrics:
    """A cluster without the metrics APIs; a subclass serves those that it has."""

    def usage(self, namespace: str, selector: str) -> Sequence[Object]:
        """Return nothing, as a metrics-server that knows none of the Pods."""
        return ()

    def of_pods(self, namespace: str, selector: str, metric: Object) -> PodMetrics:
        """Raise MetricError."""
        raise MetricError("no metrics returned from custom metrics API")

    def of_object(self, namespace: str, described: Object, metric: Object) -> int:
        """Raise MetricError."""
        raise MetricError(f"unable to fetch metrics from custom metrics API: {NOT_FOUND}")

    def external(self, namespace: str, metric: Object) -> Sequence[int]:
        """Raise MetricError."""
        raise MetricError("no metrics returned from external metrics API")


def utilization(
    metrics: PodMetrics, requests: Mapping[str, int], target_percent: int
) -> tuple[float, int, int]:
    """Return used over wanted utilisation, the utilisation in whole percent, and the average value.

    Source: utilization.go:GetResourceUtilizationRatio.
    """
    known = [(metric.milli, requests[pod]) for pod, metric in metrics.items() if pod in requests]
    requested = sum(request for _, request in known)
    if not requested:
        raise MetricError("no metrics returned matched known pods")
    used = sum(milli for milli, _ in known)
    percent = used * 100 // requested
    return percent / target_percent, percent, used // len(known)


def average(metrics: PodMetrics, target_milli: int) -> tuple[float, int]:
    """Return used over wanted, and the average value.

    Source: utilization.go:GetMetricUsageRatio.
    """
    used = sum(metric.milli for metric in metrics.values()) // len(metrics)
    return used / target_milli, used
