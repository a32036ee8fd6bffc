"""From data to the page along one axis, and where its ticks stand."""

import math
from collections.abc import Callable, Iterable, Sequence

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Scale:
    """One axis: its limits, its kind, and its ticks; None where they follow from the data."""

    def __init__(self) -> None:
        self.low: float | None = None
        self.high: float | None = None
        self.is_log = False
        self._least = self._least_above_0 = math.inf
        self._most = -math.inf
        self.sticky: set[float] = set()
        self.ticks: list[float] | None = None
        self.labels: list[str] | None = None
        self.integer = False
        self.most = 9
        self.format: Callable[[float], str] | None = None

    def sees(self, values: Iterable[float | None]) -> None:
        """Take values into account for limits that nobody set."""
        seen = [float(value) for value in values if value is not None and math.isfinite(value)]
        self._least = min([self._least, *seen])
        self._least_above_0 = min([self._least_above_0, *(value for value in seen if value > 0)])
        self._most = max([self._most, *seen])

    def limits(self) -> tuple[float, float]:
        """Return the limits; a margin of a twentieth on each side that was not set, none where bars stand."""
        low, high = self._least_above_0 if self.is_log else self._least, self._most
        if high < low:
            low, high = 1.0, 10.0
        if self.is_log:
            low, high = math.log10(low), math.log10(high)
        if low == high:
            low, high = low - 0.5, high + 0.5
        margin = (high - low) / 20
        low = low if low in self.sticky else low - margin
        high = high if high in self.sticky else high + margin
        if self.is_log:
            low, high = 10**low, 10**high
        return low if self.low is None else self.low, high if self.high is None else self.high

    def share(self, value: float) -> float:
        """Return how far along the axis a value is: 0 at the low limit, 1 at the high one."""
        low, high = self.limits()
        if self.is_log:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, 1e-300))
        return (value - low) / (high - low)

    def marks(self, most: int) -> list[tuple[float, str]]:
        """Return the ticks within the limits with their labels, not many more than `most`."""
        low, high = sorted(self.limits())
        most = min(most, self.most)
        if self.ticks is None:
            places = decades(low, high) if self.is_log else nice(low, high, most, integer=self.integer)
        else:
            places = self.ticks
        labels = self.labels if self.labels is not None else self._named(places)
        slack = (high - low) * 1e-9
        pairs = zip(places, labels, strict=False)
        return [(place, label) for place, label in pairs if low - slack <= place <= high + slack]

    def _named(self, places: Sequence[float]) -> list[str]:
        if self.format is not None:
            return [self.format(place) for place in places]
        if self.is_log:
            return [f"10{str(round(math.log10(place))).translate(_RAISED)}" for place in places]
        return plainly(places)


def nice(low: float, high: float, most: int, *, integer: bool) -> list[float]:
    """Return round values from `low` to `high`, at most about `most` of them."""
    least = (high - low) / max(most, 1)
    power = 10 ** math.floor(math.log10(least))
    steps = [power * step for step in (*_STEPS, 20.0) if power * step >= least * 0.999]
    if integer:
        steps = [step for step in steps if step >= 1 and step == int(step)] or [math.ceil(steps[0])]
    step = min(steps)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def decades(low: float, high: float) -> list[float]:
    """Return the powers of ten from `low` to `high`."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [10.0**power for power in range(first, last + 1)]


def plainly(places: Sequence[float]) -> list[str]:
    """Return numbers with as many decimals as they need to differ, all with the same."""
    decimals = next((d for d in range(7) if all(abs(round(p, d) - p) < 1e-9 for p in places)), 6)
    return [f"{place:.{decimals}f}".replace("-", "\N{MINUS SIGN}") for place in places]
