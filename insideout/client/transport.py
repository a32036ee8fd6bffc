"""The official Python client without a network: its requests go through a door to an API server.

Only the connection pool is replaced, the lowest seam there is, so that everything above it is the official
client's own: models, exceptions, patches, pagination, `kubernetes.watch`.  A blocking read of a watch lets
the cluster's time pass until an event comes or the watch ends.
"""

import io
import json
import threading
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlencode

if TYPE_CHECKING:
    import kubernetes.client

_HOST = "https://embedded.invalid"  # never resolved: nothing leaves the machine


class Stream(Protocol):
    """The body of a watch."""

    def read(self, timeout_s: float | None) -> bytes | None:
        """Return the next part, letting time pass until there is one; None when there will be none.

        Raises TimeoutError when `timeout_s` is given and passes without a part.
        """

    def stop(self) -> None:
        """End the watch."""


class Reply(NamedTuple):
    """An HTTP response."""

    code: int
    headers: Mapping[str, str]
    body: bytes | Stream


class Door(Protocol):
    """The way to an API server."""

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return the answer to a request; `url` is encoded, with its query.

        Raises ConnectionRefusedError when the server is not up.
        """


def api_client(door: Door) -> "kubernetes.client.ApiClient":
    """Return an official ApiClient whose requests go through `door`."""
    # Loaded here: the official client takes half a second and 100 MB, which few need.
    import kubernetes.client

    configuration = kubernetes.client.Configuration()
    configuration.host = _HOST
    client = kubernetes.client.ApiClient(configuration)
    client.rest_client.pool_manager = Pool(door)
    return client


class Pool:
    """What the official client takes for urllib3's PoolManager."""

    def __init__(self, door: Door) -> None:
        self._door = door
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
        if fields:
            url += ("&" if "?" in url else "?") + urlencode(fields)
        named = {name: str(value) for name, value in (headers or {}).items()}
        data = body.encode() if isinstance(body, str) else body or b""
        with self._lock:
            try:
                reply = self._door.request(method, url, named, data)
            except ConnectionRefusedError as refused:
                import urllib3

                raise urllib3.exceptions.ProtocolError(str(refused), refused) from None
        if isinstance(reply.body, bytes):
            return _answer(reply, reply.body, preload=preload_content)
        parts = _parts(reply.body, _wait_s(timeout))
        if preload_content:
            return _answer(reply, b"".join(parts), preload=True)
        return _streamed(reply, parts, reply.body)

    def clear(self) -> None:
        """Close what is not there: the official client calls it."""


def _wait_s(timeout: Any) -> float | None:
    """Return how long a read may wait; `_request_timeout=3` is a limit on the whole request for urllib3."""
    if timeout is None:
        return None
    wait_s = timeout.read_timeout if timeout.total is None else timeout.total
    return float(wait_s) if isinstance(wait_s, int | float) else None


def _parts(stream: Stream, read_timeout_s: float | None) -> Iterator[bytes]:
    """Yield the parts of a stream as they come."""
    try:
        while (part := stream.read(read_timeout_s)) is not None:
            yield part
    except TimeoutError as error:
        import urllib3

        raise urllib3.exceptions.ReadTimeoutError(
            None,  # type: ignore[arg-type]  # there is no pool behind it
            None,
            str(error),
        ) from None
    finally:
        stream.stop()


def _answer(reply: Reply, body: bytes, *, preload: bool) -> Any:
    import urllib3

    return urllib3.HTTPResponse(
        body=io.BytesIO(body),
        headers=dict(reply.headers),
        status=reply.code,
        reason=_REASONS.get(reply.code, ""),
        preload_content=preload,
    )


def _streamed(reply: Reply, parts: Iterator[bytes], stream: Stream) -> Any:
    """Return a response whose body comes as its reader asks for it."""
    import urllib3

    class StreamedResponse(urllib3.HTTPResponse):
        def stream(
            self, amt: int | None = 2**16, decode_content: bool | None = None
        ) -> Generator[bytes, None, None]:
            yield from parts

        read_chunked = stream

        def read(self, *args: Any, **kwargs: Any) -> bytes:
            return b"".join(parts)

        def close(self) -> None:
            stream.stop()
            super().close()

        def release_conn(self) -> None:
            pass

    return StreamedResponse(
        body=b"",
        headers=dict(reply.headers),
        status=reply.code,
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
