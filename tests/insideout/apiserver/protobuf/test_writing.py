"""Watches in protobuf: what is written is read back, framed, and as large as on a real wire."""

import pytest

from insideout import Cluster
from insideout.apiserver import protobuf
from insideout.apiserver.protobuf.wire import fields
from insideout.apiserver.protobuf.writing import write_object

PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch"
SLICE = {
    "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},
    "addressType": "IPv4",
    "ports": [{"name": "", "port": 8080, "protocol": "TCP"}],
    "endpoints": [
        {
            "addresses": ["10.0.0.1"],
            "conditions": {"ready": True, "serving": True, "terminating": False},
            "hints": {"forZones": [{"name": "a"}]},
            "nodeName": "n1",
            "targetRef": {"kind": "Pod", "name": "p", "namespace": "default", "uid": "u"},
        }
    ],
}
ENDPOINTS = {
    "metadata": {"name": "web"},
    "subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80}]}],
}


@pytest.fixture
def cluster():
    with Cluster.create(nodes=0) as made:
        yield made


def without_empty(value):
    """Return a value without what is written although it is empty."""
    if isinstance(value, dict):
        kept = {key: without_empty(each) for key, each in value.items()}
        return {
            key: each
            for key, each in kept.items()
            if (each not in ("", None, {}) and each != 0) or each is False
        }
    return [without_empty(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("group", "resource", "body"),
    [("discovery.k8s.io", "endpointslices", SLICE), ("", "endpoints", ENDPOINTS)],
)
def test_what_is_written_is_read_back(cluster, group, resource, body):
    cluster.client().create(resource, body, "default")
    stored = cluster.client().get(resource, body["metadata"]["name"], "default")
    kind = cluster.backend.server.kind(group, "v1", resource)
    assert without_empty(protobuf.read_object(kind, write_object(stored))) == without_empty(stored)


def watched(cluster, accept, path="/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"):
    """Return the first bytes of a watch, and its answer."""
    client = cluster.api_client
    url = f"{client.configuration.host}{path}?watch=1&timeoutSeconds=5"
    pool = client.rest_client.pool_manager
    answer = pool.request("GET", url, headers={"Accept": accept}, preload_content=False)
    return next(answer.stream()), answer


def test_a_watch_in_frames(cluster):
    cluster.client().create("endpointslices", SLICE, "default")
    data, answer = watched(cluster, PROTOBUF)
    assert answer.headers["Content-Type"].startswith("application/vnd.kubernetes.protobuf")
    assert int.from_bytes(data[:4], "big") == len(data) - 4
    event = dict(fields(data[4:]))
    assert event[1] == b"ADDED"
    assert dict(fields(event[2]))[1].startswith(b"k8s\x00")


def test_json_where_it_is_preferred_or_all_that_there_is(cluster):
    cluster.client().create("endpointslices", SLICE, "default")
    assert watched(cluster, "application/json, application/vnd.kubernetes.protobuf")[0].startswith(b'{"type"')
    namespaces = watched(
        cluster, "application/vnd.kubernetes.protobuf, application/json", "/api/v1/namespaces"
    )
    assert namespaces[0].startswith(b'{"type"')


def test_a_slice_of_a_hundred_is_as_large_as_on_a_live_server(cluster):
    """A live v1.36.2 server sent 13,090 bytes for a slice of 100, with names of its own."""
    endpoint = SLICE["endpoints"][0]
    members = [
        {
            **endpoint,
            "addresses": [f"10.244.1.{number + 100}"],
            "targetRef": {
                "kind": "Pod",
                "name": f"web-5d4f8c7b9-{number:05d}",
                "namespace": "default",
                "uid": f"00000000-0000-4000-8000-{number:012d}",
            },
            "nodeName": f"node-{number:04d}",
            "zone": "zone-a",
        }
        for number in range(100)
    ]
    cluster.client().create("endpointslices", {**SLICE, "endpoints": members}, "default")
    stored = cluster.client().get("endpointslices", "web-1", "default")
    assert 0.93 < len(write_object(stored)) / 13_090 < 1.07
