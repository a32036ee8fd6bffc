"""Whatever a client sends, the answer is a proper Status or object, and a refused request changes nothing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insideout.apiserver.kinds import ANSWERED, BUILT_IN
from insideout.apiserver.requests import Request, Response, WatchStream
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop
from tests import boats

REASONS = {
    400: {"BadRequest"},
    403: {"Forbidden"},
    404: {"NotFound"},
    405: {"MethodNotAllowed"},
    406: {"NotAcceptable"},
    409: {"AlreadyExists", "Conflict"},
    410: {"Expired"},
    413: {"RequestEntityTooLarge"},
    415: {"UnsupportedMediaType"},
    422: {"Invalid"},
    429: {"TooManyRequests"},
    500: {"InternalError", None},
    504: {"Timeout"},
}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "a"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
BOAT_SPEC = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}}}
BOAT_CRD = boats.definition({"type": "object", "properties": {"spec": BOAT_SPEC}}, status=True)


def build() -> tuple[Rest, ApiServer]:
    server = ApiServer(Loop())
    rest = Rest(server)
    for path, body in (
        ("/api/v1/namespaces/default/pods", POD),
        ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", BOAT_CRD),
    ):
        assert rest.handle(Request("POST", path, body=json.dumps(body).encode())).code == 201
    # The first look at some kinds writes those objects that are there of themselves, whoever looks.
    for path in (
        "rbac.authorization.k8s.io/v1/clusterroles",
        "apiregistration.k8s.io/v1/apiservices",
        "flowcontrol.apiserver.k8s.io/v1/flowschemas",
        "networking.k8s.io/v1/ipaddresses",
    ):
        assert rest.handle(Request("GET", f"/apis/{path}")).code == 200
    return rest, server


REST, SERVER = build()

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**18, 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "a", "default", "1", "-1", "100m", "1e999", "v1", "Pod", "2026-01-01T00:00:00Z"])
)
WORDS = sorted(
    {
        "apiVersion",
        "kind",
        "metadata",
        "spec",
        "status",
        "data",
        "name",
        "namespace",
        "labels",
        "containers",
        "image",
    }
    | {
        "resources",
        "limits",
        "cpu",
        "selector",
        "matchLabels",
        "template",
        "ports",
        "replicas",
        "finalizers",
        "uid",
    }
    | {
        "resourceVersion",
        "ownerReferences",
        "generateName",
        "versions",
        "names",
        "schema",
        "target",
        "rules",
        "size",
    }
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=25,
)


@st.composite
def bent(draw: st.DrawFn, value: Any) -> Any:
    """Return `value` with some parts of it replaced by anything."""
    if draw(st.integers(0, 7)) == 0:
        return draw(VALUES)
    if isinstance(value, dict):
        changed = {key: draw(bent(each)) for key, each in value.items() if draw(st.integers(0, 11))}
        if draw(st.integers(0, 5)) == 0:
            changed[draw(st.sampled_from(WORDS))] = draw(VALUES)
        return changed
    if isinstance(value, list):
        return [draw(bent(each)) for each in value]
    return value


def skeleton(kind: Any) -> dict[str, Any]:
    api_version = kind.api_version
    if kind.kind == "Pod":
        return POD
    if kind.kind == "CustomResourceDefinition":
        return BOAT_CRD
    spec: dict[str, Any] = {
        "selector": {"matchLabels": {"a": "b"}},
        "replicas": 1,
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": POD["spec"]},
        "ports": [{"port": 80}],
    }
    return {
        "apiVersion": api_version,
        "kind": kind.kind,
        "metadata": {"name": "a"},
        "spec": spec,
        "data": {"a": "b"},
    }


RESOURCES = [*BUILT_IN, *ANSWERED]
SUBRESOURCES = ["", "status", "scale", "binding", "eviction", "log", "exec", "finalize", "resize", "none"]
PIECES = [
    "api",
    "apis",
    "v1",
    "apps",
    "namespaces",
    "default",
    "pods",
    "a",
    "..",
    "",
    "%",
    "watch",
    "boats",
    "example.com",
]
TYPES = [
    "application/json",
    "application/yaml",
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
    "text/plain",
    "",
]
PARAMETERS = [
    "watch",
    "limit",
    "continue",
    "resourceVersion",
    "resourceVersionMatch",
    "labelSelector",
    "fieldSelector",
    "dryRun",
    "fieldManager",
    "force",
    "fieldValidation",
    "gracePeriodSeconds",
    "propagationPolicy",
    "orphanDependents",
    "timeoutSeconds",
    "uid",
    "container",
    "sendInitialEvents",
    "allowWatchBookmarks",
    "includeObject",
]
SETTINGS = ["", "0", "1", "5", "-1", "true", "All", "x", "a=b", "Exact", "Strict", "9" * 30]
QUERY = st.dictionaries(
    st.sampled_from(PARAMETERS),
    st.lists(st.sampled_from(SETTINGS) | st.text(max_size=9), max_size=2),
    max_size=3,
)


FITTING = {
    "POST": ("", ["application/json", "application/json", "application/yaml"]),
    "PUT": ("/a", ["application/json", "application/json", "application/yaml"]),
    "PATCH": ("/a", TYPES[2:6]),
    "DELETE": ("/a", TYPES),
    "GET": ("", TYPES),
}
ACCEPTS = ["", "*/*", "application/json", "application/yaml", "text/html"] + [
    f"application/json;as={kind};g=meta.k8s.io;v=v1"
    for kind in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
]
BOATS = "/apis/example.com/v1/namespaces/default/boats"


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Return a request: mostly one that fits its path, with a bent body; sometimes anything."""
    kind = draw(st.sampled_from(RESOURCES))
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    method = draw(st.sampled_from(["GET", "POST", "POST", "PUT", "PATCH", "PATCH", "DELETE"]))
    name, types = FITTING[method]
    path = f"{root}{'/namespaces/default' if kind.namespaced else ''}/{kind.plural}{name}"
    if draw(st.integers(0, 9)) == 0:
        path = f"{BOATS}{name}"
    if draw(st.integers(0, 4)) == 0 and name:
        path += f"/{draw(st.sampled_from(SUBRESOURCES))}"
    wild = draw(st.integers(0, 9))
    if wild == 0:
        path = "/" + "/".join(draw(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=8)))
    elif wild == 1:
        path = draw(st.sampled_from([f"{root}/{kind.plural}", f"{path}/a", f"{path}/log", f"{path}/binding"]))
    elif wild == 2:
        method = draw(st.sampled_from(["HEAD", "TRACE", "OPTIONS", *FITTING]))
    body = draw(bodies(kind, method))
    headers = {
        "content-type": draw(st.sampled_from(types if draw(st.integers(0, 9)) else TYPES)),
        "accept": draw(st.sampled_from(ACCEPTS)),
        "user-agent": draw(st.text(max_size=5)),
    }
    return Request(method, path, draw(QUERY) if draw(st.integers(0, 2)) == 0 else {}, headers, body)


