"""Applying a Scale: whoever applies it owns the replicas of the object behind it, and nothing else."""

import json
from typing import Any

import pytest

from insideout.apiserver.requests import Request
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop

Object = dict[str, Any]
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "d"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"a": "b"}},
        "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        },
    },
}
SCALE = {
    "apiVersion": "autoscaling/v1",
    "kind": "Scale",
    "metadata": {"name": "d"},
    "spec": {"replicas": 5},
}


@pytest.fixture
def rest() -> Rest:
    """Return a server with one Deployment."""
    found = Rest(ApiServer(Loop()))
    body = json.dumps(DEPLOYMENT).encode()
    assert found.handle(Request("POST", DEPLOYMENTS, {"fieldManager": ["creator"]}, {}, body)).code == 201
    return found


def apply(rest: Rest, body: Object, name: str = "d", **query: str) -> tuple[int, Any]:
    """Apply `body` to a Scale as "scaler"; return the code and the answer."""
    asked = {"fieldManager": ["scaler"], **{key: [value] for key, value in query.items()}}
    headers = {"content-type": "application/apply-patch+yaml"}
    path = f"{DEPLOYMENTS}/{name}/scale"
    answer = rest.handle(Request("PATCH", path, asked, headers, json.dumps(body).encode()))
    return answer.code, answer.body


def test_another_manager_of_the_replicas_is_in_the_way(rest: Rest) -> None:
    """Without force it is a conflict."""
    code, status = apply(rest, SCALE)
    assert (code, status["reason"]) == (409, "Conflict")
    assert [cause["field"] for cause in status["details"]["causes"]] == [".spec.replicas"]


def test_whoever_applies_a_scale_owns_the_replicas(rest: Rest) -> None:
    """The answer is a Scale; the Deployment has a manager of its subresource."""
    code, scale = apply(rest, SCALE, force="true")
    assert (code, scale["kind"], scale["spec"]) == (200, "Scale", {"replicas": 5})
    assert "managedFields" not in scale["metadata"]
    deployment: Any = rest.handle(Request("GET", f"{DEPLOYMENTS}/d")).body
    assert deployment["spec"]["replicas"] == 5
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "i"
    applied, created = deployment["metadata"]["managedFields"]
    assert (applied["manager"], applied["operation"], applied["subresource"]) == ("scaler", "Apply", "scale")
    assert applied["fieldsV1"] == {"f:spec": {"f:replicas": {}}}
    assert created["manager"] == "creator"
    assert "f:replicas" not in created["fieldsV1"]["f:spec"]


@pytest.mark.parametrize(
    ("body", "name", "code"),
    [
        ({**SCALE, "spec": {"replicas": -1}}, "d", 422),
        ({**SCALE, "spec": {"replicas": "five"}}, "d", 500),
        (SCALE, "other", 404),
        (DEPLOYMENT, "d", 400),
        ({**SCALE, "apiVersion": "v1"}, "d", 400),
    ],
)
def test_what_cannot_be_applied(rest: Rest, body: Object, name: str, code: int) -> None:
    """Refused, and the Deployment is as it was."""
    before = rest.handle(Request("GET", f"{DEPLOYMENTS}/d")).body
    assert apply(rest, body, name, force="true")[0] == code
    assert rest.handle(Request("GET", f"{DEPLOYMENTS}/d")).body == before
