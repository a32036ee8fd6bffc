"""Values that may be missing.

Source: github.com/google/cel-go/cel/library.go.
"""

from typing import Any

from insideout.apiserver.cel.functions.operators import look_up
from insideout.apiserver.cel.values import (
    LISTS,
    MAPS,
    NONE,
    EvaluationError,
    Optional,
    no_such_overload,
    some,
)


def _value(given: Any) -> Any:
    if not _optional(given).present:
        raise EvaluationError("optional.none() dereference")
    return given.value


def _optional(given: Any) -> Optional:
    if not isinstance(given, Optional):
        raise no_such_overload()
    return given


def _of_non_zero(value: Any) -> Optional:
    zero = value is None or (isinstance(value, bool | int | float) and not value)
    empty = isinstance(value, (str, bytes, *LISTS, *MAPS)) and not len(value)
    return NONE if zero or empty else some(value)


def optional_field(target: Any, name: str) -> Optional:
    """Return target.?name."""
    if isinstance(target, Optional):
        return optional_field(target.value, name) if target.present else NONE
    if not isinstance(target, MAPS):
        raise no_such_overload()
    found, value = look_up(target, name)
    return some(value) if found else NONE


def optional_index(target: Any, key: Any) -> Optional:
    """Return target[?key]."""
    if isinstance(target, Optional):
        return optional_index(target.value, key) if target.present else NONE
    if isinstance(target, LISTS):
        if isinstance(key, bool) or not isinstance(key, int):
            raise no_such_overload()
        return some(target[key]) if 0 <= key < len(target) else NONE
    if isinstance(target, MAPS):
        found, value = look_up(target, key)
        return some(value) if found else NONE
    raise no_such_overload()


FUNCTIONS: dict[str, Any] = {
    "optional.of": some,
    "optional.none": lambda: NONE,
    "optional.ofNonZeroValue": _of_non_zero,
    "value": _value,
    "hasValue": lambda given: _optional(given).present,
    "or": lambda given, other: given if _optional(given).present else other,
    "orValue": lambda given, other: given.value if _optional(given).present else other,
    "_?._": optional_field,
    "_[?_]": optional_index,
}
