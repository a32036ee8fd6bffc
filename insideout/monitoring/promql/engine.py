"""Evaluates an expression at one instant, over series in memory.

Left out: range queries, native histograms, and warnings.

Source: prometheus/promql/engine.go, functions.go@v3.14.0.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from insideout.monitoring.promql import ranges
from insideout.monitoring.promql.expressions import (
    Aggregation,
    Binary,
    Call,
    Expression,
    Number,
    Selector,
    Subquery,
)
from insideout.monitoring.promql.histograms import histogram_quantile
from insideout.monitoring.promql.parser import QueryError, parse
from insideout.monitoring.promql.vectors import aggregate, combine
from insideout.monitoring.samples import NAME, Point, Sample, Series, Window, without_name

Value = float | list[Point]
Arguments = tuple[Expression, ...]

_OF_EACH: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": lambda value: float(math.ceil(value)) if math.isfinite(value) else value,
    "floor": lambda value: float(math.floor(value)) if math.isfinite(value) else value,
    "exp": math.exp,
    "sqrt": lambda value: math.sqrt(value) if value >= 0 else math.nan,
}


def evaluate(query: str, series: Iterable[Series], at: float, *, before_3: bool = False) -> Value:
    """Return the value of a query at a time; QueryError.

    With `before_3`, windows are closed on the left and counters are clamped as Prometheus 2.42 did.
    """
    return Prometheus(tuple(series), before_3=before_3).at(parse(query), at)


@dataclass(frozen=True)
class Prometheus:
    """Series, and the rules of a version."""

    series: Sequence[Series]
    before_3: bool = False
    _ranges: dict[str, ranges.Function] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Choose the version's functions."""
        object.__setattr__(self, "_ranges", ranges.functions(before_3=self.before_3))

    def at(self, expression: Expression, at: float) -> Value:
        """Return an expression's value at a time: a number, or an instant vector."""
        match expression:
            case Number(value):
                return value
            case Selector(range_s=None):
                return self._instant(expression, at)
            case Call():
                return self._call(expression, at)
            case Aggregation():
                parameter = None if expression.parameter is None else self._number(expression.parameter, at)
                return aggregate(expression, self._vector(expression.inner, at), parameter)
            case Binary():
                return combine(expression, self.at(expression.left, at), self.at(expression.right, at))
        raise QueryError("a range of samples is no result: a function such as rate() belongs around it")

    def _vector(self, expression: Expression, at: float) -> list[Point]:
        value = self.at(expression, at)
        if isinstance(value, float):
            raise QueryError("a vector was expected, not a number")
        return value

    def _number(self, expression: Expression, at: float) -> float:
        value = self.at(expression, at)
        if not isinstance(value, float):
            raise QueryError("a number was expected, not a vector")
        return value

    def _instant(self, selector: Selector, at: float) -> list[Point]:
        found = []
        for series in self._chosen(selector):
            sample = series.latest(at - selector.offset_s, left_closed=self.before_3)
            if sample is not None:
                found.append(Point(series.labels, sample.value, sample.at))
        return found

    def _chosen(self, selector: Selector) -> list[Series]:
        return [
            series
            for series in self.series
            if all(matcher.holds(series.labels) for matcher in selector.matchers)
        ]

    def _windows(self, expression: Expression, at: float) -> list[Window]:
        """Return a range vector."""
        if isinstance(expression, Subquery):
            return self._subquery(expression, at)
        if not isinstance(expression, Selector) or expression.range_s is None:
            raise QueryError("a range of samples was expected, such as m[5m]")
        end = at - expression.offset_s
        start = end - expression.range_s
        return [
            Window(series.labels, series.window(start, end, left_closed=self.before_3), start, end)
            for series in self._chosen(expression)
        ]

    def _subquery(self, query: Subquery, at: float) -> list[Window]:
        """Evaluate at every multiple of the step in the range."""
        end = at - query.offset_s
        start, step = end - query.range_s, query.step_s
        moment = step * math.floor(start / step)
        while moment < start or (moment == start and not self.before_3):
            moment += step
        found: dict[frozenset[tuple[str, str]], list[Sample]] = {}
        while moment <= end:
            for point in self._vector(query.inner, moment):
                found.setdefault(frozenset(point.labels.items()), []).append(Sample(moment, point.value))
            moment += step
        return [Window(dict(labels), samples, start, end) for labels, samples in found.items()]

    def _call(self, call: Call, at: float) -> Value:
        if call.name in self._ranges and len(call.arguments) == 1:
            return self._of_windows(call, at, self._ranges[call.name])
        if call.name in _OF_EACH and len(call.arguments) == 1:
            return self._of_each(call, at, _OF_EACH[call.name])
        count, make = _SPECIAL.get(call.name, (-1, None))
        if make is None or count != len(call.arguments):
            raise QueryError(f"there is no function {call.name} with {len(call.arguments)} arguments here")
        return make(self, call.arguments, at)

    def _of_windows(self, call: Call, at: float, function: ranges.Function) -> list[Point]:
        """Apply a function to each window of samples; where it gives nothing, nothing is left."""
        labels_of = dict if call.name == "last_over_time" else without_name
        made = [(window, function(window)) for window in self._windows(call.arguments[0], at)]
        return [Point(labels_of(window.labels), value, at) for window, value in made if value is not None]

    def _of_each(self, call: Call, at: float, function: Callable[[float], float]) -> list[Point]:
        return [
            Point(without_name(point.labels), function(point.value), at)
            for point in self._vector(call.arguments[0], at)
        ]

    def _histogram_quantile(self, arguments: Arguments, at: float) -> Value:
        return histogram_quantile(self._number(arguments[0], at), self._vector(arguments[1], at))

    def _quantile_over_time(self, arguments: Arguments, at: float) -> Value:
        q = self._number(arguments[0], at)

        def of(window: Window) -> float | None:
            values = [sample.value for sample in window.samples]
            return ranges.quantile(q, values) if values else None

        return self._of_windows(Call("quantile_over_time", arguments[1:]), at, of)

    def _predict_linear(self, arguments: Arguments, at: float) -> Value:
        ahead_s = self._number(arguments[1], at)

        def of(window: Window) -> float | None:
            line = ranges.line(window.samples, at)
            return line[1] + line[0] * ahead_s if line else None

        return self._of_windows(Call("predict_linear", arguments[:1]), at, of)

    def _absent(self, arguments: Arguments, at: float) -> Value:
        return [] if self._vector(arguments[0], at) else [Point(_absent_labels(arguments[0]), 1.0, at)]

    def _absent_over_time(self, arguments: Arguments, at: float) -> Value:
        there = any(window.samples for window in self._windows(arguments[0], at))
        return [] if there else [Point(_absent_labels(arguments[0]), 1.0, at)]

    def _timestamp(self, arguments: Arguments, at: float) -> Value:
        plain = isinstance(arguments[0], Selector)
        return [
            Point(without_name(point.labels), point.at if plain else at, at)
            for point in self._vector(arguments[0], at)
        ]

    def _scalar(self, arguments: Arguments, at: float) -> Value:
        vector = self._vector(arguments[0], at)
        return vector[0].value if len(vector) == 1 else math.nan

    def _clamp_min(self, arguments: Arguments, at: float) -> Value:
        least = self._number(arguments[1], at)
        return self._of_each(Call("clamp_min", arguments[:1]), at, lambda value: max(value, least))

    def _clamp_max(self, arguments: Arguments, at: float) -> Value:
        most = self._number(arguments[1], at)
        return self._of_each(Call("clamp_max", arguments[:1]), at, lambda value: min(value, most))


