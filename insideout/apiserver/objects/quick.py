"""Reads an object in which nothing is unusual, which is nearly every one: the schema compiled into functions.

The types of go_types and go_scalars say of everything wrong what it is and where, so they carry a path along.
A function made here knows no path.  It returns what the type's `read` would; it gives up at the first thing
there would be anything to say about, and the caller has the object read again by the types themselves.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from insideout.apiserver.objects import go_scalars
from insideout.apiserver.objects.go_types import ListOf, MapOf, Notes, Type
from insideout.apiserver.objects.schema import StructType, struct

Object = dict[str, Any]
Read = Callable[[Any], Any]


class UnusualError(Exception):
    """There is something to say about the object."""


GIVES_UP = (UnusualError, KeyError, ValueError)
"""What a reader raises when it gives up; KeyError is a field that the schema does not have."""


@cache
def reader(model: str) -> Read:
    """Return the function that reads the struct of a model class, such as "V1Pod"."""
    known = struct(model)
    fields = {name: (_read(each.type), each.pointer or each.always) for name, each in known.fields.items()}
    always = [(name, each.zero) for name, each in known.fields.items() if each.always]

    def read(value: Any) -> Object:
        if type(value) is not dict:
            raise UnusualError
        result = {}
        for name, item in value.items():
            read_item, keeps_zero = fields[name]
            if item is None:
                continue
            if read_item is not None:
                item = read_item(item)
            elif type(item) is not str:
                raise UnusualError
            if item or (keeps_zero and item is not None):
                result[name] = item
        for name, zero in always:
            if name not in result:
                result[name] = zero()
        return result

    return read


def _read(type_: Type) -> Read | None:
    """Return the function that reads a type, None for a string, which needs none."""
    if isinstance(type_, StructType):
        return _struct(type_.model)
    if isinstance(type_, ListOf):
        return _list(_read(type_.item))
    if isinstance(type_, MapOf):
        return _map(_read(type_.item))
    if isinstance(type_, go_scalars.String):
        return None
    if isinstance(type_, go_scalars.Bool):
        return _bool
    return lambda value: type_.read(value, "", "", _NOTHING_TO_SAY)


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise UnusualError
    return value


def _struct(model: str) -> Read:
    compiled: Read | None = None

    def read(value: Any) -> Any:
        nonlocal compiled
        if compiled is None:  # when the first one is read: types contain themselves, and most are never met
            compiled = reader(model)
        return compiled(value)

    return read


def _list(item: Read | None) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not list or None in value:
            raise UnusualError
        return [item(each) for each in value] if item is not None else _strings(value, value[:])

    return read


def _map(item: Read | None) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not dict or None in value.values():
            raise UnusualError
        if item is not None:
            return {key: item(each) for key, each in value.items()}
        return _strings(value.values(), value.copy())

    return read


def _strings(values: Any, read: Any) -> Any:
    for each in values:
        if type(each) is not str:
            raise UnusualError
    return read


class _Silent(Notes):
    """Notes in which nobody may write."""

    def unknown(self, at: str) -> None:
        raise UnusualError

    def repeated(self, at: str) -> None:
        raise UnusualError

    def mismatch(self, value: Any, go: str, at: str, owner: str, *, digits: bool = False) -> None:
        raise UnusualError


_NOTHING_TO_SAY = _Silent()
