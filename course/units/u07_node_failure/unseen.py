"""Seeded cases for the lesson on lost nodes; the right answers come from the cluster's own controllers."""

import random
from collections.abc import Iterator, Sequence

from course.checks.report import Case, kept
from course.units.u07_node_failure.objects import Object, healthy, taint, tolerates
from insideout.controllers.nodelifecycle.health import NodeHealth
from insideout.controllers.nodelifecycle.taints import no_schedule_keys
from insideout.controllers.nodelifecycle.zones import taint_qps
from insideout.controllers.tainteviction.delay import evict_after


@kept
def unknown_cases(seed: int) -> Iterator[Case]:
    """Yield renewals for `unknown_at(renewals, period, grace)`."""
    rng = random.Random(f"unknown/{seed}")
    for _ in range(30):
        renewals = _renewals(rng, every_s=10)
        yield Case(
            "the first look after the grace finds the node silent, default period and grace",
            (renewals,),
            _unknown_at(renewals, 5, 50),
        )
    for _ in range(30):
        period, grace = rng.choice([1, 2, 5, 10]), rng.randint(20, 60)
        renewals = _renewals(rng, every_s=8)
        expected = _unknown_at(renewals, period, grace)
        yield Case(
            "the first look after the grace finds the node silent, other periods and graces",
            (renewals, period, grace),
            expected,
        )


@kept
def taints_cases(seed: int) -> Iterator[Case]:
    """Yield conditions for `taints_for(conditions, unschedulable)`."""
    rng = random.Random(f"taints/{seed}")
    for rule, statuses in (
        ("each condition that is not as it should be has its taint", ("True", "False")),
        ("Unknown and False have taints of their own", _ANY),
    ):
        for _ in range(25):
            conditions = [one | {"status": rng.choice(statuses)} for one in healthy()]
            rng.shuffle(conditions)
            conditions = conditions[: rng.randint(2, 5)]
            unschedulable = rng.random() < 0.3
            keys = no_schedule_keys(conditions, unschedulable)
            yield Case(rule, (conditions, unschedulable), {(key, "NoSchedule") for key in keys})


@kept
def evict_cases(seed: int) -> Iterator[Case]:
    """Yield cases for `evict_after(taints, tolerations)`; each rule has all kinds of answers."""
    rng = random.Random(f"evict/{seed}")
    for rule, taints, tolerations, keys in (
        ("one taint: the toleration with the shortest time counts", 1, 2, _KEYS),
        ("several taints: each must be tolerated", 3, 4, _KEYS),
        ("many tolerations: those that match decide", 2, 7, _KEYS),
        ("a toleration holds by its operator, key, value and effect", 1, 3, _KEYS[-1:]),
    ):
        wanted = {"never": 10, "now": 10, "later": 12}
        while any(wanted.values()):
            on_node = [_taint(rng, keys) for _ in range(rng.randint(1, taints))]
            of_pod = [_toleration(rng, keys) for _ in range(rng.randint(1, tolerations))]
            if len({(one["key"], one["effect"]) for one in on_node}) < len(on_node):
                continue  # a node has each only once
            expected = evict_after(on_node, of_pod)
            kind = "never" if expected is None else "later" if expected else "now"
            if wanted[kind]:
                wanted[kind] -= 1
                yield Case(rule, (on_node, of_pod), expected)


@kept
def qps_cases(seed: int) -> Iterator[Case]:
    """Yield the readiness of zones for `taint_qps(zones)`."""
    rng = random.Random(f"qps/{seed}")
    for rule, sizes in (
        ("a small zone that is mostly down is not evicted from", (1, 2, 2, 3, 4, 5, 6, 8, 11, 20, 20)),
        ("a zone above 50 nodes is slowed down, one of 50 is stopped", (40, 47, 49, 50, 50, 51, 51, 52, 54)),
    ):
        for _ in range(40):
            zones = {zone: _zone(rng, rng.choice(sizes)) for zone in "abc"[: rng.randint(1, 3)]}
            yield Case(rule, (zones,), taint_qps(zones))


_ANY = ("True", "False", "Unknown", "Unknown")


def _renewals(rng: random.Random, every_s: int) -> list[float]:
    """Return ascending times; some fall on a poll."""
    first = rng.randint(0, every_s)
    jitter = rng.choice([0, 0, 0.25, 0.5])
    return [first + every_s * number + jitter for number in range(rng.randint(1, 6))]


def _unknown_at(renewals: list[float], period_s: int, grace_s: int) -> int:
    """Poll a Lease that is renewed at these seconds, until the node counts as silent."""
    health, now_s = NodeHealth(0, "", ""), -period_s
    while now_s < 0 or not health.is_silent(now_s, grace_s):
        now_s += period_s
        seen = [renewal for renewal in renewals if renewal <= now_s]
        health.observe("", f"{max(seen):09.3f}" if seen else "", now_s)
    return now_s


_KEYS = ("unreachable", "not-ready", "maintenance")


def _taint(rng: random.Random, keys: Sequence[str]) -> Object:
    key = rng.choice(keys)
    effect = rng.choice(["NoExecute"] * 4 + ["NoSchedule"])
    return taint(key, effect, rng.choice(["disk", "fan"]) if key == "maintenance" else None)


def _toleration(rng: random.Random, keys: Sequence[str]) -> Object:
    """Return a toleration that the API server accepts."""
    if rng.random() < 0.15:
        key, more = None, {}
    else:
        key = rng.choice(keys)
        equal = rng.random() < (0.8 if key == "maintenance" else 0.3)
        value = rng.choice(["disk", "fan"]) if key == "maintenance" else None
        more = {"operator": rng.choice(["Equal", None]), "value": value} if equal else {}
    effect = rng.choice(["NoExecute"] * 4 + ["NoSchedule", None])
    seconds = rng.choice([None, 0, -5, 30, 60, 300, 301, 600]) if effect == "NoExecute" else None
    return tolerates(key, seconds, effect, **more)


def _zone(rng: random.Random, size: int) -> list[bool]:
    share = rng.choice([0.0, 0.1, 0.5, 0.55, 0.6, 1.0])
    down = min(size, round(share * size) + rng.choice([0, 0, 1]))
    ready = [number >= down for number in range(size)]
    rng.shuffle(ready)
    return ready
