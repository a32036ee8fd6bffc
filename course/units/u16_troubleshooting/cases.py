"""The clusters that `diagnose` and `repair` are tried on, a rule for each cause."""

import functools
from collections.abc import Iterable, Iterator
from typing import Any

from course.checks.report import Case, kept, with_keeping
from course.units.u16_troubleshooting.calls import number_of
from course.units.u16_troubleshooting.judge import CLEAN, FINE, WORKS, is_reworded
from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.scene import GROUPS, HEALTHY_SEED, broken, healthy
from course.units.u16_troubleshooting.snapshot import snapshot

SEEDS = (1, 2)
RULES = {
    "image": "an image that cannot be pulled",
    "quota": "a quota that is full",
    "taint": "a taint that keeps a pod from its node",
    "storageclass": "a claim whose StorageClass is not there",
    "revision": "a pod that blocks its StatefulSet",
    "selector": "a Service that selects nothing",
    "port": "a Service whose target port is not there",
    "egress": "a policy that keeps a namespace from the name server",
    "budget": "a budget that lets no pod go",
    "finalizer": "a finalizer that holds a namespace",
    "apiservice": "a group of the API that nobody answers for",
    "webhook": "a webhook whose Service has no endpoints",
    "toleration": "a network agent that does not come to a new node",
}


class Seen(dict[str, list[Object]]):
    """A snapshot, and what a report tells of it: the function that is tried gets a plain copy."""

    told = ""


@functools.cache
def one_case() -> Case:
    """Return a case of `diagnose` that is made soon."""
    made, expected = seen("finalizer", SEEDS[0])
    return Case(RULES["finalizer"], (made,), expected)


def seen(cause: str, seed: int) -> tuple[Seen, list[str] | None]:
    """Return a broken cluster's snapshot and its diagnosis."""
    found = broken(cause, seed)
    with found.town.cluster:
        made = Seen(snapshot(found.town, reworded=is_reworded(seed)))
        lines = [f"on_call({number_of(cause, seed)}): {found.symptom}"]
        lines += [f"  {link.what}: {link.shows}" for link in found.chain()]
    made.told = "\n".join(lines)
    return made, list(found.answer())


def seen_healthy(causes: Iterable[str], seed: int) -> Seen:
    """Return the snapshot of a cluster that only looks broken."""
    causes = tuple(causes)
    town = healthy(causes, seed)
    with town.cluster:
        made = Seen(snapshot(town, reworded=is_reworded(seed)))
    made.told = _nothing_wrong(causes)
    return made


def _nothing_wrong(causes: Iterable[str]) -> str:
    causes = tuple(causes)
    group = next((f'on_call("{name}"): ' for name, those in GROUPS.items() if those == causes), "")
    return f"{group}a cluster in which nothing is wrong, with what looks like {', '.join(causes)}"


@kept
def diagnose_cases(group: str) -> Iterator[Case]:
    """Yield two clusters for each cause of a group, and one in which nothing is wrong."""
    made = list(_diagnose_cases(group))
    for case in with_keeping(made) if group == "conditions" else made:
        yield case._replace(arguments=(dict(case.arguments[0]),)) if case.keeps else case  # plain, to compare


def _diagnose_cases(group: str) -> Iterator[Case]:
    nothing = seen_healthy(GROUPS[group], HEALTHY_SEED)
    for cause in GROUPS[group]:
        for seed in SEEDS:
            made, expected = seen(cause, seed)
            yield Case(RULES[cause], (made,), expected)
        yield Case(RULES[cause], (nothing,), None)


@kept
def repair_cases(group: str) -> Iterator[Case]:
    """Yield a cluster for each cause of a group, and one in which nothing is wrong."""
    for number, cause in enumerate(GROUPS[group]):
        yield Case(RULES[cause], ({"cause": cause, "seed": 3 + number % 2},), [WORKS, CLEAN])
    nothing = {"cause": "", "looks like": list(GROUPS[group]), "seed": HEALTHY_SEED}
    yield Case(RULES[GROUPS[group][0]], (nothing,), [FINE, CLEAN])


def show_snapshot(one: dict[str, list[Object]]) -> str:
    """Write what is in a snapshot."""
    return one.told if isinstance(one, Seen) else f"a snapshot with {len(one['pods'])} pods"


def show_repair(case: dict[str, Any]) -> str:
    """Write which cluster a repair was tried on."""
    if not case["cause"]:
        return _nothing_wrong(case["looks like"])
    return f"on_call({number_of(case['cause'], case['seed'])})"
