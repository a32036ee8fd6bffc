"""histogram_quantile over classic histograms: cumulative counters by their label `le`.

Source: prometheus/promql/quantile.go:BucketQuantile@v3.14.0.
"""

import math
from collections.abc import Iterable

from insideout.monitoring.samples import NAME, Point

_SMALL_DELTA = 1e-12
"""By how much, relatively, a bucket may fall below the one before it without being wrong."""


def histogram_quantile(q: float, vector: Iterable[Point]) -> list[Point]:
    """Return the q-quantile of each histogram in a vector of buckets."""
    found: dict[frozenset[tuple[str, str]], list[tuple[float, float]]] = {}
    for point in vector:
        try:
            bound = float(point.labels.get("le", "").replace("+Inf", "inf"))
        except ValueError:
            continue  # no bucket
        labels = frozenset((key, text) for key, text in point.labels.items() if key not in ("le", NAME))
        found.setdefault(labels, []).append((bound, point.value))
    return [Point(dict(labels), bucket_quantile(q, buckets)) for labels, buckets in found.items()]


def bucket_quantile(q: float, buckets: list[tuple[float, float]]) -> float:
    """Return the q-quantile of (upper bound, cumulative count) pairs in any order."""
    if math.isnan(q):
        return math.nan
    if q < 0:
        return -math.inf
    if q > 1:
        return math.inf
    merged: dict[float, float] = {}
    for bound, count in buckets:
        merged[bound] = merged.get(bound, 0.0) + count
    bounds = sorted(merged)
    if not math.isinf(bounds[-1]) or len(bounds) < 2:
        return math.nan
    counts = _monotonic([merged[bound] for bound in bounds])
    observations = counts[-1]
    if not observations:
        return math.nan
    rank = q * observations
    index = next((i for i, count in enumerate(counts[:-1]) if count >= rank), len(counts) - 1)
    if index == len(bounds) - 1:
        return bounds[-2]
    if index == 0 and bounds[0] <= 0:
        return bounds[0]
    start, end, inside = 0.0, bounds[index], counts[index]
    if index:
        start, inside, rank = bounds[index - 1], inside - counts[index - 1], rank - counts[index - 1]
    return start + (end - start) * (rank / inside)


def _monotonic(counts: list[float]) -> list[float]:
    """Return counts that never fall; scrapes are no snapshots, and numbers are rounded."""
    made = [counts[0]]
    for count in counts[1:]:
        before = made[-1]
        nearly = before != count and abs(before - count) <= _SMALL_DELTA * (abs(before) + abs(count))
        made.append(before if nearly or count < before else count)
    return made
