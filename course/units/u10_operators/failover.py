"""Databases of three members, one of which takes the writes: what happens when that one fails.

A StatefulSet keeps three members with names and disks.  Which of them takes the writes is no business of its
own.  `Promote` is the smallest operator for that: it gives the label role=primary to one ready member.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from insideout.apimachinery import conditions
from insideout.apimachinery.pods import is_terminating
from insideout.client.informer import Informer
from insideout.client.interface import ApiError, Client, Object
from insideout.cluster import Cluster
from insideout.sim.loop import Loop

INDEX = "apps.kubernetes.io/pod-index"
EVERY_S = 2.0
TOLERATED_S = 10
"""How long the members tolerate a lost node; the API server would write 300 into them."""


class Case(NamedTuple):
    """What fails, and whether an operator promotes another member."""

    fail: Callable[[Cluster, str], object]
    promotes: bool


class Outage(NamedTuple):
    """For how many seconds writes failed in all, whether they work at the end, and how `first` is then."""

    seconds: float
    works_again: bool
    first: str

    @property
    def words(self) -> str:
        """Whether somebody takes writes at the end, and roughly since when."""
        if not self.works_again:
            return "no more"
        return "again within 10 s" if self.seconds < 10 else "again after half a minute or more"


def outages(cases: Mapping[str, Case], *, asked_for_s: float) -> dict[str, Outage]:
    """Let the first member of a database for each case fail, and ask whether somebody takes writes.

    All databases are in one cluster, each on four nodes of its own.
    """
    databases = {title: f"db{number}" for number, title in enumerate(cases)}
    with Cluster.create(nodes=0, seed=10) as cluster:
        api = cluster.client("user")
        for title, name in databases.items():
            _open(cluster, api, name, promotes=cases[title].promotes)
        cluster.wait(lambda: all(_takes_writes(cluster, name) for name in databases.values()))
        cluster.wait(lambda: all(_is_complete(api, name) for name in databases.values()))
        for title, name in databases.items():
            cases[title].fail(cluster, f"{name}-0")
        missed = dict.fromkeys(cases, 0.0)
        before_s = cluster.loop.now_s
        end_s = before_s + asked_for_s
        while before_s < end_s:
            cluster.run(seconds=EVERY_S)
            works = {title: _takes_writes(cluster, name) for title, name in databases.items()}
            now_s = cluster.loop.now_s
            for title in cases:
                missed[title] += 0 if works[title] else now_s - before_s
            before_s = now_s
        return {
            title: Outage(missed[title], works[title], _state(api, f"{name}-0"))
            for title, name in databases.items()
        }


def delete_member(cluster: Cluster, pod: str) -> None:
    """Delete the pod."""
    cluster.client("user").delete("pods", pod, "default", grace_period_s=0)


def lose_node(cluster: Cluster, pod: str) -> None:
    """Cut the pod's node off, and end what runs on it."""
    cluster.nodes.remove(cluster.client("user").get("pods", pod, "default")["spec"]["nodeName"])


CASES: Mapping[str, Case] = {
    "pod deleted, no operator": Case(delete_member, promotes=False),
    "pod deleted, operator": Case(delete_member, promotes=True),
    "node lost, no operator": Case(lose_node, promotes=False),
    "node lost, operator": Case(lose_node, promotes=True),
}


class Promote:
    """Gives one ready member of a database the label role=primary, and takes it from the others first."""

    def __init__(self, client: Client, loop: Loop, name: str) -> None:
        self._client = client
        self._loop = loop
        self._pods = Informer(client, loop, "pods", label_selector=f"app={name}")
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


def _open(cluster: Cluster, api: Client, name: str, *, promotes: bool) -> None:
    """Create a database, on nodes of its own, and the Service that leads to who takes its writes."""
    for number in range(4):
        cluster.nodes.add(f"{name}-node-{number}", labels={"for": name})
    api.create("services", _service(name, {"role": "primary"} if promotes else {INDEX: "0"}))
    api.create("statefulsets", _statefulset(name))
    if promotes:
        cluster.add(f"operator-of-{name}", lambda client, loop: Promote(client, loop, name))


def _takes_writes(cluster: Cluster, name: str) -> bool:
    return cluster.request(f"http://{name}/", source="outside").status == 200


def _is_complete(api: Client, name: str) -> bool:
    status = api.get("statefulsets", name, "default").get("status") or {}
    return bool(status.get("readyReplicas") == 3)


def _state(api: Client, name: str) -> str:
    """Return how a pod is: Terminating, Ready, or not Ready."""
    pod = api.get("pods", name, "default")
    if is_terminating(pod):
        return "Terminating"
    return "Ready" if _is_ready(pod) else "not Ready"


def _is_ready(pod: Object) -> bool:
    return conditions.status_of(pod, "Ready") == "True" and not is_terminating(pod)


def _is_primary(pod: Object) -> bool:
    return bool(pod["metadata"]["labels"].get("role") == "primary")


def _service(name: str, selector: Mapping[str, str]) -> Object:
    spec = {"selector": {"app": name, **selector}, "ports": [{"port": 80, "targetPort": 8080}]}
    return {"metadata": {"name": name, "namespace": "default"}, "spec": spec}


def _statefulset(name: str) -> Object:
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}
    tolerated = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": TOLERATED_S}
    pod = {
        "containers": [{"name": "db", "image": "db:1", "readinessProbe": probe}],
        "nodeSelector": {"for": name},
        "tolerations": [
            {"key": f"node.kubernetes.io/{key}", **tolerated} for key in ("not-ready", "unreachable")
        ],
    }
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": 3, "serviceName": name, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name, "namespace": "default"}, "spec": spec}
