"""The official Python client without a network: its requests are answered by the API server in this process.

Only the connection pool is replaced, the lowest seam there is, so that everything above it is the official
client's own: models, exceptions, patches, pagination, `kubernetes.watch`.  A blocking read of a watch lets
the cluster's time pass until an event comes or the watch ends.
"""

import io
import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from course.apiserver.encoding import encode_body, encode_events
from course.apiserver.requests import Request, Response, WatchStream
from course.sim.loop import Loop

if TYPE_CHECKING:
    import kubernetes.client

_HOST = "https://embedded.invalid"  # never resolved: nothing leaves the process
_LONGEST_WAIT_S = 24 * 3600.0


def api_client(handle: Callable[[Request], Response], loop: Loop) -> "kubernetes.client.ApiClient":
    """Return an official ApiClient whose requests go to `handle`, between two events of `loop`."""
    # Loaded here: the official client takes half a second and 100 MB, which few need.
    import kubernetes.client

    configuration = kubernetes.client.Configuration()
    configuration.host = _HOST
    client = kubernetes.client.ApiClient(configuration)
    client.rest_client.pool_manager = Pool(handle, loop)
    return client


class Pool:
    """What the official client takes for urllib3's PoolManager."""

    def __init__(self, handle: Callable[[Request], Response], loop: Loop) -> None:
        self._handle = handle
        self._loop = loop
        self._lock = threading.RLock()  # async_req=True calls from other threads

    def request(
        self,
        method: str,
        url: str,
        *,
        body: str | bytes | None = None,
        fields: Any = None,
        headers: Mapping[str, str] | None = None,
        preload_content: bool = True,
        timeout: Any = None,
        **_: Any,
    ) -> Any:
        """Answer one request as urllib3 does."""
        parts = urlsplit(url)
        query = parts.query
        if fields:
            query = "&".join(filter(None, (query, urlencode(fields))))
        request = Request(
            method=method,
            path=unquote(parts.path),
            query=parse_qs(query, keep_blank_values=True),
            headers={name.lower(): str(value) for name, value in (headers or {}).items()},
            body=body.encode() if isinstance(body, str) else body or b"",
        )
        with self._lock:
            try:
                response = self._loop.call(self._handle, request)
            except ConnectionRefusedError as refused:
                import urllib3

                raise urllib3.exceptions.ProtocolError(str(refused), refused) from None
        if isinstance(response.body, WatchStream):
            return self._watched(response, response.body, timeout, preload=preload_content)
        return _answer(response, encode_body(response), preload=preload_content)

    def clear(self) -> None:
        """Close what is not there: the official client calls it."""

    def _watched(self, response: Response, stream: WatchStream, timeout: Any, *, preload: bool) -> Any:
        read_timeout_s = getattr(timeout, "read_timeout", None)
        wait_s = float(read_timeout_s) if isinstance(read_timeout_s, int | float) else None
        events = _events(self._loop, stream, wait_s)
        if preload:
            return _answer(response, b"".join(events), preload=True)
        return _streamed(response, events, stream)


def _events(loop: Loop, stream: WatchStream, read_timeout_s: float | None) -> Iterator[bytes]:
    """Yield events as they come, letting time pass in between."""
    ready = False

    def wake() -> None:
        nonlocal ready
        ready = True

    def is_ready() -> bool:
        return ready

    stream.on_ready = wake
    try:
        while True:
            closed, ready = stream.closed, False
            events = loop.call(stream.read)
            if events:
                yield encode_events(events)
            elif closed:
                return
            elif not loop.run_until(is_ready, read_timeout_s or _LONGEST_WAIT_S):
                if read_timeout_s is None:
                    return
                import urllib3

                raise urllib3.exceptions.ReadTimeoutError(
                    None,  # type: ignore[arg-type]  # there is no pool behind it
                    None,
                    f"no event within {read_timeout_s} s",
                )
    finally:
        loop.call(stream.stop)


def _answer(response: Response, body: bytes, *, preload: bool) -> Any:
    import urllib3

    return urllib3.HTTPResponse(
        body=io.BytesIO(body),
        headers={"Content-Type": response.content_type, **response.headers},
        status=response.code,
        reason=_REASONS.get(response.code, ""),
        preload_content=preload,
    )


def _streamed(response: Response, events: Iterator[bytes], stream: WatchStream) -> Any:
    """Return a response whose body comes as its reader asks for it."""
    import urllib3

    class StreamedResponse(urllib3.HTTPResponse):
        def stream(
            self, amt: int | None = 2**16, decode_content: bool | None = None
        ) -> Generator[bytes, None, None]:
            yield from events

        read_chunked = stream

        def read(self, *args: Any, **kwargs: Any) -> bytes:
            return b"".join(events)

        def close(self) -> None:
            stream.stop()
            super().close()

        def release_conn(self) -> None:
            pass

    return StreamedResponse(
        body=b"",
        headers={"Content-Type": response.content_type},
        status=response.code,
        reason="OK",
        preload_content=False,
    )


_REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def decode(response: Any) -> Any:
    """Return the JSON value of a response of the official client's pool, or its text."""
    text = response.data.decode()
    try:
        return json.loads(text)
    except ValueError:
        return text
