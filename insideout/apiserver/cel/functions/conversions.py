"""Conversions between types: int(), string() and their kin.

Source: github.com/google/cel-go/common/types/{int,uint,double,string,bool,bytes}.go.
"""

import math
import re
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.cel.functions.times import duration_text, timestamp_text
from insideout.apiserver.cel.values import (
    INT_MAX,
    INT_MIN,
    UINT_MAX,
    Duration,
    EvaluationError,
    Timestamp,
    TypeValue,
    Uint,
    checked_int,
    checked_uint,
    no_such_overload,
    type_name,
)


def _to_int(value: Any) -> int:
    match value:
        case bool():
            raise no_such_overload()
        case int():
            return checked_int(int(value))
        case float():
            if math.isnan(value) or math.isinf(value) or not INT_MIN < value < INT_MAX:
                raise EvaluationError("integer overflow")
            return int(value)
        case str():
            return _parsed(value, "ParseInt", r"[+-]?\d+", INT_MIN, INT_MAX)
        case Timestamp():
            return value.ns // 10**9
        case Duration():
            return value.ns
    raise no_such_overload()


def _to_uint(value: Any) -> Uint:
    match value:
        case bool():
            raise no_such_overload()
        case int():
            return checked_uint(int(value))
        case float():
            if math.isnan(value) or math.isinf(value) or not -1 < value <= UINT_MAX:
                raise EvaluationError("unsigned integer overflow")
            return Uint(int(value))
        case str():
            return Uint(_parsed(value, "ParseUint", r"\d+", 0, UINT_MAX))
    raise no_such_overload()


def _parsed(text: str, function: str, form: str, least: int, most: int) -> int:
    if not re.fullmatch(form, text, re.ASCII):
        raise EvaluationError(f"strconv.{function}: parsing {go_quote(text)}: invalid syntax")
    if not least <= int(text) <= most:
        raise EvaluationError(f"strconv.{function}: parsing {go_quote(text)}: value out of range")
    return int(text)


def _to_double(value: Any) -> float:
    match value:
        case bool():
            raise no_such_overload()
        case int() | float():
            return float(value)
        case str():
            try:
                return float(value)
            except ValueError:
                raise EvaluationError(
                    f"strconv.ParseFloat: parsing {go_quote(value)}: invalid syntax"
                ) from None
    raise no_such_overload()


def double_text(value: float) -> str:
    """Write a double as Go does in its shortest form."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    exponent = math.floor(math.log10(abs(value))) if value else 0
    if exponent < -4 or exponent >= 21:
        mantissa, _, power = repr(value).partition("e")
        if not power:
            mantissa, _, power = f"{value:.17g}".partition("e")
        mantissa = mantissa.removesuffix(".0")
        return f"{mantissa}e{'-' if int(power) < 0 else '+'}{abs(int(power)):02d}"
    text = repr(value)
    if "e" in text:
        text = f"{value:.0f}"
    return text.removesuffix(".0")


def to_string(value: Any) -> str:
    """Convert to text."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case float():
            return double_text(value)
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                raise EvaluationError("invalid UTF-8 in bytes, cannot convert to string") from None
        case Timestamp():
            return timestamp_text(value)
        case Duration():
            return duration_text(value)
    if hasattr(value, "as_text"):
        return str(value.as_text())
    raise no_such_overload()


def _to_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    raise no_such_overload()


_BOOLS = dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True) | dict.fromkeys(
    ("0", "f", "F", "FALSE", "false", "False"), False
)


def _to_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise no_such_overload()
    if value not in _BOOLS:
        raise EvaluationError(f"strconv.ParseBool: parsing {go_quote(value)}: invalid syntax")
    return _BOOLS[value]


FUNCTIONS: dict[str, Any] = {
    "int": _to_int,
    "uint": _to_uint,
    "double": _to_double,
    "string": to_string,
    "bytes": _to_bytes,
    "bool": _to_bool,
    "dyn": lambda value: value,
    "type": lambda value: TypeValue(type_name(value)),
}
