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
    conditions = {each["type"]: each["status"] for each in ending["status"]["conditions"]}
    assert conditions["Terminating"] == "True"
    assert client.send("POST", BOATS, {**BOAT, "metadata": {"name": "b"}})[0] in (404, 405)
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
