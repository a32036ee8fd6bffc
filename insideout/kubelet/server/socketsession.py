"""Bytes between a socket and a session on the cluster's loop: SPDY after an upgrade, or a pod's port.

A session whose client does not read is not fed either.
"""

import asyncio
import contextlib
from collections.abc import Callable

from insideout.apiserver.subresources.nodes import Stream
from insideout.sim.loop import Loop

Open = Callable[[Callable[[int, bytes], object], Callable[[], object]], Stream]
"""Opens a session; it is given where its bytes go, and what to call when nothing follows."""
LOOK_EVERY_S = 0.01


class SocketSession(asyncio.Protocol):
    """The protocol of a socket from the moment on when it is a session's.

    What `open` raises comes before anything stands; one that never begins is ended by `connection_lost`.
    """

    def __init__(self, loop: Loop, open: Open) -> None:
        self._loop = loop
        self._here = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._is_choked = self._is_held = False
        self._stream: Stream = loop.call(open, self._put, self._end)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, with the socket that said 101."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand on what the client sent."""
        self._loop.call(self._stream.receive, data)
        self._hold()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the session: the client has gone."""
        self._transport = None
        self._loop.call(self._stream.stop)

    def pause_writing(self) -> None:
        """Read no more while the client does not."""
        self._is_choked = True
        self._hold()

    def resume_writing(self) -> None:
        """Read again."""
        self._is_choked = False

    def _hold(self) -> None:
        """Stop reading while the session takes nothing, or the client does not read; look again soon."""
        if self._transport is None or self._transport.is_closing():
            return
        is_to_hold = self._is_choked or self._stream.is_full
        if is_to_hold:
            self._here.call_later(LOOK_EVERY_S, self._hold)
        if is_to_hold != self._is_held:
            self._is_held = is_to_hold
            (self._transport.pause_reading if is_to_hold else self._transport.resume_reading)()

    # Called by the cluster's loop, from its thread.

    def _put(self, channel: int, data: bytes) -> None:
        self._soon(self._write, data)

    def _end(self) -> None:
        self._soon(self._close)

    def _soon(self, what: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the server is shutting down
            self._here.call_soon_threadsafe(what, *arguments)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()  # once what was written has gone
