"""Cases of unit 10 drawn with a seed."""

import random
from collections.abc import Iterator

from course.checks.cases import kept
from course.checks.report import Case
from course.units.u10_operators.cases import T1, T2, T3, Object, condition, expected, shown, situation
from insideout.apimachinery.conditions import after

_NAMES = ("web", "shop", "tiles", "mail", "search", "media", "news", "maps")


@kept
def condition_cases(seed: int) -> Iterator[Case]:
    """Yield random conditions, by what the call does."""
    rng = random.Random(f"conditions/{seed}")
    kinds = ("Ready", "Synced", "Healthy")
    for _ in range(60):
        conds = [
            condition(
                kind,
                rng.choice(("True", "False", "Unknown")),
                rng.choice(("A", "B")),
                rng.choice(("", "x")),
                seen=rng.randint(1, 2),
                time=rng.choice((T1, T2)),
            )
            for kind in rng.sample(kinds, rng.randint(0, 3))
        ]
        new = condition(
            rng.choice(kinds),
            rng.choice(("True", "False")),
            rng.choice(("A", "B")),
            rng.choice(("", "x")),
            seen=rng.randint(1, 2),
        )
        if conds and rng.random() < 0.4:
            new = {key: value for key, value in rng.choice(conds).items() if key != "lastTransitionTime"}
        if rng.random() < 0.2:
            new.pop(rng.choice(("reason", "message", "observedGeneration")))
        if rng.random() < 0.3:
            new["lastTransitionTime"] = T2
        changed, then = after(conds, new, T3)
        is_new = len(then) > len(conds)
        rule = "new types" if is_new else "known types, changed or not"
        yield Case(rule, (conds, new, T3), {"returned": changed, "conditions": shown(then)})


@kept
def situation_cases(seed: int) -> Iterator[Case]:
    """Yield random situations in which anything may go wrong."""
    rng = random.Random(f"situations/{seed}")
    for number in range(3):
        steps: list[tuple[object, ...]] = [("create", rng.randint(1, 2), 8 * rng.randint(1, 8))]
        for _ in range(rng.randint(0, 1)):
            steps.append(
                rng.choice([("scale", rng.randint(0, 3)), ("resize", 8 * rng.randint(1, 8)), ("take", 0)])
            )
        if number == 1:
            steps.append(("delete",))
        full: Object = {
            **situation(rng.choice(_NAMES), *steps),
            "faults": "all",
            "rules": [
                "no child twice",
                "nothing foreign is touched",
                "the bucket is given back before the Cache goes",
                "the status is about the generation that was read",
                "the spec is the user's",
            ],
            "look at": ["children", "status", "buckets"],
            "by chance": 25,
        }
        yield Case("everything holds in situations drawn at random", (full,), expected(full))
