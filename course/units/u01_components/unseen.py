"""Seeded cases for the lesson on components; right answers for pods come from how the pods are made.

Each pod gets a rank first and its facts from the rank, so nobody has to sort to know the answer.
"""

import random
from collections.abc import Iterator
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


@kept
def reconcile_cases(seed: int) -> Iterator[Case]:
    """Yield pods in any order for `reconcile(n, pods)`."""
    rng = random.Random(f"reconcile/{seed}")
    for rule, few, many in (("random small sets", 2, 5), ("random large sets", 6, len(_LADDER))):
        for _ in range(30):
            steps = sorted(rng.sample(range(len(_LADDER)), rng.randint(few, many)))
            names = [f"web-{rng.randrange(16**5):05x}" for _ in steps]
            pods = [replica(name, **_LADDER[step]) for name, step in zip(names, steps, strict=True)]
            gone = [_gone(rng, number) for number in range(rng.randint(0, 3))]
            shuffled = rng.sample(pods + gone, len(pods) + len(gone))
            wanted = rng.randint(0, len(pods) + 2)
            surplus = max(0, len(pods) - wanted)
            yield Case(rule, (wanted, shuffled), (max(0, wanted - len(pods)), names[:surplus]))


def _gone(rng: random.Random, number: int) -> Object:
    ends: list[Object] = [{"phase": "Failed"}, {"phase": "Succeeded"}, {"deleting": True}]
    facts = rng.choice(ends)
    return replica(f"gone-{number}", node="node-of-the-dead", ready=False, **facts)


@kept
def three_way_cases(seed: int) -> Iterator[Case]:
    """Yield flat maps for `three_way(last, live, new)`: each key's fate is decided on its own."""
    rng = random.Random(f"three-way/{seed}")
    for rule, keys in (("random small maps", 3), ("random large maps", 20)):
        for _ in range(30):
            last: dict[str, str] = {}
            live: dict[str, str] = {}
            new: dict[str, str] = {}
            expected: dict[str, str] = {}
            for number in range(keys):
                key = f"key-{number}"
                was, is_there, wanted = (rng.random() < 0.5 for _ in range(3))
                if was:
                    last[key] = rng.choice("123")
                if is_there:
                    live[key] = rng.choice(["1", "2", "drift"])
                if wanted:
                    new[key] = expected[key] = rng.choice("123")
                elif is_there and not was:
                    expected[key] = live[key]
            yield Case(rule, (last, live, new), expected)
