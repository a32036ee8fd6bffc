"""The door for clients in other processes: HTTPS on 127.0.0.1, for whoever knows the token.

A thread serves the connections; every request runs between two events of the cluster's loop, which keeps
real time (insideout.sim.realtime).  The protocol itself is uvicorn's business; this module is its application
(ASGI).
"""

import asyncio
import hmac
import logging
import socket
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from insideout.apiserver import kubeconfig
from insideout.apiserver.asgi import (
    Receive,
    Scope,
    Send,
    Streams,
    answer,
    body_of,
    headers_of,
    request_of,
)
from insideout.apiserver.certificates import self_signed
from insideout.apiserver.requests import Request, Response, TextStream, WatchStream
from insideout.apiserver.rest import Rest
from insideout.apiserver.status import bad_request, internal_error, unauthorized
from insideout.apiserver.subresources.streams import Passage
from insideout.apiserver.websocket import upgrade
from insideout.apiserver.wschannels import LONGEST_FRAME_BYTES, WebSocketStream
from insideout.sim.loop import Loop

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
_PATIENCE_S = 0.3
_DOTS_OF_A_JWT = 2
_LOG = logging.getLogger(__name__)


class Application:
    """The ASGI application: checks the token, hands requests to the server, writes what it answers."""

    def __init__(self, rest: Rest, loop: Loop, token: str) -> None:
        self._rest = rest
        self._loop = loop
        self._authorization = f"Bearer {token}".encode()
        self._streams = Streams(loop)

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
        self._streams.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        if not self._knows(headers):
            await answer(send, Response(401, unauthorized().status))
            return
        request = request_of(scope, scope["method"], headers, await body_of(receive))
        response = self._answer(request)
        if isinstance(response.body, WatchStream | TextStream):
            await self._streams.carry(response, response.body, receive, send)
        elif isinstance(response.body, Passage):
            # SPDY is not spoken here: the answer is that of a server to which no upgrade came through.
            problem = bad_request("Upgrade request required")
            await answer(send, Response(problem.code, problem.status))
        else:
            await answer(send, response)

    async def _upgrade(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket: exec."""
        headers = headers_of(scope)
        upgraded = headers | {"connection": "Upgrade", "upgrade": "websocket"}
        if scope.get("subprotocols"):  # the web server has taken the header out
            upgraded["sec-websocket-protocol"] = ", ".join(scope["subprotocols"])
        request = request_of(scope, "GET", upgraded, b"")
        known = self._knows(headers)
        response = self._answer(request) if known else Response(401, unauthorized().status)
        stream = WebSocketStream(self._loop, scope, receive, send)
        await upgrade(stream, request, response, self._rest.server.node_connections)

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


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
