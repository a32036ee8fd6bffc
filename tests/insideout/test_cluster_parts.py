"""A part of one's own in the cluster, claims, tables, and histories that repeat to the last value."""

from typing import Any

import pytest

from insideout.client import Client
from insideout.client.informer import Informer
from insideout.client.workqueue import WorkQueue
from insideout.cluster import Cluster
from insideout.components import Place, default_places
from insideout.sim.loop import Loop


class Labeller:
    """A component: labels every pod, with retries, through informer and work queue."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self.client = client
        self.queue: WorkQueue[str] = WorkQueue(loop)
        self.pods = Informer(client, loop, "pods", namespace="default")
        self.pods.add_handler(on_add=lambda pod: self.queue.add(pod["metadata"]["name"]))

    def start(self) -> None:
        self.pods.start()
        self.queue.start(self.sync)

    def stop(self) -> None:
        self.pods.stop()
        self.queue.stop()

    def sync(self, name: str) -> None:
        patch = {"metadata": {"labels": {"seen": "yes"}}}
        self.client.patch("pods", name, patch, "default")


LABELLER = {"labeller": Place("labeller", Labeller)}


def pod(prefix: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": prefix},
        "spec": {"containers": [{"name": "c", "image": "nginx"}]},
    }


def test_components_run_and_can_be_replaced():
    """A component works by the loop; another can take its place, or nobody."""
    cluster = Cluster.create(nodes=0, places=LABELLER)
    cluster.run(seconds=1)
    cluster.core.create_namespaced_pod("default", pod("a-"))
    took_s = cluster.wait(lambda: cluster.core.list_namespaced_pod("default", label_selector="seen").items)
    assert took_s == 0
    cluster.replace("labeller", None)
    cluster.core.create_namespaced_pod("default", pod("b-"))
    with pytest.raises(TimeoutError, match="within 5 s"):
        cluster.wait(
            lambda: len(cluster.core.list_namespaced_pod("default", label_selector="seen").items) == 2,
            timeout_s=5,
        )
    cluster.replace("labeller", Labeller)
    cluster.run(seconds=1)
    assert len(cluster.core.list_namespaced_pod("default", label_selector="seen").items) == 2
    cluster.stop()


def test_run_moves_time():
    """run() moves the clock by seconds and minutes."""
    cluster = Cluster.create(nodes=0)
    cluster.run(minutes=5, seconds=3)
    assert cluster.loop.now_s == 303


def test_table():
    """table() shows what kubectl get does, as text and as HTML."""
    cluster = Cluster.create(nodes=2)
    cluster.run(seconds=3)
    nodes = cluster.table("nodes")
    assert nodes.columns == ("NAME", "STATUS", "ROLES", "AGE", "VERSION")
    assert [row[:2] for row in nodes.rows] == [("node-0", "Ready"), ("node-1", "Ready")]
    assert str(nodes).splitlines()[0].split() == list(nodes.columns)
    assert '<td style="text-align: left">node-0</td>' in nodes._repr_html_()
    assert str(cluster.table("deployments.apps")) == "No resources found."
    everywhere = cluster.table("services", namespace="")
    assert everywhere.columns[0] == "NAMESPACE"
    with pytest.raises(LookupError, match="api-resources"):
        cluster.table("nonsense")


def test_claims_are_bound_at_once():
    """A PersistentVolumeClaim gets a volume of the size it asks for, without any time passing."""
    cluster = Cluster.create()
    cluster.run(seconds=1)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": spec}
    created = cluster.client().create("persistentvolumeclaims", body, "default")
    assert created["status"]["phase"] == "Pending"
    cluster.run(seconds=0)
    claim = cluster.client().get("persistentvolumeclaims", "c", "default")
    assert claim["status"] == {
        "phase": "Bound",
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
    }
    assert claim["spec"]["volumeName"] == f"pvc-{claim['metadata']['uid']}"


def history(seed: int) -> list[Any]:
    """Return everything that a busy scenario wrote: keys, revisions and values."""
    cluster = Cluster.create(seed=seed, places=default_places() | LABELLER)
    client = cluster.client("test")
    rng = cluster.loop.rng("test")
    for number in range(60):
        cluster.loop.call_later(rng.uniform(0, 20), client.create, "pods", pod(f"p{number % 3}-"), "default")
    service = {"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    client.create("services", {"apiVersion": "v1", "kind": "Service", **service}, "default")
    cluster.run(seconds=15)
    for each in client.list("pods", "default")["items"][::2]:
        client.delete("pods", each["metadata"]["name"], "default")
    cluster.run(minutes=1)
    store = cluster.backend.server.store
    events = store.watch("/registry/", 1, lambda: None).read()
    return [
        (
            event.revision,
            event.key,
            event.now and event.now.value.object,
            event.now and event.now.value.managers.entries(),
        )
        for event in events
    ]


def test_two_runs_are_identical():
    """Revisions, generated names, uids, times, addresses: all repeat with the seed, and change with it."""
    first = history(7)
    assert first == history(7)
    assert len(first) > 100
    assert first != history(8)
