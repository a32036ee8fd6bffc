"""Port-forward on a node: connections to a Pod's ports, carried in one of two ways.

In a WebSocket each port has two channels, for data and for an error, which begin with the port's number;
there is one connection to each port.  In SPDY each connection has two streams, which a request ID joins;
they come and go.  kubectl speaks SPDY, inside a WebSocket that the API server takes off; the official Python
client speaks channels.  Left out: the variant in base64, and clients without request IDs (before v1.2).

Source: staging/src/k8s.io/cri-streaming/pkg/streaming/portforward/{websocket,httpstream}.go@v1.36.2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from insideout.apiserver.status import StatusError, bad_request
from insideout.kubelet import spdy
from insideout.kubelet.container import Container
from insideout.kubelet.ports import ConnectionRefused, PortConnection
from insideout.kubelet.session import IDLE_S
from insideout.sim import Loop, Timer

Send = Callable[[int, bytes], object]

MOST_CONNECTIONS = 100
"""How many connections one port-forward carries at once."""
PAIR_WITHIN_S = 30.0
"""How long one stream of a pair waits for the other: DefaultStreamCreationTimeout."""
_PORT_BITS = 16


@dataclass(frozen=True)
class Forwarded:
    """Whose ports are forwarded: the Pod's name as messages have it, and its containers."""

    pod: str
    containers: Sequence[Container]

    def failed(self, port: int, why: object) -> bytes:
        """Return the message on an error stream."""
        return f"error forwarding port {port} to pod {self.pod}, uid : {why}".encode()


class _Forward:
    """What both ways have in common: they end once, at the latest after a long silence."""

    def __init__(self, loop: Loop, forwarded: Forwarded, send: Send, end: Callable[[], object]) -> None:
        self.has_ended = self.is_full = False
        self._loop, self._forwarded, self._send, self._end = loop, forwarded, send, end
        self._idle: Timer = loop.call_later(IDLE_S, self.stop)

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End: the client has gone, or has been silent for too long."""
        if not self.has_ended:
            self.has_ended = True
            self._idle.cancel()
            self._close_all()
            self._end()

    def _close_all(self) -> None:
        """End every connection to a port."""

    def _heard(self) -> None:
        self._idle.cancel()
        self._idle = self._loop.call_later(IDLE_S, self.stop)


class ChannelForward(_Forward):
    """One connection to each port, on two channels of a WebSocket."""

    def __init__(
        self,
        loop: Loop,
        forwarded: Forwarded,
        ports: Sequence[int],
        send: Send,
        end: Callable[[], object],
    ) -> None:
        super().__init__(loop, forwarded, send, end)
        self._ports = ports
        self._open: dict[int, PortConnection] = {}

    def start(self) -> None:
        """Tell each channel's port, and connect."""
        for number, port in enumerate(self._ports):
            for channel in (2 * number, 2 * number + 1):
                self._send(channel, port.to_bytes(2, "little"))
        for number, port in enumerate(self._ports):
            self._connect(2 * number, port)
        if not self._open:
            self.stop()

    def receive(self, frame: bytes) -> None:
        """Take a frame of the client: a channel, then its data."""
        self._heard()
        if len(frame) > 1 and frame[0] in self._open:
            self._open[frame[0]].feed(frame[1:])

    def _connect(self, channel: int, port: int) -> None:
        def put(data: bytes) -> None:
            self._send(channel, data)

        try:
            connection = PortConnection(
                self._loop, self._forwarded.containers, port, put, lambda: self._closed(channel)
            )
        except ConnectionRefused as refused:
            self._send(channel + 1, self._forwarded.failed(port, refused))
        else:
            self._open[channel] = connection

    def _closed(self, channel: int) -> None:
        """Note that a connection has ended; the stream ends with the last one."""
        self._open.pop(channel, None)
        if not self._open:
            self.stop()

    def _close_all(self) -> None:
        for connection in self._open.values():
            connection.stop()
        self._open.clear()


def ports_of(texts: Sequence[str]) -> list[int]:
    """Return the ports that a request names; raise 400 for what is none."""
    if not texts:
        raise bad_request('query parameter "port" is required')
    if "" in texts:
        raise bad_request('query parameter "port" cannot be empty')
    return [_port(part, text) for text in texts for part in text.split(",")]


