"""What the autoscaler remembers of each object: recommendations and scale events, with their times.

It is in the controller's memory only: after a restart the current size is the first recommendation.

Source: pkg/controller/podautoscaler/horizontal.go:stabilizeRecommendation, storeScaleEvent@v1.36.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

Rules = dict[str, Any]


class Recommendation(NamedTuple):
    """A size that the metrics asked for, before any limit."""

    replicas: int
    at: datetime


class ScaleEvent(NamedTuple):
    """How many Pods a step added or took away."""

    change: int
    at: datetime


Kept = TypeVar("Kept", Recommendation, ScaleEvent)


@dataclass
class Memory:
    """The memory for one object; `recommendations` is None before the first sync."""

    recommendations: list[Recommendation] | None = None
    up: list[ScaleEvent] = field(default_factory=list)
    down: list[ScaleEvent] = field(default_factory=list)

    def begin(self, current: int, now: datetime) -> None:
        """Take the current size as the first recommendation, once."""
        if self.recommendations is None:
            self.recommendations = [Recommendation(current, now)]

    def recommend(self, replicas: int, now: datetime, cutoff: datetime) -> None:
        """Keep a recommendation, in place of one from before `cutoff` if there is one."""
        assert self.recommendations is not None  # begin() comes first
        _keep(self.recommendations, Recommendation(replicas, now), cutoff)

    def scaled(self, behavior: Rules | None, before: int, after: int, now: datetime) -> None:
        """Keep a step; without `behavior` nobody will ask for it."""
        if behavior is None:
            return
        grew = after > before
        events, rules = (self.up, behavior["scaleUp"]) if grew else (self.down, behavior["scaleDown"])
        longest_s = max((policy["periodSeconds"] for policy in rules["policies"]), default=0)
        _keep(events, ScaleEvent(abs(after - before), now), now - timedelta(seconds=longest_s))


def _keep(kept: list[Kept], new: Kept, cutoff: datetime) -> None:
    """Put a new entry in place of the last one from before `cutoff`, or behind all."""
    outdated = [index for index, one in enumerate(kept) if one.at < cutoff]
    if outdated:
        kept[outdated[-1]] = new
    else:
        kept.append(new)


def changed(events: Sequence[ScaleEvent], period_s: float, now: datetime) -> int:
    """Return how many Pods the steps of the last `period_s` seconds changed."""
    cutoff = now - timedelta(seconds=period_s)
    return sum(event.change for event in events if event.at > cutoff)
