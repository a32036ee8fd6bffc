"""The way from a real API server to nodes and pods, whose addresses no machine has.

The API server's egress selector sends what is for the cluster's network to a proxy, in a Unix socket of the
private data folder: CONNECT, an address, and from there on bytes.  For a node's address the kubelet's server
answers, with the node's own certificate; for a pod's, the program that listens there.  A kubelet on 127.0.0.1
would not do: the API server does not proxy to nodes at addresses of a loopback
(pkg/registry/core/node/strategy.go:isProxyableHostname).  Webhooks are called that way, too: the API server
chooses an endpoint of the Service, and the program in the pod has its own certificate.  Or, `aggregated`,
another API server of ours is there.

Source: k8s.io/apiserver/pkg/server/egressselector/egress_selector.go@v1.36.2; RFC 9110, 9.3.6.
"""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from weakref import WeakSet

import h11

from insideout.apiserver.subresources.nodes import Stream
from insideout.backends.controlplane.credentials import KUBELETS, Credentials
from insideout.client.interface import Client
from insideout.kubelet.connection import NodeConnection
from insideout.kubelet.ports import ConnectionRefused, PortConnection
from insideout.kubelet.server.serving import Serving
from insideout.kubelet.server.socketsession import SocketSession
from insideout.sim.loop import Loop

KUBELET_PORT = 10250
REFUSED = "connect: connection refused"


class Server(NamedTuple):
    """How a server shows who it is, and what makes the protocol of a new connection to it."""

    context: ssl.SSLContext
    protocol: Callable[[], asyncio.Protocol]


class Tunnel:
    """Leads to the nodes of `connections` and their pods, from `start` to `stop`, in a thread of its own."""

    def __init__(
        self, path: Path, loop: Loop, connections: Mapping[str, NodeConnection], credentials: Credentials
    ) -> None:
        self._path, self._loop = path, loop
        self._connections, self._credentials = connections, credentials
        self.servers: dict[str, Server] = {}
        """Who else answers, by address and port."""
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}
        self._transports: WeakSet[asyncio.Transport] = WeakSet()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, client: Client) -> None:
        """Listen; `client` is how kubelets ask the API server who may ask them."""
        self._serving = Serving(self._loop, client)
        listener = socket.socket(socket.AF_UNIX)
        with _short(self._path) as path:
            listener.bind(path)
        self._here = asyncio.new_event_loop()
        self._is_told = asyncio.Event()
        listener.listen(1024)  # from here on the API server waits, while the thread starts
        self._thread = threading.Thread(target=self._run, args=(listener,), name="kubelets", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Drop every connection and take no more."""
        if not self._thread.is_alive():
            return
        self._serving.close()
        self._here.call_soon_threadsafe(self._is_told.set)
        self._thread.join()

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._here) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        server = await self._here.create_unix_server(lambda: _Beginning(self._answer), sock=listener)
        await self._is_told.wait()
        server.close()
        for transport in list(self._transports):
            transport.abort()
        await asyncio.sleep(0.01)  # so that the aborted ones are closed before the event loop is

    def _answer(self, beginning: "_Beginning", asked: h11.Request) -> None:
        """Lead a connection where it wants to go, or refuse it."""
        self._transports.add(beginning.transport)
        host, _, port = asked.target.decode("latin-1").rpartition(":")
        if asked.method != b"CONNECT" or not port.isdecimal():
            beginning.refuse(400, "not a tunnel to an address")
            return
        if server := self.servers.get(f"{host}:{port}"):
            beginning.accept()
            self._secure(beginning.transport, server)
            return
        node = self._loop.call(self._node_at, host)
        if node is None:
            self._to_pod(beginning, host, int(port))
        elif int(port) != KUBELET_PORT or not node.is_listening:
            beginning.refuse(502, REFUSED)
        else:
            beginning.accept()
            kubelet = Server(self._context(node), partial(self._serving.protocol, node))
            self._secure(beginning.transport, kubelet)

    def _node_at(self, address: str) -> NodeConnection | None:
        return next((one for one in self._connections.values() if one.address == address), None)

    def _to_pod(self, beginning: "_Beginning", address: str, port: int) -> None:
        """Let the program that listens on a pod's port have the connection."""

        def open(put: Callable[[int, bytes], object], end: Callable[[], object]) -> Stream:
            for node in self._connections.values():
                found = node.connect(address, port, lambda data: put(0, data), end)
                if found is not None:
                    return _ToPort(found)
            raise LookupError(address)

        try:
            session = SocketSession(self._loop, open)
        except ConnectionRefused:
            beginning.refuse(502, REFUSED)
        except LookupError:
            beginning.refuse(502, "connect: no route to host")
        else:
            beginning.accept()
            beginning.transport.set_protocol(session)
            session.connection_made(beginning.transport)

    def _secure(self, transport: asyncio.Transport, server: "Server") -> None:
        task = asyncio.ensure_future(self._to_server(transport, server))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _to_server(self, transport: asyncio.Transport, server: "Server") -> None:
        """Let a server have the connection, once client and server know each other."""
        early = _Early()
        try:
            secured = await self._here.start_tls(transport, early, server.context, server_side=True)
        except OSError:  # no TLS, or a certificate that our authority did not sign
            transport.abort()
            return
        assert isinstance(secured, asyncio.Transport)
        protocol = server.protocol()
        secured.set_protocol(protocol)
        protocol.connection_made(secured)
        early.hand_over(protocol)

    def _context(self, node: NodeConnection) -> ssl.SSLContext:
        """Return how a node shows who it is, and who else may show it: a client without is told 401."""
        key = node.name, node.address
        if key not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._credentials.kubelet(*key))
            context.load_verify_locations(self._credentials.certificate(KUBELETS)[0])
            context.verify_mode = ssl.CERT_OPTIONAL
            self._contexts[key] = context
        return self._contexts[key]


