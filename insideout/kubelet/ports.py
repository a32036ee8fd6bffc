"""A port of a container: who listens on it, and a connection to it as bytes.

Programs answer requests, so what speaks to a port in bytes speaks HTTP/1.1, over TLS where the process has a
certificate; anything else gets 400, as from any web server.

Source: the protocol is the library h11's; the words of a refused connection are Go's (net/dial.go).
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

import h11

from insideout.kubelet.container import Container
from insideout.kubelet.programs import Request, Response
from insideout.sim import Loop, Timer

if TYPE_CHECKING:
    from insideout.kubelet.secured import Secured

LONGEST_BODY_BYTES = 1024 * 1024
"""Longer requests get 413."""
MOST_WAITING_BYTES = 1024 * 1024
"""So much may come while a program still answers; more ends the connection."""


class ConnectionRefused(Exception):  # noqa: N818  it says what happened
    """Nobody listens on the port."""


def listener(containers: Iterable[Container], port: int) -> Container | None:
    """Return the container that declares the port; one that declares none listens on every port."""
    there = list(containers)
    declared = [c for c in there if any(p["containerPort"] == port for p in c.spec.get("ports") or ())]
    silent = [c for c in there if c.role == "main" and not c.spec.get("ports")]
    return next(iter(declared or silent), None)


class PortConnection:
    """A connection to a port; `put` gets what the program sends, `end` is called after the last of it."""

    def __init__(
        self,
        loop: Loop,
        containers: Iterable[Container],
        port: int,
        put: Callable[[bytes], object],
        end: Callable[[], object],
    ) -> None:
        found = listener(containers, port)
        if found is None or found.process is None or not found.is_running:
            raise ConnectionRefused(f"dial tcp4 127.0.0.1:{port}: connect: connection refused")
        self._loop, self._container, self._process, self._port = loop, found, found.process, port
        self._put, self._end = put, end
        self._secured: Secured | None = None
        if found.process.certificate is not None:
            # Loaded here: few programs have one, and a browser's Python has no TLS.
            from insideout.kubelet import secured

            self._secured = secured.Secured(found.process.certificate, put)
        self._http = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._answering: Timer | None = None
        self._waiting_bytes = 0
        self._ended = False
        self._forget = found.process.at_end(self._close)

    def feed(self, data: bytes) -> None:
        """Take what the client sent; b"" says that nothing follows."""
        if self._ended or self._http.their_state in (h11.CLOSED, h11.ERROR):
            return
        self._waiting_bytes += len(data)
        if self._answering is not None and self._waiting_bytes > MOST_WAITING_BYTES:
            self.stop()
            self._end()
            return
        try:
            plain = data if self._secured is None else self._secured.receive(data)
        except OSError:  # no TLS, or the client does not trust the certificate
            self._close()
            return
        if plain is not None:
            self._http.receive_data(plain)
            self._go_on()

    def stop(self) -> None:
        """End without a word: the client has gone."""
        self._ended = True
        self._forget()
        if self._answering is not None:
            self._answering.cancel()

    def _go_on(self) -> None:
        """Answer the requests that are complete, one after the other."""
        while not self._ended and self._answering is None:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as problem:
                self._refuse(problem.error_status_hint, str(problem))
                return
            match event:
                case h11.Request():
                    self._request = event
                case h11.Data():
                    self._body += event.data
                    if len(self._body) > LONGEST_BODY_BYTES:
                        self._refuse(413, f"a body of more than {LONGEST_BODY_BYTES} bytes")
                        return
                case h11.EndOfMessage():
                    self._answer()
                case h11.ConnectionClosed():
                    self._close()
                    return
                case _:  # NEED_DATA, PAUSED
                    if self._http.they_are_waiting_for_100_continue:
                        self._write(h11.InformationalResponse(status_code=100, headers=[]))
                    return

    def _answer(self) -> None:
        asked, self._request = self._request, None
        assert asked is not None  # a message begins with its head
        body, self._body = self._body.decode("utf-8", "replace"), bytearray()
        request = Request(self._port, asked.method.decode(), asked.target.decode("latin-1"), body)
        response = self._container.program.answer(self._process, request)
        if response.duration_s > 0:
            self._answering = self._loop.call_later(response.duration_s, self._answered, asked, response)
        else:
            self._send(asked, response)

    def _answered(self, asked: h11.Request, response: Response) -> None:
        self._answering = None
        self._send(asked, response)
        self._go_on()

    def _send(self, asked: h11.Request, response: Response) -> None:
        self._waiting_bytes = 0
        body = response.body.encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        self._write(
            h11.Response(status_code=response.status, headers=headers, reason=_reason(response.status))
        )
        self._write(h11.Data(data=b"" if asked.method == b"HEAD" else body))
        self._write(h11.EndOfMessage())
        if self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self._close()

    def _refuse(self, status: int, why: str) -> None:
        """Answer what is no request, and close."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = f"{why}\n".encode()
            headers = [("Content-Length", str(len(body))), ("Connection", "close")]
            self._write(h11.Response(status_code=status, headers=headers, reason=_reason(status)))
            self._write(h11.Data(data=body))
            self._write(h11.EndOfMessage())
        self._close()

    def _write(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data and not self._ended:
            (self._put if self._secured is None else self._secured.send)(data)

    def _close(self) -> None:
        if not self._ended:
            self.stop()
            self._end()


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:  # a program may answer any number
        return b""
