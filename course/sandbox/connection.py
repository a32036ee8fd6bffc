"""The trusted end of the channel to one learner's process: requests with deadlines, callbacks with limits."""

import socket
import time
from collections.abc import Callable
from typing import Any

from course.checks.call import Raised
from course.sandbox import standin
from course.sandbox.inside import wire
from course.sandbox.limits import Limits
from course.sandbox.offers import offers
from insideout.client.interface import ApiError, WatchEvent

OpenService = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]
"""Makes the object that a notebook asks for by name, such as a cluster."""

HANDLES_LIMIT = 2_000
"""How many objects of its own a notebook may name in one message; each costs time here."""
EXPORTS_LIMIT = 50_000
"""How many objects may be handed over to one process; each is kept, as it may be called at any time."""

NAMES: dict[type, str] = {WatchEvent: "WatchEvent"}
"""The named tuples that cross as such; `inside.agent` knows the same ones."""


class Hung(Exception):  # noqa: N818  it says what the process did
    """The learner's process did not answer in time."""


class Connection:
    """One learner's process; `generation` numbers the processes of one notebook."""

    def __init__(
        self,
        sock: socket.socket,
        limits: Limits,
        owner: standin.Owner,
        generation: int = 0,
        services: OpenService | None = None,
    ) -> None:
        self.generation = generation
        self._sock = sock
        self._frames = wire.Frames(sock)
        self._limits = limits
        self._owner = owner
        self._serial = 0
        self._depth = 0
        self._callbacks = 0
        self._services = services
        self._handles = 0
        self._exports: dict[int, Any] = {}
        self._kept: set[int] = set()
        self._numbers: dict[int, int] = {}
        self._next = 0

    def close(self) -> None:
        """Close the connection; the process ends by itself or is killed by its parent."""
        self._sock.close()

    def forget(self) -> None:
        """Take back every object handed over, at the end of a test cell; numbers are never used again."""
        self._exports = {number: self._exports[number] for number in self._kept}
        self._numbers = {id(value): number for number, value in self._exports.items()}
        self._callbacks = 0

    def request(self, message: dict[str, Any], limit_s: float, packed: bytes = b"") -> dict[str, Any]:
        """Send a request, with its packed arguments, and return the reply, serving callbacks meanwhile.

        Raises Hung after `limit_s`, WireError when the process ended or talks nonsense, Unsendable when the
        request is too large.
        """
        deadline = time.monotonic() + limit_s
        self._serial += 1
        serial = self._serial
        self._depth += 1
        try:
            self._send(message | {"id": serial}, deadline, packed)
            while True:
                reply = self._receive(deadline)
                if "do" in reply:
                    self._serve(reply, deadline)
                elif reply.get("re") == serial:
                    return reply
        except TimeoutError as error:
            raise Hung(f"no answer within {limit_s:g} s") from error
        finally:
            self._depth -= 1

    def encode(self, value: Any) -> Any:
        """Return `value` for the wire; NotOffered for an object that nobody may hand over."""
        return wire.encode(value, self._refer, NAMES)

    def decode(self, raw: Any) -> Any:
        """Return the value that came over the wire, with stand-ins for the learner's objects."""
        return wire.decode(raw, self._stand_in, self._export, {})

    def _refer(self, value: Any) -> "wire.Reference | int":
        if isinstance(value, standin.StandIn) and value._owner is self._owner:
            if value._generation != self.generation:
                raise wire.Unsendable("an object of the notebook was lost when its process ended")
            return value._number
        methods = offers(value)
        key = id(value)  # `_exports` keeps the object alive, so its id stays its own
        if key not in self._numbers:
            if len(self._exports) >= EXPORTS_LIMIT:
                raise wire.Unsendable(f"more than {EXPORTS_LIMIT:,} objects were handed over")
            self._numbers[key] = self._next
            self._exports[self._next] = value
            self._next += 1
        return wire.Reference(self._numbers[key], type(value).__name__, "__call__" in methods, methods)

    def _export(self, number: int) -> Any:
        if number in self._exports:
            return self._exports[number]
        if 0 <= number < self._next:
            raise ReferenceError("this object was taken back when its test ended")
        raise wire.WireError("a handle that was never given out")

    def _stand_in(self, reference: wire.Reference) -> standin.StandIn:
        self._handles += 1
        if self._handles > HANDLES_LIMIT:
            raise wire.WireError(f"more than {HANDLES_LIMIT} objects")
        return standin.make(
            self._owner,
            reference.number,
            self.generation,
            reference.type_name,
            is_callable=reference.is_callable,
        )

    def _serve(self, message: dict[str, Any], deadline: float) -> None:
        """Do what the learner's code asks of a trusted object; an error goes back as data."""
        serial = message.get("id")
        if type(serial) is not int or message.get("do") not in ("call", "open"):
            raise wire.WireError("a request of an unknown kind")
        self._callbacks += 1
        reply: dict[str, Any] = {"re": serial}
        try:
            if self._callbacks > self._limits.callbacks:
                raise RuntimeError(f"more than {self._limits.callbacks} calls in one test")
            if self._depth > self._limits.depth:
                raise RecursionError(
                    f"calls between your code and the check nest deeper than {self._limits.depth}"
                )
            reply["value"] = self._open(message) if message["do"] == "open" else self._call(message)
        except (wire.WireError, Hung, TimeoutError):
            raise
        except ApiError as error:
            status = self.encode(error.status)
            kind = type(error).__name__
            reply["error"] = {"kind": kind, "message": str(error)[:2000], "status": status}
        except Raised as error:  # of a function that the trusted object called back, or of a service
            reply["error"] = {"kind": error.kind, "message": error.message[:2000], "status": None}
        except Exception as error:
            reply["error"] = {"kind": type(error).__name__, "message": str(error)[:2000], "status": None}
        try:
            self._send(reply, deadline)
        except wire.Unsendable as error:  # it grew on the way: handles are numbered anew on each connection
            told = {"kind": "Unsendable", "message": str(error), "status": None}
            self._send({"re": serial, "error": told}, deadline)

    def _call(self, message: dict[str, Any]) -> Any:
        target, method = message.get("target"), message.get("method")
        if type(target) is not int or type(method) is not str:
            raise wire.WireError("a malformed call")
        value = self._export(target)
        if method not in offers(value):
            raise AttributeError(f"{type(value).__name__!r} object has no attribute {method!r}")
        function = value if method == "__call__" else getattr(value, method)
        args, kwargs = self._arguments(message)
        return self.encode(function(*args, **kwargs))

    def _open(self, message: dict[str, Any]) -> Any:
        name = message.get("service")
        if type(name) is not str:
            raise wire.WireError("a malformed request")
        if self._services is None:
            raise LookupError(f"{name} is not there while your work is graded")
        opened = self._services(name, *self._arguments(message))
        raw = self.encode(opened)
        self._kept.add(self._numbers[id(opened)])
        return raw

    def _arguments(self, message: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        args, kwargs = message.get("args"), message.get("kwargs")
        if type(args) is not list or type(kwargs) is not dict:
            raise wire.WireError("malformed arguments")
        return tuple(map(self.decode, args)), {key: self.decode(one) for key, one in kwargs.items()}

    def _send(self, message: dict[str, Any], deadline: float, packed: bytes = b"") -> None:
        self._wait_until(deadline)
        self._frames.send(message, packed)

    def _receive(self, deadline: float) -> dict[str, Any]:
        self._wait_until(deadline)
        self._handles = 0
        return self._frames.receive()

    def _wait_until(self, deadline: float) -> None:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        if self._sock.fileno() < 0:  # closed meanwhile, by a call to and fro that ended the process
            raise wire.Ended("the connection ended")
        self._sock.settimeout(left_s)
