"""What `Cluster` needs of a backend: time, clients, and a kubeconfig."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from insideout.client.interface import Client
from insideout.sim.loop import Loop

if TYPE_CHECKING:
    import kubernetes.client


class Backend(Protocol):
    """A cluster's API server and its time."""

    loop: Loop
    runs_components: bool
    """Whether `Cluster` runs the course's components on it; a real control plane brings its own."""

    @property
    def node_connections(self) -> MutableMapping[str, Any] | None:
        """Where the API server finds the course's nodes, None for a server that finds them by itself."""

    def client(self, name: str) -> Client:
        """Return a client for the component `name`."""

    def api_client(self) -> "kubernetes.client.ApiClient":
        """Return a client of the official library."""

    def kubeconfig(self) -> Path:
        """Return the path of a kubeconfig, opening the door that it leads to."""

    def pause(self) -> None:
        """Make the API server unreachable: requests are refused, watches end; nothing is lost."""

    def resume(self) -> None:
        """Make it reachable again."""

    def stop(self) -> None:
        """End it, and remove what it left on disk."""
