"""Specs "should support ... API operations": every verb and discovery, on each kind that is stored.

Source: test/e2e/apimachinery/flowcontrol.go, apps/cronjob.go, auth/certificates.go, dra/dra.go,
instrumentation/events.go, network/{ingress,ingressclass,service_cidrs}.go, common/node/podtemplates.go,
scheduling/limit_range.go, storage/{csi_inline,csi_node,csistoragecapacity,persistent_volumes,storageclass,
volume_attachment,volumeattributesclass}.go@v1.36.2.
"""

from typing import Any

import pytest

from tests.conformance.specs.api import APPLY, JSON_PATCH, MERGE, STRATEGIC, Api
from tests.conformance.specs.stored import KINDS, Stored

Object = dict[str, Any]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Give each kind by its name."""
    return str(request.param)


def new(api: Api, kind: str, stored: Stored, name: str) -> Object:
    """Return a new object with a label of the specs."""
    group = f"{stored.group}/{stored.version}" if stored.group else stored.version
    metadata = {"name": name, "labels": {"special": "spec"}}
    content = stored.content
    if kind == "Event":
        content = {**content, "regarding": {**content["regarding"], "namespace": api.namespace}}
    return {"apiVersion": group, "kind": kind, "metadata": metadata, **content}


def test_discovery_lists_it(api: Api, kind: str) -> None:
    """The group, its version and the resource with its subresources are found."""
    stored = KINDS[kind]
    if stored.group:
        groups = {each["name"]: each for each in api.get("/apis/")["groups"]}
        versions = [each["version"] for each in groups[stored.group]["versions"]]
        assert stored.version in versions
        assert api.get(f"/apis/{stored.group}")["preferredVersion"]["version"] == versions[0]
    found = {each["name"]: each for each in api.get(stored.root)["resources"]}
    assert found[stored.plural]["kind"] == kind
    assert found[stored.plural]["namespaced"] is stored.namespaced
    assert (f"{stored.plural}/status" in found) is (stored.status is not None)


def test_every_verb_works(api: Api, kind: str) -> None:
    """Create, get, list, watch, patch, update, delete, delete a collection."""
    stored = KINDS[kind]
    path = stored.path(api.namespace)
    made = api.create(path, new(api, kind, stored, stored.name))
    version = made["metadata"]["resourceVersion"]
    assert api.get(f"{path}/{stored.name}")["metadata"]["uid"] == made["metadata"]["uid"]
    listed = api.get(path, labelSelector="special=spec")["items"]
    assert [each["metadata"]["name"] for each in listed] == [stored.name]
    everywhere = api.get(f"{stored.root}/{stored.plural}", labelSelector="special=spec")["items"]
    assert len(everywhere) == 1

    changed = api.patch(f"{path}/{stored.name}", stored.change, MERGE)
    assert changed["metadata"]["resourceVersion"] != version
    if stored.generation:
        assert (made["metadata"]["generation"], changed["metadata"]["generation"]) == (1, 2)
    changed["metadata"].setdefault("annotations", {})["updated"] = "true"
    updated = api.replace(f"{path}/{stored.name}", changed)
    assert updated["metadata"]["annotations"]["updated"] == "true"
    told = api.watch(path, version, labelSelector="special=spec")
    assert {type_ for type_, _ in told} == {"MODIFIED"}
    assert told[-1][1]["metadata"]["annotations"]["updated"] == "true"

    api.delete(f"{path}/{stored.name}")
    api.cluster.run(seconds=1)
    assert api.code("GET", f"{path}/{stored.name}") == 404
    second = stored.name if kind == "IPAddress" else "two"
    api.create(path, new(api, kind, stored, second))
    api.delete(path, labelSelector="special=spec")
    api.cluster.run(seconds=1)
    assert api.get(path, labelSelector="special=spec")["items"] == []


@pytest.mark.parametrize("content_type", [MERGE, STRATEGIC, APPLY, JSON_PATCH])
def test_every_patch_works(api: Api, kind: str, content_type: str) -> None:
    """The four kinds of patch set a label."""
    stored = KINDS[kind]
    path = stored.path(api.namespace)
    made = api.create(path, new(api, kind, stored, stored.name))
    patch: Any = {"metadata": {"labels": {"patched": "yes"}}}
    query = {}
    if content_type == JSON_PATCH:
        patch = [{"op": "add", "path": "/metadata/labels/patched", "value": "yes"}]
    if content_type == APPLY:
        patch = {"apiVersion": made["apiVersion"], "kind": kind, **patch}
        query = {"fieldManager": "spec", "force": "true"}
    found = api.patch(f"{path}/{stored.name}", patch, content_type, **query)
    assert found["metadata"]["labels"] == {"special": "spec", "patched": "yes"}
    api.delete(f"{path}/{stored.name}")


@pytest.mark.parametrize("kind", [name for name, stored in KINDS.items() if stored.status is not None])
def test_status_has_a_door_of_its_own(api: Api, kind: str) -> None:
    """Read, patched and replaced below /status; the object's own door leaves it alone."""
    stored = KINDS[kind]
    path = stored.path(api.namespace)
    api.create(path, new(api, kind, stored, stored.name))
    door = f"{path}/{stored.name}/status"
    assert api.get(door)["metadata"]["name"] == stored.name
    patched = api.patch(door, {"status": stored.status}, MERGE)
    key = list(stored.status or {})[-1]
    shown = patched["status"][key]
    assert shown
    patched["metadata"].setdefault("annotations", {})["x"] = "y"
    replaced = api.replace(door, {**patched, "status": stored.status})
    assert replaced["status"][key] == shown
    without = {name: value for name, value in replaced.items() if name != "status"}
    assert api.replace(f"{path}/{stored.name}", without)["status"][key] == shown
    api.delete(f"{path}/{stored.name}")
