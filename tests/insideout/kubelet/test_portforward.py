"""Connections to a Pod's ports: two channels each in a WebSocket, two streams each in SPDY."""

import pytest

from insideout.apiserver.status import StatusError
from insideout.kubelet import portforward, spdy
from insideout.kubelet.container import Container
from insideout.kubelet.portforward import ChannelForward, Forwarded, SpdyForward, ports_of
from insideout.kubelet.programs import Program
from insideout.kubelet.session import IDLE_S
from insideout.sim import Loop
from tests.insideout.kubelet.test_spdy import Client, data, frame

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSING = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
REFUSED = (
    b"error forwarding port 81 to pod web_default, uid : dial tcp4 127.0.0.1:81: connect: connection refused"
)
Frames = list[tuple[int, bytes]]


@pytest.fixture
def forwarded() -> Forwarded:
    made = Container({"name": "web", "ports": [{"containerPort": 80}]}, "main", Program())
    made.run(Loop(), "host", lambda ended: None)
    return Forwarded("web_default", [made])


class Ends:
    """Counts how often a stream ended."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


PORTS = {
    "one": (["80"], [80]),
    "several, each by itself or together": (["80,81", "82"], [80, 81, 82]),
    "none": ([], 'query parameter "port" is required'),
    "an empty one": ([""], 'query parameter "port" cannot be empty'),
    "port 0": (["0"], 'port "0" must be > 0'),
    "a word": (
        ["80,http"],
        'unable to parse "80,http" as a port: strconv.ParseUint: parsing "http"',
    ),
    "too large": (["65536"], "value out of range"),
}


@pytest.mark.parametrize(("texts", "expected"), PORTS.values(), ids=PORTS)
def test_ports_are_read_as_the_kubelet_reads_them(texts: list[str], expected: list[int] | str) -> None:
    if isinstance(expected, list):
        assert ports_of(texts) == expected
    else:
        with pytest.raises(StatusError) as refused:
            ports_of(texts)
        assert expected in str(refused.value)


class TestChannels:
    """ChannelForward."""

    def begun(self, forwarded: Forwarded, *ports: int) -> tuple[ChannelForward, Frames, Ends]:
        self.loop, sent, ends = Loop(), [], Ends()
        made = ChannelForward(self.loop, forwarded, ports, lambda *frame: sent.append(frame), ends)
        made.start()
        return made, sent, ends

    def test_each_channel_begins_with_its_port(self, forwarded: Forwarded) -> None:
        _, sent, _ = self.begun(forwarded, 80, 443)
        assert sent[:4] == [(0, b"\x50\0"), (1, b"\x50\0"), (2, b"\xbb\x01"), (3, b"\xbb\x01")]

    def test_data_goes_to_the_program_and_back(self, forwarded: Forwarded) -> None:
        made, sent, ends = self.begun(forwarded, 80)
        made.receive(b"\x00" + GET)
        assert b"".join(body for channel, body in sent[2:] if channel == 0).endswith(b"\r\n\r\nhost\n")
        assert not ends.count

    def test_a_port_on_which_nobody_listens_is_told_on_its_error_channel(self, forwarded: Forwarded) -> None:
        made, sent, ends = self.begun(forwarded, 81, 80)
        assert (1, REFUSED) in sent
        made.receive(b"\x02" + GET)
        assert sent[-1][0] == 2
        assert not ends.count

    def test_it_ends_with_its_last_connection(self, forwarded: Forwarded) -> None:
        made, _, ends = self.begun(forwarded, 80, 81, 80)
        made.receive(b"\x00" + CLOSING)
        assert not made.has_ended
        made.receive(b"\x04" + CLOSING)
        assert (made.has_ended, ends.count) == (True, 1)

    def test_where_nobody_listens_at_all_it_ends_at_once(self, forwarded: Forwarded) -> None:
        assert self.begun(forwarded, 81)[0].has_ended

    def test_frames_for_no_channel_change_nothing(self, forwarded: Forwarded) -> None:
        made, sent, _ = self.begun(forwarded, 80)
        for frame_ in (b"", b"\x00", b"\x01" + GET, b"\x09" + GET):
            made.receive(frame_)
        assert len(sent) == 2

    def test_a_long_silence_ends_it(self, forwarded: Forwarded) -> None:
        made, _, ends = self.begun(forwarded, 80)
        self.loop.run(IDLE_S - 1)
        made.receive(b"\x00" + GET)
        self.loop.run(IDLE_S - 1)
        assert not made.has_ended
        self.loop.run(1)
        assert (made.has_ended, ends.count) == (True, 1)


class TestSpdy:
    """SpdyForward."""

    @pytest.fixture(autouse=True)
    def begin(self, forwarded: Forwarded) -> None:
        self.loop, self.ends, self.client, self.reader = Loop(), Ends(), Client(), spdy.Reader()
        self.heard: list[spdy.Event] = []
        self.made = SpdyForward(self.loop, forwarded, self._take, self.ends)

    def _take(self, channel: int, sent: bytes) -> None:
        if sent[:4] != b"\x80\x03\x00\x02":  # a SYN_REPLY, which servers do not read
            self.heard += self.reader.feed(sent)

    def open(self, stream: int, kind: str, request: str = "0", port: str = "80") -> None:
        headers = {"streamtype": kind, "port": port, "requestid": request}
        self.made.receive(self.client.open(stream, headers))

    def pair(self, first: int, request: str = "0", port: str = "80") -> None:
        self.open(first, "error", request, port)
        self.open(first + 2, "data", request, port)

    def test_a_pair_of_streams_is_a_connection(self) -> None:
        self.pair(1)
        self.made.receive(data(3, GET))
        assert b"".join(event.data for event in self.heard if event.stream == 3).endswith(b"host\n")

    def test_connections_come_and_go_and_the_session_stays(self) -> None:
        for number in range(3):
            self.pair(4 * number + 1, str(number))
            self.made.receive(data(4 * number + 3, CLOSING))
            lasts = [event.stream for event in self.heard if isinstance(event, spdy.Data) and event.is_last]
            assert lasts[-2:] == [4 * number + 1, 4 * number + 3]
        assert not self.made.has_ended

    def test_a_client_that_closed_its_side_is_closed(self) -> None:
        self.pair(1)
        self.made.receive(data(3, b"", flags=1))
        assert [event.is_last for event in self.heard] == [True, True]

    def test_a_refused_port_is_told_on_the_error_stream_and_both_are_reset(self) -> None:
        self.pair(1, port="81")
        assert self.heard == [spdy.Data(1, REFUSED, False), spdy.Reset(1), spdy.Reset(3)]

    @pytest.mark.parametrize(("kind", "port"), [("talk", "80"), ("data", "0"), ("data", "x"), ("data", "")])
    def test_a_stream_that_is_no_part_of_a_connection_is_reset(self, kind: str, port: str) -> None:
        self.open(1, kind, port=port)
        assert self.heard == [spdy.Reset(1)]

    def test_a_second_stream_of_one_kind_is_reset(self) -> None:
        self.open(1, "error")
        self.open(3, "error")
        assert self.heard == [spdy.Reset(3)]

    def test_half_a_pair_is_forgotten_after_a_while(self) -> None:
        self.open(1, "error")
        self.loop.run(portforward.PAIR_WITHIN_S)
        self.open(3, "data")
        self.made.receive(data(3, GET))
        assert self.heard == [spdy.Reset(3)]

    def test_more_connections_than_there_may_be_are_reset(self) -> None:
        for number in range(portforward.MOST_CONNECTIONS + 1):
            self.pair(4 * number + 1, str(number))
        last = 4 * portforward.MOST_CONNECTIONS + 1
        assert self.heard == [spdy.Reset(last), spdy.Reset(last + 2)]
        self.made.receive(frame(3, bytes([0, 0, 0, 3, 0, 0, 0, 5])))
        self.pair(last + 4, "again")
        assert len(self.heard) == 2, "the place of one that was reset is free"

    def test_a_ping_is_answered(self) -> None:
        self.made.receive(frame(6, b"\0\0\0\x07"))
        assert self.heard == [spdy.Pinged(7)]

    def test_what_is_no_spdy_ends_it(self) -> None:
        self.made.receive(b"GET / HTTP/1.1\r\n\r\n")
        assert (self.made.has_ended, self.ends.count) == (True, 1)

    def test_a_client_that_has_gone_gets_nothing(self) -> None:
        self.pair(1)
        self.made.stop()
        self.made.receive(data(3, GET))
        assert (self.heard, self.ends.count) == ([], 1)
