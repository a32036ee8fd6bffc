"""The door to an API server in this process."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from insideout.apiserver.encoding import encode_body, encode_events, waiting
from insideout.apiserver.requests import Request, Response, TextStream, WatchStream
from insideout.apiserver.status import bad_request
from insideout.apiserver.subresources.streams import Passage
from insideout.client.transport import Reply
from insideout.sim.loop import Loop

_NO_STREAMS = "a client in this process cannot upgrade a connection; cluster.kubeconfig opens a door that can"
_LONGEST_WAIT_S = 24 * 3600.0


class LocalDoor:
    """Passes requests to `handle`, between two events of `loop`."""

    def __init__(self, handle: Callable[[Request], Response], loop: Loop) -> None:
        self._handle = handle
        self._loop = loop

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return the answer to a request; ConnectionRefusedError when the server is not up."""
        parts = urlsplit(url)
        request = Request(
            method=method,
            path=unquote(parts.path),
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )
        response = self._loop.call(self._handle, request)
        if isinstance(response.body, Passage):
            response = Response(400, bad_request(_NO_STREAMS).status)
        named = {"Content-Type": response.content_type, **response.headers}
        if isinstance(response.body, WatchStream | TextStream):
            return Reply(response.code, named, LocalStream(self._loop, response.body, response.content_type))
        body = b"" if method == "HEAD" else encode_body(response)
        return Reply(response.code, named, body)


class LocalStream:
    """The events of a watch as bytes; waiting for one lets time pass."""

    def __init__(self, loop: Loop, stream: WatchStream | TextStream, media_type: str) -> None:
        self._loop = loop
        self._media_type = media_type
        self._stream = stream
        self._ready = False
        stream.on_ready = self._wake

    def read(self, timeout_s: float | None) -> bytes | None:
        """Return the next events, a line each; None when the watch has ended or nothing happens any more."""
        while True:
            closed, self._ready = self._stream.closed, False
            events = self._loop.call(waiting, self._stream)
            if events:
                return encode_events(events, self._media_type)
            if closed:
                return None
            if not self._loop.run_until(lambda: self._ready, timeout_s or _LONGEST_WAIT_S):
                if timeout_s is None:
                    return None
                raise TimeoutError(f"no event within {timeout_s} s")

    def stop(self) -> None:
        """End the watch."""
        self._loop.call(self._stream.stop)

    def _wake(self) -> None:
        self._ready = True
