"""What passes a relay arrives; what is noted of it is who asked for what, the answer, and each event."""

import json

import pytest

from insideout.apiserver.requestlog import EventDelivered, RequestLog, RequestMade
from insideout.backends.controlplane.relay import Relay, Target, target_of

POD = {"kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop", "resourceVersion": "7"}}


class Conversation:
    """A relay between a client and a server that are bytes; a second passes with each."""

    def __init__(self) -> None:
        self.log, self.now_s = RequestLog(), 0.0
        self.relay = Relay(self.log, self.clock_s)

    def clock_s(self) -> float:
        self.now_s += 1
        return self.now_s

    def ask(self, line: str, *headers: str, body: bytes = b"") -> bytes:
        """Return what the server gets of a request."""
        lines = [
            f"{line} HTTP/1.1",
            "Host: 127.0.0.1",
            "User-Agent: kube-scheduler/v1.36.2 (linux)",
            *headers,
        ]
        self.relay.from_client("\r\n".join([*lines, "", ""]).encode() + body)
        return self.relay.taken()[1]

    def answer(self, line: str, *headers: str, body: bytes = b"") -> bytes:
        """Return what the client gets of an answer."""
        self.relay.from_server("\r\n".join([f"HTTP/1.1 {line}", *headers, "", ""]).encode() + body)
        return self.relay.taken()[0]

    def tell(self, *events: dict) -> None:
        """Have the server send events of a watch, cut in the middle of the first."""
        lines = b"".join(json.dumps(event).encode() + b"\n" for event in events)
        for part in (lines[:20], lines[20:]):
            self.relay.from_server(f"{len(part):x}\r\n".encode() + part + b"\r\n")


@pytest.fixture
def talk():
    return Conversation()


WATCH = "GET /api/v1/namespaces/shop/pods?watch=1"
STREAM = ("Content-Type: application/json", "Transfer-Encoding: chunked")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api/v1/pods", Target("pods")),
        ("/api/v1/namespaces/shop/pods", Target("pods", "shop")),
        ("/api/v1/namespaces/shop/pods/web-1/binding", Target("pods", "shop", "web-1", "binding")),
        ("/apis/apps/v1/namespaces/shop/deployments/web", Target("deployments", "shop", "web")),
        ("/api/v1/namespaces", Target("namespaces")),
        ("/api/v1/namespaces/shop", Target("namespaces", "", "shop")),
        ("/api/v1/namespaces/shop/status", Target("namespaces", "", "shop", "status")),
        ("/api/v1/nodes/n1/proxy/metrics", Target("nodes", "", "n1", "proxy")),
        (
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
            Target("clusterroles", "", "system:node"),
        ),
        ("/api/v1", None),
        ("/apis/apps/v1", None),
        ("/readyz", None),
        ("/openapi/v2", None),
    ],
)
def test_a_path_says_what_a_request_is_about(path, target):
    assert target_of(path) == target


def test_a_request_is_noted_when_it_was_made_with_its_answer(talk):
    asked = talk.ask("DELETE /api/v1/namespaces/shop/pods/web-1")
    assert asked.startswith(b"DELETE /api/v1/namespaces/shop/pods/web-1 HTTP/1.1\r\n")
    assert not talk.log.entries
    assert talk.answer("404 Not Found", "Content-Length: 2", body=b"{}").endswith(b"\r\n\r\n{}")
    talk.ask("GET /readyz")
    talk.answer("200 OK", "Content-Length: 0")
    assert list(talk.log) == [RequestMade(1.0, "kube-scheduler", "delete", "pods", "shop", "web-1", "", 404)]


def test_the_name_that_the_server_chose_is_noted(talk):
    talk.ask("POST /api/v1/namespaces/shop/pods", "Content-Length: 2", body=b"{}")
    body = json.dumps(POD).encode()
    talk.answer("201 Created", "Content-Type: application/json", f"Content-Length: {len(body)}", body=body)
    assert list(talk.log) == [RequestMade(1.0, "kube-scheduler", "create", "pods", "shop", "web-1", "", 201)]


def test_every_event_of_a_watch_is_noted_when_it_passes(talk):
    talk.ask(WATCH)
    talk.answer("200 OK", *STREAM)
    bookmark = {"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": {"resourceVersion": "9"}}}
    talk.tell({"type": "ADDED", "object": POD}, bookmark)
    assert list(talk.log) == [
        RequestMade(1.0, "kube-scheduler", "watch", "pods", "shop", "", "", 200),
        EventDelivered(2.0, "kube-scheduler", "pods", "ADDED", "shop", "web-1", "7", "Pending, no node"),
    ]


def test_the_events_of_kubectl_are_rows_of_tables(talk):
    talk.ask(WATCH)
    talk.answer("200 OK", *STREAM)
    talk.tell({"type": "ADDED", "object": {"kind": "Table", "rows": [{"cells": [], "object": POD}]}})
    assert [entry.name for entry in talk.log] == ["", "web-1"]


def test_json_is_asked_for_where_protobuf_would_do(talk):
    accept = "application/vnd.kubernetes.protobuf;as=Table,application/json"
    asked = talk.ask(WATCH, f"Accept: {accept}", "Authorization: Bearer secret")
    assert b"accept: application/json;as=Table,application/json\r\n" in asked
    assert b"authorization: Bearer secret\r\n" in asked


def test_events_that_cannot_be_read_pass_all_the_same(talk):
    talk.ask(WATCH)
    talk.answer("200 OK", "Content-Type: application/cbor", "Transfer-Encoding: chunked")
    talk.relay.from_server(b"2\r\n\xff\n\r\n")
    assert talk.relay.taken()[0] == b"2\r\n\xff\n\r\n"
    assert [entry.verb for entry in talk.log] == ["watch"]


def test_after_an_upgrade_bytes_pass_as_they_are(talk):
    talk.ask("GET /api/v1/namespaces/shop/pods/web-1/exec", "Connection: Upgrade", "Upgrade: websocket")
    answer = talk.answer("101 Switching", "Connection: Upgrade", "Upgrade: websocket", body=b"\x82\x00")
    assert answer.endswith(b"\r\n\r\n\x82\x00")
    talk.relay.from_client(b"\x82\x01x")
    talk.relay.from_server(b"\x82\x01y")
    assert talk.relay.taken() == (b"\x82\x01y", b"\x82\x01x")
    assert [(entry.subresource, entry.code) for entry in talk.log] == [("exec", 101)]


def test_a_request_that_nobody_answers_has_the_code_0(talk):
    talk.ask("GET /api/v1/nodes/n1")
    talk.relay.unanswered()
    talk.relay.unanswered()
    assert [(entry.verb, entry.code) for entry in talk.log] == [("get", 0)]


def test_an_answer_that_ends_with_its_connection_ends(talk):
    talk.ask("GET /api/v1/nodes/n1")
    talk.answer("200 OK", "Connection: close", body=b"{}")
    talk.relay.from_server(b"")
    assert talk.relay.taken()[0].endswith(b"0\r\n\r\n")
    assert [entry.code for entry in talk.log] == [200]
