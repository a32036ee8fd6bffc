"""Rules for numbers: replicas, percentages, and what a status may count.

Source: pkg/apis/apps/validation/validation.go (ValidatePositiveIntOrPercent and below)@v1.36.2.
"""

from collections.abc import Iterable
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]


def int_or_percent(value: int | str | None, path: str) -> Causes:
    """Refuse what is neither a number of at least 0 nor a percentage."""
    if isinstance(value, str):
        return field.each(path, value, names.percentage(value))
    return field.not_negative(path, value)


def at_most_100_percent(value: int | str | None, path: str) -> Causes:
    """Refuse a percentage above 100."""
    if isinstance(value, str) and not names.percentage(value) and magnitude(value) > 100:
        return [field.invalid(path, value, "must not be greater than 100%")]
    return []


def magnitude(value: int | str | None) -> int:
    """Return the number, or the number before the percent sign; 0 for anything else."""
    if isinstance(value, int):
        return value
    digits = (value or "").removesuffix("%")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else 0


def not_negative(obj: Object, keys: Iterable[str], path: str) -> Causes:
    """Refuse counts below zero."""
    causes: Causes = []
    for key in keys:
        causes += field.not_negative(f"{path}.{key}", obj.get(key))
    return causes


def at_most(status: Object, keys: Iterable[str], limit: str, detail: str) -> Causes:
    """Refuse counts in a status above another count in it."""
    most = status.get(limit) or 0
    return [
        field.invalid(f"status.{key}", status.get(key) or 0, detail)
        for key in keys
        if (status.get(key) or 0) > most
    ]


def not_decremented(new: Object, old: Object, key: str) -> Causes:
    """Refuse a counter in a status that goes down or vanishes."""
    before, after = old.get("status", {}).get(key), new.get("status", {}).get(key)
    if before is not None and (after is None or after < before):
        return [field.invalid(f"status.{key}", after or 0, "cannot be decremented")]
    return []
