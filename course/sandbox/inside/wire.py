"""The channel between the trusted process and the learner's: frames of JSON, decoded strictly.

A frame is four bytes of length and that many bytes of JSON.  Plain Python data that JSON cannot tell apart is
an object with one key: {"d": {...}} a dict, {"m": [[key, value], ...]} a dict with other keys than strings,
{"t": [...]} a tuple, {"s": [...]} a set, {"f": [...]} a frozenset, {"x": "nan"} a float without a JSON form,
{"n": ["WatchEvent", ...]} a named tuple that both sides know.  What is not plain data crosses as a handle:
{"o": [number, type, callable, [method, ...]]} is an object of the sender, {"h": number} one of the receiver.
Decoding builds these types and nothing else, so a forged frame can at worst be a wrong value.  Plain
arguments on their way to the learner's process follow the JSON as they are: see `packed`.
"""

import json
import socket
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

FRAME_LIMIT_BYTES = 4 * 2**20
"""A longer frame ends the connection: no exercise's answer comes near it."""
DEPTH_LIMIT = 60
"""Deeper data is refused; a manifest is about 12 deep."""
TEXT_LIMIT = 200
"""The longest name of a type or method that is believed."""

DICTS = frozenset({Counter, OrderedDict, defaultdict})
"""Python's own kinds of dict; they cross as one."""
_FLOATS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
_STR = frozenset({str})
_ATOMS = frozenset({str, int, bool, type(None)})
_NUMBERS = frozenset({int, bool, type(None)})
"""Most values are leaves; asking for their type where they are met saves a call for each."""
_HEADER = struct.Struct(">I")
_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
MARK = b"\0"
"""Ends the JSON of a frame that goes on with packed arguments; JSON has no such byte."""


class WireError(Exception):
    """The other side sent what no well-behaved side sends, or the connection ended."""


class Ended(WireError):  # noqa: N818  it says what happened
    """The connection ended."""


class Unsendable(Exception):  # noqa: N818  it says what the value is
    """A value that cannot cross: too deep, too large, or a number without end."""


class Reference(NamedTuple):
    """A handle as it arrives: `number` names an object of the sender."""

    number: int
    type_name: str
    is_callable: bool
    methods: tuple[str, ...]


Refer = Callable[[Any], "Reference | int"]
"""Turns an object that is not plain into a reference to it, or the number of one that the receiver owns."""


def encode(value: Any, refer: Refer, names: dict[type, str], depth: int = 0) -> Any:
    """Return `value` as JSON has it; only exact types count as plain, a subclass could lie."""
    kind = type(value)
    if value is None or kind is bool or kind is int or kind is str:
        return value
    if kind is float:
        return value if value - value == 0 else {"x": repr(value)}
    if depth > DEPTH_LIMIT:
        raise Unsendable(f"the data is more than {DEPTH_LIMIT} levels deep, or holds itself")
    if kind is dict:
        if _STR.issuperset(map(type, value)):
            return {
                "d": {
                    key: item if type(item) in _ATOMS else encode(item, refer, names, depth + 1)
                    for key, item in value.items()
                }
            }
        pairs = list(value.items())
        return {"m": [[encode(part, refer, names, depth + 1) for part in pair] for pair in pairs]}
    if kind is list:
        return [
            item if type(item) in _ATOMS else encode(item, refer, names, depth + 1)  #
            for item in value
        ]
    tag = "t" if kind is tuple else "s" if kind is set else "f" if kind is frozenset else ""
    if tag:
        return {tag: [encode(item, refer, names, depth + 1) for item in value]}
    if kind in names:
        return {"n": [names[kind], *(encode(item, refer, names, depth + 1) for item in value)]}
    if kind in DICTS:
        return encode(dict(value), refer, names, depth)
    reference = refer(value)
    if isinstance(reference, Reference):
        number, type_name, is_callable, methods = reference
        return {"o": [number, type_name[:TEXT_LIMIT], is_callable, list(methods)]}
    return {"h": reference}


