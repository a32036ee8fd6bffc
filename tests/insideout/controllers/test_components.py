"""The smaller controllers in a whole cluster."""

from collections.abc import Callable
from typing import Any

import pytest

from insideout.apimachinery import conditions
from insideout.client import ApiError, Object
from tests import boats
from tests.insideout.controllers.conftest import template

Make = Callable[[int], Any]


def pod(**spec: object) -> Object:
    """Return a Pod's spec."""
    return {"containers": [{"name": "c", "image": "i"}], **spec}


def test_every_namespace_has_a_default_account(cluster: Make) -> None:
    """Which comes back when it is deleted."""
    world = cluster(0)
    world.client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
    world.run(1)
    first = world.client.get("serviceaccounts", "default", "x")
    world.client.delete("serviceaccounts", "default", "x")
    world.run(1)
    assert world.client.get("serviceaccounts", "default", "x")["metadata"]["uid"] != first["metadata"]["uid"]


def test_a_namespace_is_emptied_pods_first(cluster: Make) -> None:
    """And says meanwhile what is left in it."""
    world = cluster(1)
    world.client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
    world.run(1)
    held = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "x"}}
    held["metadata"]["finalizers"] = ["example.com/hold"]
    world.client.create("configmaps", held)
    slow = template("p", "stop 8s")
    slow |= {"apiVersion": "v1", "kind": "Pod"}
    slow["metadata"] |= {"name": "p", "namespace": "x"}
    world.client.create("pods", slow)
    world.run(3)
    world.client.delete("namespaces", "x")
    world.run(8)
    assert "deletionTimestamp" not in world.client.get("configmaps", "c", "x")["metadata"]
    world.run(60)
    namespace = world.client.get("namespaces", "x")
    remaining = conditions.find(namespace, "NamespaceFinalizersRemaining")
    assert remaining["message"] == (
        "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"
    )
    world.client.patch("configmaps", "c", {"metadata": {"finalizers": None}}, "x")
    world.run(60)
    with pytest.raises(ApiError, match="not found"):
        world.client.get("namespaces", "x")


@pytest.mark.parametrize("policy", ["Background", "Foreground", "Orphan"])
def test_what_becomes_of_dependents(cluster: Make, policy: str) -> None:
    """They go after their owner, before it, or stay without it."""
    world = cluster(1)
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": template("web", "stop 3s"),
    }
    world.create("apps/v1", "Deployment", "web", spec)
    world.run(5)
    world.client.delete("deployments", "web", "default", propagation_policy=policy)
    world.run(1)
    assert (world.names("deployments") == ["web"]) is (policy == "Foreground")
    world.run(20)
    stays = policy == "Orphan"
    assert (len(world.names("replicasets")), len(world.names("pods"))) == ((1, 2) if stays else (0, 0))
    if stays:
        left = world.client.list("replicasets", "default")["items"][0]["metadata"]
        assert not left.get("ownerReferences")


def test_an_object_whose_owner_never_was_is_collected(cluster: Make) -> None:
    """Its owner's UID belongs to nobody."""
    world = cluster(0)
    reference = {"apiVersion": "v1", "kind": "Pod", "name": "ghost", "uid": "u"}
    config = {"name": "c", "namespace": "default", "ownerReferences": [reference]}
    world.client.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": config})
    world.run(5)
    assert "c" not in world.names("configmaps")


def test_the_status_of_a_disruption_budget_follows_its_pods(cluster: Make) -> None:
    """And an eviction is refused when it allows none."""
    world = cluster(2)
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template("web")}
    world.create("apps/v1", "Deployment", "web", spec)
    budget = {"minAvailable": 3, "selector": {"matchLabels": {"app": "web"}}}
    world.create("policy/v1", "PodDisruptionBudget", "web", budget)
    world.run(5)
    status = world.get("poddisruptionbudgets", "web")["status"]
    counts = [
        status[key] for key in ("currentHealthy", "desiredHealthy", "expectedPods", "disruptionsAllowed")
    ]
    assert counts == [3, 3, 3, 0]
    name = world.names("pods")[0]
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
    with pytest.raises(ApiError) as refused:
        world.client.create("pods", eviction, "default", name=name, subresource="eviction")
    assert refused.value.code == 429
    world.patch("poddisruptionbudgets", "web", {"spec": {"minAvailable": 2}})
    world.run(1)
    world.client.create("pods", eviction, "default", name=name, subresource="eviction")
    world.run(5)
    assert world.get("poddisruptionbudgets", "web")["status"]["disruptionsAllowed"] == 1


