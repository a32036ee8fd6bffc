"""Cluster: what a notebook holds.  About ten verbs over a backend, its components and the official client.

    cluster = Cluster.create(nodes=3)
    cluster.core.list_node()
    cluster.run(seconds=5)
    cluster.table("pods")

This is the composition root: the only place that knows which components a cluster has.
"""

import gc
import threading
import weakref
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

from insideout import etcd
from insideout.apiserver.requestlog import RequestLog
from insideout.apiserver.webhooks.calls import CallError, Outgoing, Reply
from insideout.backends import choice
from insideout.backends.embedded import EmbeddedBackend
from insideout.backends.interface import Backend
from insideout.client.interface import Client
from insideout.client.logged import LoggedClient
from insideout.clusterbase import ClusterBase
from insideout.components import Component, Factory, Place, default_places, places_beside
from insideout.controllers.serviceaccounts import ServiceAccountsController
from insideout.guard import GuardedComponent
from insideout.kubelet.hollow import HollowNodes
from insideout.kubelet.host import Timing
from insideout.kubelet.programs import Request
from insideout.network import Answer, Network, NodeProxies, PolicyEnforcer
from insideout.network.dns import Names
from insideout.network.names import WatchedNames
from insideout.raft.messages import MakeNode
from insideout.raft.store import RaftStore
from insideout.view.nodes import ClusterView, view

if TYPE_CHECKING:
    import kubernetes.client

    from insideout.etcd.shared import Shared

APISERVER = "kube-apiserver"


def _end(components: MutableMapping[str, Component], backend: Backend) -> None:
    for component in components.values():
        backend.loop.call(component.stop)
    components.clear()
    backend.stop()


def _end_soon(components: MutableMapping[str, Component], backend: Backend) -> None:
    """End what was a cluster's, in a thread of its own: whoever dropped it may be on the loop's."""
    threading.Thread(target=_end, args=(components, backend), name="ends a cluster", daemon=True).start()


def _shared(raft: MakeNode, nodes: int, seed: int) -> "Shared":
    # Loaded here: it needs protobuf, of an extra.
    from insideout.etcd.replicated import SharedRaftStore

    return SharedRaftStore(raft, nodes=nodes, seed=seed)


