"""Questions that every component asks of a Pod: whether it is active, ready, available.

Source: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go:IsPodActive@v1.36.2.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from insideout.apimachinery import conditions, timestamps

Pod = Mapping[str, Any]
_TERMINAL = ("Succeeded", "Failed")


def phase(pod: Pod) -> str:
    """Return the phase, "" for a Pod that the API server has not stored yet."""
    return str((pod.get("status") or {}).get("phase", ""))


def is_terminal(pod: Pod) -> bool:
    """Tell whether the Pod has run to its end: Succeeded or Failed."""
    return phase(pod) in _TERMINAL


def is_terminating(pod: Pod) -> bool:
    """Tell whether deletion of the Pod has begun."""
    return "deletionTimestamp" in pod["metadata"]


def is_active(pod: Pod) -> bool:
    """Tell whether a controller counts the Pod: neither at its end nor being deleted."""
    return not is_terminating(pod) and not is_terminal(pod)


def is_ready(pod: Pod) -> bool:
    """Tell whether the condition Ready is True."""
    return conditions.status_of(pod, "Ready") == "True"


def is_available(pod: Pod, min_ready_s: int, now: datetime) -> bool:
    """Tell whether the Pod has been Ready for `min_ready_s` seconds at `now`."""
    if not is_ready(pod):
        return False
    if min_ready_s == 0:
        return True
    since = ready_since(pod)
    return since is not None and since + timedelta(seconds=min_ready_s) <= now


def ready_since(pod: Pod) -> datetime | None:
    """Return when the condition Ready last changed, or None when that is not known."""
    condition = conditions.find(pod, "Ready")
    text = condition.get("lastTransitionTime") if condition else None
    return timestamps.parse(text) if text else None


def next_available_s(pods: Iterable[Pod], min_ready_s: int, now: datetime) -> float | None:
    """Return in how many seconds the next ready Pod becomes available: of that no event tells."""
    waits_s = [
        (since + timedelta(seconds=min_ready_s) - now).total_seconds()
        for pod in pods
        if min_ready_s and is_ready(pod) and (since := ready_since(pod)) is not None
    ]
    return min((wait_s for wait_s in waits_s if wait_s > 0), default=None)
