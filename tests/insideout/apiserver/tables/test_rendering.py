"""What the server answers to clients that ask for tables or for metadata only."""

from typing import Any

import pytest

from insideout.apiserver.requests import Request
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop

SERVICES = "/api/v1/namespaces/default/services"


@pytest.fixture(scope="module")
def rest() -> Rest:
    """Return a new server, which has the Service kubernetes."""
    return Rest(ApiServer(Loop()))


def get(rest: Rest, path: str, shown_as: str, **query: str) -> tuple[int, Any]:
    """Get a path in some form; return the code and the answer."""
    headers = {"accept": f"application/json;as={shown_as};v=v1;g=meta.k8s.io"}
    answer = rest.handle(Request("GET", path, {key: [value] for key, value in query.items()}, headers))
    return answer.code, answer.body


@pytest.mark.parametrize("path", [SERVICES, f"{SERVICES}/kubernetes"])
def test_tables_of_a_list_and_of_one(rest: Rest, path: str) -> None:
    """Both are tables with one row."""
    code, found = get(rest, path, "Table", includeObject="None")
    assert (code, found["kind"]) == (200, "Table")
    assert [row["cells"][:4] for row in found["rows"]] == [["kubernetes", "ClusterIP", "10.96.0.1", "<none>"]]


def test_metadata_only(rest: Rest) -> None:
    """One object or a list of them, without spec and status."""
    code, one = get(rest, f"{SERVICES}/kubernetes", "PartialObjectMetadata")
    assert (code, one["kind"], one["metadata"]["name"]) == (200, "PartialObjectMetadata", "kubernetes")
    assert set(one) == {"apiVersion", "kind", "metadata"}
    code, many = get(rest, SERVICES, "PartialObjectMetadataList")
    assert (code, many["kind"], many["items"]) == (200, "PartialObjectMetadataList", [one])


@pytest.mark.parametrize(
    ("path", "shown_as", "why"),
    [
        (SERVICES, "PartialObjectMetadata", "is a list (*core.ServiceList)"),
        (f"{SERVICES}/kubernetes", "PartialObjectMetadataList", "is not a list (*core.Service)"),
        ("/apis/apps/v1/deployments", "PartialObjectMetadata", "is a list (*apps.DeploymentList)"),
        (
            "/apis/coordination.k8s.io/v1/leases",
            "PartialObjectMetadata",
            "is a list (*coordination.LeaseList)",
        ),
    ],
)
def test_a_list_is_not_shown_as_one_object(rest: Rest, path: str, shown_as: str, why: str) -> None:
    """Asking for the wrong one of the two is answered with 406."""
    code, status = get(rest, path, shown_as)
    assert (code, status["reason"]) == (406, "NotAcceptable")
    assert status["message"] == f"you requested {shown_as}, but the requested object {why}"


def test_nothing_is_written_that_cannot_be_shown(rest: Rest) -> None:
    """The 406 comes before the write."""
    headers = {"accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}
    configmaps = "/api/v1/namespaces/default/configmaps"
    body = b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}'
    assert rest.handle(Request("POST", configmaps, {}, headers, body)).code == 406
    assert rest.handle(Request("GET", f"{configmaps}/a")).code == 404


def test_include_object_is_checked(rest: Rest) -> None:
    """A value that the server does not know is a bad request."""
    code, status = get(rest, SERVICES, "Table", includeObject="All")
    assert (code, status["reason"]) == (400, "BadRequest")
