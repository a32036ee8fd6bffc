"""Claims that wait for their first consumer are bound for the node that the consumer gets."""

from collections.abc import Iterator
from typing import Any

import pytest

from insideout import Cluster
from insideout.client import Client, Object

HOSTNAME = "kubernetes.io/hostname"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a cluster of two nodes with two classes for claims that wait."""
    made = Cluster.create(nodes=2)
    made.run(seconds=2)
    for name, provisioner in (("local", "kubernetes.io/no-provisioner"), ("late", "hollow.csi.insideout")):
        body = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
        body |= {"provisioner": provisioner, "volumeBindingMode": "WaitForFirstConsumer"}
        made.client().create("storageclasses.storage.k8s.io", body)
    yield made
    made.stop()


def claim(client: Client, name: str, storage_class: str) -> None:
    asked = {"requests": {"storage": "1Gi"}}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": asked, "storageClassName": storage_class}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}
    client.create("persistentvolumeclaims", body, "default")


def volume(client: Client, name: str, where: str) -> None:
    term = {"matchExpressions": [{"key": HOSTNAME, "operator": "In", "values": [where]}]}
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "storageClassName": "local",
        "local": {"path": "/mnt/disk"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
    }
    body = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}
    client.create("persistentvolumes", body)


def pod(client: Client, name: str, claim_name: str, **spec: Any) -> None:
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": claim_name}}]
    full = {"containers": [{"name": "c", "image": "i"}], "volumes": volumes, **spec}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": full}
    client.create("pods", body, "default")


def node_of(client: Client, name: str) -> str:
    return str(client.get("pods", name, "default")["spec"].get("nodeName", ""))


def bound_to(client: Client, name: str) -> Object:
    found: Object = client.get("persistentvolumeclaims", name, "default")
    return found


def test_a_pod_goes_where_its_volume_is(cluster: Cluster) -> None:
    """Claim and volume are bound before the pod is."""
    client = cluster.client()
    volume(client, "disk", "node-1")
    claim(client, "c", "local")
    pod(client, "p", "c")
    cluster.run(seconds=3)
    assert node_of(client, "p") == "node-1"
    assert bound_to(client, "c")["spec"]["volumeName"] == "disk"


def test_two_pods_do_not_get_one_volume(cluster: Cluster) -> None:
    """The second one waits for another volume, and says so."""
    client = cluster.client()
    volume(client, "disk", "node-1")
    for name in ("a", "b"):
        claim(client, name, "local")
        pod(client, name, name)
    cluster.run(seconds=3)
    assert sorted((node_of(client, "a"), node_of(client, "b"))) == ["", "node-1"]
    waiting = "a" if not node_of(client, "a") else "b"
    [condition] = [
        each
        for each in client.get("pods", waiting, "default")["status"]["conditions"]
        if each["type"] == "PodScheduled"
    ]
    assert "2 node(s) didn't find available persistent volumes to bind" in condition["message"]
    events = client.list("events", "default", field_selector="reason=FailedScheduling")["items"]
    assert [each["message"] for each in events if "running PreBind" in each["message"]] == []
    volume(client, "other", "node-0")
    cluster.run(seconds=5)
    assert node_of(client, waiting) == "node-0"


def test_a_volume_is_made_for_the_chosen_node(cluster: Cluster) -> None:
    """The claim carries the node's name for the provisioner."""
    client = cluster.client()
    claim(client, "c", "late")
    cluster.run(seconds=2)
    assert bound_to(client, "c")["status"]["phase"] == "Pending"
    pod(client, "p", "c", nodeSelector={HOSTNAME: "node-1"})
    cluster.run(seconds=3)
    found = bound_to(client, "c")
    assert found["metadata"]["annotations"]["volume.kubernetes.io/selected-node"] == "node-1"
    assert found["status"]["phase"] == "Bound"
    assert node_of(client, "p") == "node-1"


def test_a_pod_gives_up_after_ten_minutes_and_tries_again(cluster: Cluster) -> None:
    """The event names the plugin that waited in vain."""
    client = cluster.client()
    cluster.replace("hollow-provisioner", None)
    claim(client, "c", "late")
    pod(client, "p", "c")
    cluster.run(minutes=11)
    events = client.list("events", "default", field_selector="reason=FailedScheduling")["items"]
    assert [each["message"] for each in events] == [
        'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
    ]
    cluster.restore("hollow-provisioner")
    cluster.run(minutes=11)
    assert node_of(client, "p")


def test_a_failed_provision_sends_the_pod_elsewhere(cluster: Cluster) -> None:
    """The provisioner says so by taking the node's name away."""
    client = cluster.client()
    cluster.replace("hollow-provisioner", None)
    claim(client, "c", "late")
    pod(client, "p", "c")
    cluster.run(seconds=2)
    marks = {"metadata": {"annotations": {"volume.kubernetes.io/selected-node": None}}}
    client.patch("persistentvolumeclaims", "c", marks, "default")
    cluster.run(seconds=1)
    events = client.list("events", "default", field_selector="reason=FailedScheduling")["items"]
    assert [each["message"] for each in events] == [
        'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "c"'
    ]
