"""`insideout.cluster` as learners' code has it while it is graded: a cluster that lives in another process.

It does what the real one does through the API, in time, and with nodes and places.  What reaches into the
cluster's own components is not there.  The other side is `course.sandbox.cluster_service`.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from insideout.client.transport import api_client
from insideout.clusterbase import ClusterBase
from insideout.network.answer import Answer

from .remote import RemoteClient, RemoteDoor, RemoteLoop, quietly, refuse
from .services import open_service

if TYPE_CHECKING:
    import kubernetes.client

SERVICE = "insideout.cluster.Cluster"


class Cluster(ClusterBase):
    """A Kubernetes cluster in virtual time."""

    def __init__(self, remote: Any, seed: int) -> None:
        self._remote = remote
        self.loop = RemoteLoop(remote, 0, seed=seed)
        self.nodes = Nodes(remote)

    @classmethod
    def create(cls, *, nodes: int = 3, seed: int = 0, **others: Any) -> "Cluster":
        """Return a new cluster with its control plane, nodes and network."""
        for name, value in others.items():
            if value and (name, value) != ("backend", "embedded"):
                refuse(f"Cluster.create({name}=...)")
        return cls(open_service(SERVICE, nodes=nodes, seed=seed), seed)

    def stop(self) -> None:
        """End the cluster."""
        self._remote.stop()

    def replace(self, name: str, factory: Callable[[RemoteClient, RemoteLoop], Any] | None) -> None:
        """Run `factory`'s component in the place of the one called `name`; None leaves the place empty."""
        remote, seed = self._remote, self.loop.seed

        def make(client: int, loop: int) -> tuple[Any, Any]:
            assert factory is not None
            component = factory(RemoteClient(remote, client), RemoteLoop(remote, loop, seed=seed))
            return quietly(component.start), quietly(component.stop)

        sys.stderr.write(remote.replace(name, make if factory else None))

    def restore(self, name: str) -> None:
        """Run what the cluster came with in the place called `name` again."""
        self._remote.restore(name)

    def errors(self, name: str) -> list[str]:
        """Return the reports of all crashes of the replaced component called `name`."""
        found: list[str] = self._remote.errors(name)
        return found

    def client(self, name: str = "learner") -> RemoteClient:
        """Return a client as components have it, on plain dicts."""
        return RemoteClient(self._remote, self._remote.client(name))

    def request(self, url: str, **options: str) -> Answer:
        """Make a request inside the cluster, such as "http://web:8080/", carried by kube-proxy's rules."""
        return Answer(*self._remote.fetch(url, options))

    def __repr__(self) -> str:
        return str(self._remote.view()[0])

    def _repr_html_(self) -> str:
        """Return the nodes and their pods as a notebook shows them."""
        return str(self._remote.view()[1])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        refuse(f"cluster.{name}")

    def _new_api_client(self) -> "kubernetes.client.ApiClient":
        return api_client(RemoteDoor(self._remote))


class Nodes:
    """The kubelets."""

    def __init__(self, remote: Any) -> None:
        self._remote = remote

    def add(self, name: str, **sizes: Any) -> "Node":
        """Let a node join."""
        self._remote.add_node(name, sizes)
        return Node(name)

    def remove(self, name: str) -> None:
        """Let a machine vanish."""
        self._remote.node("remove", name)

    def silence(self, name: str) -> None:
        """Cut a node off from the API server."""
        self._remote.node("silence", name)

    def halt(self, name: str) -> None:
        """End a node's kubelet."""
        self._remote.node("halt", name)

    def trouble(self, name: str) -> None:
        """Let a kubelet find its node not ready and say so."""
        self._remote.node("trouble", name)

    def revive(self, name: str) -> None:
        """Connect a silent node again, or start its kubelet."""
        self._remote.node("revive", name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        refuse(f"cluster.nodes.{name}")


class Node:
    """A node that joined; its kubelet's own parts are not there."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        refuse(f"node.{name}")
