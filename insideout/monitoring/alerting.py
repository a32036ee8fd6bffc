"""When an alert fires: the states of one alerting rule, from evaluation to evaluation.

Source: prometheus/rules/alerting.go:AlertingRule.Eval@v2.42.0, unchanged in @v3.14.0.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from insideout.monitoring.samples import Labels, Point, without_name

INACTIVE, PENDING, FIRING = "inactive", "pending", "firing"
Key = frozenset[tuple[str, str]]


@dataclass
class _Alert:
    state: str
    active_at: float
    keep_since: float = math.nan


class AlertingRule:
    """One rule.

    `for_s` is how long a series must be there to fire, `keep_s` how long it goes on firing without one.
    """

    def __init__(self, *, for_s: float = 0.0, keep_s: float = 0.0) -> None:
        self._for_s = for_s
        self._keep_s = keep_s
        self._alerts: dict[Key, _Alert] = {}

    def evaluate(self, vector: Iterable[Point], at: float) -> None:
        """Take the result of the rule's expression at a time; times only grow."""
        there = {_key(point.labels) for point in vector}
        for key in there:
            if key not in self._alerts or self._alerts[key].state == INACTIVE:
                self._alerts[key] = _Alert(PENDING, at)
        for key, alert in list(self._alerts.items()):
            if key in there:
                alert.keep_since = math.nan
                if alert.state == PENDING and at - alert.active_at >= self._for_s:
                    alert.state = FIRING
            elif alert.state == FIRING and self._keeps(alert, at):
                continue
            else:
                del self._alerts[key]

    def _keeps(self, alert: _Alert, at: float) -> bool:
        if not self._keep_s:
            return False
        if math.isnan(alert.keep_since):
            alert.keep_since = at
        return at - alert.keep_since < self._keep_s

    def state(self, labels: Labels) -> str:
        """Return the state of the alert with these labels, without the metric's name."""
        alert = self._alerts.get(_key(labels))
        return alert.state if alert else INACTIVE


def _key(labels: Labels) -> Key:
    return frozenset(without_name(labels).items())
