"""Objects as the bytes that a real API server sends of them in protobuf.

Like the generated Go code, fields are written in the order of their numbers, and one that Go keeps by value
is written also when it is empty.  So a size measured here is that on a real wire.

Source: the generated.pb.go files of k8s.io/api and k8s.io/apimachinery, apimachinery/pkg/runtime/serializer
/{protobuf/protobuf,streaming/streaming}.go, pkg/util/framer/framer.go@v1.36.2.
"""

import base64
import json
import struct
from collections.abc import Callable
from typing import Any

from insideout.apimachinery import timestamps
from insideout.apiserver.protobuf.messages import Field, message_of, messages
from insideout.apiserver.protobuf.objects import MAGIC
from insideout.apiserver.protobuf.wire import tag, varint_bytes

Object = dict[str, Any]


def write_object(obj: Object) -> bytes:
    """Return an object, or a list of objects, in its envelope; KeyError for a kind without a message."""
    group, _, version = obj["apiVersion"].rpartition("/")
    said = _text(1, obj["apiVersion"]) + _text(2, obj["kind"])
    body = _body(group, version, obj)
    return MAGIC + _bytes(1, said) + _bytes(2, body) + _text(3, "") + _text(4, "")


def write_events(events: list[Object]) -> bytes:
    """Return the events of a watch, each in a frame that begins with its length in four bytes."""
    frames = []
    for event in events:
        frame = _text(1, event["type"]) + _bytes(2, _bytes(1, write_object(event["object"])))
        frames.append(len(frame).to_bytes(4, "big") + frame)
    return b"".join(frames)


def _body(group: str, version: str, obj: Object) -> bytes:
    name = message_of(group, version, obj["kind"])
    if name:
        return _message(name, obj)
    item = message_of(group, version, obj["kind"].removesuffix("List"))
    if not item or "items" not in obj:
        raise KeyError(obj["kind"])
    items = [_bytes(2, _message(item, each)) for each in obj["items"]]
    return b"".join([_bytes(1, _message("meta.v1.ListMeta", obj.get("metadata") or {})), *items])


def _message(name: str, value: Object) -> bytes:
    parts = []
    for number, field in sorted(messages()[name].items()):
        given = value if field.inline else value.get(field.name)
        if field.mapped:
            parts += [_bytes(number, _text(1, key) + _field(2, field, each)) for key, each in _sorted(given)]
        elif field.repeated:
            parts += [_field(number, field, one) for one in given or ()]
        elif given is not None or field.always:
            parts.append(_field(number, field, given))
    return b"".join(parts)


def _sorted(pairs: Object | None) -> list[tuple[str, Any]]:
    return sorted((pairs or {}).items())


def _field(number: int, field: Field, value: Any) -> bytes:
    scalar = _SCALARS.get(field.type)
    if scalar is not None:
        return scalar(number, value)
    special = _SPECIAL.get(field.type)
    return _bytes(number, special(value) if special is not None else _message(field.type, value or {}))


def _bool(number: int, value: bool | None) -> bytes:
    return tag(number, 0) + varint_bytes(bool(value))


def _int(number: int, value: int | None) -> bytes:
    return tag(number, 0) + varint_bytes((value or 0) % 2**64)


def _double(number: int, value: float | None) -> bytes:
    return tag(number, 1) + struct.pack("<d", value or 0.0)


def _text(number: int, value: str | None) -> bytes:
    return _bytes(number, (value or "").encode("utf-8", "replace"))


def _base64(number: int, value: str | None) -> bytes:
    return _bytes(number, base64.b64decode(value or ""))


def _bytes(number: int, value: bytes) -> bytes:
    return tag(number, 2) + varint_bytes(len(value)) + value


_SCALARS: dict[str, Callable[[int, Any], bytes]] = {
    "bool": _bool,
    "bytes": _base64,
    "double": _double,
    "int32": _int,
    "int64": _int,
    "string": _text,
}


def _time(value: str | None) -> bytes:
    if value is None:
        return b""
    seconds, rest = divmod(timestamps.parse(value).timestamp(), 1)
    return _int(1, int(seconds)) + _int(2, round(rest * 1e6) * 1000)


def _raw_json(value: Any) -> bytes:
    return _bytes(1, json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))


def _texts(value: list[str] | None) -> bytes:
    return b"".join(_text(1, each) for each in value or ())


def _int_or_string(value: int | str | None) -> bytes:
    text = isinstance(value, str)
    return _int(1, int(text)) + _int(2, 0 if text else value) + _text(3, value if text else "")  # type: ignore[arg-type]


def _quantity(value: str | None) -> bytes:
    return _text(1, value)


def _schema_or_list(value: Any) -> bytes:
    """Return a schema, or the list that stands in its place."""
    if isinstance(value, list):
        return b"".join(
            _text(2, each) if isinstance(each, str) else _bytes(2, _schema(each)) for each in value
        )
    return _bytes(1, _schema(value))


def _schema_or_bool(value: Any) -> bytes:
    return _bool(1, value) if isinstance(value, bool) else _bool(1, True) + _bytes(2, _schema(value))


def _schema(value: Object) -> bytes:
    return _message("apiextensions.v1.JSONSchemaProps", value)


_SPECIAL: dict[str, Callable[[Any], bytes]] = {
    "api.resource.Quantity": _quantity,
    "apiextensions.v1.JSON": _raw_json,
    "apiextensions.v1.JSONSchemaPropsOrArray": _schema_or_list,
    "apiextensions.v1.JSONSchemaPropsOrBool": _schema_or_bool,
    "apiextensions.v1.JSONSchemaPropsOrStringArray": _schema_or_list,
    "authentication.v1.ExtraValue": _texts,
    "authorization.v1.ExtraValue": _texts,
    "certificates.v1.ExtraValue": _texts,
    "meta.v1.FieldsV1": _raw_json,
    "meta.v1.MicroTime": _time,
    "meta.v1.Time": _time,
    "meta.v1.Verbs": _texts,
    "runtime.RawExtension": _raw_json,
    "util.intstr.IntOrString": _int_or_string,
}
"""How messages that JSON writes as something other than an object are written."""
