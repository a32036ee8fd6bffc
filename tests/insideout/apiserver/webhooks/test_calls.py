"""A webhook at an address of this machine is asked over HTTPS, and its certificate is looked at."""

import base64
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from insideout.apiserver.certificates import self_signed
from insideout.apiserver.webhooks.calls import Caller, CallError

from .conftest import Hooked


class Handler(BaseHTTPRequestHandler):
    """Says its path and what it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode() + b" " + body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(NamedTuple):
    """A webhook's server: its URL and its certificate as a caBundle."""

    url: str
    ca_bundle: str


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return an HTTPS server on this machine."""
    made = self_signed()
    pem = tmp_path / "both.pem"
    pem.write_bytes(made.certificate + made.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listening = HTTPServer(("127.0.0.1", 0), Handler)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield Server(
        f"https://127.0.0.1:{listening.server_port}/hook", base64.b64encode(made.certificate).decode()
    )
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def caller(api: Hooked) -> Caller:
    """Return what calls webhooks."""
    return api.server.webhooks.caller


def test_a_review_is_posted(server: Server, caller: Caller) -> None:
    """With the time that it may take."""
    client = {"url": server.url, "caBundle": server.ca_bundle}
    assert caller.call(client, {"a": 1}, 10) == '/hook?timeout=10s {"a": 1}'


def test_a_certificate_of_nobody_known_is_refused(server: Server, caller: Caller) -> None:
    """Without the bundle that signed it."""
    with pytest.raises(CallError, match="tls: failed to verify certificate: x509: "):
        caller.call({"url": server.url}, {}, 10)


def test_nobody_listens(caller: Caller) -> None:
    """In Go's words."""
    with pytest.raises(CallError) as refused:
        caller.call({"url": "https://127.0.0.1:1/"}, {}, 10)
    why = "dial tcp 127.0.0.1:1: connect: connection refused"
    assert str(refused.value) == f'Post "https://127.0.0.1:1/?timeout=10s": {why}'


def test_other_machines_are_not_reached(caller: Caller) -> None:
    """Nothing leaves this one."""
    with pytest.raises(CallError, match="only addresses of this machine are reached"):
        caller.call({"url": "https://hooks.example.com/"}, {}, 10)
