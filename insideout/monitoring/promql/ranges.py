"""Functions of a range vector: one window of samples in, one value or none out.

Source: prometheus/promql/functions.go@v3.14.0 and, for `before_3`, @v2.42.0.
"""

import itertools
import math
from collections.abc import Callable, Sequence

from insideout.monitoring.samples import Sample, Window

Function = Callable[[Window], float | None]


def extrapolated(window: Window, *, counter: bool, per_second: bool, before_3: bool = False) -> float | None:
    """Return rate, increase or delta: the difference of the samples, stretched towards the window's ends.

    Source: extrapolatedRate.
    """
    samples = window.samples
    if len(samples) < 2:
        return None
    first, last = samples[0], samples[-1]
    result = last.value - first.value
    if counter:  # what a reset lost
        pairs = itertools.pairwise(samples)
        result += sum(before.value for before, after in pairs if after.value < before.value)
    measured_s = last.at - first.at
    average_s = measured_s / (len(samples) - 1)
    to_start_s, to_end_s = first.at - window.start, window.end - last.at
    near_s = average_s * 1.1
    to_zero_s = math.inf
    if counter and result > 0 and first.value >= 0:
        to_zero_s = measured_s * (first.value / result)
    if before_3:
        to_start_s = min(to_start_s, to_zero_s)
    if to_start_s >= near_s:
        to_start_s = average_s / 2
    if not before_3:
        to_start_s = min(to_start_s, to_zero_s)
    if to_end_s >= near_s:
        to_end_s = average_s / 2
    factor = (measured_s + to_start_s + to_end_s) / measured_s
    if per_second:
        factor /= window.end - window.start
    return result * factor


def instant(window: Window, *, counter: bool, per_second: bool) -> float | None:
    """Return irate or idelta: the difference of the last two samples.  Source: instantValue."""
    if len(window.samples) < 2:
        return None
    before, last = window.samples[-2:]
    result = last.value if counter and last.value < before.value else last.value - before.value
    between_s = last.at - before.at
    if not between_s:
        return None
    return result / between_s if per_second else result


def changes(window: Window) -> float | None:
    """Return how often the value changed; from no number to no number is no change."""
    pairs = itertools.pairwise(window.samples)
    return _some(
        window,
        float(
            sum(
                after.value != before.value and not (math.isnan(after.value) and math.isnan(before.value))
                for before, after in pairs
            )
        ),
    )


def resets(window: Window) -> float | None:
    """Return how often the value fell."""
    pairs = itertools.pairwise(window.samples)
    return _some(window, float(sum(after.value < before.value for before, after in pairs)))


def _some(window: Window, value: float) -> float | None:
    return value if window.samples else None


def largest(values: Sequence[float]) -> float:
    """Return the largest; a number wins over what is none."""
    numbers = [value for value in values if not math.isnan(value)]
    return max(numbers) if numbers else math.nan


def smallest(values: Sequence[float]) -> float:
    """Return the smallest; a number wins over what is none."""
    numbers = [value for value in values if not math.isnan(value)]
    return min(numbers) if numbers else math.nan


def total(values: Sequence[float]) -> float:
    """Return the sum, exactly rounded where it is finite."""
    return math.fsum(values) if all(map(math.isfinite, values)) else sum(values)


def mean(values: Sequence[float]) -> float:
    """Return the average."""
    return total(values) / len(values)


def variance(values: Sequence[float]) -> float:
    """Return the population's variance."""
    middle = mean(values)
    return mean([(value - middle) ** 2 for value in values])


def quantile(q: float, values: Sequence[float]) -> float:
    """Return the q-quantile, interpolated.  Source: quantile.go:quantile."""
    if not values or math.isnan(q):
        return math.nan
    if q < 0:
        return -math.inf
    if q > 1:
        return math.inf
    ordered = sorted(values, key=lambda value: (not math.isnan(value), value))
    rank = q * (len(ordered) - 1)
    lower = max(0, math.floor(rank))
    upper = min(len(ordered) - 1, lower + 1)
    weight = rank - math.floor(rank)
    return ordered[lower] * (1 - weight) + ordered[upper] * weight


def line(samples: Sequence[Sample], at: float) -> tuple[float, float] | None:
    """Return slope and value at a time of the straight line nearest to the samples; None with fewer than two.

    Source: linearRegression.
    """
    if len(samples) < 2:
        return None
    if all(sample.value == samples[0].value for sample in samples):
        return 0.0, samples[0].value
    xs, ys = [sample.at - at for sample in samples], [sample.value for sample in samples]
    count = len(samples)
    x, y = math.fsum(xs), math.fsum(ys)
    covariance = math.fsum(a * b for a, b in zip(xs, ys, strict=True)) - x * y / count
    slope = covariance / (math.fsum(a * a for a in xs) - x * x / count)
    return slope, y / count - slope * x / count


def deriv(window: Window) -> float | None:
    """Return the slope of the nearest line."""
    found = line(window.samples, window.samples[0].at) if window.samples else None
    return found[0] if found else None


def over(function: Callable[[Sequence[float]], float]) -> Function:
    """Return a function of a window from one of its values."""

    def apply(window: Window) -> float | None:
        return function([sample.value for sample in window.samples]) if window.samples else None

    return apply


def functions(*, before_3: bool = False) -> dict[str, Function]:
    """Return the functions of one range vector by name."""

    def stretched(*, counter: bool, per_second: bool) -> Function:
        return lambda window: extrapolated(window, counter=counter, per_second=per_second, before_3=before_3)

    def last_two(*, counter: bool, per_second: bool) -> Function:
        return lambda window: instant(window, counter=counter, per_second=per_second)

    return {
        "rate": stretched(counter=True, per_second=True),
        "increase": stretched(counter=True, per_second=False),
        "delta": stretched(counter=False, per_second=False),
        "irate": last_two(counter=True, per_second=True),
        "idelta": last_two(counter=False, per_second=False),
        "changes": changes,
        "resets": resets,
        "deriv": deriv,
        "avg_over_time": over(mean),
        "sum_over_time": over(total),
        "min_over_time": over(smallest),
        "max_over_time": over(largest),
        "count_over_time": over(lambda values: float(len(values))),
        "present_over_time": over(lambda values: 1.0),
        "last_over_time": over(lambda values: values[-1]),
        "stddev_over_time": over(lambda values: math.sqrt(variance(values))),
        "stdvar_over_time": over(variance),
    }
