"""Messages of Kubernetes types as the JSON values that mean the same."""

import base64
import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from insideout.apimachinery import timestamps
from insideout.apiserver.kinds import Kind
from insideout.apiserver.protobuf.messages import Field, message_of, messages
from insideout.apiserver.protobuf.wire import fields, signed

Parts = dict[int, list[int | bytes]]
"""The raw values of a message's fields by number."""

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"
_DEEPEST = 100


def read_object(kind: Kind | None, data: bytes) -> dict[str, Any]:
    """Return the object in a body; `kind` None means DeleteOptions.

    Raises ValueError when the bytes are not an object in protobuf, or of a kind without a message.
    """
    if not data.startswith(MAGIC):
        raise ValueError(
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"
        )
    envelope = _message("runtime.Unknown", data[len(MAGIC) :], 0)
    said = envelope.get("typeMeta") or {}
    raw = base64.b64decode(envelope.get("raw", ""))
    obj = _message(_message_of(kind), raw, 0)
    return {"apiVersion": said.get("apiVersion", ""), "kind": said.get("kind", ""), **obj}


def _message_of(kind: Kind | None) -> str:
    if kind is None:
        return "meta.v1.DeleteOptions"
    name = message_of(kind.group, kind.version, kind.kind)
    if not name:
        raise ValueError(f"no protobuf message for {kind.kind}")
    return name


def _message(name: str, data: bytes, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise ValueError("proto: exceeded max depth")
    known = messages()[name]
    result: dict[str, Any] = {}
    for number, raw in fields(data):
        field = known.get(number)
        if field is None:
            continue
        if field.mapped:
            key, value = _entry(field, raw, depth)
            result.setdefault(field.name, {})[key] = value
            continue
        value = _value(field.type, raw, depth + 1)
        if field.repeated:
            result.setdefault(field.name, []).append(value)
        elif field.inline:
            result.update(value)
        elif value is not None:
            result[field.name] = value
    return result


def _entry(field: Field, raw: int | bytes, depth: int) -> tuple[str, Any]:
    key, value = "", _value(field.type, b"", depth + 1)
    for number, part in fields(_bytes(raw)):
        if number == 1:
            key = _bytes(part).decode("utf-8", "replace")
        elif number == 2:
            value = _value(field.type, part, depth + 1)
    return key, value


def _value(type_: str, raw: int | bytes, depth: int) -> Any:
    if type_ in ("int32", "int64"):
        return signed(raw) if isinstance(raw, int) else 0
    if type_ == "bool":
        return bool(raw)
    if type_ == "string":
        return _bytes(raw).decode("utf-8", "replace")
    if type_ == "bytes":
        return base64.b64encode(_bytes(raw)).decode()
    if type_ == "double":
        return struct.unpack("<d", _bytes(raw))[0] if raw else 0.0
    special = _SPECIAL.get(type_)
    if special is not None:
        return special(_parts(_bytes(raw)))
    message = _message(type_, _bytes(raw), depth)
    return _schema_or(_SCHEMA_OR[type_], message) if type_ in _SCHEMA_OR else message


def _parts(data: bytes) -> Parts:
    parts: Parts = {}
    for number, raw in fields(data):
        parts.setdefault(number, []).append(raw)
    return parts


def _bytes(raw: int | bytes) -> bytes:
    if isinstance(raw, int):
        raise ValueError(f"proto: wrong wireType = 0 for a field with the value {raw}")
    return raw


def _last(parts: Parts, number: int, default: int | bytes) -> int | bytes:
    """Return a field's value; of several the last one counts."""
    return parts[number][-1] if number in parts else default


def _text(parts: Parts, number: int) -> str:
    return _bytes(_last(parts, number, b"")).decode("utf-8", "replace")


def _number(parts: Parts, number: int) -> int:
    raw = _last(parts, number, 0)
    return signed(raw) if isinstance(raw, int) else 0


def _time(parts: Parts) -> str | None:
    return timestamps.seconds(_instant(parts)) if parts else None


def _micro_time(parts: Parts) -> str | None:
    return timestamps.micros(_instant(parts)) if parts else None


def _instant(parts: Parts) -> datetime:
    try:
        return datetime.fromtimestamp(_number(parts, 1) + _number(parts, 2) / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("a time is out of range") from None


def _quantity(parts: Parts) -> str:
    return _text(parts, 1)


def _texts(parts: Parts) -> list[str]:
    return [_bytes(raw).decode("utf-8", "replace") for raw in parts.get(1, ())]


def _raw_json(parts: Parts) -> Any:
    text = _bytes(_last(parts, 1, b""))
    return json.loads(text) if text else None


def _int_or_string(parts: Parts) -> int | str:
    return _text(parts, 3) if _number(parts, 1) == 1 else _number(parts, 2)


_SPECIAL: dict[str, Callable[[Parts], Any]] = {
    "api.resource.Quantity": _quantity,
    "apiextensions.v1.JSON": _raw_json,
    "authentication.v1.ExtraValue": _texts,
    "certificates.v1.ExtraValue": _texts,
    "authorization.v1.ExtraValue": _texts,
    "meta.v1.FieldsV1": _raw_json,
    "meta.v1.MicroTime": _micro_time,
    "meta.v1.Time": _time,
    "meta.v1.Verbs": _texts,
    "runtime.RawExtension": _raw_json,
    "util.intstr.IntOrString": _int_or_string,
}
"""Messages that JSON writes as something other than an object."""

_SCHEMA_OR = {
    "apiextensions.v1.JSONSchemaPropsOrArray": "jSONSchemas",
    "apiextensions.v1.JSONSchemaPropsOrBool": "allows",
    "apiextensions.v1.JSONSchemaPropsOrStringArray": "property",
}
"""Messages that JSON writes as a schema or as what their field of this name holds."""


def _schema_or(other: str, message: dict[str, Any]) -> Any:
    """Return the schema, unless a list stands in its place; without both it is the bool."""
    if other != "allows" and message.get(other):
        return message[other]
    return message.get("schema", message.get(other))
