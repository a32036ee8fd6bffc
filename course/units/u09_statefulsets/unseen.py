"""Seeded cases for the unit on StatefulSets; the right answers come from the package's own controller."""

import random
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u09_statefulsets.objects import NEW, NOW, OLD, Object, pod, sts
from insideout.controllers.statefulset.plandata import sts_sync

_PER_RULE = 60


@kept
def sync_cases(seed: int) -> Iterator[Case]:
    """Yield sets in random states for `sts_sync`."""
    rng = random.Random(f"sts/{seed}")
    for rule, policy, shrinking in (
        ("an ordered set does one thing at a time, in the order of the ordinals", "", False),
        ("random Parallel sets", "Parallel", False),
        ("an ordered set is scaled down from its highest ordinal", "", True),
    ):
        for _ in range(_PER_RULE):
            stateful_set = _set(rng, policy)
            own = _shrinking(rng, stateful_set) if shrinking else _pods(rng, stateful_set)
            yield Case(rule, (stateful_set, own, NOW), sts_sync(stateful_set, own, NOW), keeps=True)


def _set(rng: random.Random, policy: str) -> Object:
    more: dict[str, Any] = {"podManagementPolicy": policy} if policy else {}
    if rng.random() < 0.3:
        more["minReadySeconds"] = 30
    on_delete = rng.random() < 0.15
    return sts(
        rng.randint(1, 5),
        start=rng.choice((None, None, 3)),
        on_delete=on_delete,
        partition=None if on_delete else rng.choice((None, 0, 0, 1, 2)),
        **more,
    )


def _pods(rng: random.Random, stateful_set: Object) -> list[Object]:
    """Return pods around the wanted ordinals, mostly in good health, in any order."""
    start = (stateful_set["spec"].get("ordinals") or {}).get("start", 0)
    wanted = stateful_set["spec"]["replicas"]
    ordinals = [o for o in range(start, start + wanted) if rng.random() < 0.9]
    if rng.random() < 0.35:
        ordinals += range(start + wanted, start + wanted + rng.randint(1, 3))
    if start and rng.random() < 0.3:
        ordinals.append(start - 1)
    trouble = rng.choice((0.0, 0.1, 0.4))
    # A failed pod is deleted in phase 1; in a Parallel set of an old revision, phase 3 would name it again.
    parallel = stateful_set["spec"].get("podManagementPolicy") == "Parallel"
    found = [_pod(rng, ordinal, trouble, failed=NEW if parallel else "") for ordinal in ordinals]
    rng.shuffle(found)
    return found


def _shrinking(rng: random.Random, stateful_set: Object) -> list[Object]:
    """Return all wanted pods, in good health, and some beyond, in any."""
    start = (stateful_set["spec"].get("ordinals") or {}).get("start", 0)
    end = start + stateful_set["spec"]["replicas"]
    found = [pod(ordinal, rng.choice((OLD, NEW))) for ordinal in range(start, end)]
    found += [_pod(rng, ordinal, 0.5, failed="") for ordinal in range(end, end + rng.randint(1, 3))]
    rng.shuffle(found)
    return found


def _pod(rng: random.Random, ordinal: int, trouble: float, *, failed: str) -> Object:
    revision = rng.choice((OLD, NEW))
    if rng.random() >= trouble:
        return pod(ordinal, revision)
    match rng.randint(0, 4):
        case 0:
            return pod(ordinal, revision, ready_for_s=5)
        case 1:
            return pod(ordinal, failed or revision, phase="Failed", ready=False)
        case 2:
            return pod(ordinal, revision, going=True)
        case 3:
            return pod(ordinal, revision, phase="Pending", ready=None)
    return pod(ordinal, revision, ready=False)
