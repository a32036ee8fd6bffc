"""A namespace on its way out says what is in the way, in upstream's words."""

from collections.abc import Iterator

import pytest

from insideout import Cluster
from insideout.client import ApiError, Object

SERVICES = "apiservices.apiregistration.k8s.io"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a cluster with the namespace "x"."""
    made = Cluster.create(nodes=1)
    made.run(seconds=2)
    made.client().create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
    yield made
    made.stop()


def claim(cluster: Cluster) -> None:
    """Register a group whose server is not there."""
    service = {"name": "gone", "namespace": "default"}
    spec = {"group": "gone.example.com", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10}
    body = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": "v1.gone.example.com"},
        "spec": {**spec, "service": service, "insecureSkipTLSVerify": True},
    }
    cluster.client().create(SERVICES, body)


def conditions(cluster: Cluster) -> dict[str, tuple[str, str, str]]:
    """Return status, reason and message by type; nothing when the namespace is gone."""
    try:
        found = cluster.client().get("namespaces", "x")["status"].get("conditions") or []
    except ApiError:
        return {}
    return {each["type"]: (each["status"], each["reason"], each["message"]) for each in found}


def test_a_group_that_nobody_answers_for_holds_the_namespace(cluster: Cluster) -> None:
    """Until its APIService is taken away."""
    claim(cluster)
    cluster.client().delete("namespaces", "x")
    cluster.run(seconds=30)
    found = conditions(cluster)
    assert found["NamespaceDeletionDiscoveryFailure"] == (
        "True",
        "DiscoveryFailed",
        "Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: "
        "gone.example.com/v1: stale GroupVersion discovery: gone.example.com/v1",
    )
    assert found["NamespaceContentRemaining"] == (
        "False",
        "ContentRemoved",
        "All content successfully removed",
    )
    assert list(found) == [
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceDeletionGroupVersionParsingFailure",
        "NamespaceDeletionContentFailure",
        "NamespaceContentRemaining",
        "NamespaceFinalizersRemaining",
    ]
    cluster.client().delete(SERVICES, "v1.gone.example.com")
    cluster.run(minutes=2)
    assert conditions(cluster) == {}


def held(kind: str, name: str, **rest: Object) -> Object:
    metadata = {"name": name, "namespace": "x", "finalizers": ["example.com/hold"]}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **rest}


def test_finalizers_hold_the_namespace(cluster: Cluster) -> None:
    """It says how many objects of which kind remain, and which finalizers they wait for."""
    for name in ("a", "b"):
        cluster.client().create("configmaps", held("ConfigMap", name))
    cluster.client().delete("namespaces", "x")
    cluster.run(seconds=30)
    found = conditions(cluster)
    assert found["NamespaceContentRemaining"] == (
        "True",
        "SomeResourcesRemain",
        "Some resources are remaining: configmaps. has 2 resource instances",
    )
    assert found["NamespaceFinalizersRemaining"] == (
        "True",
        "SomeFinalizersRemain",
        "Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances",
    )
    for name in ("a", "b"):
        cluster.client().patch("configmaps", name, {"metadata": {"finalizers": None}}, "x")
    cluster.run(minutes=1)
    assert conditions(cluster) == {}


def test_what_cannot_be_deleted_is_said(cluster: Cluster) -> None:
    """A webhook that refuses deletions is an error of each kind; other times stay as they were."""
    client = cluster.client()
    client.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, "x")
    hook = {
        "name": "stay.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": {"service": {"name": "gone", "namespace": "default"}},
        "rules": [
            {"operations": ["DELETE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}
        ],
    }
    group = "admissionregistration.k8s.io"
    body = {"apiVersion": f"{group}/v1", "kind": "ValidatingWebhookConfiguration", "webhooks": [hook]}
    client.create(f"validatingwebhookconfigurations.{group}", {**body, "metadata": {"name": "stay"}})
    client.delete("namespaces", "x")
    cluster.run(seconds=30)
    status, reason, message = conditions(cluster)["NamespaceDeletionContentFailure"]
    assert (status, reason) == ("True", "ContentDeletionFailed")
    assert message.startswith(
        "Failed to delete all resource types, 1 remaining: Internal error occurred: failed calling webhook "
        '"stay.example.com": '
    )
    client.delete(f"validatingwebhookconfigurations.{group}", "stay")
    cluster.run(minutes=2)
    assert conditions(cluster) == {}


def test_pods_go_first(cluster: Cluster) -> None:
    """While one is there nothing else is deleted, and what remains is not told."""
    client = cluster.client()
    client.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, "x")
    spec: Object = {"containers": [{"name": "c", "image": "i"}], "terminationGracePeriodSeconds": 20}
    client.create("pods", held("Pod", "p", spec=spec))
    cluster.run(seconds=3)
    client.delete("namespaces", "x")
    cluster.run(seconds=10)
    client.get("configmaps", "a", "x")
    found = conditions(cluster)
    assert found["NamespaceContentRemaining"][0] == "False"
    client.patch("pods", "p", {"metadata": {"finalizers": None}}, "x")
    cluster.run(minutes=1)
    assert conditions(cluster) == {}
