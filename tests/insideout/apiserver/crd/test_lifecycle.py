"""A definition's life on a server: its objects are served, change with it, and end with it."""

import copy
import json
from typing import Any
from urllib.parse import parse_qs

from insideout.apiserver.requests import Request
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop
from tests.boats import definition

Object = dict[str, Any]
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
BOATS = "/apis/example.com/v1/namespaces/default/boats"
BOAT = {"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "a"}, "spec": {"size": 3}}
SPEC = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}}}
DEFINITION = definition({"type": "object", "properties": {"spec": SPEC}})


class Client:
    """A client of a new server."""

    def __init__(self) -> None:
        self._rest = Rest(ApiServer(Loop()))

    def send(self, method: str, path: str, body: Object | None = None, **headers: str) -> tuple[int, Any]:
        """Send a request; return the code and the body of the answer."""
        data = json.dumps(body).encode() if body is not None else b""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        path, _, query = path.partition("?")
        answer = self._rest.handle(Request(method, path, parse_qs(query), sent, data))
        return answer.code, answer.body


def test_objects_are_served_once_their_definition_is_there() -> None:
    """Before, the path does not exist; after, objects are checked and pruned by the schema."""
    client = Client()
    assert client.send("POST", BOATS, BOAT)[0] == 404
    assert client.send("POST", DEFINITIONS, DEFINITION)[0] == 201
    code, boat = client.send("POST", BOATS, {**BOAT, "spec": {"size": 3, "colour": "red"}})
    assert (code, boat["spec"]) == (201, {"size": 3})
    code, status = client.send("PUT", f"{BOATS}/a", {**boat, "spec": {"size": 10}})
    assert code == 422
    assert [each["field"] for each in status["details"]["causes"]] == ["spec.size"]


def test_a_changed_schema_holds_from_the_next_write() -> None:
    """A field that the definition learns is kept from then on."""
    client = Client()
    client.send("POST", DEFINITIONS, DEFINITION)
    client.send("POST", BOATS, BOAT)
    found = copy.deepcopy(client.send("GET", f"{DEFINITIONS}/boats.example.com")[1])
    schema = found["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"]["properties"]["colour"] = {"type": "string", "default": "white"}
    assert client.send("PUT", f"{DEFINITIONS}/boats.example.com", found)[0] == 200
    assert client.send("GET", f"{BOATS}/a")[1]["spec"] == {"size": 3, "colour": "white"}


def test_objects_end_with_their_definition() -> None:
    """Deleting a definition deletes its objects and then the definition; the path is gone."""
    client = Client()
    client.send("POST", DEFINITIONS, DEFINITION)
    client.send("POST", BOATS, BOAT)
    code, _ = client.send("DELETE", f"{DEFINITIONS}/boats.example.com")
    assert code == 200
    assert client.send("GET", f"{DEFINITIONS}/boats.example.com")[0] == 404
    assert client.send("GET", BOATS)[0] == 404
    assert client.send("POST", DEFINITIONS, DEFINITION)[0] == 201
    assert client.send("GET", BOATS)[1]["items"] == []


def test_an_object_with_a_finalizer_holds_its_definition() -> None:
    """The definition waits until the last object is gone."""
    client = Client()
    client.send("POST", DEFINITIONS, DEFINITION)
    client.send("POST", BOATS, {**BOAT, "metadata": {"name": "a", "finalizers": ["example.com/anchor"]}})
    client.send("DELETE", f"{DEFINITIONS}/boats.example.com")
    code, ending = client.send("GET", f"{DEFINITIONS}/boats.example.com")
    assert code == 200
    conditions = {each["type"]: each["reason"] for each in ending["status"]["conditions"]}
    assert conditions["Terminating"] == "InstanceDeletionInProgress"
    code, refusal = client.send("POST", BOATS, {**BOAT, "metadata": {"name": "b"}})
    assert (code, refusal["message"]) == (
        403,
        'boats.example.com "b" is forbidden: '
        "create not allowed while custom resource definition is terminating",
    )
    assert "deletionTimestamp" in client.send("GET", f"{BOATS}/a")[1]["metadata"]


def test_only_json_and_merge_patches_and_apply_for_custom_objects() -> None:
    """A strategic merge patch needs a type that only built-in kinds have."""
    client = Client()
    client.send("POST", DEFINITIONS, DEFINITION)
    client.send("POST", BOATS, BOAT)
    patch = {"spec": {"size": 4}}
    strategic, merge = "application/strategic-merge-patch+json", "application/merge-patch+json"
    assert client.send("PATCH", f"{BOATS}/a", patch, content_type=strategic)[0] == 415
    assert client.send("PATCH", f"{BOATS}/a", patch, content_type=merge)[1]["spec"] == {"size": 4}


