"""Objects with their fields in the order in which Go writes them: that of its structs, and maps by key.

JSON does not care, but messages quote values, and stored bytes are compared.  The messages of protobuf are
declared in the structs' order.
"""

from typing import Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.protobuf.messages import Field, message_of, messages

Object = dict[str, Any]

_FREE = ("apiextensions.v1.JSON", "meta.v1.FieldsV1", "runtime.RawExtension")
"""Messages that hold JSON of any form."""

_SCHEMA = "apiextensions.v1.JSONSchemaProps"


def in_go_order(kind: Kind, obj: Object) -> Object:
    """Return an object of a built-in kind in Go's order."""
    said: Object = {each: obj[each] for each in ("kind", "apiVersion") if each in obj}
    return {**said, **struct(message_of(kind.group, kind.version, kind.kind), obj)}


def struct(message: str, value: Object) -> Object:
    """Return a struct, such as a "meta.v1.OwnerReference", in Go's order."""
    result: Object = {}
    for field in messages().get(message, {}).values():
        if field.inline:
            result |= struct(field.type, value)
        elif field.name in value:
            result[field.name] = _in_field(field, value[field.name])
    return result


def _in_field(field: Field, value: Any) -> Any:
    if field.mapped and isinstance(value, dict):
        return {key: _value(field.type, value[key]) for key in sorted(value)}
    if field.repeated and isinstance(value, list):
        return [_value(field.type, each) for each in value]
    return _value(field.type, value)


def _value(message: str, value: Any) -> Any:
    if message.startswith(f"{_SCHEMA}Or"):
        several = isinstance(value, list)
        return [_value(_SCHEMA, each) for each in value] if several else _value(_SCHEMA, value)
    free = message in _FREE or message not in messages()
    return value if free or not isinstance(value, dict) else struct(message, value)
