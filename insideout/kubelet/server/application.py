"""What a kubelet's server answers: logs, commands, ports, the Pods that are here, what can be scraped.

Left out: /checkpoint, /configz, /logs and /debug, of which a hollow node has nothing.

Source: pkg/kubelet/server/server.go, k8s.io/streaming/pkg/httpstream/httpstream.go@v1.36.2.
"""

import logging
from collections.abc import Mapping

from insideout.apiserver.asgi import Receive, Scope, Send, Streams, answer, body_of, headers_of, request_of
from insideout.apiserver.requests import Request, Response, TextStream
from insideout.apiserver.status import StatusError
from insideout.apiserver.subresources import logoptions
from insideout.apiserver.subresources.nodes import Asked, NodeConnection
from insideout.apiserver.subresources.nodes import Stream as Session
from insideout.apiserver.subresources.streams import (
    PORTFORWARD,
    SPDY,
    TUNNEL,
    Upstream,
    is_true,
    offered,
    split,
)
from insideout.apiserver.wschannels import PLAIN, WebSocketStream, answered
from insideout.kubelet.server.access import Access
from insideout.kubelet.server.connection import Peer
from insideout.kubelet.server.socketsession import SocketSession
from insideout.kubelet.spdycommand import VERSIONS
from insideout.sim.loop import Loop

_LOG = logging.getLogger(__name__)
_STREAMS = ("exec", "attach", "portForward")


