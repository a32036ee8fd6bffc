"""Bodies in protobuf, as Go clients send them, and answers to clients that read nothing else."""

import json

import pytest

from insideout import records
from insideout.apiserver import protobuf
from insideout.apiserver.kinds import BUILT_IN
from insideout.apiserver.protobuf.messages import messages
from insideout.apiserver.protobuf.writing import write_object
from insideout.apiserver.requests import Request
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop

PROTOBUF = "application/vnd.kubernetes.protobuf"
SCHEMA = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "n": {"type": "integer"},
                "color": {"type": "string", "default": "x", "enum": ["x", "y"]},
            },
        },
        "ports": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "required": ["n"],
                "properties": {"n": {"type": "integer", "minimum": 0.5}},
            },
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["n"],
        },
        "map": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 9}},
        "any": {"x-kubernetes-int-or-string": True, "x-kubernetes-validations": [{"rule": "self != 1"}]},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "nullable": True},
        "open": {"type": "object", "additionalProperties": True},
    },
}
SCALE = {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}
BOATS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "boats.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "boats", "singular": "boat", "kind": "Boat", "listKind": "BoatList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": SCHEMA},
                "subresources": {"status": {}, "scale": SCALE},
                "additionalPrinterColumns": [{"name": "N", "type": "integer", "jsonPath": ".spec.n"}],
                "selectableFields": [{"jsonPath": ".spec.color"}],
            }
        ],
    },
}


@pytest.fixture
def rest() -> Rest:
    return Rest(ApiServer(Loop()))


def send(rest: Rest, method: str, path: str, body=b"", *, accept=PROTOBUF, content=PROTOBUF):
    headers = {"accept": accept, "content-type": content}
    return rest.handle(Request(method, path, {}, headers, body))


def without_nothing(value):
    """Return a value without what is empty, which Go writes and JSON leaves out."""
    if isinstance(value, dict):
        kept = {key: without_nothing(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in ("", 0, None, {}) or each is True}
    return [without_nothing(each) for each in value] if isinstance(value, list) else value


def test_a_definition_in_protobuf(rest: Rest) -> None:
    """Go's clients send definitions so; schemas hold bools, lists and JSON where messages are."""
    kind = rest.server.kind("apiextensions.k8s.io", "v1", "customresourcedefinitions")
    body = write_object(BOATS)
    found = protobuf.read_object(kind, body)
    del found["status"]  # empty, but Go keeps it by value
    assert without_nothing(found) == without_nothing(BOATS)
    answer = send(rest, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)
    assert answer.code == 201
    assert rest.server.kind("example.com", "v1", "boats").kind == "Boat"


def test_every_kind_has_a_message() -> None:
    missing = [kind.kind for kind in BUILT_IN if not protobuf.has_message(kind)]
    assert missing == []


def test_every_type_of_a_message_is_there() -> None:
    scalars = {"bool", "bytes", "double", "int32", "int64", "string"}
    named = {field.type for message in messages().values() for field in message.values()}
    assert named - scalars - set(messages()) == set()


def test_pods_survive_the_way_there_and_back(rest: Rest) -> None:
    """Inline messages, amounts, ports that are names, probes: what the recorded pods hold."""
    kind = rest.server.kind("", "v1", "pods")
    for row in records.read("qos")[:60]:
        pod = row["pod"]
        probe = {"httpGet": {"port": "web", "path": "/"}, "periodSeconds": 3}
        container = {
            "name": "more",
            "image": "x",
            "livenessProbe": probe,
            "env": [{"name": "A", "value": "1"}],
        }
        config = {"name": "v", "configMap": {"name": "c", "defaultMode": 420}}
        extra = {"containers": [container], "volumes": [config], "nodeSelector": {"a": "b"}}
        pod["spec"] = {**pod["spec"], **extra}
        found = protobuf.read_object(kind, write_object(pod))
        assert without_nothing(found["spec"]) == without_nothing(pod["spec"])


@pytest.mark.parametrize(
    "path",
    ["/api/v1/namespaces/default", "/api/v1/namespaces", "/api/v1/namespaces/none", "/api/v1", "/apis"],
)
def test_who_takes_nothing_but_protobuf_gets_it(rest: Rest, path: str) -> None:
    """Objects, lists, refusals and discovery."""
    from insideout.apiserver.encoding import encode_body

    answer = send(rest, "GET", path)
    assert answer.content_type == PROTOBUF
    assert encode_body(answer).startswith(b"k8s\x00")


def test_json_where_it_is_taken_too(rest: Rest) -> None:
    answer = send(rest, "GET", "/api/v1/namespaces/default", accept=f"{PROTOBUF}, application/json")
    assert answer.content_type == "application/json"


def test_a_kind_without_a_message_is_refused(rest: Rest) -> None:
    definition = json.dumps(BOATS).encode()
    place = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert send(rest, "POST", place, definition, content="application/json").code == 201
    assert send(rest, "GET", "/apis/example.com/v1/boats").code == 406
