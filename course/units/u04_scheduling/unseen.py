"""Seeded cases for this unit; the right answers come from the package's own scheduler and kubelet."""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from course.checks.report import Case, kept
from course.units.u04_scheduling import answers
from course.units.u04_scheduling.objects import (
    ZONE,
    Gi,
    Mi,
    Plain,
    asks,
    bears,
    node,
    pod,
    spread,
    taint,
    wants,
)
from insideout.client.leaderelection import may_acquire
from insideout.scheduler.sampling import feasible_target

_RUNS = [0, 1, 5, 20, 59, 61, 250, 301, 450, 599, 600, 601, 700, 900, 3600]
_REASONS = [
    "Insufficient cpu",
    "Insufficient memory",
    "Too many pods",
    "node(s) were unschedulable",
    "node(s) had untolerated taint(s)",
    "node(s) didn't match Pod's node affinity/selector",
    "node(s) didn't match pod topology spread constraints",
]
_EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")


@kept
def restart_cases(seed: int) -> Iterator[Case]:
    """Yield lengths of runs for `restart_delays`."""
    rng = random.Random(f"restarts/{seed}")
    for rule, short in (
        ("each crash doubles the delay, up to the cap", True),
        ("a long run begins the delays anew", False),
    ):
        for _ in range(25):
            runs = [rng.choice(_RUNS[:5] if short else _RUNS) for _ in range(rng.randint(1, 12))]
            if short:
                yield Case(rule, (runs,), answers.restart_delays(runs))
            else:
                initial, cap = rng.choice([(10, 300), (10, 300), (10, 30), (10, 60), (1, 1), (5, 120)])
                yield Case(rule, (runs, initial, cap), answers.restart_delays(runs, initial, cap))


@kept
def message_cases(seed: int) -> Iterator[Case]:
    """Yield nodes' reasons for `fit_message`."""
    rng = random.Random(f"messages/{seed}")
    for rule, most in (
        ("the message counts each reason, few nodes", 5),
        ("the message counts each reason, many nodes", 40),
    ):
        for _ in range(20):
            size = rng.randint(1, most)
            common = rng.sample(_REASONS, rng.randint(1, 3))
            statuses = {
                f"n{number}": rng.sample(common, rng.randint(1, min(2, len(common))))
                for number in range(size)
            }
            n = size + rng.choice([0, 0, 0, 3])
            yield Case(rule, (n, statuses), answers.fit_message(n, statuses))


@kept
def filter_cases(seed: int) -> Iterator[Case]:
    """Yield pods and nodes for `filters`; each rule has nodes that fit and nodes that do not."""
    rng = random.Random(f"filters/{seed}")
    makers: dict[str, Callable[[], Plain]] = {
        "what a node has left must cover the pod's requests": lambda: pod("new", **_requesting(rng)),
        "every taint that forbids needs a toleration": lambda: pod("new", **_bearing(rng)),
        "the node's labels must satisfy selector and affinity": lambda: pod("new", **_choosy(rng)),
        "the spread must stay within its skew": lambda: pod("new", **_spreading(rng)),
        "all filters together: each names its reason": lambda: pod(
            "new", **{**_requesting(rng), **_bearing(rng), **_choosy(rng), **_spreading(rng)}
        ),
    }
    for rule, make in makers.items():
        for _ in range(20):
            new, nodes = make(), [_random_node(rng, number) for number in range(rng.randint(2, 5))]
            yield Case(rule, (new, nodes), answers.filters(new, nodes))


@kept
def score_cases(seed: int) -> Iterator[Case]:
    """Yield pods and nodes for `score`, but none where exact and floating-point arithmetic would differ."""
    rng = random.Random(f"scores/{seed}")
    for rule, tainted in (
        ("the score of each node, from requests and what is left", False),
        ("taints that only discourage lower the score", True),
    ):
        found = 0
        while found < 25:
            new = pod("new", containers=_containers(rng, rng.randint(1, 3)))
            if tainted:
                new["tolerations"] = _tolerations(rng)
            nodes = [_scored_node(rng, number, tainted) for number in range(rng.randint(2, 4))]
            if all(_is_clear(new, each) for each in nodes):
                found += 1
                yield Case(rule, (new, nodes), answers.score(new, nodes))


@kept
def pick_cases(seed: int) -> Iterator[Case]:
    """Yield candidates without ties for `pick_node`."""
    rng = random.Random(f"picks/{seed}")
    for rule, priorities in (
        ("the node whose victims matter least is picked", [0, 0, 5, 10, 100]),
        ("at equal priorities, sums and counts decide", [0, 10]),
        ("negative priorities are compared as numbers", [-100, -5, 0, 5]),
    ):
        for _ in range(20):
            starts = rng.sample(range(1, 1000), 20)
            candidates = {
                f"n{number}": {
                    "pdb": rng.choice([0, 0, 0, 1]),
                    "victims": [[rng.choice(priorities), starts.pop()] for _ in range(rng.randint(1, 3))],
                }
                for number in range(rng.randint(2, 5))
            }
            yield Case(rule, (candidates,), answers.pick_node(candidates))


