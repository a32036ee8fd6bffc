"""A metrics-server: it asks every kubelet at an interval, and answers for metrics.k8s.io.

Like the real one it is an add-on: a cluster has none until somebody installs it.  It is ready once it has
measured the nodes twice; before that the API server answers 503 for it.  A node that is cut off is not
measured, and so its usage and that of its Pods are not known.  A real control plane is told of it by an
APIService.  Left out: --node-selector, and that it is a Deployment that may be down.

Source: metrics-server pkg/server/server.go, pkg/api/{node,pod}.go@v0.8.1; the interval is that of its
manifests (--metric-resolution=15s).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from insideout.apimachinery import amount, timestamps
from insideout.apiserver.extensions import Extensions
from insideout.apiserver.kinds import Kind, metrics
from insideout.apiserver.status import StatusError, not_found
from insideout.client.informer import Informer
from insideout.cluster import Cluster
from insideout.metrics.resource.points import Batch, Point, Points, Usage
from insideout.metrics.targets import kubelets
from insideout.sim import Timer

if TYPE_CHECKING:
    from insideout.backends.controlplane.aggregated import Aggregated

Object = dict[str, Any]

RESOLUTION_S = 15.0
_NANO = 10**9


class MetricsServer:
    """Measures a cluster from now on and serves metrics.k8s.io there; `stop` ends both."""

    name = "metrics-server"
    kinds: Sequence[Kind] = metrics.SERVED

    def __init__(self, cluster: Cluster, *, resolution_s: float = RESOLUTION_S) -> None:
        extensions: Extensions | Aggregated | None = getattr(cluster.backend, "extensions", None)
        if extensions is None:
            raise LookupError("a metrics-server of ours measures nodes of ours; install the real one")
        self._cluster = cluster
        self._loop = cluster.loop
        self._extensions = extensions
        self._resolution_s = resolution_s
        self._points = Points(resolution_s)
        client = cluster.client("metrics-server")
        self._nodes = Informer(client, self._loop, "nodes")
        self._pods = Informer(client, self._loop, "pods")
        self._timer: Timer | None = None
        self._loop.call(self._start)

    def _start(self) -> None:
        self._nodes.start()
        self._pods.start()
        self._extensions.add(self)
        self._timer = self._loop.call_soon(self._tick)

    def stop(self) -> None:
        """Measure no more, and take metrics.k8s.io away."""
        self._loop.call(self._stop)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._nodes.stop()
        self._pods.stop()
        self._extensions.remove(self)

    def _tick(self) -> None:
        self._timer = self._loop.call_later(self._resolution_s, self._tick)
        self._points.store(self._scraped())

    def _scraped(self) -> Batch:
        batch = Batch()
        for name, node in kubelets(self._cluster).items():
            if node.is_silent or self._nodes.get(name) is None:
                continue
            usage = node.usage()
            batch.nodes[name] = Point(0.0, usage.at_s, usage.cpu_used_s, usage.memory_bytes)
            for one in usage.running:
                containers = batch.pods.setdefault((one.namespace, one.pod), {})
                process = one.process
                containers[one.container] = Point(
                    process.started_s, usage.at_s, process.cpu_used_s, process.memory_bytes
                )
        return batch

    # What the API server asks.

    @property
    def is_ready(self) -> bool:
        """Whether there is anything to tell."""
        return self._points.is_ready

    def one(self, kind: Kind, namespace: str, name: str) -> Object:
        """Return the usage of a node or Pod; 404 when there is none, or nothing is known of it yet."""
        informer = self._nodes if kind is metrics.NODE_METRICS else self._pods
        obj = informer.get(name, namespace)
        if obj is None:
            raise not_found(replace(kind, group=""), name)
        found = self._shown(kind, obj)
        if found is None:
            raise _not_measured(kind, f"{namespace}/{name}" if namespace else name)
        return found

    def all(self, kind: Kind, namespace: str) -> list[Object]:
        """Return the usage of all nodes, or of the Pods in a namespace, as far as it is known."""
        # All, then those of the namespace: another thread may ask while the cache changes.
        objects = self._nodes.list() if kind is metrics.NODE_METRICS else self._pods.list()
        if namespace:
            objects = [obj for obj in objects if obj["metadata"]["namespace"] == namespace]
        shown = [found for obj in objects if (found := self._shown(kind, obj)) is not None]
        return sorted(
            shown, key=lambda each: (each["metadata"].get("namespace", ""), each["metadata"]["name"])
        )

    def _shown(self, kind: Kind, obj: Object) -> Object | None:
        metadata = obj["metadata"]
        usages: Mapping[str, Usage]
        own: Object
        if kind is metrics.NODE_METRICS:
            usage = self._points.node(metadata["name"])
            if usage is None:
                return None
            usages, own = {"": usage}, {"usage": _amounts(usage)}
        else:
            usages = self._points.pod((metadata["namespace"], metadata["name"])) or {}
            if not usages:
                return None
            own = {"containers": [{"name": name, "usage": _amounts(each)} for name, each in usages.items()]}
        earliest = min(usages.values(), key=lambda each: each.at_s)
        kept = {key: metadata[key] for key in ("name", "namespace", "labels") if metadata.get(key)}
        return {
            "kind": kind.kind,
            "apiVersion": kind.api_version,
            "metadata": kept | {"creationTimestamp": timestamps.seconds(self._loop.time())},
            "timestamp": timestamps.seconds(self._date(earliest.at_s)),
            "window": _duration(earliest.window_s),
            **own,
        }

    def _date(self, at_s: float) -> datetime:
        return self._loop.time() - timedelta(seconds=self._loop.now_s - at_s)


def _amounts(usage: Usage) -> Object:
    nanocores = Decimal(int(usage.cores * _NANO + 0.5))
    return {
        "cpu": amount.of(nanocores / _NANO, "DecimalSI").text,
        "memory": amount.of(Decimal(usage.memory_bytes), "BinarySI").text,
    }


def _duration(seconds: float) -> str:
    """Return a duration of less than a minute as Go writes it."""
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"


def _not_measured(kind: Kind, name: str) -> StatusError:
    """404: nothing is known of it yet.  The words are upstream's: there it is no resource that is missing."""
    return not_found(replace(kind, plural=kind.kind.lower()), name)