class Cluster(ClusterBase):
    """A Kubernetes cluster: the embedded one, unless another backend is given."""

    _forgotten: "weakref.finalize[..., Cluster] | None" = None
    """Ends a control plane when nobody holds its cluster any more."""

    def __init__(
        self, backend: Backend, places: Mapping[str, Place] | None = None, *, nodes: int = 0
    ) -> None:
        self.backend = backend
        self.loop = backend.loop
        self._components: dict[str, Component] = {}
        self._proxies: NodeProxies | None = None
        self._names: Names | None = None
        certificate = backend.certificate if isinstance(backend, EmbeddedBackend) else None
        if places is None:
            places = default_places(connections=backend.node_connections, certificate=certificate)
        self._places = dict(places)
        if isinstance(backend, EmbeddedBackend) and ServiceAccountsController.name in places:
            backend.gives_accounts()
        if isinstance(backend, EmbeddedBackend):
            backend.server.webhooks.caller.dial = self._dial
        if backend.runs_components:
            for name in self._places:
                self.restore(name)
            for number in range(nodes):
                self.nodes.add(f"node-{number}")

    @classmethod
    def create(
        cls,
        *,
        nodes: int = 3,
        seed: int = 0,
        realtime: bool | None = None,
        timing: Timing | None = None,
        raft: MakeNode | None = None,
        raft_nodes: int = 3,
        raft_lasts: bool = False,
        places: Mapping[str, Place] | None = None,
        log: bool = False,
        backend: str = "",
        context: str = "",
    ) -> "Cluster":
        """Return a new cluster with its control plane, nodes and network.

        `backend` is "embedded" (the default), or "controlplane" for the real programs on this machine, which
        live in real time: see insideout.backends.controlplane.programs for where they are looked for.
        "kubeconfig" is a cluster that is there already, of which only a namespace with a generated name is
        ours and stands for "default"; `context` or COURSE_CONTEXT names its context, else it is the current.
        COURSE_BACKEND in the environment says which one when `backend` does not; it gives way, with a line
        that says why, where only the embedded cluster will do: with `realtime=False` or `raft_lasts`, and
        with `log` or `raft` where the environment names a cluster that is there already.

        `seed` settles everything random.  In virtual time, which an embedded cluster has unless told
        otherwise, nothing waits; with `realtime` the cluster lives by the machine's clock and other programs
        can reach it; False asks for virtual time.  `timing` says how long a node takes for the steps of a
        pod's start.  `places` are the parts to run, all when not given.
        With `raft`, a class of Raft nodes, the API server's data is on a group of `raft_nodes` of them,
        and `cluster.store` can crash, part and heal them; `raft_lasts` is for clusters that live for hours:
        logs are cut at snapshots, a group that fails is given up, and it begins with `cluster.store.wake()`.
        On the control plane it takes etcd's place, in real time, and needs grpcio: see insideout.etcd.
        With `log`, every request and every event of a watch is noted in `cluster.log`; of real programs,
        too, which go to the API server through a door that notes it.
        """
        needs = {
            "its Raft group lives for hours": raft is not None and raft_lasts,
            "its time is virtual": realtime is False,
        }
        chosen = choice.choose(backend, next((why for why, needed in needs.items() if needed), ""))
        if chosen == "kubeconfig" and log:
            chosen = choice.choose(backend, "it keeps a log of requests")
        if chosen == "kubeconfig" and raft is not None:
            chosen = choice.choose(backend, "its data is on a Raft group")
        if chosen == "controlplane" and raft is not None and (missing := etcd.why_not()):
            chosen = choice.choose(backend, missing)
        if context and chosen != "kubeconfig":
            raise ValueError(f"context is of the backend kubeconfig, not of {chosen}")
        if chosen == "kubeconfig":
            if places is not None or timing is not None:
                raise ValueError(
                    "places and timing are of clusters of our own: a context's has its own parts"
                )
            # Loaded here: it needs processes and sockets, which a browser's Python does not have.
            from insideout.backends.kubeconfig.backend import KubeconfigBackend

            return cls(KubeconfigBackend(context), {})
        if chosen == "controlplane":
            # Loaded here: it needs processes and sockets, which a browser's Python does not have.
            from insideout.backends.controlplane.backend import ControlPlaneBackend

            gc.collect()  # a cluster that nobody holds any more ends before the next one needs its memory
            real = ControlPlaneBackend(
                log=RequestLog() if log else None,
                store=None if raft is None else _shared(raft, raft_nodes, seed),
            )
            try:
                cluster = cls(real, places_beside(real, timing) if places is None else places, nodes=nodes)
                real.loop.call(real.controllers.settle)
                real.create_default_class()
                real.await_accounts()
                # Its programs take half a gigabyte, and a notebook binds `cluster` anew for each story.
                cluster._forgotten = weakref.finalize(cluster, _end_soon, cluster._components, real)
                cluster._forgotten.atexit = False  # the programs end with us anyway
                return cluster
            except BaseException:
                real.stop()
                raise
        embedded = EmbeddedBackend(
            seed=seed,
            realtime=bool(realtime),
            log=RequestLog() if log else None,
            raft=raft,
            raft_nodes=raft_nodes,
            raft_lasts=raft_lasts,
            has_storage=True,
        )
        if places is None:
            places = default_places(timing, embedded.node_connections, embedded.certificate)
        return cls(embedded, places, nodes=nodes)

    def stop(self) -> None:
        """End the cluster: its components, its doors, its files."""
        if self._forgotten is not None:
            self._forgotten.detach()
        _end(self._components, self.backend)

    def replace(self, name: str, factory: Factory | None) -> None:
        """Run `factory`'s component in the place of the one called `name`; None leaves the place empty.

        The places are "kube-scheduler", "kubelet", "kube-proxy", "network-policy" and the controllers, such
        as "replicaset-controller".  "kube-controller-manager" is all controllers, "kube-apiserver" the server
        itself; these two can only be emptied.  What `factory` makes may fail: the error is shown with the
        lines of its own code, and it is started again after a back-off.
        """
        if name == APISERVER and factory is None:
            self.backend.pause()
            return
        for place in self._named(name):
            before = self._components.pop(place, None)
            if before is not None:
                running = before.component if isinstance(before, GuardedComponent) else before
                self._proxies = running if isinstance(running, NodeProxies) else self._proxies
                self.loop.call(before.stop)
            if factory is not None:
                self._start(place, GuardedComponent(place, factory, self._client_of(place), self.loop))

    def add(self, name: str, factory: Factory) -> None:
        """Run `factory`'s component beside those that are there; from now on `name` is its place."""
        if name in self._places:
            raise LookupError(f"there is a component {name!r} already; replace it")
        self._places[name] = Place(name, factory)
        self.replace(name, factory)

    def restore(self, name: str) -> None:
        """Run what the cluster came with in the place called `name` again."""
        if name == APISERVER:
            self.backend.resume()
            return
        for place in self._named(name):
            self.replace(place, None)
            self._start(place, self._places[place].make(self._client_of(place), self.loop))

    @property
    def log(self) -> RequestLog:
        """What the API server was asked and whom it told of what, on a cluster made with `log=True`."""
        log: RequestLog | None = getattr(self.backend, "log", None)
        if log is None:
            raise LookupError("this cluster keeps no log: create it with Cluster.create(log=True)")
        return log

    @property
    def store(self) -> RaftStore:
        """The Raft group under the API server."""
        store = getattr(self.backend, "store", None)
        if not isinstance(store, RaftStore):
            raise LookupError("this cluster's data is not on a Raft group: create it with raft=YourClass")
        return store

    @property
    def nodes(self) -> HollowNodes:
        """The kubelets: nodes can be added, removed, cut off (`silence`) and connected again (`revive`)."""
        component = self._running("kubelet")
        if not isinstance(component, HollowNodes):
            raise LookupError(
                "this cluster has no nodes of ours: its kubelets are not running or are others'"
            )
        return component

    def request(
        self, url: str, *, source: str = "", namespace: str = "default", method: str = "GET"
    ) -> Answer:
        """Make a request inside the cluster, such as "http://web:8080/", carried by kube-proxy's rules.

        `source` is the name of a pod, "outside", or "" for a client on the first node.
        """
        return self._network().request(url, source=source, namespace=namespace, method=method)

    def _network(self) -> Network:
        proxies = self._running("kube-proxy")
        if isinstance(proxies, NodeProxies):
            self._proxies = proxies  # their rules stay in force when they are stopped
        policies = self._running("network-policy")
        enforcer = policies if isinstance(policies, PolicyEnforcer) else None
        if self._names is None:
            client = self.client("client")
            is_near = isinstance(self.backend, EmbeddedBackend)
            self._names = client if is_near else WatchedNames(client, self.loop)
        return Network(self._names, self.nodes, self._proxies, enforcer)

    def _dial(self, asked: Outgoing) -> Reply:
        """Carry a request of the API server to a pod, such as a webhook's."""
        if not isinstance(self._running("kubelet"), HollowNodes):
            raise CallError("context deadline exceeded")
        network = self._network()
        shown = network.certificate(asked.address, asked.port) if asked.host else None
        if shown is not None:
            # Loaded here: few programs have a certificate, and it needs the library of the HTTP door.
            from insideout.apiserver.webhooks.trust import mistrust

            if why := mistrust(shown.certificate, asked.host, asked.authorities):
                raise CallError(why)
        request = Request(asked.port, asked.method, asked.path, asked.body)
        answer = network.deliver(asked.address, request)
        if answer.error == "connection refused":
            raise CallError(f"dial tcp {asked.address}:{asked.port}: connect: connection refused")
        if answer.error or answer.duration_s > asked.timeout_s:
            raise CallError("context deadline exceeded")
        return Reply(answer.status, answer.body)

    def errors(self, name: str) -> list[str]:
        """Return the reports of all crashes of the replaced component called `name`."""
        component = self._components.get(name)
        return list(component.errors) if isinstance(component, GuardedComponent) else []

    def __repr__(self) -> str:
        return str(self._view())

    def _repr_html_(self) -> str:
        """Return the nodes and their pods as a notebook shows them."""
        return self._view().html()

    def _view(self) -> ClusterView:
        client = self.client("view")
        stopped = [name for name in self._places if name not in self._components]
        try:
            if not self.backend.runs_components:  # only a part of it is ours, and its nodes may not be
                return view((), client.list("pods", "default")["items"], ())
            nodes, pods = client.list("nodes"), client.list("pods")
        except OSError:  # the API server is paused, and nobody else knows what there is
            return view((), (), (APISERVER, *stopped))
        return view(nodes["items"], pods["items"], stopped)

    def component(self, name: str) -> Component | None:
        """Return what runs in the place called `name`, ours or a replacement; None when it is empty."""
        self._named(name)
        return self._running(name)

    def _running(self, place: str) -> Component | None:
        """Return what runs in a place, ours or a replacement."""
        component = self._components.get(place)
        return component.component if isinstance(component, GuardedComponent) else component

    def _named(self, name: str) -> list[str]:
        """Return the places that a name is about: one, or all of a process."""
        if name in self._places:
            return [name]
        found = [place for place, (process, _) in self._places.items() if process == name]
        if not found:
            there = ", ".join(self._places) or "none of ours: this cluster's parts are its own"
            raise LookupError(f"no component {name!r}; there are {there}")
        return found

    def _client_of(self, place: str) -> Client:
        process = self._places[place].process
        client = self.backend.client(process)
        return client.of(place) if isinstance(client, LoggedClient) and place != process else client

    def _start(self, place: str, component: Component) -> None:
        self._components[place] = component
        self.loop.call(component.start)

    def client(self, name: str = "learner") -> Client:
        """Return a client as components have it, on plain dicts."""
        return self.backend.client(name)

    @property
    def kubeconfig(self) -> Path:
        """The path of a kubeconfig for other programs, such as kubectl; opens the HTTP door."""
        return self.backend.kubeconfig()

    def _new_api_client(self) -> "kubernetes.client.ApiClient":
        return self.backend.api_client()
