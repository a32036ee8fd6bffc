"""The backend in this process: the course's own API server, in virtual or in real time."""

import secrets
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from insideout.apiserver.extensions import Extensions
from insideout.apiserver.requestlog import LoggedRest, RequestLog
from insideout.apiserver.requests import Request, Response
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.backends.replicated import LastingReplicatedStore, ReplicatedStore
from insideout.client.door import LocalDoor
from insideout.client.interface import Client
from insideout.client.local import LocalClient
from insideout.client.logged import LoggedClient
from insideout.client.transport import api_client
from insideout.raft.messages import MakeNode
from insideout.sim.loop import Loop
from insideout.sim.realtime import RealtimeLoop

if TYPE_CHECKING:
    import kubernetes.client

    from insideout.apiserver.http import HttpDoor


class EmbeddedBackend:
    """An API server over a store in memory, or over `raft_nodes` nodes that `raft` makes.

    `raft_lasts` is for a cluster that lives long: see `insideout.raft.lasting`.
    `log` notes what it is asked and what it tells.  With `has_storage` there is a default
    StorageClass, as in clusters that come with storage.  `watch_cache` is kube-apiserver's --watch-cache.  In
    virtual time nothing waits, and there is no door for other processes: they live in real time.
    """

    runs_components = True

    def __init__(
        self,
        *,
        seed: int = 0,
        realtime: bool = False,
        port: int = 0,
        kubeconfig: Path | None = None,
        log: RequestLog | None = None,
        raft: MakeNode | None = None,
        raft_nodes: int = 3,
        raft_lasts: bool = False,
        has_storage: bool = False,
        watch_cache: bool = True,
    ) -> None:
        self.loop: Loop = RealtimeLoop(seed=seed) if realtime else Loop(seed=seed)
        self.store: ReplicatedStore | None = None
        if raft is not None:
            kind = LastingReplicatedStore if raft_lasts else ReplicatedStore
            self.store = kind(raft, self.loop, nodes=raft_nodes, seed=seed)
        self.server = ApiServer(self.loop, self.store, watch_cache=watch_cache)
        self.log = log
        self.server.metrics = self._metrics
        self.rest = Rest(self.server) if log is None else LoggedRest(self.server, log)
        if has_storage:
            self.server.create_default_class()
        self._port = port
        self._kubeconfig = kubeconfig
        self._door: HttpDoor | None = None
        if isinstance(self.loop, RealtimeLoop):
            self.loop.start()

    @property
    def node_connections(self) -> MutableMapping[str, Any]:
        """Where the API server finds the nodes."""
        return self.server.node_connections

    @property
    def extensions(self) -> Extensions:
        """The other servers behind this one, such as a metrics-server."""
        return self.server.extensions

    @property
    def certificate(self) -> Callable[[], str] | None:
        """Gives what the HTTP door is known by, "" while it is closed; None where time is virtual."""
        if not isinstance(self.loop, RealtimeLoop):
            return None
        return lambda: self._door.certificate if self._door is not None else ""

    def gives_accounts(self) -> None:
        """Give every new pod its service account: there is a controller that makes them."""
        self.server.resources.pod_accounts.is_on = True

    def _metrics(self) -> str:
        # Loaded here: few clusters are scraped over HTTP.
        from insideout.apiserver.metrics import ApiServerMetrics
        from insideout.monitoring import families

        def stored(resource: str) -> int:
            return len(LocalClient(self.server, share=True).list(resource)["items"])

        return families.text(ApiServerMetrics(stored, self.log))

    def client(self, name: str) -> Client:
        """Return a client for the component `name`."""
        client = LocalClient(self.server, name)
        return client if self.log is None else LoggedClient(client, name, self.log, self.loop)

    @property
    def door(self) -> LocalDoor:
        """The way to the API server without a network."""
        return LocalDoor(self._handle, self.loop)

    def api_client(self) -> "kubernetes.client.ApiClient":
        """Return a client of the official library, without a network."""
        return api_client(self.door)

    def _handle(self, request: Request) -> Response:
        if not self.server.is_up:
            raise ConnectionRefusedError("the API server refuses connections")
        return self.rest.handle(request)

    def kubeconfig(self) -> Path:
        """Return the path of a kubeconfig, opening the HTTP door when it is asked for first."""
        if not isinstance(self.loop, RealtimeLoop):
            raise RuntimeError(
                "other programs live in real time, this cluster in virtual time: "
                "create it with Cluster.create(realtime=True)"
            )
        if self._door is None:
            # Loaded here: most clusters never open the door.
            from insideout.apiserver.http import HttpDoor

            token = secrets.token_urlsafe(32)
            door = HttpDoor(self.rest, self.loop, token, port=self._port, kubeconfig_path=self._kubeconfig)
            door.start()
            if not self.server.is_up:
                door.close()
            self._door = door
        return self._door.kubeconfig

    @property
    def url(self) -> str:
        """Where the HTTP door is."""
        self.kubeconfig()
        assert self._door is not None  # kubeconfig() opened it
        return self._door.url

    def pause(self) -> None:
        """Make the API server unreachable: requests are refused, watches end; nothing is lost."""
        self.loop.call(self.server.pause)
        if self._door is not None:
            self._door.close()

    def resume(self) -> None:
        """Make it reachable again."""
        self.server.is_up = True
        if self._door is not None:
            self._door.open()

    def stop(self) -> None:
        """Close the door, if it is open, and let no more time pass."""
        if self._door is not None:
            self._door.stop()
            self._door = None
        if isinstance(self.loop, RealtimeLoop):
            self.loop.stop()
