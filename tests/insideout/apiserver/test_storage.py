"""Admission gives claims their class and what uses storage its protection; growth needs the class's leave."""

from typing import Any

from .conftest import Api

CLASSES, VOLUMES = "/apis/storage.k8s.io/v1/storageclasses", "/api/v1/persistentvolumes"


def claim(name: str = "c", **spec: Any) -> dict[str, Any]:
    full = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": full,
    }


def storage_class(api: Api, name: str, *, default: bool = False, **rest: Any) -> Any:
    marks = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    metadata = {"name": name, "annotations": marks}
    body = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata, **rest}
    return api.ok("POST", CLASSES, {"provisioner": "example.com/p", **body})


def volume(name: str) -> dict[str, Any]:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "hostPath": {"path": "/tmp/x"},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}


def test_a_claim_without_a_class_gets_the_default_one(api: Api) -> None:
    """Unless there is none, or the claim says that it wants none."""
    assert "storageClassName" not in api.ok("POST", "persistentvolumeclaims", claim("early"))["spec"]
    storage_class(api, "other")
    made = storage_class(api, "fast", default=True)
    assert (made["reclaimPolicy"], made["volumeBindingMode"]) == ("Delete", "Immediate")
    assert api.ok("POST", "persistentvolumeclaims", claim("late"))["spec"]["storageClassName"] == "fast"
    none = api.ok("POST", "persistentvolumeclaims", claim("none", storageClassName=""))
    assert none["spec"]["storageClassName"] == ""


def test_claims_and_volumes_are_protected(api: Api) -> None:
    """A deletion waits for whoever takes the finalizer away."""
    assert api.ok("POST", "persistentvolumeclaims", claim())["metadata"]["finalizers"] == [
        "kubernetes.io/pvc-protection"
    ]
    created = api.ok("POST", VOLUMES, volume("v"))
    assert created["metadata"]["finalizers"] == ["kubernetes.io/pv-protection"]
    assert created["status"]["phase"] == "Pending"
    assert "deletionTimestamp" in api.ok("DELETE", f"{VOLUMES}/v")["metadata"]
    api.ok("GET", f"{VOLUMES}/v")


def test_a_volume_says_since_when_it_has_its_phase(api: Api) -> None:
    """The time changes with the phase, not with other changes of the status."""
    first = api.ok("POST", VOLUMES, volume("v"))["status"]["lastPhaseTransitionTime"]
    api.loop.run(5)
    same = api.merge(f"{VOLUMES}/v/status", {"status": {"message": "hello"}})
    assert same["status"]["lastPhaseTransitionTime"] == first
    moved = api.merge(f"{VOLUMES}/v/status", {"status": {"phase": "Available"}})
    assert moved["status"]["lastPhaseTransitionTime"] != first


def test_only_a_bound_claim_of_a_class_that_allows_it_grows(api: Api) -> None:
    """Each refusal has its own words."""
    storage_class(api, "fixed")
    storage_class(api, "elastic", allowVolumeExpansion=True)
    grow = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    merge = "application/merge-patch+json"
    for name in ("fixed", "elastic"):
        api.ok("POST", "persistentvolumeclaims", claim(name, storageClassName=name))
    path = "persistentvolumeclaims/elastic"
    code, _, message = api.refused("PATCH", path, grow, content_type=merge)
    assert code == 422  # the rules of the kind come first
    assert "spec is immutable after creation" in message
    for name in ("fixed", "elastic"):
        api.merge(f"persistentvolumeclaims/{name}/status", {"status": {"phase": "Bound"}})
    code, _, message = api.refused("PATCH", "persistentvolumeclaims/fixed", grow, content_type=merge)
    assert (code, message) == (
        403,
        'persistentvolumeclaims "fixed" is forbidden: only dynamically provisioned pvc can be resized and '
        "the storageclass that provisions the pvc must support resize",
    )
    assert api.merge(path, grow)["spec"]["resources"]["requests"]["storage"] == "2Gi"
