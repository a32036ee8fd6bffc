"""A minute that passes on any cluster: a pod goes together with the leader of `etcd`, then its majority.

The day is in virtual time.  This is short enough to be real: on a control plane kube-apiserver itself keeps
its data in somebody's Raft, and their scheduler and controllers stand in the places of the real ones.
"""

from collections.abc import Iterator
from typing import Any

from course.keep.components import Functions, factory, whose
from insideout.apimachinery import pods as podutil
from insideout.client import ApiError
from insideout.cluster import Cluster
from insideout.raft.broken import Broken

MEMBERS = 3
WEB, MORE = 4, 6
PLACES = ("kube-scheduler", "replicaset-controller", "deployment-controller")
"""What is replaced, where somebody's functions decide there."""
PATIENCE_S = 120.0
HEALING_S = 10.0
"""For an election, and for an API server that lost its watches."""


def minute(functions: Functions) -> Iterator[str]:
    """Yield a line for each thing that happens; without a Raft of somebody's, nothing happens to `etcd`.

    What ends it early, such as a rule of Raft that is broken, is the last line.
    """
    try:
        yield from _minute(functions)
    except (ApiError, Broken, TimeoutError) as failure:
        yield f"it ends here: {type(failure).__name__}: {' '.join(str(failure).split())[:300]}"


def _minute(functions: Functions) -> Iterator[str]:
    raft = functions.get("Raft")
    backend = "" if raft else "embedded"  # without one there is nothing that a real API server would add
    with Cluster.create(backend=backend, nodes=2, seed=17, raft=raft, raft_nodes=MEMBERS) as cluster:
        mine = [place for place in PLACES if whose(functions)[place]]
        for place in mine:
            cluster.replace(place, factory(place, functions))
        yield f"yours: {', '.join([*(['etcd'] if raft else []), *mine]) or 'nothing'}"
        cluster.client("chaos").create("deployments", _web(), "default")
        yield f"web is there: {_ready(cluster, WEB)}"
        if raft is not None:
            cluster.store.crash(killed := str(cluster.store.leader()))
        cluster.client("chaos").delete("pods", _pods(cluster)[0], "default")
        lost = "a pod is deleted" if raft is None else "the leader of etcd is killed and a pod deleted"
        yield f"{lost}: {_ready(cluster, WEB)}"
        if raft is not None:
            cluster.store.restart(killed)
            yield from _without_majority(cluster)
        _scale(cluster, MORE)
        yield f"web is scaled to {MORE}, with all members there: {_ready(cluster, MORE)}"


def _without_majority(cluster: Cluster) -> Iterator[str]:
    away = list(cluster.store.group.members)[: MEMBERS // 2 + 1]
    cluster.store.crash(*away)
    try:
        _scale(cluster, 1)
        told = "accepted"
    except ApiError as refused:
        told = f"{refused.code} {refused}"
    yield f"{len(away)} of {MEMBERS} members are away, and web is scaled to 1: {told}"
    cluster.store.restart(*away)
    cluster.run(seconds=HEALING_S)  # now the write may happen after all


def _ready(cluster: Cluster, count: int) -> str:
    """Wait until so many pods are ready and no others are there."""

    def is_so() -> bool:
        pods = cluster.client("observer").list("pods", "default")["items"]
        return len(pods) == count and all(podutil.is_ready(pod) and podutil.is_active(pod) for pod in pods)

    cluster.wait(is_so, timeout_s=PATIENCE_S)
    return f"{count} pods are ready"


def _pods(cluster: Cluster) -> list[str]:
    return [
        str(pod["metadata"]["name"]) for pod in cluster.client("observer").list("pods", "default")["items"]
    ]


def _scale(cluster: Cluster, replicas: int) -> None:
    cluster.client("chaos").patch("deployments", "web", {"spec": {"replicas": replicas}}, "default")


def _web() -> dict[str, Any]:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": "web:v1"}]}}
    spec = {"replicas": WEB, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": "web"}, "spec": spec}
