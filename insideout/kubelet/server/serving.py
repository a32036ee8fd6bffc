"""The kubelets' servers of one cluster: one application for all, and a protocol for each connection."""

import asyncio

from uvicorn.config import Config
from uvicorn.server import ServerState

from insideout.apiserver.wschannels import LONGEST_FRAME_BYTES
from insideout.client import Client
from insideout.kubelet.connection import NodeConnection
from insideout.kubelet.server.access import Access
from insideout.kubelet.server.application import Application
from insideout.kubelet.server.connection import KubeletConnection
from insideout.sim import Loop

IDLE_S = 90
"""How long a connection on which nothing is asked is kept: the IdleTimeout of the kubelet's server."""


class Serving:
    """Serves the nodes of one cluster; `client` is how kubelets ask the API server who may ask them."""

    def __init__(self, loop: Loop, client: Client) -> None:
        self._application = Application(loop, Access(client, loop))
        self._config = Config(
            self._application,
            log_config=None,
            access_log=False,
            log_level="error",  # uvicorn does not know SPDY, which is nothing to warn of
            server_header=False,
            timeout_keep_alive=IDLE_S,
            ws="wsproto",
            ws_max_size=LONGEST_FRAME_BYTES,
        )
        self._config.load()
        self._state = ServerState()

    def protocol(self, node: NodeConnection) -> asyncio.Protocol:
        """Return the protocol of a new connection to a node's port, to be run by the server's own thread."""
        return KubeletConnection(self._config, self._state, node)

    def close(self) -> None:
        """End what goes on by itself: the logs that are followed."""
        self._application.close_streams()
