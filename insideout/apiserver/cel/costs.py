"""What a call costs while it runs.

Source: github.com/google/cel-go/interpreter/runtimecost.go, common/cost.go;
k8s.io/apiserver/pkg/cel/library/cost.go@v1.36.2.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from insideout.apiserver.cel.functions.addresses import CIDR, IP
from insideout.apiserver.cel.functions.authorization import Authorizer, Check, Decision
from insideout.apiserver.cel.functions.named_formats import Format
from insideout.apiserver.cel.functions.quantities import Quantity
from insideout.apiserver.cel.functions.urls import Url
from insideout.apiserver.cel.functions.versions import Semver
from insideout.apiserver.cel.values import LISTS, MAPS, size_of

PER_CHARACTER = 0.1
PER_REGEX_CHARACTER = 0.25
CHECK = 350_000
"""An authorization check: at most two fit into one expression."""
_OWN = (Quantity, IP, CIDR, Format, Url, Semver, Authorizer, Check, Decision)


def call_cost(name: str, overload: str, args: Sequence[Any], result: Any) -> int:
    """Return the cost of a call that has been made."""
    of_name = _BY_NAME.get(name)
    return of_name(overload, args, result) if of_name else 1


def read(value: Any, times: int = 1) -> int:
    """Return the cost of reading a text so many times."""
    return math.ceil(size_of(value) * times * PER_CHARACTER)


def traversal(value: Any) -> int:
    """Return the cost of walking through all of a value."""
    if isinstance(value, str | bytes):
        raw = value.encode() if isinstance(value, str) else value
        return int(len(raw) * PER_CHARACTER)
    if isinstance(value, LISTS):
        return sum(map(traversal, value))
    if isinstance(value, MAPS):
        return sum(traversal(key) + traversal(value[key]) for key in value)
    return 1


def _made_list(size: float) -> int:
    return int(size) + 11


def _sorted(values: Any) -> int:
    size = size_of(values)
    each = 2 + PER_CHARACTER if size and isinstance(values[0], str | bytes) else 2.0
    return _made_list(size * size * each)


def _flattened(_: str, args: Sequence[Any], result: Any) -> int:
    return _made_list(size_of(args[0]) * (args[1] if len(args) > 1 else 1))


def _sets(factor: int) -> "Cost":
    return lambda _, args, result: 1 + size_of(args[0]) * size_of(args[1]) * factor


def _compared(_: str, args: Sequence[Any], result: Any) -> int:
    if isinstance(args[0], _OWN):
        return 1
    return math.ceil(min(size_of(args[0]), size_of(args[1])) * PER_CHARACTER)


def _added(_: str, args: Sequence[Any], result: Any) -> int:
    if isinstance(args[0], str | bytes):
        return math.ceil((size_of(args[0]) + size_of(args[1])) * PER_CHARACTER)
    return 1


def _regex(size: int, pattern_size: int) -> int:
    return math.ceil((1 + size) * PER_CHARACTER) * math.ceil(pattern_size * PER_REGEX_CHARACTER)


def _matched(_: str, args: Sequence[Any], result: Any) -> int:
    return _regex(size_of(args[0]), size_of(args[1]))


def _validated(_: str, args: Sequence[Any], result: Any) -> int:
    return _regex(size_of(args[1]), args[0].regex_size)


def _range_contains(overload: str, args: Sequence[Any], result: Any) -> int:
    own, parsed = size_of(args[0]), overload.endswith("_string") and read(args[1])
    return math.ceil(2 * own * PER_CHARACTER) + int(parsed)


def _range_contains_range(overload: str, args: Sequence[Any], result: Any) -> int:
    return _range_contains(overload, args, result) + read(args[0]) + 1


def _converted(overload: str, args: Sequence[Any], result: Any) -> int:
    return read(args[0]) if overload in ("string_to_bytes", "bytes_to_string") else 1


Cost = Callable[[str, Sequence[Any], Any], int]
_READ_ONCE: Cost = lambda _, args, result: read(args[0])  # noqa: E731  # a table of one-line rules
_READ_TWICE: Cost = lambda _, args, result: read(args[0], 2)  # noqa: E731

_BY_NAME: dict[str, Cost] = {
    **dict.fromkeys(
        ("url", "lowerAscii", "upperAscii", "substring", "trim", "startsWith", "endsWith", "format"),
        _READ_ONCE,
    ),
    **dict.fromkeys(
        ("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver", "strings.quote"),
        _READ_ONCE,
    ),
    **dict.fromkeys(("replace", "split", "ip.isCanonical"), _READ_TWICE),
    **dict.fromkeys(("matches", "find", "findAll"), _matched),
    **dict.fromkeys(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"), _compared),
    **dict.fromkeys(
        ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"),
        lambda _, args, result: traversal(args[0]),
    ),
    **dict.fromkeys(("bytes", "string"), _converted),
    **dict.fromkeys(("slice", "lists.range", "reverse"), lambda _, args, result: _made_list(size_of(result))),
    **dict.fromkeys(("sort", "distinct"), lambda _, args, result: _sorted(args[0])),
    "@sortByAssociatedKeys": lambda _, args, result: _sorted(args[1]),
    "flatten": _flattened,
    **dict.fromkeys(("sets.contains", "sets.intersects"), _sets(1)),
    "sets.equivalent": _sets(2),
    "ip": lambda overload, args, result: 1 if overload == "cidr_ip" else read(args[0]),
    "check": lambda _, args, result: CHECK,
    "join": lambda _, args, result: read(result, 2),
    "contains": lambda _, args, result: read(args[0]) * read(args[1]),
    "@in": lambda _, args, result: size_of(args[1]) if isinstance(args[1], LISTS) else 1,
    "_+_": _added,
    "validate": _validated,
    "containsIP": _range_contains,
    "containsCIDR": _range_contains_range,
    "fieldSelector": lambda _, args, result: 10 + read(args[1]) + math.ceil(size_of(args[1]) / 2) * 50,
    "labelSelector": lambda _, args, result: 10 + read(args[1]) + math.ceil(size_of(args[1]) / 2) * 50,
}
