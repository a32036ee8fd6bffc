"""One connection to a kubelet: HTTP/1.1 as uvicorn speaks it, a WebSocket, or SPDY when a request asks.

uvicorn upgrades to WebSockets only.  What it lacks is added here in one place: the application is told whom
it talks to, and may take the socket over after a request.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from insideout.kubelet.connection import NodeConnection


@dataclass(frozen=True)
class Peer:
    """Whose socket it is: the node behind it, and the client's certificate where it showed one.

    The application finds it in the scope's `state`.
    """

    node: NodeConnection
    certificate: Mapping[str, Any] | None
    connection: "KubeletConnection"


class KubeletConnection(H11Protocol):
    """The protocol of a socket to the kubelet of `node`."""

    def __init__(self, config: Config, server_state: ServerState, node: NodeConnection) -> None:
        super().__init__(config=config, server_state=server_state, app_state={})
        self._node = node

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and look at the client's certificate."""
        super().connection_made(transport)
        certificate = transport.get_extra_info("peercert") or None
        self.app_state = {"peer": Peer(self._node, certificate, self)}

    def upgrade(self, headers: list[tuple[str, str]], protocol: asyncio.Protocol) -> None:
        """Answer the request with 101 and these headers, and leave the socket to `protocol`."""
        said = self.conn.send(h11.InformationalResponse(status_code=101, headers=headers))
        already, _ = self.conn.trailing_data
        self.cycle.disconnected = True  # nothing of HTTP follows
        self.connections.discard(self)
        self.transport.write(said or b"")
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        if already:
            protocol.data_received(already)
        self.transport.resume_reading()
