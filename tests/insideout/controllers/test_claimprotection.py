"""A claim in use stays when it is deleted, and goes when its last pod has gone."""

from collections.abc import Iterator

import pytest

from insideout import Cluster
from insideout.client import ApiError


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a cluster with a claim, and a pod that uses it."""
    made = Cluster.create(nodes=1)
    made.run(seconds=2)
    client = made.client()
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": spec}
    client.create("persistentvolumeclaims", body, "default")
    volume = {"name": "d", "persistentVolumeClaim": {"claimName": "c"}}
    pod = {"containers": [{"name": "c", "image": "i"}], "volumes": [volume]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": pod}
    client.create("pods", body, "default")
    made.run(seconds=3)
    yield made
    made.stop()


def exists(cluster: Cluster) -> bool:
    try:
        cluster.client().get("persistentvolumeclaims", "c", "default")
    except ApiError:
        return False
    return True


def test_a_claim_stays_while_a_pod_uses_it(cluster: Cluster) -> None:
    """It shows that it is on its way out, and goes with the pod; so does its volume."""
    client = cluster.client()
    client.delete("persistentvolumeclaims", "c", "default")
    cluster.run(minutes=1)
    assert "deletionTimestamp" in client.get("persistentvolumeclaims", "c", "default")["metadata"]
    client.delete("pods", "p", "default")
    cluster.run(minutes=1)
    assert not exists(cluster)
    assert client.list("persistentvolumes")["items"] == []


def test_a_pod_that_ended_still_uses_its_claims(cluster: Cluster) -> None:
    """Only its deletion gives them back."""
    client = cluster.client()
    client.patch("pods", "p", {"status": {"phase": "Succeeded"}}, "default", subresource="status")
    client.delete("persistentvolumeclaims", "c", "default")
    cluster.run(seconds=5)
    assert exists(cluster)
    client.delete("pods", "p", "default", grace_period_s=0)
    cluster.run(seconds=5)
    assert not exists(cluster)


def test_an_unused_claim_goes_at_once(cluster: Cluster) -> None:
    """A pod that no node has yet does not hold it."""
    client = cluster.client()
    client.delete("pods", "p", "default", grace_period_s=0)
    client.delete("persistentvolumeclaims", "c", "default")
    cluster.run(seconds=0)
    assert not exists(cluster)


def test_a_claim_that_lacks_its_finalizer_gets_it(cluster: Cluster) -> None:
    """Whoever took it away."""
    client = cluster.client()
    client.patch("persistentvolumeclaims", "c", {"metadata": {"finalizers": None}}, "default")
    cluster.run(seconds=1)
    found = client.get("persistentvolumeclaims", "c", "default")["metadata"]["finalizers"]
    assert found == ["kubernetes.io/pvc-protection"]
