"""A pod's own volumes get claims that live as long as the pod."""

from collections.abc import Iterator

import pytest

from insideout import Cluster
from insideout.client import Client

TEMPLATE = {
    "metadata": {"labels": {"a": "b"}},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a running cluster."""
    made = Cluster.create(nodes=1)
    made.run(seconds=2)
    yield made
    made.stop()


def pod(client: Client) -> None:
    volumes = [{"name": "v", "ephemeral": {"volumeClaimTemplate": TEMPLATE}}]
    spec = {"containers": [{"name": "c", "image": "i"}], "volumes": volumes}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    client.create("pods", body, "default")


def test_the_claim_comes_and_goes_with_the_pod(cluster: Cluster) -> None:
    """It is named after both, and the pod waits for it."""
    client = cluster.client()
    pod(client)
    cluster.run(seconds=4)
    claim = client.get("persistentvolumeclaims", "p-v", "default")
    assert claim["metadata"]["labels"] == {"a": "b"}
    assert claim["status"]["phase"] == "Bound"
    assert client.get("pods", "p", "default")["status"]["phase"] == "Running"
    client.delete("pods", "p", "default", grace_period_s=0)
    cluster.run(seconds=4)
    assert client.list("persistentvolumeclaims", "default")["items"] == []
    assert client.list("persistentvolumes")["items"] == []


def test_a_claim_of_others_is_not_taken(cluster: Cluster) -> None:
    """The pod says so and waits."""
    client = cluster.client()
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "p-v"}, **TEMPLATE}
    client.create("persistentvolumeclaims", {**body, "metadata": {"name": "p-v"}}, "default")
    pod(client)
    cluster.run(seconds=2)
    [event] = client.list("events", "default", field_selector="reason=FailedBinding")["items"]
    assert event["message"] == (
        "ephemeral volume v: PVC default/p-v was not created for pod default/p (pod is not owner)"
    )
