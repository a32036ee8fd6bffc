"""A door before a real API server that notes what goes through it, on loopback, with TLS on both sides.

kube-apiserver's audit log knows requests but no deliveries of watches.  Whoever is led through here has both
noted as they pass: kube-scheduler, kube-controller-manager and the learner's programs, by their kubeconfigs.
It shows the API server's own certificate, and keeps nothing of the credentials that it carries.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import h11

from insideout.apiserver.requestlog import RequestLog
from insideout.backends.controlplane.credentials import Credentials
from insideout.backends.controlplane.relay import Relay
from insideout.sim.loop import Loop

_CHUNK_BYTES = 65536
_Ends = tuple[asyncio.StreamWriter, asyncio.StreamWriter]


class Recorder:
    """Leads from the URL `door` to the API server at `server`, both on 127.0.0.1, from `start` to `stop`."""

    def __init__(self, door: str, server: str, credentials: Credentials, log: RequestLog, loop: Loop) -> None:
        self._door, self._server = urlsplit(door).port, urlsplit(server).port
        self._log, self._loop = log, loop
        self._open: set[asyncio.StreamWriter] = set()
        certificate, key = credentials.certificate("apiserver")
        self._as_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._as_server.load_cert_chain(certificate, key)
        self._as_client = ssl.create_default_context(cafile=str(certificate))

    def start(self) -> None:
        """Listen."""
        listener = socket.create_server(("127.0.0.1", self._door or 0), backlog=1024)
        self._here = asyncio.new_event_loop()
        self._is_told = asyncio.Event()
        self._thread = threading.Thread(target=self._run, args=(listener,), name="recorder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Drop every connection and take no more."""
        self._here.call_soon_threadsafe(self._is_told.set)
        self._thread.join()

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._here) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        server = await asyncio.start_server(self._carry, sock=listener, ssl=self._as_server)
        await self._is_told.wait()
        server.close()
        for one in list(self._open):
            one.transport.abort()
        while self._open:
            await asyncio.sleep(0.01)  # so that the aborted ones are closed before the event loop is

    async def _carry(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """Carry a connection: one from here to the server for each that comes, until one of both ends."""
        relay = Relay(self._log, self._loop.clock_s)
        with self._opened(client):
            with contextlib.suppress(OSError, h11.RemoteProtocolError):
                relay.from_client(await reader.read(_CHUNK_BYTES))
                answers, server = await asyncio.open_connection(
                    "127.0.0.1", self._server, ssl=self._as_client
                )
                with self._opened(server):
                    await _both_ways(reader, answers, relay, (client, server))
            relay.unanswered()

    @contextmanager
    def _opened(self, end: asyncio.StreamWriter) -> Iterator[None]:
        self._open.add(end)
        try:
            yield
        finally:
            end.close()
            self._open.discard(end)


async def _both_ways(
    requests: asyncio.StreamReader, answers: asyncio.StreamReader, relay: Relay, ends: _Ends
) -> None:
    """Carry until one side ends."""
    ways = [
        asyncio.ensure_future(_carried(requests, relay.from_client, relay, ends)),
        asyncio.ensure_future(_carried(answers, relay.from_server, relay, ends)),
    ]
    done, others = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in others:
        way.cancel()
    for way in done:
        way.result()


async def _carried(
    reader: asyncio.StreamReader, take: Callable[[bytes], None], relay: Relay, ends: _Ends
) -> None:
    """Carry what comes from one side until it ends; what is for the other is sent at once."""
    await _sent(relay, ends)
    while True:
        data = await reader.read(_CHUNK_BYTES)
        take(data)
        await _sent(relay, ends)
        if not data:
            return


async def _sent(relay: Relay, ends: _Ends) -> None:
    for end, data in zip(ends, relay.taken(), strict=True):
        if data:
            end.write(data)
            await end.drain()
