"""Objects that a notebook opens and that live in a process of their own, such as a cluster.

A lesson's cell says `Cluster.create(nodes=3)`.  While it is graded the name stands for a request over the
channel: the trusted process lets a process with the package in it make the object, and passes calls on in
both directions.  So neither the learner's process nor the tests' holds the object, and a notebook that drives
it too hard hurts only that process.  What may be opened, and which methods may be called, is a table.

A service answers while a cell of the notebook runs, and not while a test calls the learner's functions: a
function that asks a cluster for the answer has not found it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from course.checks.call import Raised
from course.sandbox import standin
from course.sandbox.connection import Connection, Hung
from course.sandbox.hosts import Hosts
from course.sandbox.inside import wire
from course.sandbox.inside.alarm import undisturbed
from course.sandbox.limits import Limits
from course.sandbox.offers import Service
from course.sandbox.standin import StandIn
from insideout.client import ApiError, UnreachableError

OPEN_LIMIT = 16
"""How many services a notebook may open."""


class Services:
    """The services of one notebook; each object opened has its process until `close`."""

    def __init__(self, table: dict[str, Service], hosts: Hosts) -> None:
        self._table = table
        self._hosts = hosts
        self._opened: list[Opened] = []
        self._until_s = 0.0

    @contextmanager
    def at_work(self, until_s: float) -> Iterator[None]:
        """Let services answer inside, until the monotonic clock shows `until_s`."""
        self._until_s = until_s
        try:
            yield
        finally:
            self._until_s = 0.0

    def left_s(self) -> float:
        """Return how long a service may take now; Raised when it may not be used."""
        left_s = self._until_s - time.monotonic()
        if left_s > 0:
            return left_s
        if self._until_s:
            raise Raised("TimeoutError", "the time of this cell is over")
        raise Raised(
            "RuntimeError", "a cluster answers to your cells, and not while a test calls your function"
        )

    def open(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return a new object of the service called `name`; LookupError when there is none."""
        if name not in self._table:
            raise LookupError(f"{name} is not there while your work is graded")
        self.left_s()
        if len(self._opened) >= OPEN_LIMIT:
            raise RuntimeError(f"a notebook may open {OPEN_LIMIT} of these while it is graded")
        with undisturbed():  # a process that nobody knows of would go on
            opened = Opened(self._table[name], self._hosts, self)
            self._opened.append(opened)
        return opened.make(args, kwargs)

    def close(self) -> None:
        """End every process."""
        for opened in self._opened:
            opened.close()
        self._opened.clear()


class Opened:
    """The process of one object, from the trusted side."""

    def __init__(self, service: Service, hosts: Hosts, services: Services) -> None:
        self._service = service
        self._services = services
        self._host = hosts.start(service.module)
        self._connection = Connection(self._host.sock, Limits(), self)

    def make(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make the object and return what passes calls on to it."""
        reply = self._request({"do": "names", "names": [self._service.attribute]})
        made = self._connection.decode(reply["values"][self._service.attribute])(*args, **kwargs)
        kind = type(self._service.attribute, (_Relay,), {"offers": self._service.offers})
        return kind(made)

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._host.stop()

    def call(self, target: StandIn, args: tuple[Any, ...], kwargs: dict[str, Any], method: str = "") -> Any:
        """Call what `target` stands for in the process; its errors are raised here."""
        given = {
            "args": [self._connection.encode(one) for one in args],
            "kwargs": {key: self._connection.encode(one) for key, one in kwargs.items()},
        }
        reply = self._request({"do": "call", "target": target._number, "method": method} | given)
        error = reply.get("error")
        if error is None:
            return self._connection.decode(reply["value"])
        if error["kind"] == "UnreachableError":
            raise UnreachableError(error["message"])
        if error["kind"] == "ApiError":
            raise ApiError(self._connection.decode(error["status"]))
        raise Raised(error["kind"], error["message"])

    def beside(self, target: StandIn, helper: str, args: tuple[Any, ...]) -> Any:
        """Refuse: nothing of a learner's lives there."""
        raise LookupError(f"{helper} is not there")

    def attribute(self, target: StandIn, name: str) -> Any:
        """Return a method; the table has nothing else."""
        return standin.method(self, target, name)

    def _request(self, message: dict[str, Any]) -> dict[str, Any]:
        left_s = self._services.left_s()
        try:
            return self._connection.request(message | {"limit_s": left_s}, left_s)
        except (Hung, wire.WireError) as error:
            self.close()
            raise Raised("RuntimeError", f"the cluster's process ended: {error}") from error


class _Relay:
    """Passes the offered methods on; `offers` is set by the subclass that `Opened.make` makes."""

    offers: tuple[str, ...] = ()

    def __init__(self, target: StandIn) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        if name not in self.offers:
            raise AttributeError(name)
        return getattr(self._target, name)