def test_an_object_of_another_kind_is_refused() -> None:
    """The kind in the body must be the one of the path."""
    client = Client()
    client.send("POST", DEFINITIONS, DEFINITION)
    code, status = client.send("POST", BOATS, {**BOAT, "kind": "Ship"})
    assert (code, status["message"]) == (
        422,
        'Ship.example.com "a" is invalid: kind: Invalid value: "Ship": must be Boat',
    )


def test_strict_decoding_names_every_unknown_field() -> None:
    """Those of the metadata, which every object has, and those of the schema."""
    client = Client()
    client.send("POST", DEFINITIONS, DEFINITION)
    boat = {**BOAT, "metadata": {"name": "a", "colour": 1}, "spec": {"size": 1, "sail": 1}, "top": 1}
    code, status = client.send("POST", f"{BOATS}?fieldValidation=Strict", boat)
    assert (code, status["message"]) == (
        400,
        'Boat in version "v1" cannot be handled as a Boat: strict decoding error: '
        'unknown field "metadata.colour", unknown field "spec.sail", unknown field "top"',
    )


def versions(*names: str, storage: str) -> Object:
    """Return a definition with these versions; each knows one field of its own."""

    def version(name: str) -> Object:
        spec = {"type": "object", "properties": {name: {"type": "string"}, "both": {"type": "string"}}}
        schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
        return {"name": name, "served": True, "storage": name == storage, "schema": schema}

    return {**DEFINITION, "spec": {**DEFINITION["spec"], "versions": [version(name) for name in names]}}


def boats(version: str) -> str:
    """Return the path of the boats of a version."""
    return BOATS.replace("/v1/", f"/{version}/")


def test_what_the_stored_version_does_not_know_is_lost() -> None:
    """There is no conversion: an object is stored with the fields of one version."""
    client = Client()
    client.send("POST", DEFINITIONS, versions("v1", "v2", storage="v1"))
    boat = {**BOAT, "apiVersion": "example.com/v2", "spec": {"v1": "a", "v2": "b", "both": "c"}}
    assert client.send("POST", boats("v2"), boat)[1]["spec"] == {"both": "c"}
    assert client.send("GET", f"{boats('v1')}/a")[1]["apiVersion"] == "example.com/v1"


def test_an_object_of_a_version_that_is_gone_cannot_be_shown() -> None:
    """Whoever removes a version must have written its objects anew before."""
    client = Client()
    client.send("POST", DEFINITIONS, versions("v1", "v2", storage="v1"))
    client.send("POST", BOATS, {**BOAT, "spec": {"both": "c"}})
    name = f"{DEFINITIONS}/boats.example.com"
    merge = "application/merge-patch+json"
    client.send("PATCH", name, versions("v1", "v2", storage="v2"), content_type=merge)
    client.send("PATCH", f"{name}/status", {"status": {"storedVersions": ["v2"]}}, content_type=merge)
    assert client.send("PATCH", name, versions("v2", storage="v2"), content_type=merge)[0] == 200
    code, status = client.send("GET", f"{boats('v2')}/a")
    assert (code, status["message"]) == (
        500,
        "request to convert CR from an invalid group/version: example.com/v1",
    )


def test_a_scale_without_replicas_is_an_error() -> None:
    """Upstream cannot tell how many replicas an object wants that does not say."""
    client = Client()
    definition = versions("v1", storage="v1")
    scale = {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}
    version = definition["spec"]["versions"][0]
    version["subresources"] = {"scale": scale}
    version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["n"] = {"type": "integer"}
    client.send("POST", DEFINITIONS, definition)
    client.send("POST", BOATS, {**BOAT, "spec": {}})
    assert client.send("GET", f"{BOATS}/a/scale")[0] == 500
    client.send("PATCH", f"{BOATS}/a", {"spec": {"n": 2}}, content_type="application/merge-patch+json")
    body = {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {"name": "a"},
        "spec": {"replicas": 3},
    }
    assert client.send("PUT", f"{BOATS}/a/scale", body)[1]["spec"] == {"replicas": 3}
    body["spec"] = {"replicas": -1}
    assert client.send("PUT", f"{BOATS}/a/scale", body)[1]["message"] == (
        'Boat.example.com "a" is invalid: .spec.n: Invalid value: -1: should be a non-negative integer'
    )
