"""JSON seen through a schema, as values of expressions.

Source: k8s.io/apiserver/pkg/cel/common/valuesunstructured.go@v1.36.2.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from insideout.apiserver.cel.declared import Schema, with_meta
from insideout.apiserver.cel.escaping import escape, unescape
from insideout.apiserver.cel.functions.times import parse_duration, parse_timestamp
from insideout.apiserver.cel.values import EvaluationError, TypedList, TypedMap, no_such_overload

_DAY_DURATION = re.compile(r"(\d+)\s*([a-zA-Zµμ]+)")
_LONG_UNITS = {"d": 24, "w": 168}


def value_of(raw: Any, schema: Schema) -> Any:
    """Return the value of a part of an object; raises EvaluationError where `schema` does not fit it."""
    if raw is None:
        if schema.get("nullable"):
            return None
        raise EvaluationError("invalid data, got null for schema with nullable=false")
    if schema.get("x-kubernetes-int-or-string"):
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            raise EvaluationError(
                "invalid data, expected XIntOrString value to be either a string or integer"
            )
        return raw
    reader = _READERS.get(schema.get("type") or "")
    if reader is not None:
        return reader(raw, schema)
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return Preserved(raw)
    raise EvaluationError(
        "invalid type, expected object, array, number, integer, boolean or string, or no type with "
        "x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, "
        f"got {schema.get('type') or ''}"
    )


class Preserved:
    """Data that no schema describes: it can only be compared."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def __eq__(self, other: object) -> bool:
        return bool(self.raw == (other.raw if isinstance(other, Preserved) else other))

    def __hash__(self) -> int:
        return hash(str(self.raw))


class ObjectValue(TypedMap):
    """An object with properties, or a map whose values have one schema."""

    def __init__(self, raw: dict[str, Any], schema: Schema) -> None:
        super().__init__(raw)
        self._properties: Mapping[str, Any] | None = schema.get("properties")
        others = schema.get("additionalProperties")
        self._others: Schema | None = others if isinstance(others, Mapping) else None

    def _schema_of(self, name: str) -> Schema | None:
        return (self._properties or {}).get(name) if self._properties is not None else self._others

    def find(self, key: Any) -> tuple[bool, Any]:
        """Return whether there is a field or an entry, and its value."""
        if not isinstance(key, str):
            raise no_such_overload()
        name = unescape(key) if self._properties is not None else key
        if name is None or name not in self.raw:
            return False, None
        raw = self.raw[name]
        if self._properties is not None and raw is None:
            return False, None
        schema = self._schema_of(name)
        return (False, None) if schema is None else (True, value_of(raw, schema))

    def names(self) -> list[str]:
        """Return the names of what the schema describes."""
        known = [name for name in self.raw if self._schema_of(name) is not None]
        return known if self._properties is None else [escape(name) or name for name in known]

    def unknown(self) -> dict[str, Any]:
        """Return what the schema does not describe."""
        return {name: raw for name, raw in self.raw.items() if self._schema_of(name) is None}


def _object(raw: Any, schema: Schema) -> Any:
    if not isinstance(raw, dict):
        raise EvaluationError("invalid data, expected a map for the provided schema with type=object")
    return ObjectValue(raw, with_meta(schema) if schema.get("x-kubernetes-embedded-resource") else schema)


def _list(raw: Any, schema: Schema) -> Any:
    if not isinstance(raw, list):
        raise EvaluationError("invalid data, expected an array for the provided schema with type=array")
    items = schema.get("items")
    if not isinstance(items, Mapping):
        raise EvaluationError("invalid array type, expected Items with a non-empty Schema")
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    kind = schema.get("x-kubernetes-list-type") or "atomic"
    return TypedList(raw, lambda each: value_of(each, items), kind, keys)


def _string(raw: Any, schema: Schema) -> Any:
    if not isinstance(raw, str):
        raise EvaluationError("invalid data, expected string")
    try:
        match schema.get("format"):
            case "duration":
                return _duration(raw)
            case "date":
                return parse_timestamp(f"{raw}T00:00:00Z")
            case "date-time":
                return parse_timestamp(raw)
            case "byte":
                return base64.b64decode(raw, validate=True)
    except (EvaluationError, binascii.Error) as problem:
        form = {"duration": "duration", "date": "date formatted string", "byte": "byte formatted string"}
        what = form.get(schema["format"], "date-time formatted string")
        raise EvaluationError(f"Invalid {what} {raw}: {problem}") from None
    return raw


def _duration(raw: str) -> Any:
    """Read a duration as schemas allow it: Go's form, or one number with a unit up to weeks."""
    try:
        return parse_duration(raw)
    except EvaluationError:
        match = _DAY_DURATION.fullmatch(raw)
        if match is None:
            raise
        unit = match[2].lower()
        hours = _LONG_UNITS.get(unit[0]) if unit in ("d", "day", "days", "w", "wk", "week", "weeks") else None
        if hours is not None:
            return parse_duration(f"{int(match[1]) * hours}h")
        short = {"nano": "ns", "micro": "us", "milli": "ms", "sec": "s", "min": "m", "h": "h"}
        found = next((value for key, value in short.items() if unit.startswith(key)), unit)
        return parse_duration(f"{match[1]}{found}")


def _number(raw: Any, schema: Schema) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise EvaluationError("invalid data, expected float")
    return float(raw)


def _integer(raw: Any, schema: Schema) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise EvaluationError("invalid data, expected int")
    return raw


def _boolean(raw: Any, schema: Schema) -> Any:
    if not isinstance(raw, bool):
        raise EvaluationError("invalid data, expected bool")
    return raw


_READERS = {
    "object": _object,
    "array": _list,
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
}
