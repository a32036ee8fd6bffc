"""The door for clients in other processes: HTTPS on 127.0.0.1, for whoever knows the token.

A thread serves the connections; every request runs between two events of the cluster's loop, which keeps
real time (insideout.sim.realtime).  The protocol itself is uvicorn's business; this module is its application
(ASGI).
"""

import asyncio
import contextlib
import hmac
import logging
import socket
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from insideout.apiserver import kubeconfig
from insideout.apiserver.certificates import self_signed
from insideout.apiserver.encoding import encode_body, encode_events, waiting
from insideout.apiserver.requests import Request, Response, TextStream, WatchStream
from insideout.apiserver.rest import LONGEST_BODY_BYTES, Rest
from insideout.apiserver.status import bad_request, internal_error, unauthorized
from insideout.apiserver.subresources.streams import Passage
from insideout.apiserver.websocket import LONGEST_FRAME_BYTES, WebSocketStream
from insideout.sim.loop import Loop

if TYPE_CHECKING:
    import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HOST = "127.0.0.1"
_PATIENCE_S = 0.3
_FIRST_COUNTS = ("accept", "authorization", "content-type")
_DOTS_OF_A_JWT = 2
_LOG = logging.getLogger(__name__)


class Application:
    """The ASGI application: checks the token, hands requests to the server, writes what it answers."""

    def __init__(self, rest: Rest, loop: Loop, token: str) -> None:
        self._rest = rest
        self._loop = loop
        self._authorization = f"Bearer {token}".encode()
        self._streams: dict[WatchStream | TextStream, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._upgrade(scope, receive, send)

    def close_streams(self) -> None:
        """End every watch, so that its connection can be closed."""
        for stream in list(self._streams):
            self._loop.call(stream.close)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        if not self._knows(headers):
            await _send(send, Response(401, unauthorized().status))
            return
        request = _request(scope, scope["method"], headers, await _body(receive))
        response = self._answer(request)
        if isinstance(response.body, WatchStream | TextStream):
            await self._stream(response, response.body, receive, send)
        elif isinstance(response.body, Passage):
            # SPDY is not spoken here: the answer is that of a server to which no upgrade came through.
            problem = bad_request("Upgrade request required")
            await _send(send, Response(problem.code, problem.status))
        else:
            await _send(send, response)

    async def _upgrade(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket: exec."""
        headers = _headers(scope)
        upgraded = headers | {"connection": "Upgrade", "upgrade": "websocket"}
        if scope.get("subprotocols"):  # the web server has taken the header out
            upgraded["sec-websocket-protocol"] = ", ".join(scope["subprotocols"])
        request = _request(scope, "GET", upgraded, b"")
        known = self._knows(headers)
        response = self._answer(request) if known else Response(401, unauthorized().status)
        connections = self._rest.server.node_connections.get
        can_refuse = "websocket.http.response" in (scope.get("extensions") or {})
        stream = WebSocketStream(self._loop, connections, receive, send)
        await stream.serve(request, response, can_refuse=can_refuse)

    def _knows(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a request brings a token that may be one: the server reads it when it answers."""
        given = headers.get("authorization", "")
        if hmac.compare_digest(given.encode("latin-1"), self._authorization):
            return True
        return given.lower().startswith("bearer ") and given.count(".") == _DOTS_OF_A_JWT

    def _answer(self, request: Request) -> Response:
        try:
            return self._loop.call(self._rest.handle, request)
        except (
            Exception
        ) as failure:  # a bug of ours: the client gets a Status, whoever runs the server the trace
            _LOG.exception("%s %s failed", request.method, request.path)
            problem = internal_error(f"{type(failure).__name__}: {failure}")
            return Response(500, problem.status)

    async def _stream(
        self, response: Response, stream: WatchStream | TextStream, receive: Receive, send: Send
    ) -> None:
        """Write a watch's events, or text, as they come, until it ends or the client goes away."""
        ready = asyncio.Event()
        here = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the server is shutting down
                here.call_soon_threadsafe(ready.set)

        stream.on_ready = wake
        self._streams[stream] = None
        gone = asyncio.ensure_future(_disconnected(receive, ready))
        media_type = response.content_type
        if isinstance(stream, WatchStream) and "json" not in media_type:
            media_type += ";stream=watch"
        await send(_head(200, media_type, response.headers))
        try:
            while not gone.done():
                closed = stream.closed
                ready.clear()
                events = self._loop.call(waiting, stream)
                if events:
                    chunk = encode_events(events, response.content_type)
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                elif closed:
                    break
                else:
                    await ready.wait()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            del self._streams[stream]
            self._loop.call(stream.stop)


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers by name.

    Given several times, the first counts of those that Go's server asks for with Get; of the others all, as
    one list.
    """
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        if key not in headers:
            headers[key] = text
        elif key not in _FIRST_COUNTS:
            headers[key] += f", {text}"
    return headers


def _request(scope: Scope, method: str, headers: Mapping[str, str], body: bytes) -> Request:
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Request(method=method, path=scope["path"], query=query, headers=headers, body=body)


class HttpDoor:
    """The server on a port of 127.0.0.1, with a kubeconfig that leads to it."""

    def __init__(
        self,
        rest: Rest,
        loop: Loop,
        token: str,
        *,
        port: int = 0,
        kubeconfig_path: Path | None = None,
    ) -> None:
        self._application = Application(rest, loop, token)
        self._token = token
        rest.server.accounts.add_token(token)
        self._loop, self._api = loop, rest.server
        self._port = port
        self._folder = tempfile.TemporaryDirectory(prefix="kubernetes-inside-out-")
        self._given_path = kubeconfig_path
        self.certificate = ""
        """What the door is known by, in PEM, once it is open."""
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def kubeconfig(self) -> Path:
        """Where the kubeconfig is."""
        return self._given_path or self._file("kubeconfig")

    def start(self) -> None:
        """Listen, and write the kubeconfig; raise OSError when the port is taken."""
        certificate = self_signed(HOST)
        self.certificate = certificate.certificate.decode()
        kubeconfig.write_private(self._file("tls.crt"), certificate.certificate)
        kubeconfig.write_private(self._file("tls.key"), certificate.key)
        self.open()
        kubeconfig.write(self.kubeconfig, self.url, self._token, certificate.certificate)
        self._loop.call(self._api.advertise, self._port)

    def stop(self) -> None:
        """Close every connection and remove the kubeconfig."""
        self.close()
        if self._given_path is not None:
            self._given_path.unlink(missing_ok=True)
        self._folder.cleanup()

    def open(self) -> None:
        """Listen, unless it does; after `close` on the same port.  Raises OSError when that is taken."""
        if self._thread is not None:
            return
        # Loaded here: a cluster without an HTTP door does not need it.
        import uvicorn

        # The protocol is named so that asyncio sees TCP and turns off the delay of small packets.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, self._port))
            listener.listen(1024)  # from here on clients wait, while the thread starts
        except OSError:
            listener.close()
            raise
        config = uvicorn.Config(
            self._application,
            ssl_certfile=str(self._file("tls.crt")),
            ssl_keyfile=self._file("tls.key"),
            log_config=None,
            access_log=False,
            log_level="error",  # an upgrade to SPDY is refused, which is nothing to warn of
            server_header=False,
            lifespan="off",
            ws="wsproto",
            ws_max_size=LONGEST_FRAME_BYTES,
        )
        self._server = uvicorn.Server(config)
        serve = _serve_until_told(self._server, listener)
        self._thread = threading.Thread(target=asyncio.run, args=(serve,), name="course-http", daemon=True)
        self._thread.start()
        self._port = listener.getsockname()[1]
        self.url = f"https://{HOST}:{self._port}"

    def close(self) -> None:
        """Close every connection and refuse new ones; it waits for the loop, so not to be called by it."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._application.close_streams()
            self._thread.join(_PATIENCE_S)  # connections whose clients answer are closed by then
            self._server.force_exit = True
            self._thread.join()
        self._server, self._thread = None, None

    def _file(self, name: str) -> Path:
        return Path(self._folder.name) / name


async def _serve_until_told(server: "uvicorn.Server", listener: socket.socket) -> None:
    """Serve until `should_exit`; then drop what connections remain, without waiting for TLS's goodbye."""
    await server.serve(sockets=[listener])
    for connection in list(server.server_state.connections):
        transport = getattr(connection, "transport", None)
        if transport is not None:
            transport.abort()
    await asyncio.sleep(0.01)  # so that the aborted ones are closed before the event loop is


async def _body(receive: Receive) -> bytes:
    """Return a request's body, or the beginning of one that is too long anyway."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > LONGEST_BODY_BYTES:
            return bytes(body)


async def _disconnected(receive: Receive, ready: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    ready.set()


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _send(send: Send, response: Response) -> None:
    body = encode_body(response)
    await send(_head(response.code, response.content_type, response.headers, len(body)))
    await send({"type": "http.response.body", "body": body})


def _head(
    code: int, content_type: str, headers: dict[str, str], length: int | None = None
) -> MutableMapping[str, Any]:
    pairs = [("content-type", content_type), *((name.lower(), value) for name, value in headers.items())]
    if length is not None:
        pairs.append(("content-length", str(length)))
    return {
        "type": "http.response.start",
        "status": code,
        "headers": [(name.encode("latin-1"), value.encode("utf-8", "replace")) for name, value in pairs],
    }
