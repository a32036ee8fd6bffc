"""One exec on a real control plane: a WebSocket to its API server, which asks a kubelet of ours in SPDY."""

import json
from urllib.parse import urlencode

import websocket

from course.units.u14_exec.trace import Trace
from insideout.apiserver.subresources import streams
from insideout.cluster import Cluster

PATIENCE_S = 60
"""How long nothing may come."""
_END = streams.NORMAL.to_bytes(2, "big")
"""The data of a closing frame."""


def exec_in(
    cluster: Cluster, path: str, query: dict[str, list[str]], typed: list[bytes], trace: Trace
) -> None:
    """Run a command, type, and note in `trace` what happens until the stream ends."""
    asked: list[streams.Upstream] = []
    for node in cluster.nodes.nodes.values():
        node.connection.on_stream = asked.append
    try:
        stream = _opened(cluster, f"{path}?{urlencode(query, doseq=True)}")
    except websocket.WebSocketBadStatusException as refused:
        trace.refused(refused.status_code, json.loads(refused.resp_body or "{}").get("message", ""))
        return
    try:
        for frame in typed:
            stream.send_binary(frame)
        came = list(iter(lambda: stream.recv_data()[1], _END))
    finally:
        stream.shutdown()
    trace.accepted(asked)
    trace.came(came[0])
    for frame in typed:
        trace.sent(frame)
    for frame in came[1:]:
        trace.came(frame)


def _opened(cluster: Cluster, path: str) -> websocket.WebSocket:
    """Ask the API server for a stream; WebSocketBadStatusException when it refuses."""
    settings = cluster.api_client.configuration
    headers: dict[str, str] = {}
    cluster.api_client.update_params_for_auth(headers, [], ["BearerToken"])
    return websocket.create_connection(
        f"wss://{settings.host.removeprefix('https://')}{path}",
        timeout=PATIENCE_S,
        subprotocols=[streams.V5],
        header=headers,
        sslopt={"ca_certs": settings.ssl_ca_cert},
    )