class _Beginning(asyncio.Protocol):
    """A connection before it leads anywhere; `answer` is given it, and the request with which it begins."""

    def __init__(self, answer: Callable[["_Beginning", h11.Request], object]) -> None:
        self._answer = answer
        self._http = h11.Connection(h11.SERVER)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take the request, or close on what is none."""
        try:
            self._http.receive_data(data)
            event = self._http.next_event()
        except h11.RemoteProtocolError:
            self.transport.close()
            return
        if isinstance(event, h11.Request):
            self._answer(self, event)

    def accept(self) -> None:
        """Say that what follows is bytes for the other side."""
        self._say(h11.Response(status_code=200, headers=[]))

    def refuse(self, code: int, why: str) -> None:
        """Say why it leads nowhere, and close."""
        self._say(h11.Response(status_code=code, reason=why.encode(), headers=[("Content-Length", "0")]))
        self.transport.close()

    def _say(self, response: h11.Response) -> None:
        self.transport.write(self._http.send(response) or b"")


class _ToPort:
    """A connection to a pod's port, as a session."""

    is_full = False

    def __init__(self, connection: PortConnection) -> None:
        self._connection = connection

    def receive(self, frame: bytes) -> None:
        """Take bytes of the client."""
        self._connection.feed(frame)

    def stop(self) -> None:
        """End: the client has gone."""
        self._connection.stop()


class _Early(asyncio.Protocol):
    """Keeps what comes between TLS and the protocol that is for it."""

    def __init__(self) -> None:
        self._came: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        """Keep it."""
        self._came.append(data)

    def hand_over(self, protocol: asyncio.Protocol) -> None:
        """Give what came to the protocol."""
        for data in self._came:
            protocol.data_received(data)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Give a path of a socket that is short enough: at most 104 bytes on macOS, 108 on Linux."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        there = f"/proc/self/fd/{folder}/{path.name}"
        yield there if os.path.isdir(os.path.dirname(there)) else str(path)
    finally:
        os.close(folder)
