"""The operators: arithmetic that does not overflow silently, comparison, look-up.

Source: github.com/google/cel-go/common/types/{int,uint,double,string,bytes,list,map}.go.
"""

import math
from collections.abc import Callable
from typing import Any

from insideout.apiserver.cel.functions.times import in_range
from insideout.apiserver.cel.values import (
    LISTS,
    MAPS,
    Duration,
    EvaluationError,
    Timestamp,
    TypedList,
    TypedMap,
    Uint,
    checked_int,
    checked_uint,
    equal,
    no_such_overload,
)


def number_kind(value: Any) -> str:
    """Return "int", "uint" or "double", "" for what is no number."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, Uint):
        return "uint"
    if isinstance(value, int):
        return "int"
    return "double" if isinstance(value, float) else ""


def _numeric(
    left: Any, right: Any, whole: Callable[[int, int], int], real: Callable[[float, float], float] | None
) -> Any:
    kind = number_kind(left)
    if not kind or kind != number_kind(right):
        raise no_such_overload()
    if kind == "double":
        if real is None:
            raise no_such_overload()
        return real(left, right)
    return (checked_uint if kind == "uint" else checked_int)(whole(int(left), int(right)))


def add(left: Any, right: Any) -> Any:
    """Return left + right."""
    match left, right:
        case (str(), str()) | (bytes(), bytes()):
            return left + right
        case Timestamp(), Duration():
            return in_range(Timestamp(left.ns + right.ns))
        case Duration(), Timestamp():
            return in_range(Timestamp(left.ns + right.ns))
        case Duration(), Duration():
            return Duration(checked_int(left.ns + right.ns))
    if isinstance(left, LISTS) and isinstance(right, LISTS):
        return left.plus(right) if isinstance(left, TypedList) else [*left, *right]
    return _numeric(left, right, lambda a, b: a + b, lambda a, b: a + b)


def subtract(left: Any, right: Any) -> Any:
    """Return left - right."""
    match left, right:
        case Timestamp(), Timestamp():
            return Duration(checked_int(left.ns - right.ns))
        case Timestamp(), Duration():
            return in_range(Timestamp(left.ns - right.ns))
        case Duration(), Duration():
            return Duration(checked_int(left.ns - right.ns))
    return _numeric(left, right, lambda a, b: a - b, lambda a, b: a - b)


def multiply(left: Any, right: Any) -> Any:
    """Return left * right."""
    return _numeric(left, right, lambda a, b: a * b, lambda a, b: a * b)


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("division by zero")
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _float_quotient(left: float, right: float) -> float:
    if right == 0:
        return (
            math.nan
            if left == 0 or math.isnan(left)
            else math.copysign(math.inf, left) * math.copysign(1, right)
        )
    return left / right


def divide(left: Any, right: Any) -> Any:
    """Return left / right, of whole numbers cut towards zero."""
    return _numeric(left, right, _quotient, _float_quotient)


def _remainder(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("modulus by zero")
    return (
        int(math.copysign(abs(left) % abs(right), left))
        if abs(left) < 2**53
        else left - right * _quotient(left, right)
    )


def modulo(left: Any, right: Any) -> Any:
    """Return the remainder, which has the sign of `left`."""
    return _numeric(left, right, _remainder, None)


def negate(value: Any) -> Any:
    """Return -value."""
    match number_kind(value):
        case "int":
            return checked_int(-value)
        case "double":
            return -value
    raise no_such_overload()


def compare(left: Any, right: Any) -> int:
    """Return -1, 0 or 1; raise for values that have no order between them."""
    if number_kind(left) and number_kind(right):
        if left != left or right != right:
            raise EvaluationError("NaN values cannot be ordered")
    elif type(left) is not type(right) or not isinstance(left, bool | str | bytes | Timestamp | Duration):
        raise no_such_overload()
    return int(left > right) - int(left < right)


def _order(test: Callable[[int], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        if (isinstance(left, float) and math.isnan(left)) or (isinstance(right, float) and math.isnan(right)):
            return False
        return test(compare(left, right))

    return ordered


def index(container: Any, key: Any) -> Any:
    """Return container[key]."""
    if isinstance(container, LISTS):
        at = _whole(key)
        if at is None:
            raise EvaluationError(f"unsupported index type '{type(key).__name__}' in list")
        if not 0 <= at < len(container):
            raise EvaluationError(f"index out of bounds: {at}")
        return container[at]
    if isinstance(container, MAPS):
        found, value = look_up(container, key)
        if not found:
            raise EvaluationError(f"no such key: {key}")
        return value
    raise no_such_overload()


def look_up(container: Any, key: Any) -> tuple[bool, Any]:
    """Return whether a map has a key, and its value."""
    if isinstance(container, TypedMap):
        return container.find(key)
    try:
        if key in container:
            for each in container if isinstance(key, bool | int | float) else ():
                if equal(each, key):
                    return True, container[each]
            if not isinstance(key, bool | int | float):
                return True, container[key]
    except TypeError:
        raise no_such_overload() from None
    return False, None


def contained(value: Any, container: Any) -> bool:
    """Return whether `value` is an element of a list or a key of a map."""
    if isinstance(container, LISTS):
        return any(equal(each, value) for each in container)
    if isinstance(container, MAPS):
        return look_up(container, value)[0]
    raise no_such_overload()


def _whole(value: Any) -> int | None:
    if number_kind(value) == "double":
        return int(value) if value.is_integer() else None
    return int(value) if number_kind(value) else None


def _negated(value: Any) -> bool:
    if not isinstance(value, bool):
        raise no_such_overload()
    return not value


def size(value: Any) -> int:
    """Return the number of characters, bytes, elements or entries."""
    if isinstance(value, (str, bytes, *LISTS, *MAPS)):
        return len(value)
    raise no_such_overload()


FUNCTIONS: dict[str, Any] = {
    "!_": _negated,
    "_==_": equal,
    "_!=_": lambda left, right: not equal(left, right),
    "_+_": add,
    "_-_": subtract,
    "_*_": multiply,
    "_/_": divide,
    "_%_": modulo,
    "-_": negate,
    "_<_": _order(lambda found: found < 0),
    "_<=_": _order(lambda found: found <= 0),
    "_>_": _order(lambda found: found > 0),
    "_>=_": _order(lambda found: found >= 0),
    "@in": contained,
    "size": size,
}
