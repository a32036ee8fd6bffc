"""A database of three members, one of which takes the writes: what happens when that one fails.

The StatefulSet keeps three members with names and disks.  Which of them takes the writes is no business of
its own.  `Promote` is the smallest operator for that: it gives the label role=primary to one ready member.
"""

from collections.abc import Callable
from typing import NamedTuple

from insideout.apimachinery import conditions
from insideout.client.informer import Informer
from insideout.client.interface import ApiError, Client, Object
from insideout.cluster import Cluster
from insideout.sim.loop import Loop

LABELS = {"app": "db"}
INDEX = "apps.kubernetes.io/pod-index"
ASKED_FOR_S = 600.0
EVERY_S = 2.0


class Outage(NamedTuple):
    """For how many seconds writes failed, in all, and whether they work at the end."""

    seconds: float
    works_again: bool


def outage(fail: Callable[[Cluster, str], object], *, promotes: bool) -> Outage:
    """Let the first member fail, and ask for ten minutes whether somebody takes writes."""
    with Cluster.create(nodes=4, seed=10, realtime=False) as cluster:
        api = cluster.client("user")
        selector = {"role": "primary"} if promotes else {INDEX: "0"}
        api.create("services", _service(selector))
        api.create("statefulsets", _statefulset())
        if promotes:
            cluster.loop.call(Promote(cluster.client("db-operator"), cluster.loop).start)
        cluster.run(seconds=30)
        fail(cluster, api.get("pods", "db-0", "default")["spec"]["nodeName"])
        missed = works = 0
        for _ in range(int(ASKED_FOR_S / EVERY_S)):
            cluster.run(seconds=EVERY_S)
            works = cluster.request("http://db/", source="outside").status == 200
            missed += not works
        return Outage(missed * EVERY_S, bool(works))


def delete_member(cluster: Cluster, node: str) -> None:
    """Delete the pod of the first member."""
    cluster.client("user").delete("pods", "db-0", "default", grace_period_s=0)


def lose_node(cluster: Cluster, node: str) -> None:
    """Cut the node of the first member off, and end what runs on it."""
    cluster.nodes.remove(node)


class Promote:
    """Gives one ready member the label role=primary, and takes it from the others first."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._loop = loop
        self._pods = Informer(client, loop, "pods", label_selector="app=db")
        self._pods.add_handler(
            on_add=self._look, on_update=lambda _, new: self._look(new), on_delete=self._look
        )

    def start(self) -> None:
        """Begin."""
        self._pods.start()

    def stop(self) -> None:
        """End."""
        self._pods.stop()

    def _look(self, _: Object) -> None:
        self._loop.call_soon(self._reconcile)

    def _reconcile(self) -> None:
        members = sorted(self._pods.list("default"), key=lambda pod: str(pod["metadata"]["name"]))
        ready = [pod for pod in members if _is_ready(pod)]
        primary = next((pod for pod in ready if _is_primary(pod)), ready[0] if ready else None)
        try:
            for pod in members:
                if pod is not primary and _is_primary(pod):
                    self._label(pod, None)
            if primary is not None and not _is_primary(primary):
                self._label(primary, "primary")
        except ApiError:
            self._loop.call_later(1.0, self._reconcile)

    def _label(self, pod: Object, role: str | None) -> None:
        patch = {"metadata": {"labels": {"role": role}}}
        self._client.patch("pods", pod["metadata"]["name"], patch, "default")


def _is_ready(pod: Object) -> bool:
    ready = conditions.status_of(pod, "Ready") == "True"
    return ready and not pod["metadata"].get("deletionTimestamp")


def _is_primary(pod: Object) -> bool:
    return bool(pod["metadata"]["labels"].get("role") == "primary")


def _service(selector: dict[str, str]) -> Object:
    spec = {"selector": selector, "ports": [{"port": 80, "targetPort": 8080}]}
    return {"metadata": {"name": "db", "namespace": "default"}, "spec": spec}


def _statefulset() -> Object:
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}
    container = {"name": "db", "image": "db:1", "readinessProbe": probe}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    spec = {"replicas": 3, "serviceName": "db", "selector": {"matchLabels": LABELS}, "template": template}
    return {"metadata": {"name": "db", "namespace": "default"}, "spec": spec}
