"""One pod of each kind of workload on a machine, and what became of them when it was lost."""

from collections.abc import Mapping
from typing import NamedTuple

from insideout.apimachinery import conditions
from insideout.apimachinery.pods import is_terminating
from insideout.client.interface import ApiError, Client, Object
from insideout.cluster import Cluster
from insideout.view.tables import Table

LOST_NODE = "node-1"
WORKLOADS: Mapping[str, str] = {
    "Deployment": "web",
    "StatefulSet": "db",
    "DaemonSet": "log",
    "Job": "sum",
    "bare pod": "lone",
}
"""The kinds, and the label app of each one's pods."""
TOLERATED_S = 15
"""How long the pods tolerate that their node is silent; a DaemonSet's controller makes it for ever."""


class Fate(NamedTuple):
    """What became of a lost pod: "gone", "Terminating" or "not deleted"; and its successor's name, or ""."""

    lost: str
    successor: str

    @property
    def words(self) -> tuple[str, str]:
        """The same for a table, without what is random in a name."""
        return self.lost, "yes" if self.successor else "no"


def create_workloads(cluster: Cluster) -> dict[str, str]:
    """Create a Service and five workloads on three new nodes; return the names of their pods on `LOST_NODE`.

    The Job, the StatefulSet and the bare pod come first, while `LOST_NODE` is the only node.
    """
    client = cluster.client("set-up")
    cluster.nodes.add(LOST_NODE)
    client.create(
        "statefulsets", _body("db", {"replicas": 1, "serviceName": "db", **_selecting("db")}), "default"
    )
    client.create("jobs", _body("sum", {"template": _template("sum", restartPolicy="Never")}), "default")
    lone = _template("lone")
    client.create("pods", {**lone, "metadata": {"name": "lone", **lone["metadata"]}}, "default")
    _await_ready(cluster, "pods", 3)
    for name in ("node-0", "node-2"):
        cluster.nodes.add(name)
    _await_ready(cluster, "nodes", 3)
    cluster.run(seconds=2)  # until no taint keeps the scheduler from spreading what comes now over all three
    client.create("daemonsets", _body("log", _selecting("log")), "default")
    client.create("deployments", _body("web", {"replicas": 3, **_selecting("web")}), "default")
    client.create("services", _body("web", {"selector": {"app": "web"}, "ports": [{"port": 80}]}), "default")
    _await_ready(cluster, "pods", 9)
    cluster.run(seconds=2)  # until every kube-proxy has heard of them
    return {kind: _on_lost_node(client, app)[0] for kind, app in WORKLOADS.items()}


def fates(cluster: Cluster, lost: Mapping[str, str]) -> dict[str, Fate]:
    """Return what has become of the lost pods, by the kind of their workload."""
    client = cluster.client("view")
    return {kind: _fate(client, app, lost[kind]) for kind, app in WORKLOADS.items()}


def on_lost_node(cluster: Cluster) -> Table:
    """Return what kubectl shows of the pods on `LOST_NODE`, by app, and each one's condition Ready."""
    table, pods = cluster.table("pods"), cluster.client("view").list("pods", "default")["items"]
    shown = {row[0]: row for row in table.rows}
    ready, status = table.columns.index("READY"), table.columns.index("STATUS")
    rows = [
        (
            pod["metadata"]["labels"]["app"],
            shown[pod["metadata"]["name"]][ready],
            shown[pod["metadata"]["name"]][status],
            conditions.status_of(pod, "Ready"),
        )
        for pod in pods
        if pod["spec"].get("nodeName") == LOST_NODE
    ]
    return Table(("APP", "READY", "STATUS", "CONDITION READY"), tuple(sorted(rows)))


def _fate(client: Client, app: str, name: str) -> Fate:
    pods = client.list("pods", "default", label_selector=f"app={app}")["items"]
    elsewhere = [pod for pod in pods if pod["spec"].get("nodeName") not in (None, LOST_NODE)]
    wanted = {"web": 3, "log": 3}.get(app, 1)
    enough = len(elsewhere) >= wanted
    successor = max(elsewhere, key=_age)["metadata"]["name"] if enough else ""
    try:
        pod = client.get("pods", name, "default")
    except ApiError:
        return Fate("gone", successor)
    if pod["spec"].get("nodeName") != LOST_NODE:
        return Fate("gone", successor)
    return Fate("Terminating" if is_terminating(pod) else "not deleted", successor)


def _age(pod: Object) -> tuple[str, str]:
    return pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]


def _await_ready(cluster: Cluster, resource: str, count: int) -> None:
    client = cluster.client("set-up")
    cluster.wait(
        lambda: (
            sum(conditions.status_of(one, "Ready") == "True" for one in client.list(resource)["items"])
            == count
        )
    )


def _on_lost_node(client: Client, app: str) -> list[str]:
    pods = client.list("pods", "default", label_selector=f"app={app}")["items"]
    return sorted(pod["metadata"]["name"] for pod in pods if pod["spec"].get("nodeName") == LOST_NODE)


def _body(name: str, spec: Object) -> Object:
    return {"metadata": {"name": name}, "spec": spec}


def _selecting(app: str) -> Object:
    return {"selector": {"matchLabels": {"app": app}}, "template": _template(app)}


def _template(app: str, **spec: object) -> Object:
    tolerated = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": TOLERATED_S}
    keys = ("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready")
    made = {
        "containers": [{"name": "c", "image": "web:1"}],
        "tolerations": [{"key": key, **tolerated} for key in keys],
    }
    return {"metadata": {"labels": {"app": app}}, "spec": made | spec}
