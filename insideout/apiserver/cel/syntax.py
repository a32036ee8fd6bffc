"""Expressions as trees, read from the messages in which CEL's parsers hand them over.

Source: github.com/google/cel-spec/proto/cel/expr/syntax.proto.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from insideout.apiserver.cel.values import Uint
from insideout.apiserver.protobuf.wire import fields, signed

_WIDE_DOT, _WIDE_MARK = "\uff0e", "\uff3e"


@dataclass(slots=True)
class Expr:
    """One node; `id` is its number in the expression."""

    id: int


@dataclass(slots=True)
class Literal(Expr):
    """A constant: None, bool, int, Uint, float, str or bytes."""

    value: Any


@dataclass(slots=True)
class Ident(Expr):
    """A name."""

    name: str


@dataclass(slots=True)
class Select(Expr):
    """`operand.field`, or with `test` the macro has(operand.field)."""

    operand: Expr
    field: str
    test: bool = False


@dataclass(slots=True)
class Call(Expr):
    """A function or an operator; `target` is what stands before the dot."""

    function: str
    args: list[Expr]
    target: Expr | None = None


@dataclass(slots=True)
class ListExpr(Expr):
    """[a, ?b]; `optional` are the places of elements that may be missing."""

    elements: list[Expr]
    optional: frozenset[int] = frozenset()


class Entry(NamedTuple):
    """One entry of a map, or one field of a struct (whose key is a name)."""

    id: int
    key: Any
    value: Expr
    optional: bool


@dataclass(slots=True)
class MapExpr(Expr):
    """{key: value}."""

    entries: list[Entry]


@dataclass(slots=True)
class StructExpr(Expr):
    """Name{field: value}."""

    name: str
    entries: list[Entry]


@dataclass(slots=True)
class Comprehension(Expr):
    """What macros such as all() become: a fold over a list or a map."""

    var: str
    var2: str
    range: Expr
    accu: str
    init: Expr
    condition: Expr
    step: Expr
    result: Expr


@dataclass
class Source:
    """Where the nodes of an expression are in its text."""

    text: str
    positions: dict[int, int] = field(default_factory=dict)

    def mark(self, id_: int, message: str) -> str:
        """Return a message with the line and the column of a node, and the line itself with a mark."""
        offset = self.positions.get(id_, 0)
        before = self.text[:offset]
        number = before.count("\n") + 1
        start = before.rfind("\n") + 1
        line = self.text[start:].partition("\n")[0]
        column = offset - start
        dots = "".join("." if char.isascii() else _WIDE_DOT for char in line[:column])
        wide = column < len(line) and not line[column].isascii()
        place = f"ERROR: <input>:{number}:{column + 1}: {message}"
        return f"{place}\n | {line}\n | {dots}{_WIDE_MARK if wide else '^'}"


def parsed(data: bytes, text: str) -> tuple[Expr, Source]:
    """Return the tree in a serialized google.protobuf.Any of a cel.expr.ParsedExpr."""
    message = next(value for number, value in fields(data) if number == 2)
    tree: Expr | None = None
    source = Source(text)
    for number, value in _bytes_fields(message):
        if number == 2:
            tree = _expr(value)
        elif number == 3:
            for inner, entry in fields(value):
                if inner == 4 and isinstance(entry, bytes):
                    pair = dict(fields(entry))
                    source.positions[_int(pair.get(1, 0))] = _int(pair.get(2, 0))
    if tree is None:
        raise ValueError("no expression in the parser's answer")
    return tree, source


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield a node and all below it."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def children(expr: Expr) -> list[Expr]:
    """Return the nodes right below one."""
    match expr:
        case Select():
            return [expr.operand]
        case Call():
            return [*([expr.target] if expr.target else []), *expr.args]
        case ListExpr():
            return expr.elements
        case MapExpr():
            return [part for each in expr.entries for part in (each.key, each.value)]
        case StructExpr():
            return [each.value for each in expr.entries]
        case Comprehension():
            return [expr.range, expr.init, expr.condition, expr.step, expr.result]
    return []


def _bytes_fields(data: Any) -> Iterator[tuple[int, bytes]]:
    return ((number, value) for number, value in fields(data) if isinstance(value, bytes))


def _expr(data: bytes) -> Expr:
    id_, kind, body = 0, 0, b""
    for number, value in fields(data):
        if isinstance(value, bytes):
            kind, body = number, value
        elif number == 2:
            id_ = _int(value)
    return _KINDS[kind](id_, body)


def _literal(id_: int, data: bytes) -> Expr:
    for number, value in fields(data):
        return Literal(id_, _CONSTANTS[number](value))
    raise ValueError("a constant without a value")


_CONSTANTS: dict[int, Callable[[Any], Any]] = {
    1: lambda value: None,
    2: bool,
    3: signed,
    4: Uint,
    5: lambda value: struct.unpack("<d", value)[0],
    6: lambda value: value.decode(),
    7: bytes,
}


def _ident(id_: int, data: bytes) -> Expr:
    return Ident(id_, _text(dict(fields(data)).get(1, b"")))


def _select(id_: int, data: bytes) -> Expr:
    parts = dict(fields(data))
    return Select(id_, _expr(_raw(parts[1])), _text(parts.get(2, b"")), bool(parts.get(3)))


def _call(id_: int, data: bytes) -> Expr:
    target, name, args = None, "", []
    for number, value in _bytes_fields(data):
        if number == 1:
            target = _expr(value)
        elif number == 2:
            name = value.decode()
        else:
            args.append(_expr(value))
    return Call(id_, name, args, target)


def _list(id_: int, data: bytes) -> Expr:
    elements, optional = [], set()
    for number, value in fields(data):
        if number == 1:
            elements.append(_expr(_raw(value)))
        elif isinstance(value, bytes):
            optional |= set(value)  # packed; lists of more than 127 optional elements are not written
        else:
            optional.add(value)
    return ListExpr(id_, elements, frozenset(optional))


def _struct(id_: int, data: bytes) -> Expr:
    name, entries = "", []
    for number, value in _bytes_fields(data):
        if number == 1:
            name = value.decode()
            continue
        parts = dict(fields(value))
        key = _expr(_raw(parts[3])) if 3 in parts else _text(parts.get(2, b""))
        entries.append(Entry(_int(parts.get(1, 0)), key, _expr(_raw(parts[4])), bool(parts.get(5))))
    return StructExpr(id_, name, entries) if name else MapExpr(id_, entries)


def _comprehension(id_: int, data: bytes) -> Expr:
    parts = dict(_bytes_fields(data))
    inner = [_expr(parts[number]) for number in (2, 4, 5, 6, 7)]
    var, var2, accu = (parts.get(number, b"").decode() for number in (1, 8, 3))
    return Comprehension(id_, var, var2, inner[0], accu, *inner[1:])


_KINDS: dict[int, Callable[[int, bytes], Expr]] = {
    3: _literal,
    4: _ident,
    5: _select,
    6: _call,
    7: _list,
    8: _struct,
    9: _comprehension,
}


def _int(value: Any) -> int:
    return int(value)


def _raw(value: Any) -> bytes:
    return bytes(value)


def _text(value: Any) -> str:
    return bytes(value).decode()
