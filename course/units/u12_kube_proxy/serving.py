"""A shop in a cluster whose kube-proxies may be a learner's: pods come and go, kube-proxy stops for a while.

A client asks twenty times a second through all of it and writes down who answered.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from insideout.client import Client
from insideout.cluster import Cluster
from insideout.network.proxies import NodeProxies
from insideout.proxy.iptables.text import Writer
from insideout.proxy.proxier import KubeProxy
from insideout.sim import Loop

EVERY_S, END_S = 0.05, 24.0
DOWN_S, UP_S = 12.0, 19.0
"""When kube-proxy stops on all nodes, and when it is there again."""


class Served(NamedTuple):
    """One request: when, the pod that answered ("" when none did), and the error."""

    time_s: float
    pod: str
    error: str


def proxies(write: Writer) -> Callable[[Client, Loop], NodeProxies]:
    """Return what makes a kube-proxy for every node, each with the rules of `write`."""
    return lambda client, loop: NodeProxies(client, loop, make=partial(KubeProxy, write=write))


def story(install: Callable[[Cluster], None]) -> list[Served]:
    """Play the story in a new cluster into which `install` puts its kube-proxies; return all requests."""
    with Cluster.create(nodes=3, seed=12) as cluster:
        install(cluster)
        client, loop = cluster.client("user"), cluster.loop
        client.create("services", _SERVICE, "default")
        client.create("deployments", _DEPLOYMENT, "default")
        cluster.wait(lambda: _is_complete(client))
        cluster.run(seconds=2)  # the last endpoint is in the rules
        events: list[tuple[float, Callable[[], object]]] = [
            (4.0, lambda: _delete_one(client)),
            (8.0, lambda: client.patch("deployments", "shop", {"spec": {"replicas": 4}}, "default")),
            (DOWN_S, lambda: cluster.replace("kube-proxy", None)),
            (14.0, lambda: _delete_one(client)),
            (UP_S, lambda: install(cluster)),
        ]
        seen, began_s = [], loop.now_s
        for number in range(round(END_S / EVERY_S)):
            cluster.run(seconds=max(0, began_s + number * EVERY_S - loop.now_s))
            while events and events[0][0] <= number * EVERY_S:
                events.pop(0)[1]()
            time_s = round(loop.now_s - began_s, 2)
            answer = loop.call(cluster.request, "http://shop/")
            seen.append(Served(time_s, answer.pod, "" if answer.ok else answer.error or str(answer.status)))
        return seen


STORY = ((4.0, "a pod is deleted"), (8.0, "a fourth pod"), (14.0, "a pod is deleted"))
PHASES = {
    "at first": (0.0, 4.0),
    "with a fourth pod": (10.5, DOWN_S),
    "without kube-proxy": (15.0, UP_S),
    "with it again": (UP_S + 1, END_S),
}
"""Seconds in which nothing changes, from and to."""


def told(seen: list[Served]) -> list[str]:
    """Say for each of PHASES how many pods answered, and whether requests failed; the same in every run."""
    return [_phase(seen, phase) for phase in PHASES]


def _phase(seen: list[Served], phase: str) -> str:
    start_s, end_s = PHASES[phase]
    pods = {one.pod for one in seen if start_s <= one.time_s < end_s and not one.error}
    bad, asked = failed(seen, start_s, end_s)
    fate = "no request fails" if not bad else "all requests fail" if bad == asked else "some requests fail"
    return f"{phase} {len(pods)} pods answer and {fate}"


def failed(seen: list[Served], start_s: float, end_s: float) -> tuple[int, int]:
    """Return how many of the requests between two moments failed, and how many there were."""
    asked = [one for one in seen if start_s <= one.time_s < end_s]
    return sum(bool(one.error) for one in asked), len(asked)


def _is_complete(client: Client) -> bool:
    status = client.get("deployments", "shop", "default").get("status") or {}
    return bool(status.get("readyReplicas") == _DEPLOYMENT["spec"]["replicas"])


def _delete_one(client: Client) -> None:
    """Delete the oldest pod that is not on its way out; its Deployment makes another one."""
    pods = client.list("pods", "default", label_selector="app=shop")["items"]
    running = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    oldest = min(running, key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]))
    client.delete("pods", oldest["metadata"]["name"], "default")


_LABELS = {"app": "shop"}
_SERVICE: dict[str, Any] = {
    "metadata": {"name": "shop"},
    "spec": {"selector": _LABELS, "ports": [{"port": 80, "targetPort": 8080}]},
}
_DEPLOYMENT: dict[str, Any] = {
    "metadata": {"name": "shop"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": _LABELS},
        "template": {
            "metadata": {"labels": _LABELS},
            "spec": {"containers": [{"name": "app", "image": "shop:v1"}]},
        },
    },
}