_SPECIAL: dict[str, tuple[int, Callable[[Prometheus, Arguments, float], Value]]] = {
    "absent": (1, Prometheus._absent),
    "absent_over_time": (1, Prometheus._absent_over_time),
    "clamp_max": (2, Prometheus._clamp_max),
    "clamp_min": (2, Prometheus._clamp_min),
    "histogram_quantile": (2, Prometheus._histogram_quantile),
    "predict_linear": (2, Prometheus._predict_linear),
    "quantile_over_time": (2, Prometheus._quantile_over_time),
    "scalar": (1, Prometheus._scalar),
    "time": (0, lambda prometheus, arguments, at: at),
    "timestamp": (1, Prometheus._timestamp),
    "vector": (1, lambda prometheus, arguments, at: [Point({}, prometheus._number(arguments[0], at), at)]),
}
"""Functions that are no plain function of a window or of a value: how many arguments, and how."""


def _absent_labels(expression: Expression) -> dict[str, str]:
    """Return the labels that a selector fixes to one value; those named twice are left out."""
    if not isinstance(expression, Selector):
        return {}
    labels: dict[str, str] = {}
    dropped = {NAME}
    for matcher in expression.matchers:
        if matcher.operator == "=" and matcher.label not in labels:
            labels[matcher.label] = matcher.text
        else:
            dropped.add(matcher.label)
    return {label: text for label, text in labels.items() if label not in dropped}
