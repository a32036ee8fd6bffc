"""The API server's door for streams: a WebSocket is translated here, or passed on as it is to the kubelet.

Source: k8s.io/apiserver/pkg/util/proxy/{streamtranslator,streamtunnel}.go@v1.36.2.
"""

from collections.abc import Callable, Mapping

from insideout.apiserver.requests import Request, Response
from insideout.apiserver.status import StatusError
from insideout.apiserver.subresources.nodes import NodeConnection, Stream, reached
from insideout.apiserver.subresources.streams import (
    BINARY,
    ERROR,
    TUNNEL,
    V5,
    Passage,
    go_json,
    internal,
    offered,
    translated,
    unreachable,
)
from insideout.apiserver.wschannels import PLAIN, WebSocketStream, answered


async def upgrade(
    stream: WebSocketStream,
    request: Request,
    response: Response,
    connections: Mapping[str, NodeConnection],
) -> None:
    """Carry a WebSocket on that the API server has let pass, or refuse what it did not."""
    await stream.wish()
    passage = response.body
    if not isinstance(passage, Passage):
        await stream.refuse(response)
        return

    def put(channel: int, data: bytes) -> None:
        is_status = channel == ERROR and passage.protocol == V5
        stream.put(channel, translated(data) if is_status else data)

    def open(protocol: str) -> Stream:
        connection = reached(connections, passage.node)
        if connection is None or not passage.is_reachable:
            raise unreachable(passage.address)
        return connection.stream(passage.upstream, protocol, put, stream.end)

    if passage.protocol == V5:
        await _translated(stream, passage, open)
    elif passage.protocol == TUNNEL:
        await _tunnelled(stream, open)
    else:
        await answered(stream, passage.upstream, offered(request.headers), open)


async def _translated(stream: WebSocketStream, passage: Passage, open: Callable[[str], Stream]) -> None:
    """Accept at once; what goes wrong on the way to the kubelet is told on the error channel."""
    await stream.accept(V5)
    for opcode, channel, text in passage.first_frames():
        if opcode == BINARY:
            await stream.frame(channel, text.encode())
    if passage.is_reachable:
        try:
            opened = stream.loop.call(open, V5)
        except StatusError as problem:
            wrong = internal(f"unable to upgrade connection: {problem}")
            await stream.frame(ERROR, go_json(wrong).encode())
        else:
            await stream.pump(opened)
    await stream.close()


async def _tunnelled(stream: WebSocketStream, open: Callable[[str], Stream]) -> None:
    """Carry SPDY, bytes as they are; what the kubelet refuses is refused before anything stands."""
    stream.carries(has_channels=False, joins_frames=False)
    try:
        opened = stream.loop.call(open, TUNNEL)
    except StatusError as problem:
        await stream.refuse(Response(problem.code, str(problem), PLAIN))
        return
    await stream.accept(TUNNEL)
    await stream.pump(opened)
    await stream.close()
