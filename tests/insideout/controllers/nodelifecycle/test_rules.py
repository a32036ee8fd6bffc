"""Other functions may decide in the controllers' place; they get plain data and cannot spoil it."""

from typing import Any

from insideout.apimachinery import conditions
from insideout.cluster import Cluster
from insideout.controllers.nodelifecycle.controller import NodeLifecycleController
from insideout.controllers.nodelifecycle.rules import Rules
from insideout.controllers.nodelifecycle.settings import Settings
from insideout.controllers.tainteviction.controller import TaintEvictionController


def run_with(rules: Rules, *, seconds: float, silent: tuple[str, ...] = ()) -> Cluster:
    """Return a cluster of three nodes in zones a and b, after so many seconds."""
    cluster = Cluster.create(nodes=0)
    cluster.replace(
        "node-controller",
        lambda client, loop: NodeLifecycleController(client, loop, settings=Settings(pass_s=0), rules=rules),
    )
    for name, zone in (("n0", "a"), ("n1", "a"), ("n2", "b")):
        cluster.nodes.add(name, labels={"topology.kubernetes.io/zone": zone}, first_renewal_s=5)
    cluster.run(seconds=20)
    for name in silent:
        cluster.nodes.silence(name)
    cluster.run(seconds=seconds)
    return cluster


def taints(cluster: Cluster, name: str) -> set[tuple[str, str]]:
    """Return a node's taints."""
    listed = cluster.client().get("nodes", name)["spec"].get("taints") or []
    return {(taint["key"], taint["effect"]) for taint in listed}


def test_taints_for_decides_the_taints_that_follow_at_once() -> None:
    """It may spoil what it is given; the node stays as it is."""

    def wrong(conditions: list[dict[str, Any]], unschedulable: bool) -> set[tuple[str, str]]:
        conditions.clear()
        return {("node.kubernetes.io/disk-pressure", "NoSchedule")}

    with run_with(Rules(taints_for=wrong), seconds=5) as cluster:
        assert taints(cluster, "n0") == {("node.kubernetes.io/disk-pressure", "NoSchedule")}
        assert len(cluster.client().get("nodes", "n0")["status"]["conditions"]) == 4
        assert cluster.errors("node-controller") == []


def test_unknown_at_is_told_the_renewals_since_the_last_silence() -> None:
    """In seconds from the first look; what it answers is when the node becomes Unknown."""
    told: list[list[float]] = []

    def soon(renewals: list[float], period_s: float, grace_s: float) -> float:
        assert (period_s, grace_s) == (5, 50)
        told.append(list(renewals))
        return renewals[-1] + 12

    with run_with(Rules(unknown_at=soon), seconds=20, silent=("n0",)) as cluster:
        status = conditions.status_of(cluster.client().get("nodes", "n0"), "Ready")
        assert status == "Unknown"
        assert all(one == sorted(one) and one for one in told)
        assert [4.9, 14.9] in [[round(each, 1) for each in one[1:]] for one in told]
        told.clear()
        cluster.nodes.revive("n0")
        cluster.run(seconds=6)
        assert conditions.status_of(cluster.client().get("nodes", "n0"), "Ready") == "True"
        assert min(len(one) for one in told) == 1


def test_taint_qps_sets_each_zones_rate_by_its_name() -> None:
    """A rate of zero keeps NoExecute away."""
    asked: list[dict[str, list[bool]]] = []

    def none_in_a(zones: dict[str, list[bool]]) -> dict[str, float]:
        asked.append(zones)
        return {"a": 0.0, "b": 0.1}

    with run_with(Rules(taint_qps=none_in_a), seconds=90, silent=("n0", "n2")) as cluster:
        assert asked[-1] == {"a": [False, True], "b": [False]}
        assert {effect for _, effect in taints(cluster, "n0")} == {"NoSchedule"}
        assert {effect for _, effect in taints(cluster, "n2")} == {"NoSchedule", "NoExecute"}


def test_evict_after_decides_how_long_a_pod_stays() -> None:
    """It is given all taints of the node and the pod's tolerations."""
    asked: list[tuple[set[str], int]] = []

    def in_seven(taints: list[dict[str, Any]], tolerations: list[dict[str, Any]]) -> float | None:
        asked.append(({taint["effect"] for taint in taints}, len(tolerations)))
        return 7.0 if taints else None

    with run_with(Rules(), seconds=0) as cluster:
        cluster.replace(
            "taint-eviction-controller",
            lambda client, loop: TaintEvictionController(client, loop, evict_after=in_seven),
        )
        spec = {"nodeName": "n0", "containers": [{"name": "c", "image": "i"}]}
        cluster.client().create("pods", {"metadata": {"name": "p", "namespace": "default"}, "spec": spec})
        cluster.run(seconds=5)
        taint = {"key": "mine", "effect": "NoExecute"}
        cluster.client().patch("nodes", "n0", {"spec": {"taints": [taint]}})
        cluster.run(seconds=6)
        assert "deletionTimestamp" not in cluster.client().get("pods", "p", "default")["metadata"]
        cluster.run(seconds=2)
        assert "p" not in [pod["metadata"]["name"] for pod in _running(cluster)]
        assert asked[-1][1] == 2
        assert ({"NoExecute"}, 2) in asked


def _running(cluster: Cluster) -> list[dict[str, Any]]:
    pods = cluster.client().list("pods", "default")["items"]
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
