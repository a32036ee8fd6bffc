"""Setting one condition of a status, with the rule about its transition time.

Source: pkg/api/pod/util.go:UpdatePodCondition@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any


def with_condition(
    conditions: list[dict[str, Any]], new: Mapping[str, Any], now: str
) -> list[dict[str, Any]]:
    """Return `conditions` with `new` in place of the one of its type, or at the end.

    lastTransitionTime moves to `now` only when the status changes.  A pod's condition brings its own
    lastProbeTime, null as upstream writes it.
    """
    changed = {"lastTransitionTime": now, **new}
    for index, old in enumerate(conditions):
        if old.get("type") == new["type"]:
            if old.get("status") == new["status"]:
                changed["lastTransitionTime"] = old.get("lastTransitionTime", now)
            return [*conditions[:index], changed, *conditions[index + 1 :]]
    return [*conditions, changed]
