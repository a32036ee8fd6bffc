"""One exec, watched on both hops: what the client asked, what the kubelet was asked, and every frame.

It takes the same way as kubectl's: the API server's door, then the kubelet's session.  In the embedded
cluster that is without a socket; on a real control plane `real` takes it.
"""

from typing import Any

from course.units.u14_exec.trace import Trace
from insideout.apiserver.requests import Request
from insideout.apiserver.subresources.streams import (
    ERROR,
    HALF_CLOSE,
    STDIN,
    V5,
    Passage,
    Upstream,
    translated,
)
from insideout.backends.embedded import EmbeddedBackend
from insideout.cluster import Cluster

Object = dict[str, Any]
_PODS = "/api/v1/namespaces/default/pods"


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
) -> Trace:
    """Run a command in a pod's container as `kubectl exec` does."""
    typed = [bytes([STDIN]) + stdin.encode(), bytes([HALF_CLOSE, STDIN])] if stdin else []
    query = {"command": command, "stdout": ["true"], "stderr": ["true"]}
    query |= {"stdin": ["true"]} if stdin or tty else {}
    query |= {"tty": ["true"]} if tty else {}
    trace = Trace()
    trace.steps.append(("client", "API server", f"GET /pods/{name}/exec"))
    if isinstance(cluster.backend, EmbeddedBackend):
        _in_process(cluster.backend, f"{_PODS}/{name}/exec", query, typed, trace)
    else:
        # Loaded here: a browser's Python has no sockets.
        from course.units.u14_exec import real

        real.exec_in(cluster, f"{_PODS}/{name}/exec", query, typed, trace)
    return trace


def _in_process(
    backend: EmbeddedBackend, path: str, query: dict[str, list[str]], typed: list[bytes], trace: Trace
) -> None:
    server, asked = backend.server, list[Upstream]()
    server.on_hop = lambda node, upstream: asked.append(upstream)
    headers = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-protocol": V5}
    response = backend.loop.call(backend.rest.handle, Request("GET", path, query, headers))
    passage = response.body
    if not isinstance(passage, Passage):
        assert isinstance(passage, dict)  # a Status
        trace.refused(response.code, passage["message"])
        return
    trace.accepted(asked)
    ended: list[bool] = []

    def send(channel: int, data: bytes) -> None:
        trace.came(bytes([channel]) + (translated(data) if channel == ERROR else data))

    trace.came(bytes([passage.signal]))
    connection = server.node_connections[passage.node]
    stream = backend.loop.call(connection.stream, passage.upstream, V5, send, lambda: ended.append(True))
    for frame in typed:
        trace.sent(frame)
        backend.loop.call(stream.receive, frame)
    backend.loop.run_until(lambda: bool(ended), 60)
    backend.loop.call(stream.stop)
