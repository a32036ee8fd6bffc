"""Cases of unit 17 drawn with a seed: a few moments of a small cluster."""

import random
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u17_capstone import judged
from course.units.u17_capstone.cases import GRACE

Object = dict[str, Any]
_ALWAYS, _SOON = "moments drawn at random, what must never be", "moments drawn at random, what must pass"


@kept
def violation_cases(seed: int) -> Iterator[Case]:
    """Yield cases for `violations`, half of them of one moment."""
    rng = random.Random(f"violations/{seed}")
    for number in range(24):
        alone = number % 2 == 0
        times = [5] if alone else [0, 10, 25, 35, 50, 60]
        base = [_pod(rng, name) for name in ("p1", "p2", "p3", "p4", "p5")]
        moments = [_moment(rng, t, base) for t in times]
        rule = _ALWAYS if alone else _SOON
        yield Case(rule, (moments, GRACE), judged.violations(moments, GRACE))


def _moment(rng: random.Random, t: int, base: list[Object]) -> Object:
    pods = [_pod(rng, one["name"]) if rng.random() < 0.15 else dict(one) for one in base]
    app = {"replicas": rng.choice((2, 3)), "surge": rng.choice((0, 1)), "unavailable": rng.choice((0, 0, 1))}
    if t:
        rng = random.Random(f"{base}")
        app = {"replicas": rng.choice((2, 3)), "surge": rng.choice((0, 1)), "unavailable": 0}
    return {
        "t": t,
        "nodes": {"a": 3000, "b": 2000},
        "pods": pods,
        "apps": {"web": app},
        "services": {"web": ["p1", "p2"]},
    }


def _pod(rng: random.Random, name: str) -> Object:
    phase = rng.choice(("Running",) * 6 + ("Pending", "Failed", "Succeeded"))
    return {
        "name": name,
        "app": rng.choice(("web", "web", "web", "db")),
        "node": rng.choice(("a", "a", "b", "")),
        "cpu": rng.choice((500, 1000, 1500)),
        "phase": phase,
        "ready": phase == "Running" and rng.random() < 0.7,
        "leaving": rng.random() < 0.25,
        "claim": rng.choice(("", "", "data-1", "data-2")),
    }
