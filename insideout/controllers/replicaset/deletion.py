"""Which Pods a ReplicaSet removes first: those whose loss costs least.

Source: pkg/controller/controller_utils.go:ActivePodsWithRanks.Less, pkg/controller/replicaset/replica_set.go
:getPodsToDelete@v1.36.2.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cmp_to_key

from insideout.apimachinery import pods as podutil
from insideout.apimachinery import timestamps
from insideout.client import Object

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_MICROSECOND = timedelta(microseconds=1)
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def pods_to_delete(
    active: list[Object], related: Iterable[Object], count: int, now: datetime
) -> list[Object]:
    """Return `count` of the active Pods, the first to go first.

    `related` are the Pods of all ReplicaSets of the same owner: where many of them share a node, one can go.
    """
    if count >= len(active):
        return active
    crowd = Counter(node_of(pod) for pod in related if podutil.is_active(pod))

    def compare(a: Object, b: Object) -> int:
        return _compare(a, b, crowd, now)

    return sorted(active, key=cmp_to_key(compare))[:count]


def node_of(pod: Object) -> str:
    """Return the node a Pod is bound to, "" when it is not."""
    return str(pod["spec"].get("nodeName", ""))


def deletion_cost(pod: Object) -> int:
    """Return what the Pod's annotation says its loss costs; 0 without one, or when it is no number."""
    text = (pod["metadata"].get("annotations") or {}).get(DELETION_COST, "0")
    try:
        return int(text)
    except ValueError:
        return 0


def restarts(pod: Object) -> int:
    """Return the largest restart count among the Pod's containers."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return max((status.get("restartCount", 0) for status in statuses), default=0)


def _compare(a: Object, b: Object, crowd: Mapping[str, int], now: datetime) -> int:
    """Return a negative number when `a` goes before `b`: the first rule that tells them apart decides."""
    for left, right in (
        (bool(node_of(a)), bool(node_of(b))),
        (_PHASES.get(podutil.phase(a), 0), _PHASES.get(podutil.phase(b), 0)),
        (podutil.is_ready(a), podutil.is_ready(b)),
        (deletion_cost(a), deletion_cost(b)),
        (-crowd[node_of(a)], -crowd[node_of(b)]),
    ):
        if left != right:
            return -1 if left < right else 1
    if podutil.is_ready(a):
        by_readiness = _compare_ages(a, podutil.ready_since(a), b, podutil.ready_since(b), now)
        if by_readiness:
            return by_readiness
    if restarts(a) != restarts(b):
        return restarts(b) - restarts(a)
    return _compare_ages(a, _created(a), b, _created(b), now)


def _created(pod: Object) -> datetime | None:
    text = pod["metadata"].get("creationTimestamp")
    return timestamps.parse(text) if text else None


def _compare_ages(
    a: Object, since_a: datetime | None, b: Object, since_b: datetime | None, now: datetime
) -> int:
    """Let the younger go first, but ages of one power of two are alike, and then the UID decides.

    Exact ages would always remove the newest Pods, which after a failed zone are those that replaced it.
    """
    if since_a == since_b:
        return 0
    if since_a is None or since_b is None:
        return -1 if since_a is None else 1
    difference = _log_age(since_a, now) - _log_age(since_b, now)
    if difference:
        return difference
    return -1 if a["metadata"]["uid"] < b["metadata"]["uid"] else 1


def _log_age(since: datetime, now: datetime) -> int:
    """Return floor(log2(age in nanoseconds)), -1 for no age at all."""
    age_us = (now - since) // _MICROSECOND
    return (age_us * 1000).bit_length() - 1 if age_us > 0 else -1
