"""Answers the trusted process: runs cells, tells what names hold, calls functions.

Nothing here is trusted.  The learner's code can replace all of it, and then it answers for itself: each
answer is a value that a check compares, and no more.
"""

import contextlib
import functools
import importlib
from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any, Protocol

from . import wire
from .alarm import time_limit, undisturbed
from .bounded import Bounded
from .errors import described, kinds, rebuilt

PRINTED_LIMIT = 2_000
"""How many characters that a called function prints are told."""

_AT_REST = contextlib.nullcontext()
"""No alarm is set while no code of the learner's runs."""


class Notebook(Protocol):
    """What an agent answers for: cells to run and the names they define."""

    @property
    def names(self) -> dict[str, Any]:
        """The namespace."""

    def run(self, source: str, limit_s: float) -> list[dict[str, Any]]:
        """Run a cell and return its outputs."""


class Agent:
    """One learner's notebook, at the end of a connection."""

    def __init__(self, frames: wire.Frames, cells: Notebook) -> None:
        self._frames = frames
        self._cells = cells
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._proxies: dict[int, Remote] = {}
        self._serial = 0
        self._running = 0
        self._asking = 0

    def serve(self) -> None:
        """Answer until the connection ends."""
        with contextlib.suppress(wire.WireError):
            while True:
                message = self._receive()
                if "do" in message:  # else the reply to a call that was given up
                    self._answer(message)

    def ask(self, number: int, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a method of a trusted object and return its value, or raise its error."""
        return self._request({"do": "call", "target": number, "method": method}, args, kwargs)

    def open(self, service: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return a new object of a service that the grader offers, such as a cluster."""
        return self._request({"do": "open", "service": service}, args, kwargs)

    def _request(self, message: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._asking += 1
        try:
            return self._asked(message, args, kwargs)
        finally:
            self._asking -= 1

    def _asked(self, message: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._serial += 1
        serial = self._serial
        given = {
            "args": [self._out(one) for one in args],
            "kwargs": {key: self._out(one) for key, one in kwargs.items()},
        }
        self._send(message | given | {"id": serial})
        while True:
            reply = self._receive()
            if "do" in reply:
                self._answer(reply)
            elif reply.get("re") == serial:
                if "error" in reply:
                    raise rebuilt(reply["error"], self._in(reply["error"].get("status")))
                return self._in(reply["value"])

    def _answer(self, message: dict[str, Any]) -> None:
        reply: dict[str, Any] = {"re": message["id"]}
        try:
            reply |= getattr(self, f"_do_{message['do']}")(message)
            self._send(reply)
        except wire.WireError:
            raise
        except BaseException as error:  # the learner's code may raise anything
            self._send({"re": message["id"], "error": described(error)})

    def _do_run(self, message: dict[str, Any]) -> dict[str, Any]:
        return {"outputs": self._cells.run(message["source"], message["limit_s"])}

    def _do_names(self, message: dict[str, Any]) -> dict[str, Any]:
        names = self._cells.names
        values = {}
        errors = {}
        for name in message["names"]:
            if name in names:
                if isinstance(names[name], type) and issubclass(names[name], BaseException):
                    errors[name] = kinds(names[name])
                try:
                    values[name] = self._out(names[name])
                except wire.Unsendable:
                    values[name] = wire.encode(_Opaque(names[name]), self._refer, {})
        return {"values": values, "errors": errors}

    def _do_call(self, message: dict[str, Any]) -> dict[str, Any]:
        function = self._objects[message["target"]]
        if message.get("method"):
            function = getattr(function, message["method"])
        elif message.get("helper"):
            function = _helped(message["helper"], function)
        given = message.get("packed") or _Encoded(message, self._in)
        args, kwargs = given.args, given.kwargs
        printed = Bounded(PRINTED_LIMIT)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), self._changed(message):
            try:
                value = self._limited(function, args, kwargs, message["limit_s"])
                reply = {"value": self._out(value)}
            except BaseException as error:
                reply = {"error": described(error)}
        after = {}
        for position, one in enumerate(args):
            if type(one) in (dict, list) and not given.is_as_it_was(position):
                with contextlib.suppress(wire.Unsendable):
                    now = self._out(one)
                    if now != given.encoded(position, self._out):
                        after[str(position)] = now
        return reply | {"printed": printed.getvalue(), "after": after}

    @contextlib.contextmanager
    def _changed(self, message: dict[str, Any]) -> Iterator[None]:
        """Let the notebook's names be, for one call, what the test has made of them."""
        changes = message.get("names")
        if not changes:
            yield
            return
        names = self._cells.names
        touched = [*changes["gone"], *changes["set"]]
        before = {name: names[name] for name in touched if name in names}
        for name in changes["gone"]:
            names.pop(name, None)
        names.update({name: self._in(raw) for name, raw in changes["set"].items()})
        try:
            yield
        finally:
            for name in touched:
                names.pop(name, None)
            names.update(before)

    def _limited(self, function: Any, args: list[Any], kwargs: dict[str, Any], limit_s: float) -> Any:
        if self._running:  # called back from a trusted object: the first call's limit holds
            return function(*args, **kwargs)
        self._running += 1
        try:
            with time_limit(limit_s):
                return function(*args, **kwargs)
        finally:
            self._running -= 1

    def _do_get(self, message: dict[str, Any]) -> dict[str, Any]:
        owner = self._objects[message["target"]]
        with time_limit(message["limit_s"]):
            found = getattr(owner, message["name"])
        if isinstance(found, MethodType) and found.__self__ is owner:
            return {"method": True}  # called by its name: a new object for each use would never be forgotten
        return {"value": self._out(found)}

    def _out(self, value: Any) -> Any:
        return wire.encode(value, self._refer, {})

    def _refer(self, value: Any) -> "wire.Reference | int":
        if type(value) is Remote:
            return value._number
        key = id(value)  # the list below keeps the object alive, so its id stays its own
        if key not in self._numbers:
            self._numbers[key] = len(self._objects)
            self._objects.append(value)
        return wire.Reference(self._numbers[key], type(value).__name__, callable(value), ())

    def _in(self, raw: Any) -> Any:
        return wire.decode(raw, self._received, lambda number: self._objects[number], _known_types())

    def _received(self, reference: wire.Reference) -> "Remote":
        if reference.number not in self._proxies:
            self._proxies[reference.number] = Remote(self, reference)
        return self._proxies[reference.number]

    def _send(self, message: dict[str, Any]) -> None:
        with undisturbed() if self._asking else _AT_REST:
            self._frames.send(message)

    def _receive(self) -> dict[str, Any]:
        with undisturbed() if self._asking else _AT_REST:
            return self._frames.receive()


class _Encoded:
    """Arguments that came as values with tags, as packed.Pieces are ones that came in one piece."""

    def __init__(self, message: dict[str, Any], decode: Callable[[Any], Any]) -> None:
        self._raw = message["args"]
        self.args = [decode(one) for one in self._raw]
        self.kwargs = {key: decode(one) for key, one in message["kwargs"].items()}

    def is_as_it_was(self, position: int) -> bool:
        return False  # nothing tells without a comparison

    def encoded(self, position: int, encode: Callable[[Any], Any]) -> Any:
        return self._raw[position]


class Remote:
    """An object of the trusted process; its methods take and give plain data."""

    def __init__(self, agent: Agent, reference: wire.Reference) -> None:
        self._agent = agent
        self._number = reference.number
        self._type_name = reference.type_name
        self._methods = reference.methods

    def __repr__(self) -> str:
        return f"<{self._type_name}>"

    def __getattr__(self, name: str) -> Any:
        if name not in self._methods:
            raise AttributeError(f"{self._type_name!r} object has no attribute {name!r}")

        def method(*args: Any, **kwargs: Any) -> Any:
            return self._agent.ask(self._number, name, args, kwargs)

        method.__name__ = name
        return method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, if it is a function."""
        if "__call__" not in self._methods:
            raise TypeError(f"{self._type_name!r} object is not callable")
        return self._agent.ask(self._number, "__call__", args, kwargs)


class _Opaque:
    """A value too large to be told; whoever uses it learns only that it is there."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _helped(helper: str, thing: Any) -> Callable[..., Any]:
    """Return a function of the package, "module:function", with `thing` as its first argument."""
    module, _, name = helper.partition(":")
    return functools.partial(getattr(importlib.import_module(module), name), thing)


def _known_types() -> dict[str, Any]:
    """Return the named tuples that trusted objects hand out, from the facade."""
    from insideout.client.interface import WatchEvent

    return {"WatchEvent": WatchEvent}
