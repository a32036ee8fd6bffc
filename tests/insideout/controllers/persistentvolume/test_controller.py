"""Claims and volumes find each other, say why they cannot, and part as the policy says."""

from collections.abc import Iterator
from typing import Any

import pytest

from insideout import Cluster
from insideout.client import ApiError, Object


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a running cluster with one node."""
    made = Cluster.create(nodes=1)
    made.run(seconds=2)
    yield made
    made.stop()


def claim(cluster: Cluster, name: str = "c", storage_class: str | None = "", **spec: Any) -> None:
    full = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    if storage_class is not None:
        full["storageClassName"] = storage_class
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": full}
    cluster.client().create("persistentvolumeclaims", body, "default")


def volume(cluster: Cluster, name: str, size: str = "1Gi", **spec: Any) -> None:
    source = {} if "csi" in spec or "nfs" in spec else {"hostPath": {"path": f"/tmp/{name}"}}
    full = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}, **source, **spec}
    body = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": full}
    cluster.client().create("persistentvolumes", body)


def storage_class(cluster: Cluster, name: str, **rest: Any) -> None:
    body = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}, **rest}
    cluster.client().create("storageclasses.storage.k8s.io", {"provisioner": "example.com/p", **body})


def claimed(cluster: Cluster, name: str = "c") -> Object:
    return cluster.client().get("persistentvolumeclaims", name, "default")


def phase(cluster: Cluster, name: str) -> str:
    try:
        return str(cluster.client().get("persistentvolumes", name)["status"]["phase"])
    except ApiError:
        return "gone"


def said(cluster: Cluster, name: str = "c") -> list[tuple[str, str, str]]:
    events = cluster.client().list("events", "default")["items"]
    events.sort(key=lambda each: int(each["metadata"]["resourceVersion"]))
    return [
        (each["type"], each["reason"], each["message"])
        for each in events
        if each["involvedObject"]["name"] == name
    ]


def test_a_claim_gets_the_smallest_volume_that_will_do(cluster: Cluster) -> None:
    """Both name each other afterwards, and both are Bound."""
    volume(cluster, "large", "9Gi")
    volume(cluster, "small", "2Gi")
    cluster.run(seconds=1)
    assert phase(cluster, "small") == "Available"
    claim(cluster)
    cluster.run(seconds=1)
    found = claimed(cluster)
    assert found["spec"]["volumeName"] == "small"
    status = {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "2Gi"}}
    assert found["status"] == status
    bound = cluster.client().get("persistentvolumes", "small")
    assert bound["status"]["phase"] == "Bound"
    assert bound["spec"]["claimRef"]["uid"] == found["metadata"]["uid"]
    assert phase(cluster, "large") == "Available"


def test_a_claim_that_came_first_gets_a_volume_that_comes_later(cluster: Cluster) -> None:
    """It says that there is none, and is looked at again after fifteen seconds."""
    claim(cluster)
    cluster.run(seconds=1)
    why = "no persistent volumes available for this claim and no storage class is set"
    assert said(cluster) == [("Normal", "FailedBinding", why)]
    volume(cluster, "v")
    cluster.run(seconds=15)
    assert claimed(cluster)["status"]["phase"] == "Bound"


def test_a_missing_class_is_said(cluster: Cluster) -> None:
    """The claim stays Pending, and the event names the class."""
    claim(cluster, storage_class="fast")
    cluster.run(seconds=20)
    why = 'storageclass.storage.k8s.io "fast" not found'
    assert said(cluster) == [("Warning", "ProvisioningFailed", why)]
    assert claimed(cluster)["status"] == {"phase": "Pending"}
    [event] = cluster.client().list("events", field_selector="reason=ProvisioningFailed")["items"]
    assert event["count"] == 2
    assert event["source"] == {"component": "persistentvolume-controller"}


def test_another_program_is_asked_for_a_volume(cluster: Cluster) -> None:
    """Without that program the claim waits; a plugin that is not there is named."""
    storage_class(cluster, "theirs")
    storage_class(cluster, "old", provisioner="kubernetes.io/gce-pd")
    storage_class(cluster, "static", provisioner="kubernetes.io/no-provisioner")
    for name in ("theirs", "old", "static"):
        claim(cluster, name, name)
    cluster.run(seconds=1)
    [(kind, reason, message)] = said(cluster, "theirs")
    assert (kind, reason) == ("Normal", "ExternalProvisioning")
    assert message.startswith(
        "Waiting for a volume to be created either by the external provisioner 'example"
    )
    marks = claimed(cluster, "theirs")["metadata"]["annotations"]
    assert marks["volume.kubernetes.io/storage-provisioner"] == "example.com/p"
    assert "'pd.csi.storage.gke.io'" in said(cluster, "old")[0][2]
    why = "no volume plugin matched name: kubernetes.io/no-provisioner"
    assert said(cluster, "static") == [("Warning", "ProvisioningFailed", why)]


def test_the_default_class_makes_a_volume_and_takes_it_back(cluster: Cluster) -> None:
    """What it made goes with its claim."""
    claim(cluster, storage_class=None)
    cluster.run(seconds=0)
    found = claimed(cluster)
    name = f"pvc-{found['metadata']['uid']}"
    assert found["spec"]["storageClassName"] == "standard"
    assert (found["spec"]["volumeName"], found["status"]["phase"]) == (name, "Bound")
    assert phase(cluster, name) == "Bound"
    cluster.client().delete("persistentvolumeclaims", "c", "default")
    cluster.run(seconds=1)
    assert phase(cluster, name) == "gone"


def test_delayed_binding_waits_for_a_pod(cluster: Cluster) -> None:
    """A volume that would do is left alone meanwhile."""
    storage_class(cluster, "late", volumeBindingMode="WaitForFirstConsumer")
    volume(cluster, "v", storageClassName="late")
    claim(cluster, storage_class="late")
    cluster.run(seconds=20)
    why = "waiting for first consumer to be created before binding"
    assert said(cluster) == [("Normal", "WaitForFirstConsumer", why)]
    assert phase(cluster, "v") == "Available"


VOLUMES_BY_NAME: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "too small": ({"size": "500Mi"}, ("VolumeMismatch", "requested PV is too small")),
    "another class": ({"storageClassName": "x"}, ("VolumeMismatch", "storageClassName does not match")),
    "another mode": ({"volumeMode": "Block"}, ("VolumeMismatch", "incompatible volumeMode")),
    "other access": ({"accessModes": ["ReadOnlyMany"]}, ("VolumeMismatch", "incompatible accessMode")),
    "taken": (
        {"claimRef": {"name": "other", "namespace": "default"}},
        ("FailedBinding", 'volume "v" already bound to a different claim.'),
    ),
}


@pytest.mark.parametrize("name", VOLUMES_BY_NAME)
def test_a_claim_that_names_its_volume(cluster: Cluster, name: str) -> None:
    """It gets that one or none, and says why."""
    options, (reason, why) = VOLUMES_BY_NAME[name]
    volume(cluster, "v", **options)
    claim(cluster, volumeName="v")
    cluster.run(seconds=1)
    message = why if reason == "FailedBinding" else f'Cannot bind to requested volume "v": {why}'
    assert said(cluster) == [("Warning", reason, message)]
    assert claimed(cluster)["status"]["phase"] == "Pending"


POLICIES: dict[str, tuple[dict[str, Any], str, str]] = {
    "kept": ({"persistentVolumeReclaimPolicy": "Retain"}, "Released", ""),
    "wiped": ({"persistentVolumeReclaimPolicy": "Recycle"}, "Available", "VolumeRecycled"),
    "deleted": ({"persistentVolumeReclaimPolicy": "Delete"}, "gone", ""),
    "not ours to delete": (
        {"persistentVolumeReclaimPolicy": "Delete", "csi": {"driver": "d.example.com", "volumeHandle": "h"}},
        "Released",
        "",
    ),
    "undeletable": (
        {"persistentVolumeReclaimPolicy": "Delete", "nfs": {"server": "s", "path": "/p"}},
        "Failed",
        "VolumeFailedDelete",
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_what_becomes_of_a_volume_without_its_claim(cluster: Cluster, name: str) -> None:
    """Its policy says it, and whether somebody can do it."""
    options, expected, reason = POLICIES[name]
    volume(cluster, "v", **options)
    claim(cluster)
    cluster.run(seconds=20)
    assert phase(cluster, "v") == "Bound"
    cluster.client().delete("persistentvolumeclaims", "c", "default")
    cluster.run(seconds=1)
    assert phase(cluster, "v") == expected
    assert [each[1] for each in said(cluster, "v")] == ([reason] if reason else [])


def test_a_claim_whose_volume_is_gone_is_lost(cluster: Cluster) -> None:
    """It stays lost, and says it once."""
    volume(cluster, "v")
    claim(cluster)
    cluster.run(seconds=20)
    client = cluster.client()
    client.delete("persistentvolumes", "v")
    cluster.run(seconds=1)
    assert phase(cluster, "v") == "Bound"  # protected
    client.patch("persistentvolumes", "v", {"metadata": {"finalizers": None}})
    cluster.run(seconds=1)
    assert claimed(cluster)["status"]["phase"] == "Lost"
    why = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
    assert said(cluster)[-1] == ("Warning", "ClaimLost", why)
