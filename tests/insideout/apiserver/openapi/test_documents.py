"""The OpenAPI documents as kubectl reads them: what it looks for, where, and that it all hangs together."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from insideout.apiserver.kinds import ANSWERED, BUILT_IN, Kind, Subresource
from insideout.apiserver.openapi.documents import Documents
from insideout.apiserver.registry import Registry
from insideout.apiserver.requests import Request
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop

Object = dict[str, Any]
SCHEMA = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
}
BOATS = Kind(
    "example.com",
    "v1",
    "Boat",
    "boats",
    "boat",
    subresources=(Subresource("status", ("get", "patch", "update")),),
    definition={"name": "v1", "schema": {"openAPIV3Schema": SCHEMA}},
)
PATCH_TYPES = {"application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"}


def registry(*kinds: Kind) -> Registry:
    """Return a registry that serves these kinds besides the built-in ones."""
    found = Registry()
    for kind in kinds:
        found.add(kind)
    return found


def version_3(path: str, *kinds: Kind) -> Object:
    """Return a document of version 3."""
    document = Documents(registry(*kinds)).version_3(path)
    assert document is not None
    body: Object = json.loads(document.body)
    return body


def paths(documents: Documents) -> list[str]:
    """Return the documents that the index names."""
    return list(json.loads(documents.index())["paths"])


def references(value: Any) -> Iterator[str]:
    """Yield the target of every reference inside a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_leads_to_a_schema() -> None:
    """A client that follows any reference of any document finds a schema."""
    documents = Documents(registry(BOATS))
    for path in paths(documents):
        document = version_3(path, BOATS)
        names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
        assert set(references(document)) <= names, path
    second = json.loads(documents.version_2().body)
    assert set(references(second)) <= {f"#/definitions/{name}" for name in second["definitions"]}


def test_the_index_names_a_document_for_every_group_and_version() -> None:
    """The index and the registry agree."""
    found = paths(Documents(registry(BOATS)))
    assert "api/v1" in found
    assert "apis/example.com/v1" in found
    kinds = [*BUILT_IN, BOATS]
    expected = {f"apis/{each.group}/{each.version}" if each.group else "api/v1" for each in kinds}
    assert expected <= set(found)
    assert len(found) == len({(each.group, each.version) for each in registry(BOATS)})


@pytest.mark.parametrize("path", ["apis/nobody/v1", "apis/apps/v2", "api/v2", "apis/v1", "api", "x/apps/v1"])
def test_what_is_not_served_has_no_document(path: str) -> None:
    """A document that the index does not name is not there."""
    assert Documents(Registry()).version_3(path) is None


def test_a_document_describes_each_kind_of_its_group() -> None:
    """Every kind is found by group, version and kind, which is how kubectl looks for it."""
    for kind in BUILT_IN:
        path = f"apis/{kind.group}/{kind.version}" if kind.group else f"api/{kind.version}"
        schemas = version_3(path)["components"]["schemas"]
        named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
        assert [
            name for name, each in schemas.items() if each.get("x-kubernetes-group-version-kind") == [named]
        ], kind


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("apis/apps/v1", "io.k8s.api.apps.v1.Deployment"),
        ("apis/apps/v1", "io.k8s.api.apps.v1.DeploymentSpec"),
        ("apis/apps/v1", "io.k8s.api.core.v1.PodTemplateSpec"),
        ("apis/apps/v1", "io.k8s.api.core.v1.PodSpec"),
        ("apis/apps/v1", "io.k8s.api.core.v1.EnvVar"),
        ("apis/batch/v1", "io.k8s.api.batch.v1.JobSpec"),
        ("apis/batch/v1", "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"),
        ("api/v1", "io.k8s.api.core.v1.ServicePort"),
        ("api/v1", "io.k8s.api.core.v1.Event"),
        ("apis/discovery.k8s.io/v1", "io.k8s.api.discovery.v1.EndpointSlice"),
        ("apis/discovery.k8s.io/v1", "io.k8s.api.core.v1.ObjectReference"),
        (
            "apis/apiextensions.k8s.io/v1",
            _CRD := "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
        ),
        ("apis/apiextensions.k8s.io/v1", _CRD.replace("CustomResourceDefinition", "ServiceReference")),
        ("apis/example.com/v1", "com.example.v1.Boat"),
    ],
)
def test_schemas_are_named_as_upstream(path: str, name: str) -> None:
    """A type is named after the Go package it lives in."""
    assert name in version_3(path, BOATS)["components"]["schemas"]