@st.composite
def bodies(draw: st.DrawFn, kind: Any, method: str) -> bytes:
    """Return a body for an object of `kind`, a patch of one, or bytes of any kind."""
    choice = draw(st.integers(0, 11))
    if choice == 0:
        return draw(st.binary(max_size=40) | st.text(max_size=30).map(str.encode))
    if choice == 1:
        deep = draw(st.integers(1, 20_000))
        return b"[" * deep if draw(st.booleans()) else b'{"a":' * deep
    if choice == 2:
        return json.dumps(draw(VALUES)).encode()
    if method == "PATCH" and draw(st.integers(0, 3)) == 0:
        operation = st.fixed_dictionaries(
            {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"])},
            optional={"path": PATHS, "from": PATHS, "value": VALUES},
        )
        return json.dumps(draw(st.lists(operation, max_size=4))).encode()
    return json.dumps(draw(bent(skeleton(kind)))).encode()


PATHS = st.sampled_from(
    ["/metadata", "/metadata/labels/a", "/spec", "/spec/containers/0", "/data/a", "", "/x/-", "a"]
)


def check(request: Request, response: Response, before: int, after: int) -> None:
    body = response.body
    if isinstance(body, WatchStream):
        body.stop()
        assert response.code == 200
        return
    json.dumps(body)  # whatever it is, it can be sent
    if response.code < 400:
        return
    assert after == before, f"{request} was refused with {response.code} but changed the store"
    if isinstance(body, str):
        assert body == "404 page not found\n"
        return
    assert body["kind"] == "Status"
    assert body["status"] == "Failure"
    assert body["code"] == response.code
    assert body.get("reason") in REASONS[response.code], body


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests())
def test_every_answer_is_proper(request: Request):
    """No request makes the server raise; an error is a Status with its code's reason and changes nothing."""
    before = SERVER.store.revision
    response = REST.handle(request)
    check(request, response, before, SERVER.store.revision)


@pytest.mark.parametrize("body", [b"true", b"3", b'"a"', b"{}", b"[3]"])
def test_a_json_patch_that_is_no_list_of_operations_is_a_bad_request(body):
    headers = {"content-type": "application/json-patch+json"}
    request = Request("PATCH", "/api/v1/namespaces/default/pods/a", headers=headers, body=body)
    answer = REST.handle(request)
    assert answer.code == 400
    assert "json: cannot unmarshal" in answer.body["message"]
