"""An OpenAPI document of version 2 in protobuf, the form in which kubectl and other Go clients ask for it.

What the messages have no field for, such as `oneOf`, is left out, as they do; extensions (x-...) and other
free values travel as YAML, of which JSON is a part.  The table holds what this server's documents contain.

Source: the messages of github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto.
"""

import json
import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from insideout.apiserver.protobuf.wire import tag, varint_bytes

Value = dict[str, Any]


class Field(NamedTuple):
    """One field of a message: its number and how its value is written."""

    number: int
    write: Callable[[Any], bytes]
    repeated: bool = False


def write_document(document: Value) -> bytes:
    """Return an OpenAPI document of version 2 as the bytes of a message Document."""
    return _message("Document", document)


def _message(name: str, value: Value) -> bytes:
    """Return a JSON object as the message `name`; its extensions go where that message has them."""
    known, extension = _MESSAGES[name], _EXTENSIONS.get(name, 0)
    parts: list[bytes] = []
    for key, each in value.items():
        if key.startswith("x-") and extension:
            parts.append(_bytes(extension, _named(key, _any(each))))
        elif key in known:
            field = known[key]
            parts += [_tagged(field, one) for one in (each if field.repeated else (each,))]
    return b"".join(parts)


def _tagged(field: Field, value: Any) -> bytes:
    if field.write is _int:
        return tag(field.number, 0) + _int(value)
    if field.write is _double:
        return tag(field.number, 1) + _double(value)
    return _bytes(field.number, field.write(value))


def _bytes(number: int, value: bytes) -> bytes:
    return tag(number, 2) + varint_bytes(len(value)) + value


def _text(value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


def _int(value: int) -> bytes:
    return varint_bytes(int(value) % 2**64)


def _double(value: float) -> bytes:
    return struct.pack("<d", value)


def _any(value: Any) -> bytes:
    return _bytes(2, _text(json.dumps(value, ensure_ascii=False, sort_keys=True)))


def _named(name: str, value: bytes) -> bytes:
    return _bytes(1, _text(name)) + _bytes(2, value)


def _a(name: str) -> Callable[[Any], bytes]:
    """Return how a message `name` is written."""
    return lambda value: _message(name, value)


def _map(name: str) -> Callable[[Value], bytes]:
    """Return how an object is written whose keys name messages `name`."""
    return lambda value: b"".join(_bytes(1, _named(key, _message(name, each))) for key, each in value.items())


def _paths(value: Value) -> bytes:
    return b"".join(_bytes(2, _named(path, _message("PathItem", each))) for path, each in value.items())


def _responses(value: Value) -> bytes:
    answers = ((code, _bytes(1, _message("Response", each))) for code, each in value.items())
    return b"".join(_bytes(1, _named(code, each)) for code, each in answers)


def _parameter(value: Value) -> bytes:
    """Return a parameter inside the three choices that lead to its place: body or not, query or path."""
    if value["in"] == "body":
        parameter = _bytes(1, _message("BodyParameter", value))
    else:
        choice = {"query": 3, "path": 4}[value["in"]]
        parameter = _bytes(2, _bytes(choice, _message(f"{value['in']} parameter", value)))
    return _bytes(1, parameter)


def _additional(value: Value | bool) -> bytes:
    return tag(2, 0) + _int(value) if isinstance(value, bool) else _bytes(1, _message("Schema", value))


def _one_in_list(value: Any) -> bytes:
    """Return what a message with one repeated field holds, when there is one of it."""
    return _bytes(1, _text(value) if isinstance(value, str) else _message("Schema", value))


_NAMED_PARAMETER = {"required": Field(1, _int), "in": Field(2, _text), "name": Field(4, _text)}
_MESSAGES: Mapping[str, Mapping[str, Field]] = {
    "BodyParameter": {
        "name": Field(2, _text),
        "in": Field(3, _text),
        "required": Field(4, _int),
        "schema": Field(5, _a("Schema")),
    },
    "Document": {
        "swagger": Field(1, _text),
        "info": Field(2, _a("Info")),
        "paths": Field(8, _paths),
        "definitions": Field(9, _map("Schema")),
    },
    "Info": {"title": Field(1, _text), "version": Field(2, _text)},
    "Operation": {
        "description": Field(3, _text),
        "operationId": Field(5, _text),
        "produces": Field(6, _text, repeated=True),
        "consumes": Field(7, _text, repeated=True),
        "parameters": Field(8, _parameter, repeated=True),
        "responses": Field(9, _responses),
    },
    "PathItem": {
        "get": Field(2, _a("Operation")),
        "put": Field(3, _a("Operation")),
        "post": Field(4, _a("Operation")),
        "delete": Field(5, _a("Operation")),
        "patch": Field(8, _a("Operation")),
        "parameters": Field(9, _parameter, repeated=True),
    },
    "Response": {
        "description": Field(1, _text),
        "schema": Field(2, lambda value: _bytes(1, _message("Schema", value))),
    },
    "Schema": {
        "$ref": Field(1, _text),
        "format": Field(2, _text),
        "title": Field(3, _text),
        "description": Field(4, _text),
        "default": Field(5, _any),
        "multipleOf": Field(6, _double),
        "maximum": Field(7, _double),
        "exclusiveMaximum": Field(8, _int),
        "minimum": Field(9, _double),
        "exclusiveMinimum": Field(10, _int),
        "maxLength": Field(11, _int),
        "minLength": Field(12, _int),
        "pattern": Field(13, _text),
        "maxItems": Field(14, _int),
        "minItems": Field(15, _int),
        "uniqueItems": Field(16, _int),
        "maxProperties": Field(17, _int),
        "minProperties": Field(18, _int),
        "required": Field(19, _text, repeated=True),
        "enum": Field(20, _any, repeated=True),
        "additionalProperties": Field(21, _additional),
        "type": Field(22, _one_in_list),
        "items": Field(23, _one_in_list),
        "allOf": Field(24, _a("Schema"), repeated=True),
        "properties": Field(25, _map("Schema")),
    },
    "path parameter": {**_NAMED_PARAMETER, "description": Field(3, _text), "type": Field(5, _text)},
    "query parameter": {**_NAMED_PARAMETER, "description": Field(3, _text), "type": Field(6, _text)},
}
_EXTENSIONS = {"Document": 16, "Operation": 13, "PathItem": 10, "Schema": 31}
"""The number of the field that holds a message's extensions."""
