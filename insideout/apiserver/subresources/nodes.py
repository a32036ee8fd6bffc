"""What the API server passes on to a node: log, exec, attach, port-forward, and what comes through its proxy.

The real one opens a connection to the kubelet's port 10250; here each node's kubelet registers itself.

Source: pkg/registry/core/pod/rest/{log,subresources}.go,
pkg/registry/core/pod/strategy.go:LogLocation@v1.36.2.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from insideout.apiserver.subresources.streams import Upstream

Object = dict[str, Any]


Send = Callable[[int, bytes], object]


class Stream(Protocol):
    """An open stream, as the API server holds it."""

    @property
    def is_full(self) -> bool:
        """Whether what was sent waits to be read, so that no more should come."""

    def receive(self, frame: bytes) -> None:
        """Take a frame of the client: a channel byte and its data."""

    def stop(self) -> None:
        """End: the client has gone."""


class Asked(NamedTuple):
    """A request as it reaches the other side: a method, a path from the root, a body."""

    method: str
    path: str
    body: str = ""


Answered = tuple[int, str, str]
"""A status code, a body and its media type."""


class NodeConnection(Protocol):
    """What a kubelet answers to the API server; each raises StatusError when it cannot."""

    @property
    def is_listening(self) -> bool:
        """Whether the kubelet can be reached."""

    def page(self, asked: Asked) -> Answered:
        """Return what the kubelet itself serves at a path."""

    def log(self, pod: Object, container: str, query: Mapping[str, str]) -> str:
        """Return a container's log; `query` has tailLines, previous, timestamps, sinceSeconds."""

    def follow(
        self,
        pod: Object,
        container: str,
        query: Mapping[str, str],
        put: Callable[[str], object],
        end: Callable[[], object],
    ) -> Callable[[], object]:
        """Hand a container's log to `put` as it is written, then call `end`; return how to stop that."""

    def run(self, pod: Object, container: str, command: list[str]) -> tuple[int, str, str]:
        """Run a command in a container; return exit code, standard output and standard error."""

    def stream(self, asked: Upstream, protocol: str, send: Send, end: Callable[[], object]) -> Stream:
        """Open a stream; `send` is given channel and data, `end` is called when nothing follows."""


def reached(connections: Mapping[str, NodeConnection], name: str) -> NodeConnection | None:
    """Return the kubelet of a node, None when nobody listens there."""
    found = connections.get(name)
    return found if found is not None and found.is_listening else None
