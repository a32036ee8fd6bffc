"""Instant vectors put together: aggregations over labels, and the two sides of an operator.

Left out: group_left and group_right.

Source: prometheus/promql/engine.go:VectorBinop, aggregation@v3.14.0.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from insideout.monitoring.promql import ranges
from insideout.monitoring.promql.expressions import Aggregation, Binary
from insideout.monitoring.promql.parser import QueryError
from insideout.monitoring.samples import NAME, Labels, Point, without_name

Key = frozenset[tuple[str, str]]

_AGGREGATE: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": ranges.total,
    "avg": ranges.mean,
    "min": ranges.smallest,
    "max": ranges.largest,
    "count": lambda values: float(len(values)),
    "group": lambda values: 1.0,
    "stddev": lambda values: math.sqrt(ranges.variance(values)),
    "stdvar": ranges.variance,
}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def aggregate(expression: Aggregation, vector: Sequence[Point], parameter: float | None) -> list[Point]:
    """Return one element for each group of labels; topk and bottomk keep elements of it."""
    groups: dict[Key, list[Point]] = {}
    for point in vector:
        groups.setdefault(_group(expression, point.labels), []).append(point)
    if expression.name in ("topk", "bottomk"):
        assert parameter is not None  # the parser asks for it
        sign = -1 if expression.name == "topk" else 1
        return [
            point
            for members in groups.values()
            for point in sorted(members, key=lambda one: sign * one.value)[: int(parameter)]
        ]
    made = []
    for labels, members in groups.items():
        values = [point.value for point in members]
        if expression.name == "quantile":
            assert parameter is not None  # the parser asks for it
            made.append(Point(dict(labels), ranges.quantile(parameter, values)))
        else:
            made.append(Point(dict(labels), _AGGREGATE[expression.name](values)))
    return made


def _group(expression: Aggregation, labels: Labels) -> Key:
    if expression.by:
        return frozenset((label, labels[label]) for label in expression.labels if label in labels)
    dropped = {NAME, *expression.labels}
    return frozenset((label, text) for label, text in labels.items() if label not in dropped)


def combine(expression: Binary, left: float | list[Point], right: float | list[Point]) -> float | list[Point]:
    """Return the result of an operator between numbers and vectors."""
    operator = expression.operator
    if isinstance(left, float) and isinstance(right, float):
        if operator in COMPARISONS:
            raise QueryError("comparing two numbers needs bool, which is left out here")
        return arithmetic(operator, left, right)
    if isinstance(left, float):
        assert isinstance(right, list)
        return _with_number(operator, right, left, number_first=True)
    if isinstance(right, float):
        return _with_number(operator, left, right, number_first=False)
    if operator in ("and", "or", "unless"):
        return _sets(expression, left, right)
    return _matched(expression, left, right)


def _with_number(operator: str, vector: list[Point], number: float, *, number_first: bool) -> list[Point]:
    made = []
    for point in vector:
        sides = (number, point.value) if number_first else (point.value, number)
        if operator in COMPARISONS:
            if COMPARISONS[operator](*sides):
                made.append(point)
        else:
            made.append(Point(without_name(point.labels), arithmetic(operator, *sides)))
    return made


def _matched(expression: Binary, left: list[Point], right: list[Point]) -> list[Point]:
    """Match one element with one; what has no partner is left out."""
    partners: dict[Key, Point] = {}
    for point in right:
        key = _signature(expression, point.labels)
        if key in partners:
            raise QueryError("many-to-many matching not allowed: matching labels must be unique on one side")
        partners[key] = point
    made, seen = [], set()
    for point in left:
        key = _signature(expression, point.labels)
        if key not in partners:
            continue
        if key in seen:
            raise QueryError("multiple matches for labels: many-to-one matching must be explicit")
        seen.add(key)
        sides = (point.value, partners[key].value)
        if expression.operator in COMPARISONS:
            if COMPARISONS[expression.operator](*sides):
                made.append(point)
        else:
            made.append(
                Point(dict(_result(expression, point.labels)), arithmetic(expression.operator, *sides))
            )
    return made


def _sets(expression: Binary, left: list[Point], right: list[Point]) -> list[Point]:
    lefts = {_signature(expression, point.labels) for point in left}
    rights = {_signature(expression, point.labels) for point in right}
    if expression.operator == "or":
        return [*left, *(point for point in right if _signature(expression, point.labels) not in lefts)]
    wanted = expression.operator == "and"
    return [point for point in left if (_signature(expression, point.labels) in rights) == wanted]


def _signature(expression: Binary, labels: Labels) -> Key:
    if expression.on:
        return frozenset((label, labels.get(label, "")) for label in expression.labels)
    ignored = {NAME, *expression.labels}
    return frozenset((label, text) for label, text in labels.items() if label not in ignored)


def _result(expression: Binary, labels: Labels) -> Key:
    if expression.on:
        return frozenset((label, labels[label]) for label in expression.labels if label in labels)
    return _signature(expression, labels)


def arithmetic(operator: str, left: float, right: float) -> float:
    """Return left operator right as IEEE 754 has it: dividing by zero is no error."""
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            if right:
                return left / right
            return (
                math.nan
                if not left or math.isnan(left)
                else math.copysign(math.inf, left) * math.copysign(1, right)
            )
        case "%":
            return math.fmod(left, right) if right and math.isfinite(left) else math.nan
        case "^":
            return math.pow(left, right)
    raise QueryError(f"{operator} does not stand between these two")
