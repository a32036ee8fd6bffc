"""The trusted end of the channel to one learner's process: requests with deadlines, callbacks with limits."""

import socket
import time
from typing import Any

from course.client.interface import ApiError, WatchEvent
from course.grading import standin
from course.grading.inside import wire
from course.grading.limits import Limits
from course.grading.offers import offers

NAMES: dict[type, str] = {WatchEvent: "WatchEvent"}
"""The named tuples that cross as such; `inside.agent` knows the same ones."""


class Hung(Exception):  # noqa: N818  it says what the process did
    """The learner's process did not answer in time."""


class Connection:
    """One learner's process; `generation` numbers the processes of one notebook."""

    def __init__(self, sock: socket.socket, limits: Limits, owner: standin.Owner, generation: int) -> None:
        self.generation = generation
        self._sock = sock
        self._frames = wire.Frames(sock)
        self._limits = limits
        self._owner = owner
        self._serial = 0
        self._depth = 0
        self._callbacks = 0
        self._exports: list[Any] = []
        self._numbers: dict[int, int] = {}

    def close(self) -> None:
        """Close the connection; the process ends by itself or is killed by its parent."""
        self._sock.close()

    def forget(self) -> None:
        """Take back every object handed over, at the end of a test cell."""
        self._exports.clear()
        self._numbers.clear()
        self._callbacks = 0

    def request(self, message: dict[str, Any], limit_s: float) -> dict[str, Any]:
        """Send a request and return the reply, serving callbacks meanwhile.

        Raises Hung after `limit_s`, WireError when the process ended or talks nonsense, Unsendable when the
        request is too large.
        """
        deadline = time.monotonic() + limit_s
        self._serial += 1
        serial = self._serial
        self._depth += 1
        try:
            self._send(message | {"id": serial}, deadline)
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
        if isinstance(value, standin.StandIn):
            if value._generation != self.generation:
                raise wire.Unsendable("an object of the notebook was lost when its process ended")
            return value._number
        key = id(value)  # `_exports` keeps the object alive, so its id stays its own
        if key not in self._numbers:
            methods = offers(value)
            self._numbers[key] = len(self._exports)
            self._exports.append(value)
            return wire.Reference(self._numbers[key], type(value).__name__, "__call__" in methods, methods)
        return wire.Reference(
            self._numbers[key],
            type(value).__name__,
            callable(value),
            offers(self._exports[self._numbers[key]]),
        )

    def _export(self, number: int) -> Any:
        if not 0 <= number < len(self._exports):
            raise wire.WireError("a handle that was never given out")
        return self._exports[number]

    def _stand_in(self, reference: wire.Reference) -> standin.StandIn:
        return standin.make(
            self._owner,
            reference.number,
            self.generation,
            reference.type_name,
            is_callable=reference.is_callable,
        )

    def _serve(self, message: dict[str, Any], deadline: float) -> None:
        """Call a trusted object's method for the learner's code; its error goes back as data."""
        serial = message.get("id")
        if type(serial) is not int or message.get("do") != "call":
            raise wire.WireError("a request of an unknown kind")
        self._callbacks += 1
        reply: dict[str, Any] = {"re": serial}
        try:
            target, method = message.get("target"), message.get("method")
            args, kwargs = message.get("args"), message.get("kwargs")
            shapes = type(target), type(method), type(args), type(kwargs)
            if shapes != (int, str, list, dict):
                raise wire.WireError("a malformed call")
            if self._callbacks > self._limits.callbacks:
                raise RuntimeError(f"more than {self._limits.callbacks} calls in one test")
            if self._depth > self._limits.depth:
                raise RecursionError(
                    f"calls between your code and the check nest deeper than {self._limits.depth}"
                )
            value = self._export(target)
            if method not in offers(value):
                raise AttributeError(f"{type(value).__name__!r} object has no attribute {method!r}")
            function = value if method == "__call__" else getattr(value, method)
            result = function(
                *(self.decode(one) for one in args), **{key: self.decode(one) for key, one in kwargs.items()}
            )
            reply["value"] = self.encode(result)
        except (wire.WireError, Hung, TimeoutError):
            raise
        except ApiError as error:
            reply["error"] = {"kind": "ApiError", "message": str(error), "status": self.encode(error.status)}
        except Exception as error:
            reply["error"] = {"kind": type(error).__name__, "message": str(error)[:2000], "status": None}
        self._send(reply, deadline)

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        self._wait_until(deadline)
        self._frames.send(message)

    def _receive(self, deadline: float) -> dict[str, Any]:
        self._wait_until(deadline)
        return self._frames.receive()

    def _wait_until(self, deadline: float) -> None:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._sock.settimeout(left_s)
