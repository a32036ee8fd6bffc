"""Which form an answer has: tables only where there are some, a refusal where nothing fits."""

import pytest

from .conftest import POD, Api

TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
REVIEW = {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}}
BINDING = {"metadata": {"name": "p"}, "target": {"kind": "Node", "name": "n"}}


@pytest.mark.parametrize(("path", "body"), [(REVIEWS, REVIEW), ("pods/p/binding", BINDING)])
def test_what_has_no_table_is_refused_as_one(api: Api, path: str, body: dict) -> None:
    api.ok("POST", "pods", POD)
    answer = api.send("POST", path, body, accept=TABLE)
    assert (answer.code, answer.body["reason"]) == (406, "NotAcceptable")
    either = api.send("POST", path, body, accept=f"{TABLE}, application/json")
    assert either.code == 201
    assert either.body["kind"] != "Table"


@pytest.mark.parametrize("path", ["pods", "pods/p", "pods/p/status"])
def test_what_has_a_table(api: Api, path: str) -> None:
    api.ok("POST", "pods", POD)
    assert api.ok("GET", path, accept=TABLE)["kind"] == "Table"
