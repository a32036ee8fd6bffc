"""What a pod still holds while it leaves and after it ended: looked at from outside, in one cluster."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from insideout.client import Client
from insideout.cluster import Cluster
from insideout.view.tables import Table

Object = dict[str, Any]
_SECONDS = 3.0


class State(NamedTuple):
    """A state of a pod: its words, the program that leads there, its phase, and whether it is Ready."""

    said: str
    program: str
    phase: str = "Running"
    ready: str = "True"
    leaves: bool = False


STATES = (
    State("runs and is ready", ""),
    State("runs and is not ready", "unready", ready="False"),
    State("is ready and leaves", "stop 60s", leaves=True),
    State("has failed", "exit 1 after 1s", "Failed", "False"),
    State("has succeeded", "exit 0 after 1s", "Succeeded", "False"),
)
LOOKS = ("room", "set", "service")


def who_counts() -> Table:
    """Return what a cluster shows for a pod in five states: for its room, its ReplicaSet, its Service.

    Each look at each state has a namespace and a node of 4 CPUs of its own.
    """
    with Cluster.create(nodes=0) as cluster:
        client = cluster.client("user")
        places = [(look, number) for look in LOOKS for number in range(len(STATES))]
        names = {_name(*place) for place in places}
        for name in sorted(names):
            cluster.nodes.add(name, cpu="4", labels={"place": name})
            client.create("namespaces", {"metadata": {"name": name}})
        cluster.wait(lambda: names <= _with_account(client))  # before it there can be no pods
        for look, number in places:
            client.create("pods", _pod("old", look, number, "2"), _name(look, number))
        cluster.wait(lambda: all(_is_reached(client, *place) for place in places), timeout_s=90)
        for number in range(len(STATES)):
            _build(client, number)
        cluster.run(seconds=_SECONDS)
        for look, number in places:
            if STATES[number].leaves:
                client.delete("pods", "old", _name(look, number))
        for number in range(len(STATES)):
            client.create("pods", _pod("new", "room", number, "3"), _name("room", number))
        cluster.run(seconds=_SECONDS)
        rows = tuple((state.said, *_found(client, number)) for number, state in enumerate(STATES))
    return Table(("THE OLD POD", "ROOM FOR ANOTHER", "ITS REPLICASET", "ITS SERVICE"), rows)


def _with_account(client: Client) -> set[str]:
    """Return the namespaces in which pods may be created."""
    return {one["metadata"]["namespace"] for one in client.list("serviceaccounts")["items"]}


def _build(client: Client, number: int) -> None:
    """Put in a ReplicaSet of one and a Service, for which the old pod may count."""
    labels = {"app": "x"}
    pod = _pod("", "set", number, "2")["spec"]
    pod["restartPolicy"] = "Always"  # a ReplicaSet has no other
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    client.create("replicasets", {"metadata": {"name": "x"}, "spec": spec}, _name("set", number))
    service = {"selector": labels, "ports": [{"port": 80}]}
    client.create("services", {"metadata": {"name": "x"}, "spec": service}, _name("service", number))


def _found(client: Client, number: int) -> Iterator[str]:
    """Yield whether the node takes a pod of 3 CPUs, the set makes another pod, the Service sends to it."""
    placed = client.get("pods", "new", _name("room", number))["spec"].get("nodeName")
    yield "yes" if placed else "no"
    pods = client.list("pods", _name("set", number))["items"]
    yield "makes another" if any(pod["metadata"]["name"] != "old" for pod in pods) else "is content"
    slices = client.list("endpointslices", _name("service", number))["items"]
    ends = [end for one in slices for end in one.get("endpoints") or () if end["conditions"]["ready"]]
    yield "uses it" if ends else "leaves it out"


def _is_reached(client: Client, look: str, number: int) -> bool:
    """Tell whether the old pod is in its state, as far as it comes there by itself."""
    state, status = STATES[number], client.get("pods", "old", _name(look, number))["status"]
    says = [one["status"] for one in status.get("conditions") or () if one["type"] == "Ready"]
    return (status.get("phase"), says) == (state.phase, [state.ready])


def _name(look: str, number: int) -> str:
    return f"{look}-{number}"


def _pod(name: str, look: str, number: int, cpu: str) -> Object:
    program = STATES[number].program if name != "new" else ""
    probe = {"httpGet": {"port": 80}, "periodSeconds": 1}
    container = {
        "name": "app",
        "image": "app:1",
        "ports": [{"containerPort": 80}],
        "resources": {"requests": {"cpu": cpu}},
        "readinessProbe": probe,
    }
    annotations = {"program.course/app": program} if program else {}
    spec = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 60,
        "nodeSelector": {"place": _name(look, number)},
        "containers": [container],
    }
    return {"metadata": {"name": name, "labels": {"app": "x"}, "annotations": annotations}, "spec": spec}
