"""The stand-in makes volumes as a CSI driver's helpers do, and lets them grow."""

from insideout import Cluster


def test_a_volume_grows_with_its_claim() -> None:
    """Volume and claim say the new size, and events tell of it."""
    cluster = Cluster.create(nodes=1)
    cluster.run(seconds=2)
    client = cluster.client()
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": spec}
    client.create("persistentvolumeclaims", body, "default")
    cluster.run(seconds=1)
    larger = {"spec": {"resources": {"requests": {"storage": "3Gi"}}}}
    client.patch("persistentvolumeclaims", "c", larger, "default")
    cluster.run(seconds=1)
    claim = client.get("persistentvolumeclaims", "c", "default")
    volume = client.get("persistentvolumes", claim["spec"]["volumeName"])
    assert claim["status"]["capacity"] == volume["spec"]["capacity"] == {"storage": "3Gi"}
    events = client.list("events", "default", field_selector="involvedObject.name=c")["items"]
    reasons = [each["reason"] for each in sorted(events, key=lambda e: int(e["metadata"]["resourceVersion"]))]
    assert reasons == [
        "ExternalProvisioning",
        "Provisioning",
        "ProvisioningSucceeded",
        "Resizing",
        "VolumeResizeSuccessful",
    ]


def test_a_volume_carries_what_its_class_and_claim_say() -> None:
    """Parameters go to the driver, the policy to the volume."""
    cluster = Cluster.create(nodes=1)
    cluster.run(seconds=2)
    client = cluster.client()
    made = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "kept"},
        "provisioner": "hollow.csi.insideout",
        "parameters": {"tier": "gold"},
        "mountOptions": ["ro"],
        "reclaimPolicy": "Retain",
    }
    client.create("storageclasses.storage.k8s.io", made)
    asked = {"requests": {"storage": "1Gi"}}
    spec = {"accessModes": ["ReadWriteMany"], "resources": asked, "storageClassName": "kept"}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": spec}
    client.create("persistentvolumeclaims", body, "default")
    cluster.run(seconds=1)
    [volume] = client.list("persistentvolumes")["items"]
    assert volume["spec"]["csi"]["volumeAttributes"] == {"tier": "gold"}
    assert volume["spec"]["mountOptions"] == ["ro"]
    assert volume["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert "external-provisioner.volume.kubernetes.io/finalizer" not in volume["metadata"]["finalizers"]
