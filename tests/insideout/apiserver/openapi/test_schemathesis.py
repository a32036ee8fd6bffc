"""The served OpenAPI documents are valid, and whatever they lead a client to send has a proper answer.

schemathesis makes the requests: from the documents, and against them.  `make nightly` tries every operation.
"""

import itertools
import json
import random
from typing import Any
from urllib.parse import unquote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from openapi_spec_validator import OpenAPIV30SpecValidator
from schemathesis.core import NotSet

from insideout.apiserver.encoding import encode_body
from insideout.apiserver.openapi.documents import Documents
from insideout.apiserver.registry import Registry
from insideout.apiserver.requests import Request, WatchStream
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop
from tests import boats

BOATS = boats.definition({"type": "object", "properties": {"spec": {"type": "object"}}}, status=True)
PATHS = sorted(json.loads(Documents(Registry()).index())["paths"])
SAMPLED = ("apis/coordination.k8s.io/v1", "apis/rbac.authorization.k8s.io/v1", "apis/scheduling.k8s.io/v1")
"""Small documents: what takes time is to make strategies of large schemas."""
REFUSALS = {400, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429, 504}


def document(path: str) -> dict[str, Any]:
    found = Documents(Registry()).version_3(path)
    assert found is not None
    body: dict[str, Any] = json.loads(found.body)
    return body


@pytest.mark.parametrize("path", PATHS)
def test_the_documents_are_valid(path: str) -> None:
    assert [str(error) for error in OpenAPIV30SpecValidator(document(path)).iter_errors()] == []


def test_the_document_of_a_custom_kind_is_valid() -> None:
    rest = Rest(ApiServer(Loop()))
    place = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert rest.handle(Request("POST", place, body=json.dumps(BOATS).encode())).code == 201
    group, version = BOATS["spec"]["group"], BOATS["spec"]["versions"][0]["name"]
    body = rest.handle(Request("GET", f"/openapi/v3/apis/{group}/{version}")).body
    assert isinstance(body, str)
    assert [str(error) for error in OpenAPIV30SpecValidator(json.loads(body)).iter_errors()] == []


def operations(path: str) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document(path))
    return [found.ok() for found in schema.get_all_operations()]


FIRST_ASKED = ("rbac.authorization.k8s.io/v1/clusterroles", "apiregistration.k8s.io/v1/apiservices")


def server() -> Rest:
    """Return a server where that is there which is made when somebody first asks for it."""
    rest = Rest(ApiServer(Loop()))
    ask_first(rest)
    return rest


def ask_first(rest: Rest, below: str = "") -> None:
    """Ask for what is made when somebody asks, where the path `below` is about it."""
    for each in FIRST_ASKED:
        if f"/apis/{each}" in below or not below:
            assert rest.handle(Request("GET", f"/apis/{each}")).code == 200


def request_of(case: Any, *, at_home: bool) -> Request:
    """Return a case as a request; `at_home` puts it where objects can be: half of the texts are no names."""
    path = case.formatted_path
    if at_home:
        path = case.operation.path.replace("{namespace}", "default").replace("{name}", "a")
    query = {name: [str(value)] for name, value in (case.query or {}).items()}
    has_body = not isinstance(case.body, NotSet)
    headers = {"content-type": case.media_type or "application/json"}
    data = json.dumps(case.body).encode() if has_body else b""
    return Request(case.method.upper(), unquote(path), query, headers, data)


def check(rest: Rest, request: Request) -> None:
    """Send a request: the answer can be written, a refusal is a Status and changes nothing."""
    ask_first(rest, below=request.path)  # an earlier request may have deleted some
    before = rest.server.store.revision
    answer = rest.handle(request)
    if isinstance(answer.body, WatchStream):
        answer.body.stop()
        return
    encode_body(answer)
    if answer.code < 300:
        return
    assert rest.server.store.revision == before, (request, answer)
    if isinstance(answer.body, dict):
        assert answer.body["kind"] == "Status"
        reason = answer.body.get("reason")
        # Upstream answers 500 without a reason where its storage or its patches return a bare error.
        assert answer.code in REFUSALS or (answer.code == 500 and not reason), (request, answer)
    else:
        # A proxy leads to the page below it, as upstream's does.
        assert answer.code == 404 or (answer.code == 301 and answer.headers["Location"]), (request, answer)


def fuzz(rest: Rest, operation: Any, examples: int) -> None:
    home = itertools.cycle((True, False))

    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        check(rest, request_of(case, at_home=next(home)))

    run()


@pytest.mark.parametrize("path", SAMPLED)
def test_what_a_client_may_send_has_an_answer(path: str) -> None:
    """A few examples of each kind of operation."""
    rest = server()
    for operation in random.Random(1).sample(operations(path), 5):
        fuzz(rest, operation, 12)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_every_operation_has_an_answer(path: str) -> None:
    rest = server()
    for operation in operations(path):
        fuzz(rest, operation, 25)
