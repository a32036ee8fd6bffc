"""The OpenAPI document of version 2 in protobuf says what the JSON says, where a reader of messages looks."""

import json
from typing import Any

from insideout.apiserver.openapi.documents import Documents
from insideout.apiserver.openapi.gnostic import write_document
from insideout.apiserver.protobuf.wire import fields
from insideout.apiserver.registry import Registry

Message = dict[int, list[Any]]


def message(data: bytes) -> Message:
    """Return a message's raw values by field number."""
    found: Message = {}
    for number, raw in fields(data):
        found.setdefault(number, []).append(raw)
    return found


def named(data: bytes, number: int) -> dict[str, Message]:
    """Return the named messages inside a message's field."""
    pairs = [message(each) for each in message(data)[number]]
    return {pair[1][0].decode(): message(pair[2][0]) for pair in pairs}


def text(found: Message, number: int) -> str:
    return found[number][0].decode()


def test_definitions_with_their_kinds_fields_and_references() -> None:
    documents = Documents(Registry())
    document = message(documents.version_2_protobuf())
    said = json.loads(documents.version_2().body)
    assert text(document, 1) == "2.0"
    definitions = named(document[9][0], 1)
    assert set(definitions) == set(said["definitions"])
    deployment = definitions["io.k8s.api.apps.v1.Deployment"]
    extension = message(deployment[31][0])
    assert text(extension, 1) == "x-kubernetes-group-version-kind"
    kinds = json.loads(text(message(extension[2][0]), 2))
    assert kinds == [{"group": "apps", "version": "v1", "kind": "Deployment"}]
    properties = named(deployment[25][0], 1)
    assert text(properties["spec"], 1) == "#/definitions/io.k8s.api.apps.v1.DeploymentSpec"
    spec = definitions["io.k8s.api.apps.v1.DeploymentSpec"]
    assert [each.decode() for each in spec[19]] == ["selector", "template"]


def test_paths_with_their_parameters() -> None:
    documents = Documents(Registry())
    document = message(documents.version_2_protobuf())
    paths = named(document[8][0], 2)
    assert set(paths) == set(json.loads(documents.version_2().body)["paths"])
    pods = paths["/api/v1/namespaces/{namespace}/pods"]
    in_path = message(message(message(message(pods[9][0])[1][0])[2][0])[4][0])
    assert (text(in_path, 2), text(in_path, 4), in_path[1]) == ("path", "namespace", [1])
    post = message(pods[4][0])
    bodies = [each for each in (message(message(raw)[1][0]) for raw in post[8]) if 1 in each]
    assert text(message(bodies[0][1][0]), 3) == "body"


def test_what_has_no_field_is_left_out() -> None:
    """A CRD's schema may hold oneOf and nullable, for which the messages have no place."""
    schema = {"type": "object", "oneOf": [{"required": ["a"]}], "nullable": True, "maxProperties": 300}
    document = {"swagger": "2.0", "paths": {}, "definitions": {"X": schema}}
    found = named(message(write_document(document))[9][0], 1)["X"]
    assert set(found) == {17, 22}
    assert found[17] == [300]
    assert text(message(found[22][0]), 1) == "object"


def test_bounds_bools_and_free_values() -> None:
    schema = {
        "minimum": 0.5,
        "exclusiveMinimum": True,
        "uniqueItems": False,
        "enum": [1, "a"],
        "additionalProperties": True,
        "items": {"type": "string"},
        "default": {"a": [None]},
    }
    document = {"swagger": "2.0", "paths": {}, "definitions": {"X": schema}}
    found = named(message(write_document(document))[9][0], 1)["X"]
    assert found[9] == [b"\x00\x00\x00\x00\x00\x00\xe0?"]
    assert (found[10], found[16]) == ([1], [0])
    assert [text(message(each), 2) for each in found[20]] == ["1", '"a"']
    assert message(found[21][0]) == {2: [1]}
    item = message(message(found[23][0])[1][0])
    assert text(message(item[22][0]), 1) == "string"
    assert text(message(found[5][0]), 2) == '{"a": [null]}'