def test_lists_say_how_they_merge() -> None:
    """From these extensions kubectl computes its patches."""
    schemas = version_3("apis/apps/v1")["components"]["schemas"]
    pod_spec = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]
    assert pod_spec["containers"]["x-kubernetes-patch-merge-key"] == "name"
    assert pod_spec["containers"]["x-kubernetes-patch-strategy"] == "merge"
    assert pod_spec["containers"]["x-kubernetes-list-map-keys"] == ["name"]
    assert pod_spec["volumes"]["x-kubernetes-patch-strategy"] == "merge,retainKeys"
    assert pod_spec["nodeSelector"]["x-kubernetes-map-type"] == "atomic"
    container = schemas["io.k8s.api.core.v1.Container"]["properties"]
    assert container["ports"]["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"]
    assert container["ports"]["x-kubernetes-patch-merge-key"] == "containerPort"
    assert container["args"]["x-kubernetes-list-type"] == "atomic"
    assert "x-kubernetes-patch-merge-key" not in container["args"]
    deployment = schemas["io.k8s.api.apps.v1.DeploymentSpec"]
    assert deployment["properties"]["strategy"]["x-kubernetes-patch-strategy"] == "retainKeys"
    assert deployment["required"] == ["selector", "template"]


def test_fields_have_types_and_descriptions() -> None:
    """Field by field, what kubectl explain shows."""
    schemas = version_3("api/v1")["components"]["schemas"]
    container = schemas["io.k8s.api.core.v1.Container"]["properties"]
    assert container["image"]["type"] == "string"
    assert "Container image name" in container["image"]["description"]
    assert schemas["io.k8s.api.core.v1.Secret"]["properties"]["data"]["additionalProperties"] == {
        "type": "string",
        "format": "byte",
    }
    limits = schemas["io.k8s.api.core.v1.ResourceRequirements"]["properties"]["limits"]
    quantity = "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"
    assert limits["additionalProperties"] == {"$ref": quantity}
    port = schemas["io.k8s.api.core.v1.ServicePort"]["properties"]
    assert port["nodePort"]["format"] == "int32"
    assert port["targetPort"]["allOf"] == [
        {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString"}
    ]


def test_fields_that_are_objects_and_types_have_descriptions() -> None:
    """What the official client leaves out: kubectl explain deployment.spec.strategy shows both."""
    schemas = version_3("apis/apps/v1")["components"]["schemas"]
    strategy = schemas["io.k8s.api.apps.v1.DeploymentSpec"]["properties"]["strategy"]
    text = "The deployment strategy to use to replace existing pods with new ones."
    assert strategy["description"] == text
    assert "describes how to replace" in schemas["io.k8s.api.apps.v1.DeploymentStrategy"]["description"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, found in schema.get("properties", {}).items()
        if "description" not in found and not name.endswith("List")
    ]
    assert bare == []


def test_patches_say_what_they_take() -> None:
    """Clients ask here whether the server validates fields, and whether it takes strategic merge patches."""
    patch = version_3("api/v1")["paths"]["/api/v1/namespaces/{namespace}/pods/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == {"group": "", "version": "v1", "kind": "Pod"}
    names = {each["name"] for each in patch["parameters"]}
    assert {"dryRun", "fieldManager", "fieldValidation", "force"} <= names
    assert set(patch["requestBody"]["content"]) == {
        *PATCH_TYPES,
        "application/strategic-merge-patch+json",
    }


def test_custom_resources_have_no_strategic_merge_patch() -> None:
    """The server refuses it with 415, so the document does not offer it."""
    document = version_3("apis/example.com/v1", BOATS)
    patch = document["paths"]["/apis/example.com/v1/namespaces/{namespace}/boats/{name}"]["patch"]
    assert set(patch["requestBody"]["content"]) == PATCH_TYPES
    assert "/apis/example.com/v1/namespaces/{namespace}/boats/{name}/status" in document["paths"]


def test_a_custom_resource_has_the_fields_of_every_object() -> None:
    """Its own schema need not mention apiVersion, kind and metadata."""
    schemas = version_3("apis/example.com/v1", BOATS)["components"]["schemas"]
    boat = schemas["com.example.v1.Boat"]["properties"]
    assert set(boat) == {"apiVersion", "kind", "metadata", "spec"}
    meta = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    assert boat["metadata"]["allOf"] == [{"$ref": meta}]
    assert boat["metadata"]["description"].startswith("Standard object's metadata. More info: https://")
    assert boat["spec"] == SCHEMA["properties"]["spec"]  # type: ignore[index]
    assert schemas["com.example.v1.BoatList"]["properties"]["items"]["items"] == {
        "$ref": "#/components/schemas/com.example.v1.Boat"
    }


def test_only_what_can_be_listed_has_a_list() -> None:
    """Reviews and bindings are answered, never stored."""
    for kind in ANSWERED:
        if "list" in kind.verbs:
            continue
        path = f"apis/{kind.group}/{kind.version}" if kind.group else "api/v1"
        schemas = version_3(path)["components"]["schemas"]
        assert not [name for name in schemas if name.endswith(f".{kind.kind}List")]


def test_version_2_has_the_same_types() -> None:
    """Version 2 names and describes the same, with consumes in place of requestBody."""
    second = json.loads(Documents(registry(BOATS)).version_2().body)
    assert second["swagger"] == "2.0"
    patch = second["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert "application/strategic-merge-patch+json" in patch["consumes"]
    assert "requestBody" not in patch
    third = version_3("apis/apps/v1")["components"]["schemas"]
    assert set(third) <= set(second["definitions"])


def test_a_document_is_built_once_and_again_when_its_kinds_change() -> None:
    """Nothing is built for the index; a definition's new schema gives a new hash and a new document."""
    kinds = registry(BOATS)
    documents = Documents(kinds)
    index = documents.index()
    assert not documents._built
    first = documents.version_3("apis/example.com/v1")
    assert first is not None
    assert documents.version_3("apis/example.com/v1") is first
    assert first.etag in index
    apps = documents.version_3("apis/apps/v1")

    kinds.add(replace(BOATS, definition={"name": "v1", "schema": {"openAPIV3Schema": {"type": "object"}}}))
    second = documents.version_3("apis/example.com/v1")
    assert second is not None
    assert second.etag != first.etag
    assert second.etag in documents.index()
    assert documents.version_3("apis/apps/v1") is apps

    kinds.remove(BOATS)
    assert documents.version_3("apis/example.com/v1") is None


@pytest.fixture(scope="module")
def rest() -> Rest:
    """Return a server's REST interface."""
    loop = Loop()
    return Rest(ApiServer(loop))


def test_the_server_answers_with_the_document_that_the_index_names(rest: Rest) -> None:
    """A client reads the index, then the document at the address it finds there, with the hash."""
    index = rest.handle(Request("GET", "/openapi/v3"))
    assert isinstance(index.body, str)
    address = json.loads(index.body)["paths"]["apis/apps/v1"]["serverRelativeURL"]
    path, _, etag = address.partition("?hash=")
    found = rest.handle(Request("GET", path, {"hash": [etag]}))
    assert (found.code, found.content_type) == (200, "application/json")
    assert found.headers["etag"] == f'"{etag}"'
    assert "immutable" in found.headers["cache-control"]
    known = rest.handle(Request("GET", path, {"hash": [etag]}, {"if-none-match": f'"{etag}"'}))
    assert (known.code, known.body) == (304, "")


def test_an_old_hash_leads_to_the_new_document(rest: Rest) -> None:
    """A client with an old index is sent on."""
    answer = rest.handle(Request("GET", "/openapi/v3/api/v1", {"hash": ["OLD"]}))
    assert answer.code == 301
    assert answer.headers["location"].startswith("/openapi/v3/api/v1?hash=")
    assert "OLD" not in answer.headers["location"]


@pytest.mark.parametrize(
    ("path", "accept", "code"),
    [
        ("/openapi/v3", "", 200),
        ("/openapi/v3", "application/json, */*", 200),
        ("/openapi/v3/api/v1", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf", 406),
        ("/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf", 200),
        ("/openapi/v2", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", 200),
        ("/openapi/v2", "text/html", 406),
        ("/openapi/v2", "application/json", 200),
        ("/openapi/v3/apis/none/v1", "", 404),
        ("/openapi", "", 404),
        ("/openapi/v1", "", 404),
        ("/openapi/v2/apis/apps/v1", "", 404),
    ],
)
def test_what_is_answered(rest: Rest, path: str, accept: str, code: int) -> None:
    """JSON, and for version 2 protobuf too, and only below the two versions."""
    headers = {"accept": accept} if accept else {}
    assert rest.handle(Request("GET", path, {}, headers)).code == code
