"""What there is to scrape in a cluster: a job, an instance, and a collector.

Real programs are asked for their pages; all else is in this process, and nothing of it is served over HTTP.

Source: discovery by role node and by role endpointslice, prometheus/discovery/kubernetes@v3.14.0; here the
cluster itself is asked.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from prometheus_client.core import Metric

from insideout.apiserver.metrics import ApiServerMetrics
from insideout.cluster import Cluster
from insideout.kubelet.hollow import HollowNodes
from insideout.kubelet.metrics import KubeletMetrics, ResourceMetrics
from insideout.kubelet.node import HollowNode
from insideout.metrics.page import Page
from insideout.metrics.state import StateMetrics
from insideout.monitoring import families
from insideout.monitoring.families import Collects
from insideout.scheduler.metrics import SchedulerMetrics
from insideout.scheduler.scheduler import Scheduler


class Target(NamedTuple):
    """One thing to scrape; `node` is the node that it lives on, "" for a part of the control plane."""

    job: str
    instance: str
    collector: Collects
    node: str = ""

    def text(self) -> str:
        """Return what GET /metrics answers, in the exposition format."""
        return families.text(self.collector)


class NodeMetrics:
    """What a node's kubelet has at /metrics and /metrics/resource, as one target."""

    def __init__(self, node: HollowNode) -> None:
        self._parts = (ResourceMetrics(node.usage), KubeletMetrics(node.usage))

    def collect(self) -> Iterator[Metric]:
        """Yield all families of both."""
        for part in self._parts:
            yield from part.collect()


def targets(cluster: Cluster) -> list[Target]:
    """Return the targets of a cluster: API server, scheduler, kube-state-metrics, and each kubelet."""
    log = cluster.log if getattr(cluster.backend, "log", None) is not None else None
    client = cluster.client("prometheus")
    pages: Mapping[str, Callable[[], str]] = getattr(cluster.backend, "pages", dict)()

    def stored(resource: str) -> int:
        return len(client.list(resource)["items"])

    server = Page(pages["kube-apiserver"]) if pages else ApiServerMetrics(stored, log)
    found = [
        Target("apiserver", "kube-apiserver", server),
        Target(
            "kube-state-metrics", "kube-state-metrics", StateMetrics(cluster.client("kube-state-metrics"))
        ),
    ]
    scheduler = cluster.component("kube-scheduler")
    if isinstance(scheduler, Scheduler):
        found.append(Target("scheduler", "kube-scheduler", SchedulerMetrics(scheduler)))
    elif "kube-scheduler" in pages:
        found.append(Target("scheduler", "kube-scheduler", Page(pages["kube-scheduler"])))
    for name, node in sorted(kubelets(cluster).items()):
        found.append(Target("kubelet", name, NodeMetrics(node), name))
    return found


def kubelets(cluster: Cluster) -> Mapping[str, HollowNode]:
    """Return the nodes by name, none while their kubelets do not run."""
    kubelet = cluster.component("kubelet")
    return kubelet.nodes if isinstance(kubelet, HollowNodes) else {}
