"""What there is to scrape in a cluster: a job, an instance, and a collector.

Source: discovery by role node and by role endpointslice, prometheus/discovery/kubernetes@v3.14.0; here the
cluster itself is asked, and nothing is served over HTTP.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from prometheus_client import generate_latest
from prometheus_client.core import CollectorRegistry, Metric

from insideout.cluster import Cluster
from insideout.metrics.controlplane import ApiServerMetrics, SchedulerMetrics
from insideout.metrics.kubelet import KubeletMetrics
from insideout.metrics.state import StateMetrics
from insideout.scheduler.scheduler import Scheduler


class Collects(Protocol):
    """A collector in the sense of prometheus_client."""

    def collect(self) -> Iterator[Metric]:
        """Yield metric families."""


class Target(NamedTuple):
    """One thing to scrape; `node` is the node that it lives on, "" for a part of the control plane."""

    job: str
    instance: str
    collector: Collects
    node: str = ""

    def text(self) -> str:
        """Return what GET /metrics answers, in the exposition format."""
        registry = CollectorRegistry()
        registry.register(self.collector)
        return generate_latest(registry).decode()


def targets(cluster: Cluster) -> list[Target]:
    """Return the targets of a cluster: API server, scheduler, kube-state-metrics, and each kubelet."""
    log = cluster.log if getattr(cluster.backend, "log", None) is not None else None
    client = cluster.client("prometheus")
    found = [
        Target("apiserver", "kube-apiserver", ApiServerMetrics(client, log)),
        Target(
            "kube-state-metrics", "kube-state-metrics", StateMetrics(cluster.client("kube-state-metrics"))
        ),
    ]
    scheduler = cluster.component("kube-scheduler")
    if isinstance(scheduler, Scheduler):
        found.append(Target("scheduler", "kube-scheduler", SchedulerMetrics(scheduler)))
    for name, node in sorted(cluster.nodes.nodes.items()):
        found.append(Target("kubelet", name, KubeletMetrics(node), name))
    return found
