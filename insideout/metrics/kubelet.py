"""A kubelet's /metrics/resource and a part of its /metrics: what containers use, measured on their node.

A container's working set is its program's memory: programs have no page cache.

Source: pkg/kubelet/metrics/collectors/resource_metrics.go, pkg/kubelet/metrics/metrics.go@v1.36.2.
"""

from collections.abc import Iterator
from typing import NamedTuple

from prometheus_client.core import Metric

from insideout.kubelet.node import HollowNode
from insideout.kubelet.process import Process
from insideout.metrics.families import counter, gauge


class Running(NamedTuple):
    """A running container: where it is, and its process."""

    namespace: str
    pod: str
    container: str
    process: Process


def running(node: HollowNode) -> list[Running]:
    """Return the containers that run on a node."""
    return [
        Running(worker.pod["metadata"]["namespace"], worker.pod["metadata"]["name"], one.name, one.process)
        for worker in node.pods.workers.values()
        for one in worker.containers
        if one.is_running and one.process is not None
    ]


class KubeletMetrics:
    """A collector over one node's processes."""

    def __init__(self, node: HollowNode) -> None:
        self._node = node

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        there = running(self._node)
        labels = ("container", "namespace", "pod")
        yield counter(
            "container_cpu_usage_seconds_total",
            "Cumulative cpu time consumed by the container in core-seconds",
            labels,
            (([one.container, one.namespace, one.pod], one.process.cpu_used_s) for one in there),
        )
        yield gauge(
            "container_memory_working_set_bytes",
            "Current working set of the container in bytes",
            labels,
            (([one.container, one.namespace, one.pod], one.process.memory_bytes) for one in there),
        )
        yield gauge(
            "container_start_time_seconds",
            "Start time of the container since unix epoch in seconds",
            labels,
            (([one.container, one.namespace, one.pod], one.process.started_s) for one in there),
        )
        yield gauge(
            "node_memory_working_set_bytes",
            "Current working set of the node in bytes",
            (),
            [((), float(sum(one.process.memory_bytes for one in there)))],
        )
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