@kept
def lease_cases(seed: int) -> Iterator[Case]:
    """Yield leases for `may_acquire`."""
    rng = random.Random(f"leases/{seed}")
    for rule, holders in (
        ("a lease of somebody else is taken only when it ran out", "ac"),
        ("who may take a lease: its holder, or anybody once it ran out", ("", "a", "me")),
    ):
        for _ in range(20):
            seen_at, duration = rng.randint(0, 50), rng.choice([1, 15, 15, 30, 60])
            now = seen_at + rng.choice([0, 1, duration - 1, duration, duration + 1, 200])
            arguments = (now, seen_at, duration, rng.choice(holders), "me")
            yield Case(rule, arguments, may_acquire(*arguments))


@kept
def target_cases(seed: int) -> Iterator[Case]:
    """Yield sizes of clusters for `feasible_target`."""
    rng = random.Random(f"targets/{seed}")
    for rule, low, high in (
        ("below 100 nodes all are looked at", 1, 99),
        ("the share of nodes falls with the cluster's size", 100, 5600),
        ("the share of nodes never falls below its least", 5600, 15000),
    ):
        for _ in range(15):
            arguments = (rng.randint(low, high), rng.choice([0, 0, 1, 5, 20, 33, 70, 100]))
            yield Case(rule, arguments, feasible_target(*arguments))


def _containers(rng: random.Random, count: int) -> list[Plain]:
    cpus, memories = [None, 0, 100, 250, 700, 1500], [None, 0, 64 * Mi, 700 * Mi, 3 * Gi]
    return [asks(rng.choice(cpus), rng.choice(memories)) for _ in range(count)]


def _requesting(rng: random.Random) -> Plain:
    return {"containers": _containers(rng, rng.randint(1, 3))}


def _bearing(rng: random.Random) -> Plain:
    return {"tolerations": _tolerations(rng)}


def _tolerations(rng: random.Random) -> list[Plain]:
    return [
        bears(
            rng.choice(["gpu", "gpu", "disk", ""]),
            rng.choice(["", *_EFFECTS]),
            rng.choice([None, "", "a"]),
        )
        for _ in range(rng.randint(0, 2))
    ]  # fmt: skip


def _choosy(rng: random.Random) -> Plain:
    def expression() -> Plain:
        operator = rng.choice(["In", "NotIn", "Exists", "DoesNotExist"])
        values = rng.sample(["ssd", "hdd", "nvme"], rng.randint(1, 2)) if operator.endswith("In") else []
        return wants("disk" if values else rng.choice(["disk", "arch"]), operator, *values)

    terms = [[expression() for _ in range(rng.randint(1, 2))] for _ in range(rng.randint(0, 2))]
    return {"affinity": terms, "node_selector": rng.choice([{}, {}, {"disk": "ssd"}])}


def _spreading(rng: random.Random) -> Plain:
    keys = rng.choice([[ZONE], [ZONE], [ZONE, "rack"], ["rack"]])
    constraints = [
        spread(key, rng.choice([1, 1, 2, 3]), rng.choice([1, 1, 1, 2, 4]), app=rng.choice(["web", "db"]))
        for key in keys
    ]
    return {"labels": {"app": rng.choice(["web", "db"])}, "spread": constraints}


def _random_node(rng: random.Random, number: int) -> Plain:
    labels = {ZONE: rng.choice("abc"), "rack": rng.choice("12"), "disk": rng.choice(["ssd", "hdd", "nvme"])}
    for key in list(labels):
        if rng.random() < 0.15:
            del labels[key]
    if rng.random() < 0.3:
        labels["arch"] = "arm"
    taints = [
        taint(key, rng.choice(_EFFECTS), rng.choice(["", "a"]))
        for key in ("gpu", "disk")
        if rng.random() < 0.2
    ]
    pods = [
        pod(f"p{each}", labels={"app": rng.choice(["web", "db"])}, containers=_containers(rng, 1),
            leaving=rng.random() < 0.15)
        for each in range(rng.randint(0, 4))
    ]  # fmt: skip
    return node(
        f"n{number}",
        *pods,
        labels=labels,
        taints=taints,
        unschedulable=rng.random() < 0.1,
        cpu=rng.choice([1000, 2000, 4000]),
        memory=rng.choice([1, 4, 8]) * Gi,
        max_pods=rng.choice([2, 4, 110, 110]),
    )


def _scored_node(rng: random.Random, number: int, tainted: bool) -> Plain:
    taints = [
        taint(key, rng.choice(["PreferNoSchedule", "PreferNoSchedule", "NoSchedule"]))
        for key in ("gpu", "disk", "old", "slow")
        if tainted and rng.random() < 0.5
    ]
    pods = [pod(f"p{each}", containers=_containers(rng, 1)) for each in range(rng.randint(0, 3))]
    cpu, memory = rng.choice([2000, 3000, 7000, 8000]), rng.choice([3, 4, 8, 15]) * Gi
    return node(f"n{number}", *pods, taints=taints, cpu=cpu, memory=memory)


def _is_clear(new: Plain, each: Plain) -> bool:
    """Return whether fractions and floating-point numbers come to the same evenness."""

    def total(pods: list[Plain], name: str) -> int:
        return sum(container.get(name, 0) for one in pods for container in one["containers"])

    def evenness(pods: list[Plain], number: Callable[[int, int], Any]) -> int:
        cpu, memory = (min(number(total(pods, name), each[name]), 1) for name in ("cpu", "memory"))
        return int((1 - abs(cpu - memory) / 2) * 100)

    return all(
        evenness(pods, Fraction) == evenness(pods, lambda part, whole: part / whole)
        for pods in (each["pods"], [*each["pods"], new])
    )
