"""What is often believed about who counts, as functions that answer by it."""

from collections.abc import Callable, Mapping
from typing import Any

from course.units.u17_capstone.judged import ENDED, counts

Known = Mapping[str, Callable[..., Any]]


def _left(rule: str, phase: str, leaving: bool, ready: bool) -> bool:
    return counts(rule, phase, leaving, ready) and not leaving


def _there(rule: str, phase: str, leaving: bool, ready: bool) -> bool:
    if rule in ("overfull", "claim twice"):
        return True
    return counts(rule, phase, leaving, ready)


def _replica(rule: str, phase: str, leaving: bool, ready: bool) -> bool:
    if rule == "too many":
        return phase not in ENDED
    return counts(rule, phase, leaving, ready)


def _ready(rule: str, phase: str, leaving: bool, ready: bool) -> bool:
    if rule in ("too few", "not ready"):
        return ready
    return counts(rule, phase, leaving, ready)


def _running(rule: str, phase: str, leaving: bool, ready: bool) -> bool:
    if rule in ("too few", "not ready"):
        return phase == "Running" and not leaving
    return counts(rule, phase, leaving, ready)


def _only_ready(rule: str, phase: str, leaving: bool, ready: bool) -> bool:
    if rule == "too many":
        return ready and not leaving
    return counts(rule, phase, leaving, ready)


KNOWN: Mapping[str, Known] = {
    "counts": {
        "a pod that leaves has left its room already": _left,
        "a pod that ended holds its room until it is deleted": _there,
        "a pod that leaves is a replica until it is gone": _replica,
        "a pod is used as long as it is ready, also while it leaves": _ready,
        "a pod that runs is ready": _running,
        "only ready pods are replicas": _only_ready,
    }
}
