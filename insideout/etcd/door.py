"""The server: gRPC on 127.0.0.1, for who has a certificate that the door's authority signed.

One thread answers; what may have to wait for a majority, writes and linearizable reads, has threads of its
own, so that watches are served meanwhile.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import grpc.aio

from insideout.etcd import errors
from insideout.etcd.errors import EtcdError
from insideout.etcd.messages import METHODS, Method, pb
from insideout.etcd.service import Service
from insideout.etcd.shared import Shared
from insideout.etcd.watches import Watches

PROGRESS_S = 600.0
"""How often a watch that wants it is told of progress.

Source: server/embed/config.go (WatchProgressNotifyInterval).
"""
_EXPIRE_S = 0.5
_LEADERLESS_S = 3.0
"""How long a stream that requires a leader bears to be without: three election timeouts.

Source: server/etcdserver/api/v3rpc/interceptor.go (monitorLeader).
"""
_WRITERS = 64
_LARGEST_BYTES = 2 * 1024 * 1024
"""How large a request may be: etcd's 1.5 MiB and some room."""
_START_S = 20.0


class Certificates(NamedTuple):
    """What the door shows, its key, and who signs for clients: paths of PEM files."""

    certificate: Path
    key: Path
    authority: Path


class Door:
    """etcd's API over a store, at `url` from `start` to `stop`.

    Without certificates it is open to all of this machine; `port` 0 has one chosen.
    """

    def __init__(
        self,
        store: Shared,
        certificates: Certificates | None = None,
        *,
        port: int = 0,
        progress_s: float = PROGRESS_S,
    ) -> None:
        self._store = store
        self._certificates = certificates
        self._port = port
        self._progress_s = progress_s
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="etcd-door", daemon=True)

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"{'https' if self._certificates else 'http'}://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Begin to answer, and let the store live; RuntimeError when the port cannot be had."""
        self._store.start()
        self._thread.start()
        if not self._ready.wait(_START_S) or self._failure is not None:
            raise RuntimeError(f"etcd's door at {self.url} does not open") from self._failure

    def check(self) -> None:
        """Raise what ended the store, if something did."""
        self._store.check()

    def stop(self) -> None:
        """Answer nobody any more; return when its threads and the store's have ended."""
        if self._loop is not None and self._end is not None:
            with contextlib.suppress(RuntimeError):  # it ended by itself
                self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._store.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        with ThreadPoolExecutor(_WRITERS, thread_name_prefix="etcd-door") as pool:
            server = grpc.aio.server(
                options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", _LARGEST_BYTES)]
            )
            self._port = self._listen(server)
            service = Service(self._store, self.url)
            answers = Answers(service, pool, self._progress_s)
            server.add_generic_rpc_handlers([answers.handlers()])
            await server.start()
            expiring = asyncio.create_task(answers.expire())
            self._ready.set()
            await self._end.wait()
            expiring.cancel()
            await server.stop(None)

    def _listen(self, server: Any) -> int:
        address = f"127.0.0.1:{self._port}"
        if self._certificates is None:
            return int(server.add_insecure_port(address))
        certificate, key, authority = (path.read_bytes() for path in self._certificates)
        known = grpc.ssl_server_credentials([(key, certificate)], authority, require_client_auth=True)
        return int(server.add_secure_port(address, known))


class Answers:
    """What each method of the services is answered by."""

    def __init__(self, service: Service, pool: ThreadPoolExecutor, progress_s: float) -> None:
        self._service = service
        self._pool = pool
        self._progress_s = progress_s

    def handlers(self) -> Any:
        """Return the handlers as grpc takes them."""
        return _Handlers({method.path: self._handler(method) for method in METHODS})

    def _handler(self, method: Method) -> Any:
        coding = {
            "request_deserializer": getattr(pb, method.request).FromString,
            "response_serializer": getattr(pb, method.response).SerializeToString,
        }
        if not method.is_stream:
            return grpc.unary_unary_rpc_method_handler(self._unary(method), **coding)
        streams = {"Watch": self._watch, "LeaseKeepAlive": self._keep_alive}
        return grpc.stream_stream_rpc_method_handler(streams[method.name], **coding)

    def _unary(self, method: Method) -> Callable[[Any, Any], Awaitable[Any]]:
        async def answer(asked: Any, context: Any) -> Any:
            loop = asyncio.get_running_loop()
            try:
                return await loop.run_in_executor(self._pool, self._service.answer, method.name, asked)
            except EtcdError as refused:
                return await context.abort(refused.code, refused.text)

        return answer

    async def _watch(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        loop, news = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the door is closed
                loop.call_soon_threadsafe(news.set)

        watches = Watches(self._service.store, self._service.header, wake)

        async def listen() -> None:
            async for request in requests:
                watches.handle(request)
                news.set()

        listening = asyncio.create_task(listen())
        listening.add_done_callback(lambda _: news.set())
        needs_leader = ("hasleader", "true") in {
            (key.lower(), value) for key, value in context.invocation_metadata()
        }
        leader_s = progress_s = loop.time()
        try:
            while not listening.done():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), min(self._progress_s, 1.0))
                news.clear()
                now_s = loop.time()
                if now_s - progress_s >= self._progress_s:
                    progress_s = now_s
                    watches.progress()
                for answer in watches.take():
                    yield answer
                if not needs_leader or self._service.store.standing().leader:
                    leader_s = now_s
                elif now_s - leader_s > _LEADERLESS_S:
                    refused = errors.no_leader()
                    await context.abort(refused.code, refused.text)
        finally:
            listening.cancel()
            watches.close()

    async def _keep_alive(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        async for asked in requests:
            yield self._service.answer("LeaseKeepAlive", asked)

    async def expire(self) -> None:
        """End leases whose time has passed, for as long as the door is open."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_EXPIRE_S)
            await loop.run_in_executor(self._pool, self._service.expire)


class _Handlers(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio publishes no types
    """Finds a handler by its path."""

    def __init__(self, by_path: dict[str, Any]) -> None:
        self._by_path = by_path

    def service(self, details: Any) -> Any:
        """Return the handler for a request, None for a method that there is not."""
        return self._by_path.get(details.method)