class Application:
    """The ASGI application behind every node's port; the scope's state says whose it is."""

    def __init__(self, loop: Loop, access: Access) -> None:
        self._loop = loop
        self._access = access
        self._streams = Streams(loop)

    def close_streams(self) -> None:
        """End every log that is followed."""
        self._streams.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        peer: Peer = scope["state"]["peer"]
        headers = headers_of(scope)
        if scope["type"] == "websocket":
            if scope.get("subprotocols"):  # the web server has taken the header out
                headers["sec-websocket-protocol"] = ", ".join(scope["subprotocols"])
            await self._websocket(peer, request_of(scope, "GET", headers, b""), scope, receive, send)
            return
        request = request_of(scope, scope["method"], headers, await body_of(receive))
        response = self._refusal(peer, request) or self._answer(peer, request)
        if response is None:
            return  # the socket is no web server's any more
        if isinstance(response.body, TextStream):
            await self._streams.carry(response, response.body, receive, send)
        else:
            await answer(send, response)

    async def _websocket(
        self, peer: Peer, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> None:
        stream = WebSocketStream(self._loop, scope, receive, send)
        await stream.wish()
        refused = self._refusal(peer, request)
        asked = _upstream(request)
        if refused is not None or asked is None:
            await stream.refuse(refused or _no_such_page())
            return

        def open(protocol: str) -> Session:
            return peer.node.stream(asked, protocol, stream.put, stream.end)

        await answered(stream, asked, offered(request.headers), open)

    def _refusal(self, peer: Peer, request: Request) -> Response | None:
        """Return the answer to whoever may not ask."""
        given = request.headers.get("authorization", "")
        asked = (peer.node.name, request.method, request.path, peer.certificate, given)
        refused = self._loop.call(self._access.refusal, *asked)
        return None if refused is None else _text(*refused)

    def _answer(self, peer: Peer, request: Request) -> Response | None:
        """Return the answer, None when the connection was upgraded."""
        root, *rest = request.path.strip("/").split("/")
        try:
            if root in _STREAMS:
                return self._stream(peer, request)
            if root == "containerLogs" and len(rest) == 3 and request.method == "GET":
                return self._loop.call(_log, peer.node, rest, request)
            if root == "run" and len(rest) in (3, 4) and request.method == "POST":
                return self._loop.call(_run, peer.node, rest, request)
            asked = Asked(request.method, request.path)
            return Response(*self._loop.call(peer.node.page, asked))
        except StatusError as problem:
            return _text(problem.code, str(problem))
        except (
            Exception
        ) as failure:  # a bug of ours: the client is told, whoever runs the cluster gets the trace
            _LOG.exception("%s %s failed", request.method, request.path)
            return _text(500, f"{type(failure).__name__}: {failure}")

    def _stream(self, peer: Peer, request: Request) -> Response | None:
        """Upgrade to SPDY; return why not where that cannot be."""
        asked = _upstream(request)
        if asked is None:
            return _no_such_page()
        versions = (PORTFORWARD,) if asked.path.startswith("/portForward/") else VERSIONS
        given = split(request.headers.get("x-stream-protocol-version", ""))
        chosen = next((version for version in given if version in versions), "")
        protocol = TUNNEL if versions == (PORTFORWARD,) else f"{SPDY}+{chosen or versions[0]}"
        # Pod and container are looked at before the upgrade is.
        connection = SocketSession(self._loop, lambda put, end: peer.node.stream(asked, protocol, put, end))
        is_upgrade = "upgrade" in request.headers.get("connection", "").lower()
        if not is_upgrade or request.headers.get("upgrade", "").lower() != SPDY.lower():
            connection.connection_lost(None)
            return _text(500, "Upgrade request required\n")
        if not chosen:
            connection.connection_lost(None)
            return _no_version(request.headers, given, versions)
        said = [("Connection", "Upgrade"), ("Upgrade", SPDY), ("X-Stream-Protocol-Version", chosen)]
        peer.connection.upgrade(said, connection)
        return None


def _upstream(request: Request) -> Upstream | None:
    """Return which stream is asked for, None for a path or method that is none; a uid is not looked at."""
    root, *rest = request.path.strip("/").split("/")
    lengths = (2, 3) if root == "portForward" else (3, 4)
    if root not in _STREAMS or len(rest) not in lengths or request.method not in ("GET", "POST"):
        return None
    parts = rest[:2] if root == "portForward" else [*rest[:2], rest[-1]]
    query = tuple((name, value) for name, values in request.query.items() for value in values)
    return Upstream(request.method, "/" + "/".join([root, *parts]), query)


def _log(node: NodeConnection, where: list[str], request: Request) -> Response:
    """Return a container's log, or what hands it on as it is written."""
    namespace, name, container = where
    pod = {"metadata": {"namespace": namespace, "name": name}}
    try:
        query = logoptions.check(name, request.query)
    except StatusError as refused:
        why = "Unable to decode query." if refused.code == 400 else "Invalid request."
        return _text(refused.code, f'{{"message": "{why}"}}')
    if is_true(request.query, "follow"):
        text = TextStream()
        text.on_stop = node.follow(pod, container, query, text.put, text.close)
        return Response(200, text, PLAIN)
    return Response(200, node.log(pod, container, query), PLAIN)


def _run(node: NodeConnection, where: list[str], request: Request) -> Response:
    """Run a command and return what it wrote; one that fails is an error of the server's."""
    pod = {"metadata": {"namespace": where[0], "name": where[1]}}
    words = request.parameter("cmd").split(" ")
    code, out, err = node.run(pod, where[-1], words)
    if code:
        raise StatusError(500, "", f"command '{' '.join(words)}' exited with {code}: {err}")
    return Response(200, out + err, "application/json")


def _no_version(headers: Mapping[str, str], given: list[str], versions: tuple[str, ...]) -> Response:
    """Return the refusal of an upgrade whose client speaks no version of ours."""
    if not given:
        count = len(headers)
        header = "X-Stream-Protocol-Version"
        return _text(
            400, f"unable to upgrade: header {header} does not exist in request with {count} headers\n"
        )
    ours, theirs = " ".join(versions), " ".join(given)
    why = f"unable to negotiate protocol: client supports [{theirs}], server accepts [{ours}]"
    accepted = {"X-Accepted-Stream-Protocol-Versions": ", ".join(versions)}
    return Response(403, f"unable to upgrade: {why}\n", PLAIN, accepted)


def _no_such_page() -> Response:
    return _text(404, "404: Page Not Found")


def _text(code: int, text: str) -> Response:
    return Response(code, text, PLAIN)
