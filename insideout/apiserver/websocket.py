"""The door for streams: a client's WebSocket on one side, a kubelet's session on the other.

What the client sends is one channel byte and its data; what the session sends goes back in the same form.  A
session whose client does not read is not fed either, so what waits here never grows beyond a few frames.
In a tunnel there are no channels: its bytes are SPDY, which the kubelet reads.  Left out: the protocols
before v4, and the base64 variants.

Source: k8s.io/apimachinery/pkg/util/proxy/streamtranslator.go, pkg/util/httpstream/wsstream/conn.go@v1.36.2.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from insideout.apiserver.encoding import encode_body
from insideout.apiserver.requests import Request, Response
from insideout.apiserver.status import StatusError, bad_request
from insideout.apiserver.subresources.nodes import NodeConnection, Stream
from insideout.apiserver.subresources.streams import ERROR, NORMAL, TUNNEL, V4, V5, Passage, unreachable
from insideout.sim.loop import Loop

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Connections = Callable[[str], NodeConnection | None]

LONGEST_FRAME_BYTES = 1024 * 1024
MOST_WAITING_BYTES = 256 * 1024
"""While more than this waits for the client, nothing more is read from it."""
TOGETHER_BYTES = 32 * 1024
"""What is written at one moment goes in frames of up to so much."""


class WebSocketStream:
    """One stream, from the client's handshake to the closing frame."""

    def __init__(self, loop: Loop, connections: Connections, receive: Receive, send: Send) -> None:
        self._loop, self._connections = loop, connections
        self._receive, self._send = receive, send
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._lock = threading.Lock()
        self._ended = False
        self._has_channels = self._joins_frames = True
        self._changed = asyncio.Event()
        self._here = asyncio.get_running_loop()

    async def serve(self, request: Request, response: Response, *, can_refuse: bool) -> None:
        """Carry a request on that the API server has let pass, or refuse what it did not."""
        await self._receive()  # the client's wish to connect
        passage = response.body
        if not isinstance(passage, Passage):
            await self._refuse(response, can_refuse=can_refuse)
            return
        header = request.headers.get("sec-websocket-protocol", "")
        offered = [one.strip() for one in header.split(",") if one.strip()]
        protocol = passage.protocol or next((one for one in offered if one == V4), "")
        forwards = passage.upstream.path.startswith("/portForward/")
        if protocol not in (V4, V5, TUNNEL) and (offered or not forwards):
            problem = bad_request(f"requested protocol(s) are not supported: {offered}; supports [{V5} {V4}]")
            await self._refuse(Response(problem.code, problem.status), can_refuse=can_refuse)
            return
        if forwards:
            await self._forward(passage, protocol, can_refuse=can_refuse)
            return
        await self._send({"type": "websocket.accept", "subprotocol": protocol})
        await self._frame(bytes([passage.signal]))
        for _, channel, text in passage.first_frames()[1:2]:
            await self._frame(bytes([channel]) + text.encode())
        if passage.is_reachable:
            await self._carry(passage, protocol)
        with contextlib.suppress(RuntimeError):  # the client closed first
            await self._send({"type": "websocket.close", "code": NORMAL})

    async def _forward(self, passage: Passage, protocol: str, *, can_refuse: bool) -> None:
        """Forward ports: what the node refuses is refused before anything stands."""
        self._has_channels, self._joins_frames = protocol != TUNNEL, False
        try:
            stream = self._open(passage, protocol)
        except StatusError as problem:
            await self._refuse(Response(problem.code, problem.status), can_refuse=can_refuse)
            return
        await self._send({"type": "websocket.accept", "subprotocol": protocol or None})
        await self._pump(stream)
        with contextlib.suppress(RuntimeError):  # the client closed first
            await self._send({"type": "websocket.close", "code": NORMAL})

    def _open(self, passage: Passage, protocol: str) -> Stream:
        """Ask the node for the stream; StatusError when it does not give it."""
        connection = self._connections(passage.node)
        if connection is None or not passage.is_reachable:
            raise unreachable(passage.address)
        return self._loop.call(lambda: connection.stream(passage.upstream, protocol, self._put, self._end))

    async def _carry(self, passage: Passage, protocol: str) -> None:
        try:
            stream = self._open(passage, protocol)
        except StatusError as problem:
            await self._frame(bytes([ERROR]) + encode_body(Response(problem.code, problem.status)))
            return
        await self._pump(stream)

    async def _pump(self, stream: Stream) -> None:
        """Carry frames in both directions until the stream ends."""
        reader = asyncio.ensure_future(self._read(stream))
        try:
            while not (self._ended and not self._waiting):
                self._changed.clear()
                while (frame := self._next()) is not None:
                    await self._frame(frame)
                if not self._ended and not self._waiting:
                    await self._changed.wait()
        finally:
            reader.cancel()
            self._loop.call(stream.stop)

    async def _read(self, stream: Stream) -> None:
        """Hand the client's frames on, as long as it reads what it is sent."""
        while True:
            while self._waiting_bytes > MOST_WAITING_BYTES or stream.is_full:
                await asyncio.sleep(0.01)
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self._loop.call(stream.stop)
                self._end()
                return
            text = message.get("text")
            frame = text.encode() if text is not None else message.get("bytes") or b""
            self._loop.call(stream.receive, frame)

    async def _frame(self, frame: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the client closed meanwhile; the reader hears of it
            await self._send({"type": "websocket.send", "bytes": frame})

    async def _refuse(self, response: Response, *, can_refuse: bool) -> None:
        """Answer the handshake with a Status; a server that cannot closes without words."""
        if not can_refuse:
            await self._send({"type": "websocket.close", "code": 1008})
            return
        head = [(b"content-type", response.content_type.encode())]
        await self._send({"type": "websocket.http.response.start", "status": response.code, "headers": head})
        await self._send({"type": "websocket.http.response.body", "body": encode_body(response)})

    def _next(self) -> bytes | None:
        """Take the frame that has waited longest."""
        with self._lock:
            if not self._waiting:
                return None
            frame = self._waiting.popleft()
            self._waiting_bytes -= len(frame)
            return frame

    # Called by the cluster's loop, from its thread.

    def _put(self, channel: int, data: bytes) -> None:
        """Let data wait; what waits on the same channel goes in one frame with it."""
        with self._lock:
            head = bytes([channel]) if self._has_channels else b""
            last = self._waiting[-1] if self._waiting and self._joins_frames else b""
            if last and last[0] == channel and len(last) + len(data) <= TOGETHER_BYTES:
                self._waiting[-1] = last + data
                self._waiting_bytes += len(data)
            else:
                self._waiting.append(head + data)
                self._waiting_bytes += len(head) + len(data)
        self._wake()

    def _end(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the server is shutting down
            self._here.call_soon_threadsafe(self._changed.set)
