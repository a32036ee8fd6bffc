"""From the size that metrics ask for to the size that is set: stabilised first, then held to limits.

Source: pkg/controller/podautoscaler/horizontal.go:normalizeDesiredReplicas,
normalizeDesiredReplicasWithBehaviors, pkg/apis/autoscaling/v2/defaults.go:GenerateHPAScaleUpRules@v1.36.2.
"""

import math
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from insideout.controllers.podautoscaler.memory import Memory, changed

Rules = dict[str, Any]

DOWNSCALE_STABILIZATION_S = 300
"""--horizontal-pod-autoscaler-downscale-stabilization"""
READY = ("ReadyForNewScale", "recommended size matches current size")
LOWER = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)
HIGHER = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
WITHIN = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
TOO_FAST_UP = (
    "ScaleUpLimit",
    "the desired replica count is increasing faster than the maximum scale rate",
)
TOO_FAST_DOWN = (
    "ScaleDownLimit",
    "the desired replica count is decreasing faster than the maximum scale rate",
)
_UP_POLICIES = (
    {"type": "Pods", "value": 4, "periodSeconds": 15},
    {"type": "Percent", "value": 100, "periodSeconds": 15},
)
_DOWN_POLICIES = ({"type": "Percent", "value": 100, "periodSeconds": 15},)


class Limited(NamedTuple):
    """The size to set, and [reason, message] of the conditions AbleToScale and ScalingLimited."""

    replicas: int
    able: tuple[str, str]
    limit: tuple[str, str]
    is_limited: bool


def with_defaults(behavior: Rules | None) -> Rules | None:
    """Return a behavior with every missing rule filled in; None stays None, which is something else."""
    if behavior is None:
        return None
    up: Rules = {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": list(_UP_POLICIES)}
    down: Rules = {
        "stabilizationWindowSeconds": DOWNSCALE_STABILIZATION_S,
        "selectPolicy": "Max",
        "policies": list(_DOWN_POLICIES),
    }
    return {
        "scaleUp": up
        | {key: rule for key, rule in (behavior.get("scaleUp") or {}).items() if rule is not None},
        "scaleDown": down
        | {key: rule for key, rule in (behavior.get("scaleDown") or {}).items() if rule is not None},
    }


def plain(memory: Memory, current: int, wanted: int, bounds: tuple[int, int], now: datetime) -> Limited:
    """Limit without `behavior`: the highest of the last five minutes, and no more than doubling."""
    assert memory.recommendations is not None  # begin() comes first
    cutoff = now - timedelta(seconds=DOWNSCALE_STABILIZATION_S)
    recent = [one.replicas for one in memory.recommendations if one.at >= cutoff]
    stabilized = max([wanted, *recent])
    memory.recommend(wanted, now, cutoff)
    able = HIGHER if stabilized != wanted else READY
    lowest, highest = bounds
    fastest = max(2 * current, 4)
    most, reason = (fastest, TOO_FAST_UP) if highest > fastest else (highest, TOO_MANY)
    if stabilized < lowest:
        return Limited(lowest, able, TOO_FEW, is_limited=True)
    if stabilized > most:
        return Limited(most, able, reason, is_limited=True)
    return Limited(stabilized, able, WITHIN, is_limited=False)


def by_behavior(
    memory: Memory, behavior: Rules, current: int, wanted: int, bounds: tuple[int, int], now: datetime
) -> Limited:
    """Limit by a behavior with its defaults filled in."""
    stabilized = _stabilize(memory, behavior, current, wanted, now)
    able = READY
    if stabilized != wanted:
        able = LOWER if wanted >= current else HIGHER
    replicas, reason = _slow(memory, behavior, current, stabilized, bounds, now)
    return Limited(replicas, able, reason, is_limited=replicas != stabilized)


def _stabilize(memory: Memory, behavior: Rules, current: int, wanted: int, now: datetime) -> int:
    """Return the current size moved into what recent recommendations allow.

    Source: stabilizeRecommendationWithBehaviors.
    """
    assert memory.recommendations is not None  # begin() comes first
    up_cutoff, down_cutoff = (
        now - timedelta(seconds=behavior[way]["stabilizationWindowSeconds"])
        for way in ("scaleUp", "scaleDown")
    )
    lowest = min([wanted, *(one.replicas for one in memory.recommendations if one.at > up_cutoff)])
    highest = max([wanted, *(one.replicas for one in memory.recommendations if one.at > down_cutoff)])
    memory.recommend(wanted, now, min(up_cutoff, down_cutoff))
    return min(max(current, lowest), highest)


def _slow(
    memory: Memory, behavior: Rules, current: int, wanted: int, bounds: tuple[int, int], now: datetime
) -> tuple[int, tuple[str, str]]:
    """Return the size that speed and bounds allow, and why.

    Source: convertDesiredReplicasWithBehaviorRate.
    """
    lowest, highest = bounds
    if wanted > current:
        fastest = max(_fastest_up(memory, behavior["scaleUp"], current, now), current)
        most, reason = (fastest, TOO_FAST_UP) if highest > fastest else (highest, TOO_MANY)
        if wanted > most:
            return most, reason
    elif wanted < current:
        fastest = min(_fastest_down(memory, behavior["scaleDown"], current, now), current)
        least, reason = (fastest, TOO_FAST_DOWN) if lowest < fastest else (lowest, TOO_FEW)
        if wanted < least:
            return least, reason
    return wanted, WITHIN


def _fastest_up(memory: Memory, rules: Rules, current: int, now: datetime) -> int:
    if rules["selectPolicy"] == "Disabled":
        return current
    proposed: list[int] = []
    for policy, start in _period_starts(memory, rules, current, now):
        if policy["type"] == "Pods":
            proposed.append(start + policy["value"])
        else:  # rounded up, or a small size would never grow
            proposed.append(math.ceil(start * (1 + policy["value"] / 100)))
    return min(proposed) if rules["selectPolicy"] == "Min" else max(proposed)


def _fastest_down(memory: Memory, rules: Rules, current: int, now: datetime) -> int:
    if rules["selectPolicy"] == "Disabled":
        return current
    proposed: list[int] = []
    for policy, start in _period_starts(memory, rules, current, now):
        if policy["type"] == "Pods":
            proposed.append(start - policy["value"])
        else:
            proposed.append(int(start * (1 - policy["value"] / 100)))
    return max(proposed) if rules["selectPolicy"] == "Min" else min(proposed)


def _period_starts(memory: Memory, rules: Rules, current: int, now: datetime) -> list[tuple[Rules, int]]:
    """Return each policy with the size at the beginning of its period."""
    return [
        (
            policy,
            current
            - changed(memory.up, policy["periodSeconds"], now)
            + changed(memory.down, policy["periodSeconds"], now),
        )
        for policy in rules["policies"]
    ]
