"""The cluster that a notebook drives while it is graded, as its own process offers it: plain data in and out.

The other side is `course.sandbox.inside.cluster`, which looks like `insideout.cluster.Cluster` to a notebook.
Functions of the notebook come here as functions that call back; clients, watches, loops and timers stay here
and have numbers.
"""

import contextlib
import io
from collections.abc import Callable
from typing import Any

from course.sandbox.offers import VERBS
from insideout.backends.embedded import EmbeddedBackend
from insideout.client.interface import Client, Watch, WatchEvent
from insideout.client.transport import Stream
from insideout.cluster import Cluster
from insideout.components import Component
from insideout.sim.loop import Loop, Timer

NODE_VERBS = ("remove", "silence", "halt", "revive", "trouble")
LONGEST_RUN_S = 30 * 24 * 3600.0


class ClusterService:
    """One cluster in virtual time; every method is offered to the notebook."""

    def __init__(self, *, nodes: int = 3, seed: int = 0) -> None:
        self._cluster = Cluster.create(nodes=nodes, seed=seed, realtime=False)
        assert isinstance(self._cluster.backend, EmbeddedBackend)
        self._door = self._cluster.backend.door
        self._clients: list[Client] = []
        self._loops: list[Loop] = [self._cluster.loop]
        self._watches: list[Watch] = []
        self._timers: list[Timer] = []
        self._streams: list[Stream] = []

    def stop(self) -> None:
        """End the cluster."""
        self._cluster.stop()

    def request(self, method: str, url: str, headers: dict[str, str], body: str) -> dict[str, Any]:
        """Answer a request of the official client; a watch's body has the number `stream`."""
        reply = self._door.request(method, url, headers, body.encode())
        told: dict[str, Any] = {"code": reply.code, "headers": dict(reply.headers)}
        if isinstance(reply.body, bytes):
            return told | {"body": reply.body.decode()}
        return told | {"stream": _keep(self._streams, reply.body)}

    def read(self, stream: int, timeout_s: float | None) -> str | None:
        """Return the next part of a watch's body."""
        part = self._streams[stream].read(_seconds(timeout_s) if timeout_s else None)
        return None if part is None else part.decode()

    def end(self, stream: int) -> None:
        """End a watch of the official client."""
        self._streams[stream].stop()

    def client(self, name: str) -> int:
        """Return the number of a new client for the component `name`."""
        return _keep(self._clients, self._cluster.client(name))

    def verb(self, client: int, verb: str, args: list[Any], options: dict[str, Any]) -> Any:
        """Do one of a client's seven verbs; a watch is answered with its number."""
        if verb not in VERBS:
            raise AttributeError(verb)
        if verb != "watch":
            return getattr(self._clients[client], verb)(*args, **options)
        resource, deliver, *rest = args

        def on_event(event: WatchEvent) -> None:
            deliver(event.type, event.object)

        return _keep(self._watches, self._clients[client].watch(resource, on_event, *rest, **options))

    def unwatch(self, watch: int) -> None:
        """Stop a watch."""
        self._watches[watch].stop()

    def now_s(self) -> float:
        """Return the cluster's time."""
        return self._cluster.loop.now_s

    def run(self, seconds: float) -> str:
        """Let time pass; return what components that crashed reported."""
        with _reports() as said:
            self._cluster.run(seconds=_seconds(seconds))
        return said.getvalue()

    def run_until(self, condition: Callable[[], Any], timeout_s: float) -> tuple[bool, str]:
        """Let time pass until `condition()` holds; return whether it did, and what crashes reported."""
        with _reports() as said:
            held = self._cluster.loop.run_until(lambda: bool(condition()), _seconds(timeout_s))
        return held, said.getvalue()

    def call_at(self, loop: int, when_s: float, callback: Callable[[], Any], priority: int) -> int:
        """Return the number of a new timer."""
        return _keep(self._timers, self._loops[loop].call_at(when_s, callback, priority=priority))

    def cancel(self, timer: int) -> None:
        """Take a timer back."""
        self._timers[timer].cancel()

    def replace(self, name: str, make: Callable[[int, int], Any] | None) -> str:
        """Put what `make` makes of the numbers of a client and a loop in a place, or leave it empty."""

        def factory(client: Client, loop: Loop) -> Component:
            assert make is not None
            return _TheirComponent(*make(_keep(self._clients, client), _keep(self._loops, loop)))

        with _reports() as said:
            self._cluster.replace(name, factory if make else None)
        return said.getvalue()

    def restore(self, name: str) -> None:
        """Run what the cluster came with again."""
        self._cluster.restore(name)

    def errors(self, name: str) -> list[str]:
        """Return the reports of all crashes of a replaced component."""
        return self._cluster.errors(name)

    def add_node(self, name: str, sizes: dict[str, Any]) -> None:
        """Let a node join."""
        self._cluster.nodes.add(name, **sizes)

    def node(self, verb: str, name: str) -> None:
        """Do something to a node: one of NODE_VERBS."""
        if verb not in NODE_VERBS:
            raise AttributeError(verb)
        getattr(self._cluster.nodes, verb)(name)

    def fetch(self, url: str, options: dict[str, str]) -> tuple[Any, ...]:
        """Make a request inside the cluster and return the fields of its answer."""
        return tuple(self._cluster.request(url, **options))

    def view(self) -> tuple[str, str]:
        """Return the cluster at a glance, as text and as HTML."""
        return repr(self._cluster), self._cluster._repr_html_()


class _TheirComponent:
    """A component of the notebook's."""

    def __init__(self, start: Callable[[], None], stop: Callable[[], None]) -> None:
        self._start = start
        self._stop = stop

    def start(self) -> None:
        self._start()

    def stop(self) -> None:
        self._stop()


def _keep(things: list[Any], thing: Any) -> int:
    things.append(thing)
    return len(things) - 1


def _seconds(value: float) -> float:
    """Return a span of virtual time, cut to what a process can live through."""
    return min(float(value), LONGEST_RUN_S)


def _reports() -> contextlib.redirect_stderr[io.StringIO]:
    return contextlib.redirect_stderr(io.StringIO())
