"""Objects as the bytes that a real API server sends of them in protobuf; so far what lists endpoints.

Like the generated Go code, fields are written in the order of their numbers, and one that Go keeps by value
is written also when it is empty; `_BY_VALUE` names those.  So a size measured here is that on a real wire.

Source: the generated.pb.go files of k8s.io/api and k8s.io/apimachinery, apimachinery/pkg/runtime/serializer
/{protobuf/protobuf,streaming/streaming}.go, pkg/util/framer/framer.go@v1.36.2.
"""

import json
from typing import Any

from insideout.apimachinery import timestamps
from insideout.apiserver.kinds import Kind
from insideout.apiserver.protobuf.objects import MAGIC, Field, messages
from insideout.apiserver.protobuf.wire import tag, varint_bytes

Object = dict[str, Any]

_KINDS = {
    ("discovery.k8s.io", "v1", "EndpointSlice"): "discovery.v1.EndpointSlice",
    ("", "v1", "Endpoints"): "core.v1.Endpoints",
}

_BY_VALUE: dict[str, tuple[str, ...]] = {
    "core.v1.EndpointAddress": ("ip", "hostname"),
    "core.v1.EndpointPort": ("name", "port", "protocol"),
    "core.v1.Endpoints": ("metadata",),
    "core.v1.ObjectReference": (
        "kind",
        "namespace",
        "name",
        "uid",
        "apiVersion",
        "resourceVersion",
        "fieldPath",
    ),
    "discovery.v1.Endpoint": ("conditions",),
    "discovery.v1.EndpointSlice": ("metadata", "addressType"),
    "discovery.v1.ForNode": ("name",),
    "discovery.v1.ForZone": ("name",),
    "meta.v1.ManagedFieldsEntry": ("manager", "operation", "apiVersion", "fieldsType", "subresource"),
    "meta.v1.ObjectMeta": (
        "name",
        "generateName",
        "namespace",
        "selfLink",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
    ),
    "meta.v1.OwnerReference": ("kind", "name", "uid", "apiVersion"),
}

_STATUS = {
    "meta.v1.Status": {
        1: Field("metadata", "meta.v1.ListMeta", False, False),
        2: Field("status", "string", False, False),
        3: Field("message", "string", False, False),
        4: Field("reason", "string", False, False),
        6: Field("code", "int32", False, False),
    },
    "meta.v1.ListMeta": {},
}
"""What ends a watch that failed; its details are left out."""


def is_writable(kind: Kind) -> bool:
    """Tell whether objects of a kind can be written."""
    return (kind.group, kind.version, kind.kind) in _KINDS


def write_object(obj: Object) -> bytes:
    """Return an object in its envelope; KeyError for a kind that cannot be written."""
    group, _, version = obj["apiVersion"].rpartition("/")
    name = "meta.v1.Status" if obj["kind"] == "Status" else _KINDS[group, version, obj["kind"]]
    said = _text(1, obj["apiVersion"]) + _text(2, obj["kind"])
    body = _message(name, obj)
    return MAGIC + _bytes(1, said) + _bytes(2, body) + _text(3, "") + _text(4, "")


def write_events(events: list[Object]) -> bytes:
    """Return the events of a watch, each in a frame that begins with its length in four bytes."""
    frames = []
    for event in events:
        frame = _text(1, event["type"]) + _bytes(2, _bytes(1, write_object(event["object"])))
        frames.append(len(frame).to_bytes(4, "big") + frame)
    return b"".join(frames)


def _message(name: str, value: Object) -> bytes:
    known = _STATUS.get(name) or messages()[name]
    always = _BY_VALUE.get(name, tuple(field.name for field in known.values()) if name in _STATUS else ())
    parts = []
    for number, field in sorted(known.items()):
        given = value.get(field.name)
        if field.mapped:
            pairs: dict[str, str] = given or {}
            parts += [_bytes(number, _text(1, key) + _text(2, pairs[key])) for key in sorted(pairs)]
        elif field.repeated:
            parts += [_field(number, field.type, one) for one in given or ()]
        elif given is not None or field.name in always:
            parts.append(_field(number, field.type, given))
    return b"".join(parts)


def _field(number: int, type_: str, value: Any) -> bytes:
    if type_ == "string":
        return _text(number, value or "")
    if type_ == "bool":
        return tag(number, 0) + varint_bytes(bool(value))
    if type_ in ("int32", "int64"):
        return tag(number, 0) + varint_bytes((value or 0) % 2**64)
    if type_ == "meta.v1.Time":
        return _bytes(number, _time(value))
    if type_ == "meta.v1.FieldsV1":
        return _bytes(number, _bytes(1, json.dumps(value, separators=(",", ":")).encode()))
    return _bytes(number, _message(type_, value or {}))


def _time(value: str | None) -> bytes:
    if value is None:
        return b""
    seconds = int(timestamps.parse(value).timestamp())
    return tag(1, 0) + varint_bytes(seconds % 2**64) + tag(2, 0) + varint_bytes(0)


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _bytes(number: int, value: bytes) -> bytes:
    return tag(number, 2) + varint_bytes(len(value)) + value
