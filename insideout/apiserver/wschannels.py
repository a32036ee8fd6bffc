"""A client's WebSocket on one side, a kubelet's session on the other.

What the client sends is one channel byte and its data; what the session sends goes back in the same form.  A
session whose client does not read is not fed either, so what waits here never grows beyond a few frames.
In a tunnel there are no channels: its bytes are SPDY, which the kubelet reads.  Left out: the protocols
before v4, and the base64 variants.

A kubelet answers a WebSocket itself (`answered`), and so does an API server that passes one on as it is.

Source: k8s.io/streaming/pkg/httpstream/wsstream/conn.go,
k8s.io/cri-streaming/pkg/streaming/remotecommand/websocket.go@v1.36.2.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable

from insideout.apiserver.asgi import Receive, Scope, Send
from insideout.apiserver.encoding import encode_body
from insideout.apiserver.requests import Response
from insideout.apiserver.status import StatusError
from insideout.apiserver.subresources.nodes import Stream
from insideout.apiserver.subresources.streams import NORMAL, V4, V5, Upstream, signal
from insideout.sim.loop import Loop

Open = Callable[[str], Stream]
"""Asks a node for a stream in a protocol; StatusError when it does not give it."""

PLAIN = "text/plain; charset=utf-8"
LONGEST_FRAME_BYTES = 1024 * 1024
MOST_WAITING_BYTES = 256 * 1024
"""While more than this waits for the client, nothing more is read from it."""
TOGETHER_BYTES = 32 * 1024
"""What is written at one moment goes in frames of up to so much."""


class WebSocketStream:
    """One WebSocket, from the client's handshake to the closing frame.

    `put` and `end` are for the session: they are called by the cluster's loop, from its thread.
    """

    def __init__(self, loop: Loop, scope: Scope, receive: Receive, send: Send) -> None:
        self.loop = loop
        self._can_refuse = "websocket.http.response" in (scope.get("extensions") or {})
        self._receive, self._send = receive, send
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._lock = threading.Lock()
        self._ended = False
        self._has_channels = self._joins_frames = True
        self._changed = asyncio.Event()
        self._here = asyncio.get_running_loop()

    async def wish(self) -> None:
        """Wait for the client's wish to connect."""
        await self._receive()

    async def refuse(self, response: Response) -> None:
        """Answer the handshake otherwise than with 101; a server that cannot closes without words."""
        if not self._can_refuse:
            await self._send({"type": "websocket.close", "code": 1008})
            return
        body = encode_body(response)
        head = [(b"content-type", response.content_type.encode()), (b"content-length", b"%d" % len(body))]
        await self._send({"type": "websocket.http.response.start", "status": response.code, "headers": head})
        await self._send({"type": "websocket.http.response.body", "body": body})

    async def accept(self, protocol: str) -> None:
        """Answer the handshake with 101, and with the protocol that was chosen."""
        await self._send({"type": "websocket.accept", "subprotocol": protocol or None})

    def carries(self, *, has_channels: bool = True, joins_frames: bool = True) -> None:
        """Say what the frames are: whether each names its channel, and whether two may become one."""
        self._has_channels, self._joins_frames = has_channels, joins_frames

    async def frame(self, channel: int, data: bytes = b"") -> None:
        """Send a frame at once."""
        await self._write(bytes([channel]) + data)

    async def pump(self, stream: Stream) -> None:
        """Carry frames in both directions until the stream ends."""
        reader = asyncio.ensure_future(self._read(stream))
        try:
            while not (self._ended and not self._waiting):
                self._changed.clear()
                while (frame := self._next()) is not None:
                    await self._write(frame)
                if not self._ended and not self._waiting:
                    await self._changed.wait()
        finally:
            reader.cancel()
            self.loop.call(stream.stop)

    async def close(self) -> None:
        """Send the closing frame."""
        with contextlib.suppress(RuntimeError):  # the client closed first
            await self._send({"type": "websocket.close", "code": NORMAL})

    async def _read(self, stream: Stream) -> None:
        """Hand the client's frames on, as long as it reads what it is sent."""
        while True:
            while self._waiting_bytes > MOST_WAITING_BYTES or stream.is_full:
                await asyncio.sleep(0.01)
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self.loop.call(stream.stop)
                self.end()
                return
            text = message.get("text")
            frame = text.encode() if text is not None else message.get("bytes") or b""
            self.loop.call(stream.receive, frame)

    async def _write(self, frame: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the client closed meanwhile; the reader hears of it
            await self._send({"type": "websocket.send", "bytes": frame})

    def _next(self) -> bytes | None:
        """Take the frame that has waited longest."""
        with self._lock:
            if not self._waiting:
                return None
            frame = self._waiting.popleft()
            self._waiting_bytes -= len(frame)
            return frame

    # Called by the cluster's loop, from its thread.

    def put(self, channel: int, data: bytes) -> None:
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

    def end(self) -> None:
        """Note that nothing follows."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the server is shutting down
            self._here.call_soon_threadsafe(self._changed.set)


async def answered(stream: WebSocketStream, asked: Upstream, offered: list[str], open: Open) -> None:
    """Answer a WebSocket as a kubelet does: what it refuses, it refuses before anything stands."""
    forwards = asked.path.startswith("/portForward/")
    protocol = V4 if V4 in offered else ""
    if not protocol and (offered or not forwards):
        text = f"requested protocol(s) are not supported: {offered}; supports [{V5} {V4}]"
        await stream.refuse(Response(400, text, PLAIN))
        return
    stream.carries(joins_frames=not forwards)
    try:
        opened = stream.loop.call(open, protocol)
    except StatusError as problem:
        await stream.refuse(Response(problem.code, str(problem), PLAIN))
        return
    await stream.accept(protocol)
    if not forwards:
        await stream.frame(signal(asked))
    await stream.pump(opened)
    await stream.close()
