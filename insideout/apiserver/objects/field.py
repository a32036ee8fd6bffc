"""Causes: one reason each why an object is invalid, with the field, in the API server's words.

Paths are plain strings such as "spec.containers[0].image".

Source: k8s.io/apimachinery/pkg/util/validation/field/errors.go@v1.36.2.
"""

import json
from collections.abc import Iterable
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.status import Cause

Causes = list[Cause]

IMMUTABLE = "field is immutable"
NOT_NEGATIVE = "must be greater than or equal to 0"


def required(path: str, detail: str = "") -> Cause:
    """Say that nothing is there."""
    return Cause("FieldValueRequired", path, _with(detail, "Required value"))


def invalid(path: str, value: Any, detail: str) -> Cause:
    """Say that something is there, but not of the right form."""
    return Cause("FieldValueInvalid", path, _with(detail, f"Invalid value: {show(value)}"))


def invalid_hidden(path: str, detail: str) -> Cause:
    """Say that something is not of the right form, without showing it: it may be big."""
    return Cause("FieldValueInvalid", path, _with(detail, "Invalid value"))


def type_invalid(path: str, value: Any, detail: str) -> Cause:
    """Say that something of another type is there."""
    return Cause("FieldValueTypeInvalid", path, _with(detail, f"Invalid value: {show(value)}"))


def not_supported(path: str, value: Any, supported: Iterable[str]) -> Cause:
    """Say that only some values are allowed."""
    shown = ", ".join(go_quote(each) for each in supported)
    detail = f"supported values: {shown}" if shown else ""
    return Cause("FieldValueNotSupported", path, _with(detail, f"Unsupported value: {show(value)}"))


def duplicate(path: str, value: Any) -> Cause:
    """Say that the value is there already."""
    return Cause("FieldValueDuplicate", path, f"Duplicate value: {show(value)}")


def duplicate_hidden(path: str) -> Cause:
    """Say that the value is there already, without showing it."""
    return Cause("FieldValueDuplicate", path, "Duplicate value")


def not_found(path: str, value: Any) -> Cause:
    """Say that the value refers to something that is not there."""
    return Cause("FieldValueNotFound", path, f"Not found: {show(value)}")


def forbidden(path: str, detail: str) -> Cause:
    """Say that the value is allowed elsewhere, not here."""
    return Cause("FieldValueForbidden", path, _with(detail, "Forbidden"))


def too_long(path: str, most: int, unit: str = "byte") -> Cause:
    """Say that the value is longer than `most` bytes."""
    return Cause(
        "FieldValueTooLong", path, f"Too long: may not be more than {most} {unit}{'s' * (most != 1)}"
    )


def too_many(path: str, count: int, most: int) -> Cause:
    """Say that the list has more than `most` items."""
    return Cause(
        "FieldValueTooMany", path, f"Too many: {count}: must have at most {most} item{'s' * (most != 1)}"
    )


def not_negative(path: str, value: int | None) -> Causes:
    """Refuse a number below zero."""
    return [invalid(path, value, NOT_NEGATIVE)] if value is not None and value < 0 else []


def immutable(path: str, new: Any, old: Any) -> Causes:
    """Refuse a change; null, {} and [] are one value."""
    return [] if (new or None) == (old or None) or new == old else [invalid(path, new, IMMUTABLE)]


def each(path: str, value: Any, reasons: Iterable[str]) -> Causes:
    """Return a cause for each reason against one value."""
    return [invalid(path, value, reason) for reason in reasons]


def one_of(path: str, value: Any, supported: Iterable[str]) -> Causes:
    """Refuse a value that is not among `supported`."""
    supported = tuple(supported)
    return [] if value in supported else [not_supported(path, value, supported)]


def show(value: Any) -> str:
    """Return a value as messages show it: strings quoted, anything else as JSON."""
    if isinstance(value, str):
        return go_quote(value)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, dict | list):  # as Go's json.Marshal does
        text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return text


def ordered(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a map with its keys sorted, as Go shows maps."""
    return None if value is None else dict(sorted(value.items()))


def _with(detail: str, text: str) -> str:
    return f"{text}: {detail}" if detail else text
