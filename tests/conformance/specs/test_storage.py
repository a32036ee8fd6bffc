"""Specs of volumes and of what bounds a namespace's containers.

Source: test/e2e/storage/persistent_volumes.go, scheduling/limit_range.go@v1.36.2.
"""

from typing import Any

from tests.conformance.specs.api import MERGE, STRATEGIC, Api

Object = dict[str, Any]

VOLUMES = "/api/v1/persistentvolumes"


def claims(api: Api) -> str:
    """Return the path of the namespace's claims."""
    return f"/api/v1/namespaces/{api.namespace}/persistentvolumeclaims"


def pair(api: Api) -> tuple[Object, Object]:
    """Create a volume and a claim that the spec's own class brings together."""
    wanted = {"storageClassName": api.namespace, "accessModes": ["ReadWriteOnce"]}
    metadata = {"generateName": f"{api.namespace}-", "labels": {"e2e-pv-pool": api.namespace}}
    csi = {"driver": "e2e.example.com", "volumeHandle": "e2e-conformance"}
    spec = {**wanted, "capacity": {"storage": "2Gi"}, "csi": csi}
    volume = api.create(VOLUMES, {"metadata": metadata, "spec": spec})
    spec = {**wanted, "resources": {"requests": {"storage": "2Gi"}}}
    return volume, api.create(claims(api), {"metadata": {"generateName": "pvc-"}, "spec": spec})


def test_should_run_through_the_lifecycle_of_a_pv_and_a_pvc(api: Api) -> None:
    """They are patched, updated and deleted, one by one and as collections."""
    ours = {"labelSelector": f"e2e-pv-pool={api.namespace}"}
    volume, claim = pair(api)
    volume_path = f"{VOLUMES}/{volume['metadata']['name']}"
    claim_path = f"{claims(api)}/{claim['metadata']['name']}"
    label = {"metadata": {"labels": {"x": "patched"}}}
    assert api.patch(volume_path, label, STRATEGIC)["metadata"]["labels"]["x"] == "patched"
    assert api.patch(claim_path, label, STRATEGIC)["metadata"]["labels"]["x"] == "patched"
    api.cluster.run(seconds=1)
    assert [api.get(path)["status"]["phase"] for path in (volume_path, claim_path)] == ["Bound", "Bound"]
    api.delete(claim_path)
    api.cluster.run(seconds=1)
    assert api.names(claims(api)) == []
    assert api.get(volume_path)["status"]["phase"] == "Released"
    api.delete(volume_path)
    api.cluster.run(seconds=1)
    assert api.names(VOLUMES, **ours) == []

    volume, claim = pair(api)
    api.cluster.run(seconds=1)
    found = api.get(f"{claims(api)}/{claim['metadata']['name']}")
    found["metadata"]["labels"] = {"x": "updated"}
    api.replace(f"{claims(api)}/{claim['metadata']['name']}", found)
    everywhere = api.names("/api/v1/persistentvolumeclaims", labelSelector="x=updated")
    assert everywhere == [found["metadata"]["name"]]
    api.delete(claims(api), labelSelector="x=updated")
    api.cluster.run(seconds=1)
    assert api.names(claims(api)) == []
    api.delete(VOLUMES, **ours)
    api.cluster.run(seconds=1)
    assert api.names(VOLUMES, **ours) == []


def test_should_apply_changes_to_a_pv_pvc_status(api: Api) -> None:
    """A patch of the status leaves what the controllers wrote."""
    volume, claim = pair(api)
    api.cluster.run(seconds=1)
    condition = {"type": "StatusPatched", "status": "True", "reason": "E2E", "message": "Set from e2e test"}
    path = f"{claims(api)}/{claim['metadata']['name']}/status"
    assert api.get(path)["status"]["phase"] == "Bound"
    patched = api.patch(path, {"status": {"conditions": [condition]}}, MERGE)
    patched["status"]["conditions"].append({**condition, "type": "StatusUpdated"})
    updated = api.replace(path, patched)["status"]
    assert [each["type"] for each in updated["conditions"]] == ["StatusPatched", "StatusUpdated"]
    assert updated["phase"] == "Bound"
    path = f"{VOLUMES}/{volume['metadata']['name']}/status"
    said = {"message": "StatusPatched", "reason": "E2E patchStatus"}
    patched = api.patch(path, {"status": said}, MERGE)
    assert patched["status"].items() >= {**said, "phase": "Bound"}.items()
    patched["status"]["message"] = "StatusUpdated"
    assert api.replace(path, patched)["status"]["message"] == "StatusUpdated"
    api.delete(claims(api), labelSelector="x!=y")
    api.delete(f"{VOLUMES}/{volume['metadata']['name']}")
    api.cluster.run(seconds=1)


def amounts(cpu: str, memory: str, storage: str) -> Object:
    """Return amounts of resources; those that are empty are left out."""
    given = {"cpu": cpu, "memory": memory, "ephemeral-storage": storage}
    return {name: value for name, value in given.items() if value}


def test_should_create_a_limit_range_and_ensure_pods_have_its_defaults_applied(api: Api) -> None:
    """Bounds hold as soon as they are written, and no longer than they are there."""
    ranges, pods = (f"/api/v1/namespaces/{api.namespace}/{plural}" for plural in ("limitranges", "pods"))
    most, usual = amounts("500m", "500Mi", "500Gi"), amounts("100m", "200Mi", "200Gi")
    item = {
        "type": "Container",
        "min": amounts("50m", "100Mi", "100Gi"),
        "max": most,
        "default": most,
        "defaultRequest": usual,
    }
    made = api.create(ranges, {"metadata": {"name": "limit-range"}, "spec": {"limits": [item]}})
    assert made["spec"]["limits"] == [item]

    def pod(name: str, requests: Object, limits: Object) -> Object:
        container = {"name": "c", "image": "pause", "resources": {"requests": requests, "limits": limits}}
        return {"metadata": {"name": name}, "spec": {"containers": [container]}}

    created = api.create(pods, pod("without", {}, {}))
    assert created["spec"]["containers"][0]["resources"] == {"requests": usual, "limits": most}
    created = api.create(pods, pod("partial", amounts("", "150Mi", "150Gi"), amounts("300m", "", "")))
    assert created["spec"]["containers"][0]["resources"] == {
        "requests": amounts("300m", "150Mi", "150Gi"),
        "limits": amounts("300m", "500Mi", "500Gi"),
    }
    little = pod("p", amounts("10m", "50Mi", "50Gi"), {})
    much = pod("q", amounts("600m", "600Mi", "600Gi"), {})
    assert api.code("POST", pods, little) == 403
    assert api.code("POST", pods, much) in (403, 422)
    made["spec"]["limits"][0]["min"] = amounts("9m", "49Mi", "49Gi")
    api.replace(f"{ranges}/limit-range", made)
    api.create(pods, little)
    assert api.code("POST", pods, much) in (403, 422)
    api.delete(f"{ranges}/limit-range")
    api.create(pods, much)
