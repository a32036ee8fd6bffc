"""Samples as Prometheus keeps them: series of (seconds, value), some of them ended by a staleness marker.

Times are seconds since an hour began, since subqueries align their steps to absolute time.

Source: prometheus/model/value/value.go, promql/engine.go@v3.14.0.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

LOOKBACK_S = 300.0
"""--query.lookback-delta: how old a sample may be that a plain selector still takes."""
STALE = "stale"
"""In place of a value: the series ended here; the scrape target or the series is gone."""
NAME = "__name__"

Labels = Mapping[str, str]


class Sample(NamedTuple):
    """A value at a time in seconds."""

    at: float
    value: float


class Series(NamedTuple):
    """Labels, the name among them as `__name__`, and points in the order of time, values or STALE."""

    labels: Labels
    points: Sequence[tuple[float, float | str]]

    def window(self, start: float, end: float, *, left_closed: bool = False) -> list[Sample]:
        """Return the values in (start, end]; with `left_closed` in [start, end], as before Prometheus 3."""
        first = (bisect_left if left_closed else bisect_right)(self.points, start, key=itemgetter(0))
        last = bisect_right(self.points, end, key=itemgetter(0))
        return [Sample(at, float(value)) for at, value in self.points[first:last] if value != STALE]

    def latest(self, at: float, *, left_closed: bool = False) -> Sample | None:
        """Return the value that holds at a time; None when it is stale or older than LOOKBACK_S."""
        count = bisect_right(self.points, at, key=itemgetter(0))
        if not count or self.points[count - 1][1] == STALE:
            return None
        taken_at, value = self.points[count - 1]
        found = Sample(taken_at, float(value))
        age = at - found.at
        return found if age < LOOKBACK_S or (left_closed and age == LOOKBACK_S) else None


class Point(NamedTuple):
    """One element of an instant vector; `at` is when its sample was taken."""

    labels: Labels
    value: float
    at: float = math.nan


class Window(NamedTuple):
    """One element of a range vector: the samples between `start` and `end`."""

    labels: Labels
    samples: Sequence[Sample]
    start: float
    end: float


def without_name(labels: Labels) -> dict[str, str]:
    """Return labels without the metric's name, which no calculation keeps."""
    return {label: text for label, text in labels.items() if label != NAME}


def read(rows: Iterable[Mapping[str, object]]) -> Iterator[Series]:
    """Yield series from plain data: {"labels": {...}, "samples": [[seconds, value], ...]}."""
    for row in rows:
        labels, samples = row["labels"], row["samples"]
        assert isinstance(labels, dict)
        assert isinstance(samples, list)
        points = [(float(at), value if value == STALE else float(value)) for at, value in samples]
        yield Series(labels, points)