def decode(
    raw: Any,
    receive: Callable[[Reference], Any],
    own: Callable[[int], Any],
    types: dict[str, Callable[..., Any]],
    depth: int = 0,
) -> Any:
    """Return the value of `raw`; WireError for anything that `encode` does not make."""
    kind = type(raw)
    if raw is None or kind is bool or kind is int or kind is float:
        return raw
    if kind is str:
        return storable(raw)
    if depth > DEPTH_LIMIT + 1:
        raise WireError("data too deep")
    if kind is list:
        return [decode(item, receive, own, types, depth + 1) for item in raw]
    if kind is not dict or len(raw) != 1:
        raise WireError("a value without a known tag")
    ((tag, body),) = raw.items()
    if tag == "d" and type(body) is dict:
        return {
            key if key.isascii() else storable(key): item
            if type(item) in _NUMBERS or (type(item) is str and item.isascii())
            else decode(item, receive, own, types, depth + 1)
            for key, item in body.items()
        }
    if tag == "x" and type(body) is str and body in _FLOATS:
        return _FLOATS[body]
    if tag == "h" and type(body) is int:
        return own(body)
    if type(body) is not list:
        raise WireError(f"a value with an unknown tag {tag[:20]!r}")
    if tag == "o":
        return receive(_reference(body))
    items = [decode(item, receive, own, types, depth + 1) for item in body]
    try:
        if tag == "m":
            return {_hashable(key): value for key, value in items}
        if tag == "t":
            return tuple(items)
        if tag in ("s", "f"):
            return (set if tag == "s" else frozenset)(map(_hashable, items))
        if tag == "n" and type(items[0]) is str:
            return types[items[0]](*items[1:])
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise WireError(f"a malformed value under the tag {tag!r}") from error
    raise WireError(f"a value with an unknown tag {tag[:20]!r}")


def _hashable(value: Any) -> Any:
    if type(value) in (list, dict, set):
        raise TypeError
    return value


def storable(text: str) -> str:
    """Replace half characters, which no file can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _reference(body: list[Any]) -> Reference:
    if len(body) != 4:
        raise WireError("a malformed handle")
    number, name, is_callable, methods = body
    right = type(number) is int and type(name) is str and type(is_callable) is bool
    if not (right and type(methods) is list and len(methods) <= 100):
        raise WireError("a malformed handle")
    if not all(type(one) is str and one.isidentifier() for one in methods):
        raise WireError("a malformed handle")
    return Reference(number, storable(name)[:TEXT_LIMIT], is_callable, tuple(methods))


class Frames:
    """A socket that sends and receives whole frames.

    Bytes that arrived are kept when a signal's exception interrupts a read, so no frame is torn.
    """

    def __init__(self, sock: socket.socket, limit_bytes: int = FRAME_LIMIT_BYTES) -> None:
        self.sock = sock
        self._limit_bytes = limit_bytes
        self._buffer = bytearray()

    def send(self, message: Any, packed: bytes = b"") -> None:
        """Send `message`; Unsendable when it is too large, before anything was sent."""
        try:
            body = _JSON.encode(message).encode()
        except (ValueError, RecursionError) as error:  # a number of more than 4300 digits
            raise Unsendable(str(error)) from error
        if packed:
            body += MARK + packed
        if len(body) > self._limit_bytes:
            raise Unsendable(f"the data takes {len(body):,} bytes; at most {self._limit_bytes:,} are allowed")
        try:
            self.sock.sendall(_HEADER.pack(len(body)) + body)
        except TimeoutError:
            raise
        except OSError as error:
            raise Ended("the connection ended") from error

    def receive(self) -> dict[str, Any]:
        """Return the next frame, an object; WireError at the end, TimeoutError as the socket is set."""
        self._fill(_HEADER.size)
        (length,) = _HEADER.unpack_from(self._buffer)
        if length > self._limit_bytes:
            raise WireError(f"a frame of {length:,} bytes; at most {self._limit_bytes:,} are allowed")
        self._fill(_HEADER.size + length)
        body = bytes(self._buffer[_HEADER.size : _HEADER.size + length])
        del self._buffer[: _HEADER.size + length]
        return self._message(body)

    def _message(self, body: bytes) -> dict[str, Any]:
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise WireError("a frame that is not JSON") from error
        if type(message) is not dict:
            raise WireError("a frame that is not an object")
        return message

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            try:
                chunk = self.sock.recv(65536)
            except TimeoutError:
                raise
            except OSError as error:
                raise Ended("the connection ended") from error
            if not chunk:
                raise Ended("the connection ended")
            self._buffer += chunk
