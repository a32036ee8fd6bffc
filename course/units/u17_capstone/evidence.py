"""What a pod still holds while it leaves and after it ended: small clusters, looked at from outside."""

from typing import Any

from insideout.cluster import Cluster
from insideout.view.tables import Table

Object = dict[str, Any]
_SECONDS = 3.0


def who_counts() -> Table:
    """Return what a cluster shows for a pod in five states: for its room, its ReplicaSet, its Service."""
    states = (
        ("runs and is ready", "", False),
        ("runs and is not ready", "unready", False),
        ("is ready and leaves", "stop 60s", True),
        ("has failed", "exit 1 after 1s", False),
        ("has succeeded", "exit 0 after 1s", False),
    )
    looks = (_room, _replaced, _listed)
    rows = tuple((said, *(look(program, delete=gone) for look in looks)) for said, program, gone in states)
    return Table(("THE OLD POD", "ROOM FOR ANOTHER", "ITS REPLICASET", "ITS SERVICE"), rows)


def _room(program: str, *, delete: bool) -> str:
    """Whether a node of 4 CPUs takes a pod of 3 while there is one of 2."""
    with Cluster.create(nodes=0, realtime=False) as cluster:
        cluster.nodes.add("node-0", cpu="4")
        client = cluster.client("user")
        client.create("pods", _pod("old", program, "2"), "default")
        cluster.run(seconds=_SECONDS)
        if delete:
            client.delete("pods", "old", "default")
        client.create("pods", _pod("new", "", "3"), "default")
        cluster.run(seconds=_SECONDS)
        placed = client.get("pods", "new", "default")["spec"].get("nodeName")
        return "yes" if placed else "no"


def _replaced(program: str, *, delete: bool) -> str:
    """Whether a ReplicaSet of one makes another pod."""
    with Cluster.create(nodes=1, realtime=False) as cluster:
        client = cluster.client("user")
        containers = _pod("", program, "1")["spec"]["containers"]
        template = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": containers}}
        spec = {"replicas": 0, "selector": {"matchLabels": {"app": "x"}}, "template": template}
        client.create("replicasets", {"metadata": {"name": "x"}, "spec": spec}, "default")
        client.create("pods", _pod("old", program, "1"), "default")
        client.patch("replicasets", "x", {"spec": {"replicas": 1}}, "default")
        cluster.run(seconds=_SECONDS)
        if delete:
            client.delete("pods", "old", "default")
        cluster.run(seconds=_SECONDS)
        others = [pod for pod in client.list("pods", "default")["items"] if pod["metadata"]["name"] != "old"]
        return "makes another" if others else "is content"


def _listed(program: str, *, delete: bool) -> str:
    """Whether a Service sends requests to it."""
    with Cluster.create(nodes=1, realtime=False) as cluster:
        client = cluster.client("user")
        spec = {"selector": {"app": "x"}, "ports": [{"port": 80}]}
        client.create("services", {"metadata": {"name": "x"}, "spec": spec}, "default")
        client.create("pods", _pod("old", program, "1"), "default")
        cluster.run(seconds=_SECONDS)
        if delete:
            client.delete("pods", "old", "default")
        cluster.run(seconds=_SECONDS)
        slices = client.list("endpointslices", "default")["items"]
        ends = [end for one in slices for end in one.get("endpoints") or () if end["conditions"]["ready"]]
        return "uses it" if ends else "leaves it out"


def _pod(name: str, program: str, cpu: str) -> Object:
    probe = {"httpGet": {"port": 80}, "periodSeconds": 1}
    container = {
        "name": "app",
        "image": "app:1",
        "ports": [{"containerPort": 80}],
        "resources": {"requests": {"cpu": cpu}},
        "readinessProbe": probe,
    }
    annotations = {"program.course/app": program} if program else {}
    return {
        "metadata": {"name": name, "labels": {"app": "x"}, "annotations": annotations},
        "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 60, "containers": [container]},
    }
