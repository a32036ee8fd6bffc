"""A notebook shows a cluster as nodes with their pods, in words that need no colour."""

import pytest

from insideout.cluster import Cluster
from insideout.view.nodes import MOST_PODS, view


def node(name="n1", ready="True", **spec):
    return {
        "metadata": {"name": name},
        "spec": spec,
        "status": {"conditions": [{"type": "Ready", "status": ready}]},
    }


def pod(name, phase="Running", ready="True", node="n1", namespace="default", deleting=False):
    metadata = {"name": name, "namespace": namespace}
    if deleting:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    conditions = [{"type": "Ready", "status": ready}]
    spec = {"nodeName": node} if node else {}
    return {"metadata": metadata, "spec": spec, "status": {"phase": phase, "conditions": conditions}}


@pytest.mark.parametrize(
    ("nodes", "pods", "text"),
    [
        pytest.param([node()], [], "n1 (Ready): no pods", id="an empty node"),
        pytest.param([node(ready="Unknown")], [], "n1 (NotReady: silent): no pods", id="a silent node"),
        pytest.param([node(ready="False")], [], "n1 (NotReady): no pods", id="a node in trouble"),
        pytest.param([node(unschedulable=True)], [], "n1 (Ready, cordoned): no pods", id="a cordoned node"),
        pytest.param(
            [node()],
            [pod("b", ready="False"), pod("a", deleting=True), pod("c", namespace="shop")],
            "n1 (Ready): a Terminating, b not ready, shop/c Running",
            id="pods by name, others' with their namespace",
        ),
        pytest.param(
            [node()],
            [pod("p", "Pending", node="")],
            "n1 (Ready): no pods\nwithout a node: p Pending",
            id="a pod without a node",
        ),
        pytest.param(
            [], [pod("p", node="gone")], "without a node: p Running", id="a pod whose node is no more"
        ),
    ],
)
def test_the_view_in_words(nodes, pods, text):
    assert str(view(nodes, pods)) == text


def test_the_html_has_the_words_and_escapes_names():
    shown = view([node()], [pod("<b>")], stopped=("kube-proxy",)).html()
    assert "&lt;b&gt;" in shown
    assert "<b>&lt;" not in shown
    assert 'aria-label="n1 (Ready): &lt;b&gt; Running; stopped: kube-proxy"' in shown


def test_many_pods_are_counted():
    shown = view([node()], [pod(f"p{number:03}") for number in range(MOST_PODS + 5)]).html()
    assert "5 more pods" in shown
    assert "p028" not in shown.split("aria-label", 1)[1].split(">", 1)[1]


def test_a_cluster_shows_itself_and_what_is_stopped():
    with Cluster.create(nodes=1) as cluster:
        cluster.run(seconds=1)
        assert repr(cluster) == "node-0 (Ready): no pods"
        cluster.replace("kube-scheduler", None)
        assert repr(cluster) == "node-0 (Ready): no pods\nstopped: kube-scheduler"
        assert "kube-scheduler" in cluster._repr_html_()
        cluster.replace("kube-apiserver", None)
        assert repr(cluster) == "stopped: kube-apiserver, kube-scheduler"


def test_a_log_is_kept_when_it_is_asked_for():
    with Cluster.create(nodes=1, log=True) as cluster:
        assert len(cluster.log) > 0
        cluster.log.clear()
        cluster.core.list_namespaced_pod("default")
        assert [(entry.verb, entry.resource) for entry in cluster.log] == [("list", "pods")]


def test_a_cluster_without_a_log_says_how_to_get_one():
    with Cluster.create(nodes=1) as cluster, pytest.raises(LookupError, match="log=True"):
        _ = cluster.log
