"""A request of a web server (ASGI) as a plain value, and answers as what it writes: whole, or piece by piece.

The API server's door and the kubelet's are served by this alike.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from insideout.apiserver.encoding import encode_body, encode_events, waiting
from insideout.apiserver.requests import Request, Response, TextStream, WatchStream
from insideout.apiserver.rest import LONGEST_BODY_BYTES
from insideout.sim.loop import Loop

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_FIRST_COUNTS = ("accept", "authorization", "content-type")


class Streams:
    """The answers that go on: watches, and logs that are followed."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._open: dict[WatchStream | TextStream, None] = {}

    def close(self) -> None:
        """End every one, so that its connection can be closed."""
        for stream in list(self._open):
            self._loop.call(stream.close)

    async def carry(
        self, response: Response, stream: WatchStream | TextStream, receive: Receive, send: Send
    ) -> None:
        """Write a watch's events, or text, as they come, until it ends or the client goes away."""
        ready = asyncio.Event()
        here = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the server is shutting down
                here.call_soon_threadsafe(ready.set)

        stream.on_ready = wake
        self._open[stream] = None
        gone = asyncio.ensure_future(_disconnected(receive, ready))
        media_type = response.content_type
        if isinstance(stream, WatchStream) and "json" not in media_type:
            media_type += ";stream=watch"
        await send(head(200, media_type, response.headers))
        try:
            while not gone.done():
                closed = stream.closed
                ready.clear()
                events = self._loop.call(waiting, stream)
                if events:
                    chunk = encode_events(events, response.content_type)
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                elif closed:
                    break
                else:
                    await ready.wait()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            del self._open[stream]
            self._loop.call(stream.stop)


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by name.

    Given several times, the first counts of those that Go's server asks for with Get; of the others all, as
    one list.
    """
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        if key not in headers:
            headers[key] = text
        elif key not in _FIRST_COUNTS:
            headers[key] += f", {text}"
    return headers


def request_of(scope: Scope, method: str, headers: Mapping[str, str], body: bytes) -> Request:
    """Return a connection's request."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Request(method=method, path=scope["path"], query=query, headers=headers, body=body)


async def body_of(receive: Receive) -> bytes:
    """Return a request's body, or the beginning of one that is too long anyway."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > LONGEST_BODY_BYTES:
            return bytes(body)


async def _disconnected(receive: Receive, ready: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    ready.set()


async def answer(send: Send, response: Response) -> None:
    """Write an answer that is whole."""
    body = encode_body(response)
    await send(head(response.code, response.content_type, response.headers, len(body)))
    await send({"type": "http.response.body", "body": body})


def head(
    code: int, content_type: str, headers: Mapping[str, str], length: int | None = None
) -> MutableMapping[str, Any]:
    """Return the message with which an answer begins."""
    pairs = [("content-type", content_type), *((name.lower(), value) for name, value in headers.items())]
    if length is not None:
        pairs.append(("content-length", str(length)))
    return {
        "type": "http.response.start",
        "status": code,
        "headers": [(name.encode("latin-1"), value.encode("utf-8", "replace")) for name, value in pairs],
    }