def _port(text: str, whole: str) -> int:
    if not (text.isascii() and text.isdigit()):
        why = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise bad_request(f'unable to parse "{whole}" as a port: {why}')
    if int(text) >> _PORT_BITS:
        why = f'strconv.ParseUint: parsing "{text}": value out of range'
        raise bad_request(f'unable to parse "{whole}" as a port: {why}')
    if int(text) < 1:
        raise bad_request(f'port "{whole}" must be > 0')
    return int(text)


@dataclass
class _Pair:
    """The streams of one connection, by their kind, and the connection once both have come."""

    port: int
    timeout: Timer
    streams: dict[str, int] = field(default_factory=dict)
    connection: PortConnection | None = None


class SpdyForward(_Forward):
    """Connections as pairs of SPDY streams; `send` gets bytes, and its channel says nothing."""

    def __init__(self, loop: Loop, forwarded: Forwarded, send: Send, end: Callable[[], object]) -> None:
        super().__init__(loop, forwarded, send, end)
        self._reader, self._writer = spdy.Reader(), spdy.Writer()
        self._pairs: dict[str, _Pair] = {}
        self._by_data: dict[int, str] = {}

    def receive(self, frame: bytes) -> None:
        """Take bytes of the client."""
        self._heard()
        try:
            for event in self._reader.feed(frame):
                if not self.has_ended:
                    self._take(event)
        except spdy.ProtocolError:
            self.stop()

    def _take(self, event: spdy.Event) -> None:
        match event:
            case spdy.Opened():
                self._opened(event)
            case spdy.Data(stream, data, is_last):
                self._data(stream, data, is_last=is_last)
            case spdy.Reset(stream):
                self._forget(self._by_data.get(stream, ""))
            case spdy.Pinged(number):
                self._say(self._writer.ping(number))

    def _data(self, stream: int, data: bytes, *, is_last: bool) -> None:
        """Hand data on; before the other stream of the pair has come there is nobody to take it."""
        name = self._by_data.get(stream, "")
        pair = self._pairs.get(name)
        if pair is None:
            return
        if pair.connection is None:
            self._say(self._writer.reset(stream, spdy.CANCEL))
            self._forget(name)
            return
        if data:
            pair.connection.feed(data)
        if is_last:
            pair.connection.feed(b"")

    def _opened(self, event: spdy.Opened) -> None:
        """Accept a stream, or refuse it; the second of a pair opens the connection."""
        stream, headers = event.stream, event.headers
        kind, name = headers.get("streamtype", ""), headers.get("requestid", "")
        try:
            port = _port(headers.get("port", ""), headers.get("port", ""))
        except StatusError:
            port = 0
        pair = self._pairs.get(name)
        is_free = kind not in pair.streams if pair is not None else len(self._pairs) < MOST_CONNECTIONS
        if kind not in ("data", "error") or not port or not is_free:
            self._say(self._writer.reset(stream, spdy.REFUSED))
            return
        self._say(self._writer.reply(stream))
        if pair is None:
            timeout = self._loop.call_later(PAIR_WITHIN_S, self._forget, name)
            pair = self._pairs[name] = _Pair(port, timeout)
        pair.streams[kind] = stream
        if kind == "data":
            self._by_data[stream], pair.port = name, port
        if len(pair.streams) == 2:
            self._connect(name, pair)

    def _connect(self, name: str, pair: _Pair) -> None:
        pair.timeout.cancel()

        def put(data: bytes) -> None:
            self._say(self._writer.data(pair.streams["data"], data))

        try:
            pair.connection = PortConnection(
                self._loop, self._forwarded.containers, pair.port, put, lambda: self._closed(name)
            )
        except ConnectionRefused as refused:
            self._say(self._writer.data(pair.streams["error"], self._forwarded.failed(pair.port, refused)))
            for stream in pair.streams.values():
                self._say(self._writer.reset(stream, spdy.CANCEL))
            self._forget(name)

    def _closed(self, name: str) -> None:
        """Close both streams of a connection that has ended."""
        pair = self._pairs[name]
        for stream in pair.streams.values():
            self._say(self._writer.data(stream, b"", is_last=True))
        self._forget(name)

    def _forget(self, name: str) -> None:
        pair = self._pairs.pop(name, None)
        if pair is not None:
            self._by_data.pop(pair.streams.get("data", 0), None)
            pair.timeout.cancel()
            if pair.connection is not None:
                pair.connection.stop()

    def _close_all(self) -> None:
        for name in list(self._pairs):
            self._forget(name)

    def _say(self, data: bytes) -> None:
        if not self.has_ended:
            self._send(0, data)
