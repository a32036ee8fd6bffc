"""exec and attach in SPDY: each of a command's channels is a stream, which its client opens.

The command begins when all streams are there that were asked for; a stream's last data is the end of that
channel.  Left out: the first version, which had no Status.

Source: staging/src/k8s.io/cri-streaming/pkg/streaming/remotecommand/httpstream.go@v1.36.2.
"""

import json
from collections.abc import Callable
from functools import partial

from insideout.apiserver.subresources.streams import ERROR, HALF_CLOSE, RESIZE, STDERR, STDIN, STDOUT, V4
from insideout.kubelet import spdy
from insideout.kubelet.container import Container
from insideout.kubelet.session import Attached, Send, Session, Wanted
from insideout.sim import Loop, Timer

VERSIONS = (V4, "v3.channel.k8s.io", "v2.channel.k8s.io")
"""What is spoken, the best first; before v4 the error stream is text, before v3 a terminal has one size."""
STREAMS_WITHIN_S = 30.0
"""How long a client may take to open its streams: DefaultStreamCreationTimeout."""
_CHANNELS = {"stdin": STDIN, "stdout": STDOUT, "stderr": STDERR, "error": ERROR, "resize": RESIZE}


class SpdyCommand:
    """Streams of one command; `send` gets bytes, and its channel says nothing."""

    def __init__(
        self,
        loop: Loop,
        container: Container,
        wanted: Wanted,
        make: type[Session] | type[Attached],
        version: str,
        send: Send,
        end: Callable[[], object],
    ) -> None:
        self.has_ended = False
        self._send, self._end = send, end
        self._version = version
        self._reader, self._writer = spdy.Reader(), spdy.Writer()
        self._make = partial(make, loop, container, wanted, self._put, self._done)
        self._command: Session | Attached | None = None
        self._early: list[bytes] = []
        self._streams: dict[int, int] = {}
        asked = {STDIN: wanted.stdin, STDOUT: wanted.stdout, STDERR: wanted.stderr}
        asked |= {ERROR: True, RESIZE: wanted.tty and version != VERSIONS[-1]}
        self._missing = {channel for channel, is_asked in asked.items() if is_asked}
        self._timeout: Timer = loop.call_later(STREAMS_WITHIN_S, self.stop)

    @property
    def unread(self) -> int:
        """How much the command has yet to read of what was sent."""
        return self._command.unread if isinstance(self._command, Session) else 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken for now."""
        return self._command is not None and self._command.is_full

    def start(self) -> None:
        """Begin; there is nothing to do before the client opens streams."""

    def receive(self, frame: bytes) -> None:
        """Take bytes of the client."""
        try:
            for event in self._reader.feed(frame):
                if not self.has_ended:
                    self._take(event)
        except spdy.ProtocolError:
            self.stop()

    def stop(self) -> None:
        """End: the client has gone."""
        self._timeout.cancel()
        if self._command is not None:
            self._command.stop()
        elif not self.has_ended:
            self._done()

    def _take(self, event: spdy.Event) -> None:
        match event:
            case spdy.Opened(stream, headers):
                self._opened(stream, headers.get("streamtype", ""))
            case spdy.Data(stream, data, is_last):
                self._data(stream, data, is_last=is_last)
            case spdy.Reset(stream):
                self._data(stream, b"", is_last=True)
            case spdy.Pinged(number):
                self._say(self._writer.ping(number))

    def _opened(self, stream: int, kind: str) -> None:
        """Accept a stream, or refuse it; with the last of them the command begins."""
        channel = _CHANNELS.get(kind)
        if channel is None or channel not in self._missing:
            self._say(self._writer.reset(stream, spdy.REFUSED))
            return
        self._missing.discard(channel)
        self._streams[stream] = channel
        self._say(self._writer.reply(stream))
        if not self._missing:
            self._timeout.cancel()
            self._command = self._make()
            self._command.start()
            for frame in self._early:
                self._command.receive(frame)

    def _data(self, stream: int, data: bytes, *, is_last: bool) -> None:
        channel = self._streams.get(stream)
        if channel not in (STDIN, RESIZE):
            return
        frames = [bytes([channel]) + data] if data else []
        if is_last and channel == STDIN:
            frames.append(bytes([HALF_CLOSE, STDIN]))
        for frame in frames:
            if self._command is not None:
                self._command.receive(frame)
            else:
                self._early.append(frame)

    def _put(self, channel: int, data: bytes) -> None:
        """Send what the command says on its stream."""
        if channel == ERROR and self._version != V4:
            status = json.loads(data)
            data = b"" if status["status"] == "Success" else status["message"].encode()
        for stream, its in self._streams.items():
            if its == channel and data:
                self._say(self._writer.data(stream, data))

    def _done(self) -> None:
        """Say that nothing follows on any stream."""
        for stream, channel in self._streams.items():
            if channel in (STDOUT, STDERR, ERROR):
                self._say(self._writer.data(stream, b"", is_last=True))
        self._say(self._writer.leave(max(self._streams, default=0)))
        self.has_ended = True
        self._end()

    def _say(self, data: bytes) -> None:
        if not self.has_ended:
            self._send(0, data)
