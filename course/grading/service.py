"""Objects that a notebook opens and that live in a process of their own, such as a cluster.

A lesson's cell says `Cluster(nodes=3)`.  While it is graded the name stands for a request over the channel:
the trusted process starts a process with the package in it, makes the object there, and passes calls on in
both directions.  So neither the learner's process nor the tests' holds the object, and a notebook that drives
it too hard hurts only that process.  What may be opened, and which methods may be called, is a table.
"""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from course.client import ApiError
from course.grading import standin
from course.grading.connection import Connection, Hung
from course.grading.inside import wire
from course.grading.limits import Limits
from course.grading.standin import StandIn

CALL_LIMIT_S = 30.0
"""One call of a service, such as running a cluster for an hour of virtual time."""
OPEN_LIMIT = 8
"""How many services a notebook may open."""


@dataclass(frozen=True)
class Service:
    """Where the class is that is opened, and what may be called on its objects."""

    module: str
    attribute: str
    offers: tuple[str, ...]


class Services:
    """The services of one notebook; each object opened has its process until `close`."""

    def __init__(self, table: dict[str, Service]) -> None:
        self._table = table
        self._hosts: list[Host] = []

    def open(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return a new object of the service called `name`; LookupError when there is none."""
        if name not in self._table:
            raise LookupError(f"{name} is not there while your work is graded")
        if len(self._hosts) >= OPEN_LIMIT:
            raise RuntimeError(f"a notebook may open {OPEN_LIMIT} of these while it is graded")
        host = Host(self._table[name])
        self._hosts.append(host)
        return host.open(args, kwargs)

    def close(self) -> None:
        """End every process."""
        for host in self._hosts:
            host.close()
        self._hosts.clear()


class Host:
    """The process of one object, from the trusted side."""

    def __init__(self, service: Service) -> None:
        self._service = service
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "course.grading.service_host", str(theirs.fileno()), service.module],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._connection = Connection(ours, Limits(), self)

    def open(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make the object and return what passes calls on to it."""
        reply = self._request({"do": "names", "names": [self._service.attribute]})
        made = self._connection.decode(reply["values"][self._service.attribute])(*args, **kwargs)
        offered = {"offers": self._service.offers}
        kind = type(self._service.attribute, (_Relay,), offered)
        return kind(made)

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.kill()
        self._process.wait()

    def call(self, target: StandIn, args: tuple[Any, ...], kwargs: dict[str, Any], method: str = "") -> Any:
        """Call what `target` stands for in the process; its errors are raised here."""
        given = {
            "args": [self._connection.encode(one) for one in args],
            "kwargs": {key: self._connection.encode(one) for key, one in kwargs.items()},
        }
        message = {"do": "call", "target": target._number, "method": method}
        return self._value(self._request(message | given))

    def attribute(self, target: StandIn, name: str) -> Any:
        """Return an attribute, such as a method."""
        reply = self._request({"do": "get", "target": target._number, "name": name})
        return standin.method(self, target, name) if reply.get("method") is True else self._value(reply)

    def _request(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._connection.request(message | {"limit_s": CALL_LIMIT_S}, CALL_LIMIT_S + 1)
        except (Hung, wire.WireError) as error:
            raise RuntimeError(f"the {self._service.attribute} ended or hangs: {error}") from error

    def _value(self, reply: dict[str, Any]) -> Any:
        error = reply.get("error")
        if error is None:
            return self._connection.decode(reply["value"])
        if error["kind"] == "ApiError":
            raise ApiError(self._connection.decode(error["status"]))
        raise RuntimeError(f"{error['kind']}: {error['message']}")


class _Relay:
    """Passes the offered methods on; `offers` is set by the subclass that `Host.open` makes."""

    offers: tuple[str, ...] = ()

    def __init__(self, target: StandIn) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        if name not in self.offers:
            raise AttributeError(name)
        found = getattr(self._target, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            value = found(*args, **kwargs)
            return _Watch(value) if isinstance(value, StandIn) else value

        return call if isinstance(found, standin.Method) else found


class _Watch(_Relay):
    """What a method gives back that is no plain data: a watch, which can be stopped."""

    offers = ("stop",)
