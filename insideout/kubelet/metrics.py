"""What a kubelet serves at /metrics, /metrics/resource and /metrics/cadvisor, each as a collector.

Only what hollow nodes have: programs that use CPU and memory; no page cache, so usage, working set and
resident set are one number; no disks, no network counters.  A time since the epoch is the cluster's own.

Source: pkg/kubelet/metrics/collectors/resource_metrics.go, pkg/kubelet/metrics/metrics.go@v1.36.2;
google/cadvisor metrics/prometheus.go@v0.56.0.
"""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import Metric

from insideout.kubelet.usage import NodeUsage, Running
from insideout.monitoring.families import Collects, counter, gauge

Measure = Callable[[], NodeUsage]
_CONTAINER = ("container", "namespace", "pod")
_POD = ("namespace", "pod")
_CADVISOR = ("container", "id", "image", "name", "namespace", "pod")


def pages(measure: Measure) -> Mapping[str, Collects]:
    """Return what there is to scrape on a node, by path."""
    return {
        "/metrics": KubeletMetrics(measure),
        "/metrics/resource": ResourceMetrics(measure),
        "/metrics/cadvisor": ContainerMetrics(measure),
    }


class KubeletMetrics:
    """The kubelet about itself."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        there = self._measure().running
        pods = {(one.namespace, one.pod) for one in there}
        yield gauge(
            "kubelet_running_pods",
            "Number of pods that have a running pod sandbox",
            (),
            [((), float(len(pods)))],
        )
        yield gauge(
            "kubelet_running_containers",
            "Number of containers currently running",
            ("container_state",),
            [(["running"], float(len(there)))],
        )


class ResourceMetrics:
    """CPU and memory of containers, Pods and the node: what a metrics-server reads."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        usage = self._measure()
        there = usage.running
        pods: dict[tuple[str, str], list[Running]] = {}
        for one in there:
            pods.setdefault((one.namespace, one.pod), []).append(one)
        yield counter(
            "container_cpu_usage_seconds_total",
            "Cumulative cpu time consumed by the container in core-seconds",
            _CONTAINER,
            ((_place(one), one.process.cpu_used_s) for one in there),
        )
        yield gauge(
            "container_memory_working_set_bytes",
            "Current working set of the container in bytes",
            _CONTAINER,
            ((_place(one), one.process.memory_bytes) for one in there),
        )
        yield gauge(
            "container_start_time_seconds",
            "Start time of the container since unix epoch in seconds",
            _CONTAINER,
            ((_place(one), usage.epoch_s(one)) for one in there),
        )
        yield counter(
            "pod_cpu_usage_seconds_total",
            "Cumulative cpu time consumed by the pod in core-seconds",
            _POD,
            ((key, sum(one.process.cpu_used_s for one in those)) for key, those in pods.items()),
        )
        yield gauge(
            "pod_memory_working_set_bytes",
            "Current working set of the pod in bytes",
            _POD,
            ((key, sum(one.process.memory_bytes for one in those)) for key, those in pods.items()),
        )
        yield counter(
            "node_cpu_usage_seconds_total",
            "Cumulative cpu time consumed by the node in core-seconds",
            (),
            [((), usage.cpu_used_s)],
        )
        yield gauge(
            "node_memory_working_set_bytes",
            "Current working set of the node in bytes",
            (),
            [((), float(usage.memory_bytes))],
        )
        yield gauge(
            "resource_scrape_error",
            "1 if there was an error while getting container metrics, 0 otherwise",
            (),
            [((), 0.0)],
        )


class ContainerMetrics:
    """The part of cAdvisor in the kubelet."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        usage = self._measure()
        there = usage.running
        yield counter(
            "container_cpu_usage_seconds_total",
            "Cumulative cpu time consumed in seconds.",
            (*_CADVISOR, "cpu"),
            (((*_identity(one), "total"), one.process.cpu_used_s) for one in there),
        )
        for name, text in (
            ("container_memory_usage_bytes", "Current memory usage in bytes, including all memory."),
            ("container_memory_working_set_bytes", "Current working set in bytes."),
            ("container_memory_rss", "Size of RSS in bytes."),
        ):
            yield gauge(name, text, _CADVISOR, ((_identity(one), one.process.memory_bytes) for one in there))
        yield gauge(
            "container_start_time_seconds",
            "Start time of the container since unix epoch in seconds.",
            _CADVISOR,
            ((_identity(one), usage.epoch_s(one)) for one in there),
        )


def _place(one: Running) -> tuple[str, ...]:
    return one.container, one.namespace, one.pod


def _identity(one: Running) -> tuple[str, ...]:
    return one.container, f"/kubepods/{one.name}", one.image, one.name, one.namespace, one.pod
