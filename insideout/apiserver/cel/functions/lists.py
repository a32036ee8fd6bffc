"""Lists: order, sums, sets, slices.

Source: github.com/google/cel-go/ext/{lists,sets,comprehensions}.go;
k8s.io/apiserver/pkg/cel/library/lists.go@v1.36.2.
"""

from functools import cmp_to_key, reduce
from itertools import pairwise
from typing import Any

from insideout.apiserver.cel.functions.operators import add, compare, contained
from insideout.apiserver.cel.values import LISTS, MAPS, EvaluationError, equal, no_such_overload

_ORDER = cmp_to_key(compare)


def _is_sorted(values: Any) -> bool:
    found = list(values)
    return all(compare(one, other) <= 0 for one, other in pairwise(found))


def _sum(values: Any) -> Any:
    found = list(values)
    return reduce(add, found) if found else 0


def _extreme(name: str, pick: Any) -> Any:
    def extreme(values: Any) -> Any:
        found = list(values)
        if not found:
            raise EvaluationError(f"{name} called on empty list")
        return pick(found, key=_ORDER)

    return extreme


def index_of(values: Any, item: Any) -> int:
    """Return where an element is first, -1 for nowhere."""
    return next((at for at, each in enumerate(values) if equal(each, item)), -1)


def last_index_of(values: Any, item: Any) -> int:
    """Return where an element is last, -1 for nowhere."""
    return max((at for at, each in enumerate(values) if equal(each, item)), default=-1)


def _slice(values: Any, start: int, end: int) -> list[Any]:
    if start < 0 or end < 0:
        raise EvaluationError(f"cannot slice({start}, {end}), negative indexes not supported")
    if start > end:
        raise EvaluationError(
            f"cannot slice({start}, {end}), start index must be less than or equal to end index"
        )
    if end > len(values):
        raise EvaluationError(f"cannot slice({start}, {end}), list is length {len(values)}")
    return list(values)[start:end]


def _flatten(values: Any, depth: int = 1) -> list[Any]:
    if depth < 0:
        raise EvaluationError("level must be non-negative")
    flat: list[Any] = []
    for each in values:
        if isinstance(each, LISTS) and depth > 0:
            flat += _flatten(each, depth - 1)
        else:
            flat.append(each)
    return flat


def _distinct(values: Any) -> list[Any]:
    found: list[Any] = []
    for each in values:
        if not contained(each, found):
            found.append(each)
    return found


def _sort(values: Any) -> list[Any]:
    return sorted(values, key=_ORDER)


def _sort_by(values: Any, keys: Any) -> list[Any]:
    pairs = sorted(zip(keys, values, strict=True), key=lambda pair: _ORDER(pair[0]))
    return [value for _, value in pairs]


def _contains(values: Any, others: Any) -> bool:
    return all(contained(each, values) for each in others)


def _insert(target: Any, key: Any, *value: Any) -> dict[Any, Any]:
    """Return a map with entries added; a key that is there already is a mistake."""
    if not isinstance(target, MAPS):
        raise no_such_overload()
    added = {key: value[0]} if value else dict(key)
    for each in added:
        if each in target:
            raise EvaluationError(f"insert failed: key {each} already exists")
    return {**target, **added}


FUNCTIONS: dict[str, Any] = {
    "isSorted": _is_sorted,
    "sum": _sum,
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "slice": _slice,
    "flatten": _flatten,
    "lists.range": lambda most: list(range(most)),
    "distinct": _distinct,
    "reverse": lambda values: list(values)[::-1],
    "sort": _sort,
    "@sortByAssociatedKeys": _sort_by,
    "sets.contains": _contains,
    "sets.equivalent": lambda one, other: _contains(one, other) and _contains(other, one),
    "sets.intersects": lambda one, other: any(contained(each, one) for each in other),
    "cel.@mapInsert": _insert,
}
