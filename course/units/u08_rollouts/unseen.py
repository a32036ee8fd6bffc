"""Seeded cases for a rollout's sizes; the right answers come from the package's own Deployment controller."""

import random
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u08_rollouts.answers import scaled
from course.units.u08_rollouts.cases import old, sized, step_case
from insideout.apimachinery import intstr
from insideout.controllers.deployment import fenceposts
from insideout.controllers.deployment.plandata import Sizes, rolling_step

_NOTHING = "when both come to 0, one pod may be missing; otherwise a 0 stays 0"
_PERCENTAGES = ("0%", "1%", "10%", "20%", "25%", "29%", "33%", "50%", "58%", "75%", "100%")


@kept
def fenceposts_cases(seed: int) -> Iterator[Case]:
    """Yield arguments for `fenceposts`: percentages, numbers and both, and what comes to 0."""
    rng = random.Random(f"fenceposts/{seed}")
    for rule, numbers in (
        ("percentages of the replicas: maxSurge rounds up, maxUnavailable down", (0.0, 0.0)),
        ("numbers stay as they are, beside percentages too", (0.5, 0.5)),
    ):
        for _ in range(120):
            replicas = rng.choice([0, 1, 2, 3, 5, 7, 10, 13, 50, 100, 333])
            surge, unavailable = (_amount(rng, chance) for chance in numbers)
            expected = tuple(fenceposts.resolve(surge, unavailable, replicas))
            about = _NOTHING if _is_about_nothing(replicas, surge, unavailable) else rule
            yield Case(about, (replicas, surge, unavailable), expected)


def _is_about_nothing(replicas: int, surge: int | str, unavailable: int | str) -> bool:
    """Whether both come to 0, or one does and nothing has to be rounded."""
    missing = intstr.scaled(unavailable, replicas, round_up=False)
    above = intstr.scaled(surge, replicas, round_up=True)
    return missing == 0 and (above == 0 or (unavailable in (0, "0%") and isinstance(surge, int)))


def _amount(rng: random.Random, number: float) -> int | str:
    return rng.randint(0, 6) if rng.random() < number else rng.choice(_PERCENTAGES)


@kept
def step_cases(seed: int) -> Iterator[Case]:
    """Yield states for `rolling_step`, half of them such that something moves."""
    rng = random.Random(f"rolling-step/{seed}")
    for rule, olds, healthy in (
        ("healthy pods: up into the room, then down to what must be available", 1, True),
        ("pods that are not available: old ones go first, new ones make no room", 1, False),
        ("several old ReplicaSets: the oldest goes first", 3, False),
    ):
        wanted = {True: 60, False: 15}
        while any(wanted.values()):
            arguments = _state(rng, rng.randint(1, olds), healthy=healthy)
            after = rolling_step(*arguments)
            moves = after != arguments[3]
            if wanted[moves]:
                wanted[moves] -= 1
                yield step_case(rule, arguments, [rs["spec"] for rs in after])


def _state(rng: random.Random, olds: int, *, healthy: bool) -> tuple[int, int, int, Sizes]:
    replicas = rng.choice([1, 2, 3, 4, 6, 10, 13])
    surge, unavailable = rng.randint(0, min(4, replicas)), rng.randint(0, min(4, replicas))
    if surge == unavailable == 0:
        unavailable = 1
    ages = rng.sample(range(1, 90), olds + 1)
    new_size = rng.choice([0, replicas, rng.randint(0, replicas), rng.randint(0, replicas + 2)])
    # Often at the top of what surge allows: only there do old ReplicaSets move.
    pods = replicas + (surge if rng.random() < 0.7 else rng.randint(0, surge))
    left = max(0, pods - new_size)
    rss: Sizes = []
    for number, age in enumerate(ages[:olds]):
        size = left if number == olds - 1 else rng.randint(0, left)
        left -= size
        rss.append(old(f"rs-{number}", age, size, size if healthy else rng.randint(0, size)))
    # The new ReplicaSet need not be the youngest: a rollback takes up an old one.
    available = rng.choice([new_size, rng.randint(0, new_size)])
    rss.append({**old("rs-new", ages[-1], new_size, available), "is_new": True})
    return replicas, surge, unavailable, rng.sample(rss, len(rss))


@kept
def scale_cases(seed: int) -> Iterator[Case]:
    """Yield ReplicaSets for `scale_proportionally`; in the last rule few of them have Pods."""
    rng = random.Random(f"scale/{seed}")
    for rule, count, empty in (
        ("two ReplicaSets: each gets its share of replicas plus surge", 2, 0.0),
        ("up to five ReplicaSets: the shares are given out in order, the rest to the first", 5, 0.2),
        ("ReplicaSets without pods get nothing, those with pods their share", 4, 0.7),
    ):
        for _ in range(150):
            arguments = _scaling(rng, rng.randint(2, count), empty)
            yield Case(rule, arguments, scaled(*arguments))


def _scaling(rng: random.Random, count: int, empty: float) -> tuple[Any, ...]:
    ages = rng.sample(range(1, 90), count)
    sizes = [0 if rng.random() < empty else rng.randint(1, 12) for _ in range(count)]
    most = sum(sizes) + rng.choice([0, 0, 1, 2])
    rss = [
        sized(f"rs-{number}", age, size, rng.choice([most, most, None, 0, most + 3, most + 9]))
        for number, (age, size) in enumerate(zip(ages, sizes, strict=True))
    ]
    replicas = rng.choice([0, rng.randint(1, 30), rng.randint(1, 30), rng.randint(1, 30)])
    return rss, replicas, rng.randint(0, 5), rng.choice([sum(sizes), sum(sizes), most, 0])
