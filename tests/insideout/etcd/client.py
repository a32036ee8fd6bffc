"""A gRPC client in a few lines, for the door and for a real etcd alike."""

import queue
from collections.abc import Iterator
from typing import Any

import grpc

from insideout.etcd.messages import METHODS, pb

BY_NAME = {method.name: method for method in METHODS}
TIMEOUT_S = 20


class Client:
    """Calls methods by their names, with a message's fields."""

    def __init__(self, url: str, credentials: "grpc.ChannelCredentials | None" = None) -> None:
        address = url.partition("://")[2]
        self._channel = (
            grpc.secure_channel(address, credentials) if credentials else grpc.insecure_channel(address)
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def call(self, name: str, timeout_s: float = TIMEOUT_S, **fields: Any) -> Any:
        """Return the answer of a method; grpc.RpcError for an error."""
        return self._unary(name)(getattr(pb, BY_NAME[name].request)(**fields), timeout=timeout_s)

    def _unary(self, name: str) -> Any:
        method = BY_NAME[name]
        return self._channel.unary_unary(
            method.path,
            request_serializer=getattr(pb, method.request).SerializeToString,
            response_deserializer=getattr(pb, method.response).FromString,
        )

    def stream(self, name: str, metadata: Any = ()) -> "Stream":
        """Open a stream of a method."""
        method = BY_NAME[name]
        opened = self._channel.stream_stream(
            method.path,
            request_serializer=getattr(pb, method.request).SerializeToString,
            response_deserializer=getattr(pb, method.response).FromString,
        )
        return Stream(opened, getattr(pb, method.request), metadata)


class Stream:
    """A stream of requests and answers."""

    def __init__(self, opened: Any, request: Any, metadata: Any) -> None:
        self._requests: queue.Queue[Any] = queue.Queue()
        self._request = request
        self._answers = opened(self._sent(), metadata=metadata, timeout=TIMEOUT_S)

    def _sent(self) -> Iterator[Any]:
        while (request := self._requests.get()) is not None:
            yield request

    def send(self, **fields: Any) -> None:
        """Send a request with these fields."""
        self._requests.put(self._request(**fields))

    def read(self) -> Any:
        """Return the next answer."""
        return next(self._answers)

    def close(self) -> None:
        """End the stream."""
        self._requests.put(None)
        self._answers.cancel()