def test_pods_of_a_node_that_is_gone_are_removed(cluster: Make) -> None:
    """After a quarantine; they fail first, with a condition that says why."""
    world = cluster(2)
    world.create("v1", "Pod", "p", pod(nodeName="n0"))
    world.run(2)
    world.nodes.remove("n0")
    world.client.delete("nodes", "n0")
    world.run(30)
    assert world.names("pods") == ["p"]
    world.run(60)
    assert world.names("pods") == []


def test_a_pod_deleted_before_it_was_bound_is_removed(cluster: Make) -> None:
    """No kubelet would."""
    world = cluster(0)
    spec = pod(terminationGracePeriodSeconds=30)
    world.create("v1", "Pod", "p", spec, finalizers=["example.com/hold"])
    world.client.delete("pods", "p", "default")
    world.patch("pods", "p", {"metadata": {"finalizers": None}})
    world.run(30)
    assert world.names("pods") == []


def test_a_node_out_of_service_gives_its_pods_up(cluster: Make) -> None:
    """Its terminating Pods go without their kubelet."""
    world = cluster(2)
    world.create("v1", "Pod", "p", pod(nodeName="n0"))
    world.run(2)
    world.nodes.silence("n0")
    world.run(80)
    world.client.delete("pods", "p", "default")
    world.run(60)
    assert world.names("pods") == ["p"]
    taints = world.client.get("nodes", "n0")["spec"]["taints"]
    taints.append(
        {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
    )
    world.client.patch("nodes", "n0", {"spec": {"taints": taints}})
    world.run(30)
    assert world.names("pods") == []


def test_when_every_node_is_silent_nobody_is_evicted(cluster: Make) -> None:
    """The fault is more likely in between; NoExecute taints are taken back."""
    world = cluster(3)
    for name in ("n0", "n1", "n2"):
        world.nodes.silence(name)
    world.run(120)
    for node in world.client.list("nodes")["items"]:
        assert conditions.status_of(node, "Ready") == "Unknown"
        effects = {taint["effect"] for taint in node["spec"]["taints"]}
        assert effects == {"NoSchedule"}
    for name in ("n0", "n1", "n2"):
        world.nodes.revive(name)
    world.run(20)
    assert not any(node["spec"].get("taints") for node in world.client.list("nodes")["items"])


def test_endpoints_leave_terminating_pods_out_and_slices_do_not(cluster: Make) -> None:
    """The same Service, two lists."""
    world = cluster(2)
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": template("web", "stop 20s"),
    }
    world.create("apps/v1", "ReplicaSet", "web", spec)
    world.create("v1", "Service", "web", {"selector": {"app": "web"}, "ports": [{"port": 80}]})
    world.run(5)
    assert len(world.get("endpoints", "web")["subsets"][0]["addresses"]) == 2
    world.client.delete("replicasets", "web", "default")
    world.run(5)
    assert "subsets" not in world.get("endpoints", "web")
    listed = world.client.list("endpointslices", "default", label_selector="kubernetes.io/service-name=web")
    endpoints = listed["items"][0]["endpoints"]
    assert [e["conditions"] for e in endpoints] == [
        {"ready": False, "serving": True, "terminating": True}
    ] * 2


def test_the_garbage_collector_follows_kinds_that_are_defined_later(cluster: Make) -> None:
    """Custom resources own and are owned."""
    world = cluster(0)
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    world.client.create("customresourcedefinitions", boats.definition(schema))
    world.run(2)
    boat = world.client.create(
        "boats.example.com",
        {"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "b", "namespace": "default"}},
    )
    owner = {"apiVersion": "example.com/v1", "kind": "Boat", "name": "b", "uid": boat["metadata"]["uid"]}
    config = {"name": "c", "namespace": "default", "ownerReferences": [owner]}
    world.client.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": config})
    world.run(2)
    assert "c" in world.names("configmaps")
    world.client.delete("boats.example.com", "b", "default", propagation_policy="Background")
    world.run(5)
    assert "c" not in world.names("configmaps")
