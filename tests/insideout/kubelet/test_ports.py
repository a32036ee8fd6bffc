"""Who listens on a port, and HTTP over a connection to it."""

import re

import pytest

from insideout.kubelet.container import Container
from insideout.kubelet.ports import ConnectionRefused, PortConnection, listener
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request, Response
from insideout.sim import Loop

GET = b"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n"


class Echo(Program):
    """Answers what it was asked, after a second if that is wanted."""

    def answer(self, process: Process, request: Request) -> Response:
        status = 299 if request.path == "/odd" else 200
        text = f"{request.method} {request.path} {len(request.body)}"
        return Response(status, text, 1.0 if request.path == "/slow" else 0.0)


def container(name: str = "web", *ports: int, runs: bool = True, role: str = "main") -> Container:
    spec = {"name": name, "ports": [{"containerPort": port} for port in ports]}
    made = Container(spec, role, Echo())  # type: ignore[arg-type]
    if runs:
        made.run(Loop(), "host", lambda ended: None)
    return made


class Line:
    """A connection and what came of it."""

    def __init__(self, *containers: Container, port: int = 80) -> None:
        self.loop = Loop()
        self.got, self.ended = b"", 0
        self.connection = PortConnection(
            self.loop, containers or (container("web", 80),), port, self._put, self._end
        )

    def _put(self, data: bytes) -> None:
        self.got += data

    def _end(self) -> None:
        self.ended += 1

    def bodies(self) -> list[str]:
        return re.findall(r"\r\n\r\n([^\r]*?)(?=HTTP/|$)", self.got.decode())


def test_who_declares_a_port_listens_on_it_before_who_declares_none() -> None:
    plain, web, sidecar = container("plain"), container("web", 80), container("side", role="sidecar")
    assert listener([plain, web], 80) is web
    assert listener([plain, web], 81) is plain
    assert listener([web, sidecar], 81) is None


@pytest.mark.parametrize("there", [[], [container("web", 81)], [container("web", 80, runs=False)]])
def test_where_nobody_listens_the_connection_is_refused(there: list[Container]) -> None:
    with pytest.raises(ConnectionRefused, match=r"dial tcp4 127.0.0.1:80: connect: connection refused"):
        PortConnection(Loop(), there, 80, print, print)


def test_requests_are_answered_one_after_the_other() -> None:
    line = Line()
    line.connection.feed(GET + GET[:10])
    line.connection.feed(GET[10:])
    assert line.bodies() == ["GET /a?b 0", "GET /a?b 0"]
    assert not line.ended


def test_a_body_is_read_to_its_end() -> None:
    line = Line()
    line.connection.feed(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc")
    assert line.got == b""
    line.connection.feed(b"de")
    assert line.bodies() == ["POST / 5"]


def test_who_waits_for_a_word_before_the_body_gets_it() -> None:
    line = Line()
    line.connection.feed(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
    assert line.got.startswith(b"HTTP/1.1 100 ")
    line.connection.feed(b"a")
    assert b"POST / 1" in line.got


def test_an_answer_that_takes_time_comes_then_and_the_next_after_it() -> None:
    line = Line()
    line.connection.feed(GET.replace(b"/a?b", b"/slow") + GET)
    assert line.got == b""
    line.loop.run(1)
    assert line.bodies() == ["GET /slow 0", "GET /a?b 0"]


def test_a_client_that_went_while_it_waited_gets_nothing() -> None:
    line = Line()
    line.connection.feed(GET.replace(b"/a?b", b"/slow"))
    line.connection.stop()
    line.loop.run(5)
    assert (line.got, line.ended) == (b"", 0)


def test_who_asks_to_close_is_answered_and_closed() -> None:
    line = Line()
    line.connection.feed(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (line.bodies(), line.ended) == (["GET / 0"], 1)


def test_who_sends_nothing_more_still_gets_its_answer() -> None:
    line = Line()
    line.connection.feed(GET.replace(b"/a?b", b"/slow"))
    line.connection.feed(b"")
    line.loop.run(1)
    assert (line.bodies(), line.ended) == (["GET /slow 0"], 1)


def test_who_only_asks_for_the_head_gets_no_body() -> None:
    line = Line()
    line.connection.feed(GET.replace(b"GET", b"HEAD"))
    assert line.got.endswith(b"Content-Length: 11\r\n\r\n")


def test_a_status_without_a_name_is_answered() -> None:
    line = Line()
    line.connection.feed(GET.replace(b"/a?b", b"/odd"))
    assert line.got.startswith(b"HTTP/1.1 299 ")


@pytest.mark.parametrize("sent", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x00\xff" * 20_000])
def test_what_is_no_http_gets_a_refusal(sent: bytes) -> None:
    line = Line()
    line.connection.feed(sent)
    line.connection.feed(GET)
    assert line.got.startswith(b"HTTP/1.1 4")
    assert line.ended == 1


def test_a_body_that_is_too_long_is_refused() -> None:
    line = Line()
    line.connection.feed(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n")
    for _ in range(20):
        line.connection.feed(b"x" * 100_000)
    assert line.got.startswith(b"HTTP/1.1 413 ")
    assert line.ended == 1


def test_who_sends_on_and_on_while_the_program_answers_is_cut_off() -> None:
    line = Line()
    line.connection.feed(GET.replace(b"/a?b", b"/slow"))
    for _ in range(20):
        line.connection.feed(b"x" * 100_000)
    line.loop.run(5)
    assert (line.got, line.ended) == (b"", 1)
