"""One exec, watched on both hops: what the client asked, what the kubelet was asked, and every frame.

It takes the same way as kubectl's, without a socket: the API server's door, then the kubelet's session.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from insideout.apiserver.requests import Request
from insideout.apiserver.subresources.streams import (
    ERROR,
    HALF_CLOSE,
    RESIZE,
    STDIN,
    V5,
    Passage,
    Upstream,
    translated,
)
from insideout.cluster import Cluster

Object = dict[str, Any]


@dataclass
class Trace:
    """What happened, in order: `steps` are (from, to, words), `frames` what the client was sent."""

    steps: list[tuple[str, str, str]] = field(default_factory=list)
    frames: list[list[int]] = field(default_factory=list)
    answer: int = 0
    """The status code of the handshake."""


def pod(name: str) -> Object:
    """Return a pod with one container and a variable in its environment."""
    container = {"name": "app", "image": "web:1", "env": [{"name": "A", "value": "b"}]}
    return {"metadata": {"name": name}, "spec": {"containers": [container]}}


def exec_in(
    cluster: Cluster,
    name: str,
    command: list[str],
    *,
    stdin: str = "",
    tty: bool = False,
    size: list[int] | None = None,
) -> Trace:
    """Run a command in a pod's container as `kubectl exec` does; `size` is a terminal's rows and columns."""
    trace = Trace()
    server, rest = cluster.backend.server, cluster.backend.rest  # type: ignore[attr-defined]
    asked: list[Upstream] = []
    server.on_hop = lambda node, upstream: asked.append(upstream)
    query = {"command": command, "stdout": ["true"], "stderr": ["true"]}
    query |= {"stdin": ["true"]} if stdin or tty else {}
    query |= {"tty": ["true"]} if tty else {}
    headers = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-protocol": V5}
    path = f"/api/v1/namespaces/default/pods/{name}/exec"
    trace.steps.append(("client", "API server", f"GET {path.removeprefix('/api/v1/namespaces/default')}"))
    response = cluster.loop.call(rest.handle, Request("GET", path, query, headers))
    trace.answer = response.code
    passage = response.body
    if not isinstance(passage, Passage):
        trace.steps.append(("API server", "client", f"{response.code} {passage['message']}"))
        return trace
    trace.steps.append(("API server", "client", f"101, {V5}"))
    trace.steps += [("API server", "kubelet", f"{one.method} {one.path}") for one in asked]
    _carry(cluster, passage, trace, stdin, size)
    return trace


def _carry(cluster: Cluster, passage: Passage, trace: Trace, stdin: str, size: list[int] | None) -> None:
    server = cluster.backend.server  # type: ignore[attr-defined]
    ended: list[bool] = []

    def send(channel: int, data: bytes) -> None:
        trace.frames.append([channel, *(translated(data) if channel == ERROR else data)])
        what = "Status" if channel == ERROR else repr(data.decode())
        trace.steps += [
            ("kubelet", "API server", f"{channel} {what}"),
            ("API server", "client", f"{channel} {what}"),
        ]

    trace.frames.append([passage.signal])
    trace.steps.append(("API server", "client", f"{passage.signal}, empty: the stream stands"))
    connection = server.node_connections[passage.node]
    stream = cluster.loop.call(connection.stream, passage.upstream, V5, send, lambda: ended.append(True))
    typed = [bytes([RESIZE]) + json.dumps({"Width": size[1], "Height": size[0]}).encode()] if size else []
    typed += [bytes([STDIN]) + stdin.encode(), bytes([HALF_CLOSE, STDIN])] if stdin else []
    for frame in typed:
        words = {RESIZE: "4 size", HALF_CLOSE: "255 end of 0"}.get(frame[0], f"0 {frame[1:].decode()!r}")
        trace.steps += [("client", "API server", words), ("API server", "kubelet", words)]
        cluster.loop.call(stream.receive, frame)
    cluster.loop.run_until(lambda: bool(ended), 60)
    cluster.loop.call(stream.stop)
