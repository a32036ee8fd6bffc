"""Messages of Kubernetes types as the JSON values that mean the same."""

import base64
import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from insideout.apimachinery import timestamps
from insideout.apiserver.kinds import Kind
from insideout.apiserver.protobuf.wire import fields, signed

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"
_DEEPEST = 100

_INLINE = (
    "ephemeralContainerCommon",
    "handler",
    "localObjectReference",
    "persistentVolumeSource",
    "rule",
    "ruleWithOperations",
    "volumeSource",
)
"""Fields that are messages of their own in protobuf, and part of the object around them in JSON."""


class Field(NamedTuple):
    """One field of a message: its name in JSON, its type, and whether it is a list or a map of that."""

    name: str
    type: str
    repeated: bool
    mapped: bool


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
    name = f"{kind.group.partition('.')[0] or 'core'}.{kind.version}.{kind.kind}"
    if name not in messages():
        raise ValueError(f"no protobuf message for {kind.kind}")
    return name


@cache
def messages() -> dict[str, dict[int, Field]]:
    """Return every message's fields by number."""
    found: dict[str, dict[int, Field]] = {}
    text = resources.files("insideout.apiserver.protobuf").joinpath("messages.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith(" "):
            message = found[line] = {}
            continue
        number, name, type_ = line.split()
        repeated, mapped = type_.startswith("[]"), type_.startswith("{}")
        message[int(number)] = Field(name, type_.lstrip("[]{}"), repeated, mapped)
    return found


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
        elif field.name in _INLINE and isinstance(value, dict):
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
        return special(dict(fields(_bytes(raw))))
    found = _message(type_, _bytes(raw), depth)
    return found.get("items") or [] if type_.endswith(".ExtraValue") else found


def _bytes(raw: int | bytes) -> bytes:
    if isinstance(raw, int):
        raise ValueError(f"proto: wrong wireType = 0 for a field with the value {raw}")
    return raw


def _text(parts: dict[int, int | bytes], number: int) -> str:
    return _bytes(parts.get(number, b"")).decode("utf-8", "replace")


def _number(parts: dict[int, int | bytes], number: int) -> int:
    raw = parts.get(number, 0)
    return signed(raw) if isinstance(raw, int) else 0


def _time(parts: dict[int, int | bytes]) -> str | None:
    if not parts:
        return None
    return timestamps.seconds(_instant(parts))


def _micro_time(parts: dict[int, int | bytes]) -> str | None:
    if not parts:
        return None
    return timestamps.micros(_instant(parts))


def _instant(parts: dict[int, int | bytes]) -> datetime:
    try:
        return datetime.fromtimestamp(_number(parts, 1) + _number(parts, 2) / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("a time is out of range") from None


def _raw_json(parts: dict[int, int | bytes]) -> Any:
    text = _bytes(parts.get(1, b""))
    return json.loads(text) if text else None


_SPECIAL: dict[str, Callable[[dict[int, int | bytes]], Any]] = {
    "api.resource.Quantity": lambda parts: _text(parts, 1),
    "meta.v1.FieldsV1": _raw_json,
    "meta.v1.MicroTime": _micro_time,
    "meta.v1.Time": _time,
    "runtime.RawExtension": _raw_json,
    "util.intstr.IntOrString": lambda parts: _text(parts, 3) if _number(parts, 1) == 1 else _number(parts, 2),
}
"""Messages that JSON writes as something other than an object."""
