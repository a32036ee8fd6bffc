"""Clusters drawn with a seed, for `diagnose` and `repair`."""

import random
from collections.abc import Iterator

from course.checks.report import Case, kept
from course.units.u16_troubleshooting.cases import seen, seen_healthy
from course.units.u16_troubleshooting.clusters import CLUSTERS
from course.units.u16_troubleshooting.judge import CLEAN, WORKS

CLUSTERS_SHOWN = 5
REPAIRED = 4
FIRST_SEED, LAST_SEED = 10, 99


def _drawn(what: str, seed: int, count: int) -> list[tuple[str, int]]:
    rng = random.Random(f"{what}/{seed}")
    return [(cause, rng.randint(FIRST_SEED, LAST_SEED)) for cause in rng.sample(list(CLUSTERS), count)]


@kept
def diagnose_cases(seed: int) -> Iterator[Case]:
    """Yield broken clusters of any cause, and a healthy one with all that looks broken."""
    drawn = _drawn("diagnose", seed, CLUSTERS_SHOWN)
    for cause, one in drawn:
        made, expected = seen(cause, one)
        yield Case("clusters of any kind", (made,), expected)
    yield Case("clusters of any kind", (seen_healthy([cause for cause, _ in drawn], drawn[0][1]),), None)


@kept
def repair_cases(seed: int) -> Iterator[Case]:
    """Yield broken clusters of any cause."""
    for cause, one in _drawn("repair", seed, REPAIRED):
        yield Case("clusters of any kind", ({"cause": cause, "seed": one},), [WORKS, CLEAN])
