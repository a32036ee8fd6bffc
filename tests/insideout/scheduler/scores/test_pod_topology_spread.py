import math

import pytest

from insideout.client import Object
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import pod_topology_spread
from tests.insideout.scheduler.builders import HOSTNAME, ZONE, node, pod, scores, snapshot, spread

NODES = (node("a", {ZONE: "z1"}), node("b", {ZONE: "z2"}), node("c", {ZONE: "z2"}))


def placed(*counts: int) -> dict[str, PodInfo | list[PodInfo]]:
    """Return that many pods labelled app=x on each of the nodes a, b, c."""
    return {
        name: [pod(f"{name}{index}", {"app": "x"}) for index in range(count)]
        for name, count in zip("abc", counts, strict=True)
    }


TABLE: dict[str, tuple[list[Object], tuple[int, int, int], dict[str, int] | None]] = {
    "nobody there": ([spread(HOSTNAME, hard=False)], (0, 0, 0), {"a": 100, "b": 100, "c": 100}),
    # ln 5 = 1.609: costs 0, 2, 3 (3.2 rounded)
    "hosts": ([spread(HOSTNAME, hard=False)], (0, 1, 2), {"a": 100, "b": 33, "c": 0}),
    # ln 4 = 1.386: costs 1, 4 (4.2 rounded)
    "zones": ([spread(ZONE, hard=False)], (1, 1, 2), {"a": 100, "b": 25, "c": 25}),
    "the least never falls to zero when it is not empty": (
        [spread(HOSTNAME, hard=False)],
        (1, 1, 2),
        {"a": 100, "b": 100, "c": 66},
    ),
    # each constraint adds maxSkew - 1 = 4 to every node
    "a large skew flattens": ([spread(HOSTNAME, 5, hard=False)], (0, 1, 2), {"a": 100, "b": 71, "c": 57}),
    "hard constraints are the filter's business": ([spread(HOSTNAME)], (0, 1, 2), None),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_emptier_the_domain_the_better(case: str) -> None:
    """Nodes a (zone z1), b and c (zone z2)."""
    constraints, counts, expected = TABLE[case]
    new = pod(labels={"app": "x"}, topologySpreadConstraints=constraints)
    assert scores(pod_topology_spread, new, snapshot(*NODES, **placed(*counts))) == expected


def test_nodes_without_the_label_score_zero() -> None:
    """And do not count as a domain."""
    view = snapshot(*NODES, node("d"), **placed(1, 0, 0))
    new = pod(labels={"app": "x"}, topologySpreadConstraints=[spread(ZONE, hard=False)])
    assert scores(pod_topology_spread, new, view) == {"a": 0, "b": 100, "c": 100, "d": 0}


def test_a_pod_of_a_service_spreads_by_default() -> None:
    """Over hosts (maxSkew 3) and zones (maxSkew 5) from the pods that the Service selects."""
    view = snapshot(*NODES, **placed(2, 0, 1))
    new = pod(labels={"app": "x"})
    assert scores(pod_topology_spread, new, view) is None
    service = {
        "kind": "Service",
        "metadata": {"name": "s", "namespace": "default"},
        "spec": {"selector": {"app": "x"}},
    }
    view.workloads.put(service)
    cost = {
        "a": 2 * math.log(5) + 2 + 2 * math.log(4) + 4,
        "b": 2 + math.log(4) + 4,
        "c": math.log(5) + 2 + math.log(4) + 4,
    }
    rounded = {name: math.floor(each + 0.5) for name, each in cost.items()}
    most, least = max(rounded.values()), min(rounded.values())
    expected = {name: 100 * (most + least - each) // most for name, each in rounded.items()}
    assert scores(pod_topology_spread, new, view) == expected
    view.workloads.remove(service)
    assert scores(pod_topology_spread, new, view) is None


def test_a_pod_of_a_replica_set_spreads_by_default() -> None:
    """Kin is what the controlling ReplicaSet selects."""
    view = snapshot(*NODES, **placed(2, 0, 0))
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "controller": True}
    view.workloads.put(
        {
            "kind": "ReplicaSet",
            "metadata": {"name": "rs", "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"app": "x"}}},
        }
    )
    found = scores(pod_topology_spread, pod(labels={"app": "x"}, metadata={"ownerReferences": [owner]}), view)
    assert found is not None
    assert found["a"] < found["b"]


def test_a_node_without_a_name_among_its_labels_is_charged_nothing_by_the_defaults() -> None:
    """The default constraints compare it all the same, and without any such label there is nothing to say."""
    nameless = [node(name) for name in "de"]
    for each in nameless:
        del each["metadata"]["labels"][HOSTNAME]
    service = {"kind": "Service", "metadata": {"namespace": "default", "name": "x"}}
    service["spec"] = {"selector": {"app": "x"}}
    new = pod(labels={"app": "x"})
    view = snapshot(node("a"), nameless[0], a=[pod("p", {"app": "x"})])
    view.workloads.put(service)
    # ln 4 = 1.386: cost 1.386 + 2, rounded 3, of the node with a name, and 0 of the other
    assert scores(pod_topology_spread, new, view) == {"a": 0, "d": 100}
    view = snapshot(*nameless, d=[pod("p", {"app": "x"})])
    view.workloads.put(service)
    assert scores(pod_topology_spread, new, view) == {"d": 100, "e": 100}
