"""What expressions compute with: Python's own values, and classes for what Python has no word for.

bool, int, float, str, bytes, None, list and dict stand for themselves; whole numbers without a sign are Uint.
An object that a schema describes is a TypedMap, a list a TypedList: they turn their parts into values only
when these are asked for.

Source: github.com/google/cel-go/common/types; k8s.io/apiserver/pkg/cel/common/valuesunstructured.go@v1.36.2.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

INT_MIN, INT_MAX, UINT_MAX = -(2**63), 2**63 - 1, 2**64 - 1


class EvaluationError(Exception):
    """What an expression comes to when it has no value; && and || may absorb it."""


class CostExceededError(Exception):
    """The expression was stopped because it had used up what it may cost."""

    def __str__(self) -> str:
        return "operation cancelled: actual cost limit exceeded"


def no_such_overload() -> EvaluationError:
    """Return the error of a function that does not take values of these types."""
    return EvaluationError("no such overload")


class Uint(int):
    """An unsigned number of 64 bits."""


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """A moment, in nanoseconds since 1970 UTC."""

    ns: int


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in nanoseconds."""

    ns: int


@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type as a value: what type(x) gives and what the name `int` means."""

    name: str


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be missing."""

    value: Any = None
    present: bool = False


NONE = Optional()


def some(value: Any) -> Optional:
    """Return an optional that holds `value`."""
    return Optional(value, True)


class Made(dict[str, Any]):
    """An object that an expression writes down: `Object.spec{replicas: 3}`; `TYPE` is the name before it."""

    def __init__(self, type_: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.TYPE = type_


class TypedMap(Mapping[str, Any]):
    """An object that a schema describes: `find` looks a part up by the name that expressions use."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    def find(self, key: Any) -> tuple[bool, Any]:
        """Return whether there is such a part, and the part."""
        raise NotImplementedError

    def names(self) -> list[str]:
        """Return the names under which parts can be found."""
        raise NotImplementedError

    def unknown(self) -> dict[str, Any]:
        """Return what is there and cannot be found: it counts only when objects are compared."""
        return {}

    def __getitem__(self, key: Any) -> Any:
        found, value = self.find(key)
        if not found:
            raise KeyError(key)
        return value

    def __contains__(self, key: Any) -> bool:
        return self.find(key)[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.raw)


class TypedList(Sequence[Any]):
    """A list that a schema describes: `kind` is atomic, set or map, `keys` are the keys of a map."""

    def __init__(
        self, raw: list[Any], convert: Callable[[Any], Any], kind: str = "atomic", keys: Sequence[str] = ()
    ) -> None:
        self.raw, self.kind, self.keys = raw, kind, keys
        self._convert = convert

    def __getitem__(self, index: Any) -> Any:
        return self._convert(self.raw[index])

    def __len__(self) -> int:
        return len(self.raw)

    def __iter__(self) -> Iterator[Any]:
        return (self._convert(each) for each in self.raw)

    def identity(self, item: Any) -> Any:
        """Return what makes an element, as it was sent, the same as another one."""
        if self.kind == "map":
            return tuple(repr(item.get(key)) if isinstance(item, Mapping) else None for key in self.keys)
        return (type(item), item)

    def plus(self, other: Any) -> "TypedList":
        """Return the union: what is in both keeps its place here and, of maps, takes its value from there."""
        added = [raw_of(each) for each in other]
        if self.kind == "atomic":
            result = [*self.raw, *added]
        else:
            merged = {self.identity(each): each for each in self.raw}
            for each in added:
                if self.kind == "map" or self.identity(each) not in merged:
                    merged[self.identity(each)] = each
            result = list(merged.values())
        return TypedList(result, self._convert, self.kind, self.keys)


MAPS = (dict, TypedMap)
LISTS = (list, TypedList)


def raw_of(value: Any) -> Any:
    """Return a value as JSON holds it."""
    return value.raw if isinstance(value, TypedMap | TypedList) else value


def equal(left: Any, right: Any) -> bool:
    """Tell whether two values are the same; numbers of different types are compared as numbers."""
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left == right
    if isinstance(left, LISTS):
        return isinstance(right, LISTS) and _equal_lists(left, right)
    if isinstance(left, Made) or isinstance(right, Made):
        return getattr(left, "TYPE", "") == getattr(right, "TYPE", "") and _equal_maps(left, right)
    if isinstance(left, MAPS):
        return isinstance(right, MAPS) and _equal_maps(left, right)
    if isinstance(left, Optional):
        return (
            isinstance(right, Optional)
            and left.present == right.present
            and (not left.present or equal(left.value, right.value))
        )
    return bool(left == right)


def _equal_lists(left: Any, right: Any) -> bool:
    if len(left) != len(right):
        return False
    if isinstance(left, TypedList) and left.kind != "atomic":
        mine = {left.identity(raw_of(each)): each for each in left}
        theirs = [(left.identity(raw_of(each)), each) for each in right]
        return all(key in mine and equal(mine[key], each) for key, each in theirs)
    return all(equal(one, other) for one, other in zip(left, right, strict=True))


def _equal_maps(left: Any, right: Any) -> bool:
    if len(left) != len(right):
        return False
    if isinstance(left, TypedMap) and isinstance(right, TypedMap):
        unknown = left.unknown()
        if any(name in right.raw and raw != right.raw[name] for name, raw in unknown.items()):
            return False
    return all(key in right and equal(left[key], right[key]) for key in left)


def type_name(value: Any) -> str:
    """Return the name of a value's type."""
    for kind, name in _NAMES:
        if isinstance(value, kind) and not isinstance(value, Made):
            return name
    return str(getattr(value, "TYPE", type(value).__name__))


_NAMES: tuple[tuple[Any, str], ...] = (
    (bool, "bool"),
    (Uint, "uint"),
    (int, "int"),
    (float, "double"),
    (str, "string"),
    (bytes, "bytes"),
    (type(None), "null_type"),
    (Timestamp, "google.protobuf.Timestamp"),
    (Duration, "google.protobuf.Duration"),
    (TypeValue, "type"),
    (Optional, "optional_type"),
    (LISTS, "list"),
    (MAPS, "map"),
)


def checked_int(value: int) -> int:
    """Return a number that fits into 64 bits."""
    if not INT_MIN <= value <= INT_MAX:
        raise EvaluationError("integer overflow")
    return value


def checked_uint(value: int) -> Uint:
    """Return an unsigned number that fits into 64 bits."""
    if not 0 <= value <= UINT_MAX:
        raise EvaluationError("unsigned integer overflow")
    return Uint(value)


def size_of(value: Any) -> int:
    """Return the length of what has one, 1 for everything else: what costs are counted by."""
    if isinstance(value, (str, bytes, *LISTS, *MAPS)):
        return len(value)
    if isinstance(value, Optional) and value.present:
        return size_of(value.value)
    return int(getattr(value, "size", 1))
