"""Strict reading of patches, and the text that a patched object is quoted as."""

import json
from typing import Any

import pytest

from insideout.apiserver.kinds import BUILT_IN
from insideout.apiserver.objects import go_json
from insideout.apiserver.objects.go_order import in_go_order
from insideout.apiserver.patch.result_text import result_text
from insideout.apiserver.patching import strict_errors
from tests.insideout.apiserver.conftest import Api

TWICE = b'{"data":{"k":"1","k":"2"}}'
APPLIED = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: '1'\n  k: '2'\n"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


@pytest.mark.parametrize("content_type", [MERGE, STRATEGIC])
def test_a_field_given_twice_in_a_merge_patch(api: Api, content_type: str) -> None:
    api.ok("POST", "configmaps", {"metadata": {"name": "a"}})
    strict = {"content_type": content_type, "fieldValidation": "Strict"}
    code, reason, message = api.refused("PATCH", "configmaps/a", TWICE, **strict)
    assert (code, reason) == (422, "Invalid")
    assert message.startswith(' "" is invalid: patch: Invalid value: "')
    assert message.endswith('": strict decoding error: duplicate field "data.k"')
    warned = api.send("PATCH", "configmaps/a", TWICE, content_type=content_type)
    assert warned.headers["Warning"] == '299 - "duplicate field \\"data.k\\""'
    assert warned.body["data"] == {"k": "2"}
    ignored = api.send("PATCH", "configmaps/a", TWICE, content_type=content_type, fieldValidation="Ignore")
    assert (ignored.code, ignored.headers) == (200, {})


def test_a_field_given_twice_in_a_configuration(api: Api) -> None:
    """It is read as YAML, whose reader names lines; what applying itself refuses comes first."""
    options = {"content_type": APPLY, "fieldManager": "m"}
    code, _, message = api.refused("PATCH", "configmaps/a", APPLIED, fieldValidation="Strict", **options)
    assert code == 400
    assert message == (
        "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
        '  line 7: key "k" already set in map'
    )
    assert api.send("GET", "configmaps/a").code == 404
    warned = api.send("PATCH", "configmaps/a", APPLIED, **options)
    assert warned.headers["Warning"] == '299 - "line 7: key \\"k\\" already set in map"'
    assert warned.body["data"] == {"k": "2"}


def test_what_does_not_decode_after_applying_is_an_error_of_the_server(api: Api) -> None:
    """By its schema it is text; that the type wants base64 is found when the result is converted."""
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "!!"}}
    options = {"content_type": APPLY, "fieldManager": "m"}
    code, reason, message = api.refused("PATCH", "secrets/s", secret, **options)
    assert (code, reason) == (500, "")
    assert message == (
        "failed to convert new object (/s; /v1, Kind=Secret) to proper version: unable to convert "
        "unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input "
        "byte 0"
    )


def test_json_with_tabs_is_applied(api: Api) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "\ta"}}
    text = json.dumps(body, indent="\t").encode()
    assert api.ok("PATCH", "configmaps/a", text, content_type=APPLY, fieldManager="m")["data"] == {"k": "\ta"}
    twice = text.replace(b'"k":', b'"k": "x",\n\t\t"k":')
    warned = api.send("PATCH", "configmaps/a", twice, content_type=APPLY, fieldManager="m")
    assert "already set in map" in warned.headers["Warning"]


def test_a_wide_object_is_not_a_deep_one(api: Api) -> None:
    """Five thousand brackets side by side nest three deep."""
    values = ", ".join(f'"k{number}": "[{{"' for number in range(5_000))
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{{values}}}\n"
    applied = api.ok("PATCH", "configmaps/a", text.encode(), content_type=APPLY, fieldManager="m")
    assert len(applied["data"]) == 5_000
    deep = b"a: " + b"[" * 5_000
    assert api.refused("PATCH", "configmaps/a", deep, content_type=APPLY, fieldManager="m")[0] == 400


def test_operations_with_unknown_and_repeated_fields() -> None:
    patch = go_json.loads(b'[{"op":"add","path":"/a","path":"/b","value":{"x":1,"x":2},"y":1}]')
    assert strict_errors("json", patch) == [
        'json patch duplicate field "[0].path"',
        'json patch duplicate field "[0].value.x"',
        'json patch unknown field "[0].y"',
    ]


SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"labels": {"b": "1", "a": "2"}, "uid": "u", "name": "s"},
    "spec": {
        "type": "ClusterIP",
        "ports": [{"targetPort": 80, "port": 80, "name": "x"}],
        "clusterIP": "None",
    },
}
TEXTS: dict[str, tuple[str, Any, str]] = {
    "merge: what it goes into is sorted, the rest in Go's order": (
        "merge",
        {"zone": {"y": 1, "x": {"b": None, "a": "<"}}, "spec": {"type": None}},
        '{"apiVersion":"v1","kind":"Service","metadata":{"name":"s","uid":"u","labels":{"a":"2","b":"1"}},'
        '"spec":{"clusterIP":"None","ports":[{"name":"x","port":80,"targetPort":80}]},'
        '"zone":{"x":{"a":"\\u003c"},"y":1}}',
    ),
    "JSON patch: values stay as they were sent": (
        "json",
        [{"op": "add", "path": "/metadata/zone", "value": {"y": 1, "x": 2}}],
        '{"apiVersion":"v1","kind":"Service","metadata":{"labels":{"a":"2","b":"1"},"name":"s","uid":"u",'
        '"zone":{"y":1,"x":2}},"spec":{"ports":[{"name":"x","port":80,"targetPort":80}],"clusterIP":"None",'
        '"type":"ClusterIP"}}',
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_of_a_result(name: str) -> None:
    type_, patch, expected = TEXTS[name]
    kind = next(each for each in BUILT_IN if each.kind == "Service")
    assert result_text(type_, in_go_order(kind, SERVICE), patch) == expected
