"""Seeded cases for the lesson on components; right answers for pods come from how the pods are made.

Each pod gets a rank first and its facts from the rank, so nobody has to sort to know the answer.
"""

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from course.checks.report import Case, kept
from course.units.u01_components.cases import replica

Object = dict[str, Any]

# In deletion order: each differs from the next in what decides, and in nothing that decides earlier.
_LADDER: list[dict[str, Any]] = [
    {"node": "", "phase": "Pending"},
    {"phase": "Pending"},
    {"phase": "Unknown", "ready": False},
    {"ready": False, "cost": -7},
    {"ready": False},
    {"ready": False, "cost": 11},
    {"cost": -100},
    {"cost": -20},
    {"restarts": 12},
    {"restarts": 9},
    {"restarts": 1, "age_s": 2**9 + 3},
    {"age_s": 2**4 + 1},
    {"age_s": 2**7 + 5},
    {"age_s": 2**11 + 700},
    {"age_s": 2**15 + 9},
    {"cost": 5, "restarts": 3},
    {"cost": 5},
    {"cost": 40, "restarts": 30},
]


_DECIDES = {
    "node": "a pod without a node goes before one that has a node",
    "phase": "Pending goes before Unknown, Unknown before Running",
    "ready": "a pod that is not ready goes before one that is",
    "cost": "the lower deletion cost goes first; without the annotation it is 0",
    "restarts": "the pod with more restarts of a container goes first",
    "age_s": "otherwise the newer pod goes first",
}
_ALL = "node, phase, readiness, cost, siblings, restarts, age: the first that differs decides"


@kept
def reconcile_cases(seed: int) -> Iterator[Case]:
    """Yield pods in any order for `reconcile(n, pods)`: two that one rule decides between, then many."""
    rng = random.Random(f"reconcile/{seed}")
    for name, rule in _DECIDES.items():
        pairs = [pair for pair in combinations(range(len(_LADDER)), 2) if _decides(*pair) == name]
        for pair in rng.sample(pairs, min(6, len(pairs))):
            yield _drawn(rng, rule, list(pair), wanted=1)
    for _ in range(30):
        steps = sorted(rng.sample(range(len(_LADDER)), rng.randint(3, len(_LADDER))))
        yield _drawn(rng, _ALL, steps, wanted=rng.randint(0, len(steps) + 2))


def _decides(step: int, other: int) -> str:
    """Return the first fact in which two steps of the ladder differ."""
    first, second = ({"phase": "Running", **_LADDER[one]} for one in (step, other))
    usual = {"ready": first["phase"] == second["phase"] == "Running", "restarts": 0, "cost": 0}
    return next(
        name for name in _DECIDES if first.get(name, usual.get(name)) != second.get(name, usual.get(name))
    )


def _drawn(rng: random.Random, rule: str, steps: list[int], *, wanted: int) -> Case:
    names = [f"web-{rng.randrange(16**5):05x}" for _ in steps]
    pods = [replica(name, **_LADDER[step]) for name, step in zip(names, steps, strict=True)]
    gone = [_gone(rng, number) for number in range(rng.randint(0, 3))]
    shuffled = rng.sample(pods + gone, len(pods) + len(gone))
    surplus = max(0, len(pods) - wanted)
    return Case(rule, (wanted, shuffled), (max(0, wanted - len(pods)), names[:surplus]))


def _gone(rng: random.Random, number: int) -> Object:
    ends: list[Object] = [{"phase": "Failed"}, {"phase": "Succeeded"}, {"deleting": True}]
    facts = rng.choice(ends)
    return replica(f"gone-{number}", node="node-of-the-dead", ready=False, **facts)


_FATES = {
    "what the new configuration has is set": [(False, False, True), (True, True, True), (False, True, True)],
    "drift of what the configuration has is repaired": [(True, True, True), (True, False, True)],
    "what was in the last configuration and is not in the new one is removed": [(True, True, False)],
    "what only the live object has belongs to someone else and stays": [(False, True, False)],
    "what is removed and already gone is no error": [(True, False, False)],
}
"""Whether a key was applied, is there, and is wanted."""


@kept
def three_way_cases(seed: int) -> Iterator[Case]:
    """Yield flat maps for `three_way(last, live, new)`; a rule's maps have keys of its fates, and others."""
    rng = random.Random(f"three-way/{seed}")
    everywhere = [(False, False, True), (True, True, True)]
    for rule, fates in _FATES.items():
        for _ in range(12):
            count = rng.randint(1, 8)
            drawn = [rng.choice(fates), *rng.choices(fates + everywhere, k=count)]
            yield _maps(rng, rule, rng.sample(drawn, len(drawn)))


def _maps(rng: random.Random, rule: str, fates: list[tuple[bool, bool, bool]]) -> Case:
    last: dict[str, str] = {}
    live: dict[str, str] = {}
    new: dict[str, str] = {}
    expected: dict[str, str] = {}
    for number, (was, is_there, wanted) in enumerate(fates):
        key = f"key-{number}"
        if was:
            last[key] = rng.choice(["1", "2", "3", ""])
        if is_there:
            live[key] = rng.choice(["1", "2", "drift", ""])
        if wanted:
            new[key] = expected[key] = rng.choice(["1", "2", "3", ""])
        elif is_there and not was:
            expected[key] = live[key]
    return Case(rule, (last, live, new), expected, keeps=True)
