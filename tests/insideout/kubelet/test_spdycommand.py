"""A command over SPDY: it begins with its last stream, and each stream ends when nothing follows on it."""

import json

import pytest

from insideout.apiserver.subresources.streams import V5
from insideout.kubelet import spdy
from insideout.kubelet.container import Container
from insideout.kubelet.programs import Program
from insideout.kubelet.session import Attached, Session, Wanted
from insideout.kubelet.spdycommand import STREAMS_WITHIN_S, VERSIONS, SpdyCommand
from insideout.sim import Loop
from tests.insideout.kubelet.test_spdy import Client, data, frame

SHELL = ("sh", "-c", "echo out; cat /no; exit 3")


class Commands:
    """Begins a command, and keeps what its client is sent."""

    def __init__(self) -> None:
        self.loop, self.client, self.ends = Loop(), Client(), 0
        self.sent = b""
        self.container = Container({"name": "app", "image": "web:1"}, "main", Program())
        self.container.run(self.loop, "host", lambda ended: None)

    def begin(self, *command: str, version: str = VERSIONS[0], make=Session, **wanted: bool) -> SpdyCommand:
        asked = Wanted(command, **{"stdout": True, "stderr": True, **wanted}, protocol=V5)
        return SpdyCommand(self.loop, self.container, asked, make, version, self._take, self._ended)

    def open(self, made: SpdyCommand, *kinds: str) -> None:
        for number, kind in enumerate(kinds):
            made.receive(self.client.open(2 * number + 1, {"streamtype": kind}))
        self.loop.run(0.5)

    def _take(self, channel: int, sent: bytes) -> None:
        self.sent += sent

    def _ended(self) -> None:
        self.ends += 1

    def came(self, stream: int) -> tuple[bytes, bool]:
        """Return what came on a stream, and whether it said that nothing follows."""
        replies, rest = [], self.sent
        while rest:  # the answers to new streams are not for a reader of a server's side
            length = 8 + int.from_bytes(rest[5:8], "big")
            replies.append(rest[:length])
            rest = rest[length:]
        read = spdy.Reader()
        events = [event for one in replies if one[:4] != b"\x80\x03\x00\x02" for event in read.feed(one)]
        mine = [event for event in events if isinstance(event, spdy.Data) and event.stream == stream]
        return b"".join(event.data for event in mine), any(event.is_last for event in mine)


@pytest.fixture
def commands() -> Commands:
    return Commands()


def test_outputs_and_the_status_come_on_streams_of_their_own(commands: Commands) -> None:
    made = commands.begin(*SHELL)
    commands.open(made, "stdout", "stderr")
    assert commands.came(1) == (b"", False)  # not before all are there
    made.receive(commands.client.open(5, {"streamtype": "error"}))
    commands.loop.run(0.5)
    assert commands.came(1) == (b"out\n", True)
    assert commands.came(3) == (b"cat: /no: No such file or directory\n", True)
    status, is_last = commands.came(5)
    assert json.loads(status)["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]
    assert (is_last, commands.ends, made.has_ended) == (True, 1, True)


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_before_v4_the_error_stream_is_text_and_silent_on_success(commands: Commands, version: str) -> None:
    commands.open(commands.begin("false", version=version), "error", "stdout", "stderr")
    assert commands.came(1)[0].endswith(b"exit code 1")
    others = Commands()
    others.open(others.begin("true", version=version), "error", "stdout", "stderr")
    assert others.came(1) == (b"", True)


def test_what_was_sent_before_the_last_stream_is_not_lost_and_the_end_is_heard(commands: Commands) -> None:
    made = commands.begin("cat", stdin=True)
    commands.open(made, "stdin")
    made.receive(data(1, b"one\n") + data(1, b"two\n", flags=1))
    for stream, kind in ((3, "error"), (5, "stdout"), (7, "stderr")):
        made.receive(commands.client.open(stream, {"streamtype": kind}))
    commands.loop.run(0.5)
    assert commands.came(5) == (b"one\ntwo\n", True)
    assert json.loads(commands.came(3)[0])["status"] == "Success"


def test_a_terminal_has_a_stream_for_its_size_from_v3_on(commands: Commands) -> None:
    made = commands.begin("sh", stdin=True, tty=True, stderr=False)
    commands.open(made, "error", "stdin", "stdout", "resize")
    made.receive(data(7, b'{"Width":100,"Height":30}\n') + data(3, b"stty size\rexit\r"))
    commands.loop.run(0.5)
    assert b"30 100\r\n" in commands.came(5)[0]
    old = Commands()
    made = old.begin("sh", stdin=True, tty=True, stderr=False, version=VERSIONS[2])
    old.open(made, "error", "stdin", "stdout")
    made.receive(data(3, b"exit 2\r"))
    old.loop.run(0.5)
    assert old.came(1)[0].endswith(b"exit code 2")


def test_a_stream_that_nobody_asked_for_is_refused(commands: Commands) -> None:
    made = commands.begin("true")
    for stream, kind in ((1, "stdin"), (3, "stdout"), (5, "stdout"), (7, "port")):
        made.receive(commands.client.open(stream, {"streamtype": kind}))
    refused = [spdy.Writer().reset(stream, spdy.REFUSED) in commands.sent for stream in (1, 3, 5, 7)]
    assert refused == [True, False, True, True]


def test_a_client_that_opens_too_few_streams_is_left(commands: Commands) -> None:
    made = commands.begin("true")
    commands.open(made, "error", "stdout")
    commands.loop.run(STREAMS_WITHIN_S)
    assert (made.has_ended, commands.ends) == (True, 1)


def test_attach_shows_what_comes_from_when_the_streams_stand(commands: Commands) -> None:
    made = commands.begin(make=Attached)
    assert commands.container.process is not None
    commands.container.process.log("too early")
    commands.loop.run(1)
    commands.open(made, "error", "stdout", "stderr")
    commands.container.process.log("seen")
    commands.loop.run(1)
    assert commands.came(3)[0] == b"seen\n"
    made.stop()
    assert made.has_ended


def test_pings_are_answered_and_nonsense_ends_it(commands: Commands) -> None:
    made = commands.begin("sleep", "100")
    made.receive(frame(6, b"\0\0\0\x07"))
    assert commands.sent == spdy.Writer().ping(7)
    made.receive(b"GET / HTTP/1.1\r\n\r\n")
    assert (made.has_ended, commands.ends) == (True, 1)
