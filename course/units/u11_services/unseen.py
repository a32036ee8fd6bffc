"""Seeded cases of unit 11; the right answers come from the cluster's own controllers and kube-proxy."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u11_services import cases
from course.units.u11_services.objects import at, endpoint, headless, node, pod, port, service

Object = dict[str, Any]


@kept
def group_cases(seed: int) -> Iterator[Case]:
    """Yield Services with a handful of pods for `endpoint_groups`."""
    rng = random.Random(f"groups/{seed}")
    for rule, make in _SERVICES.items():
        for _ in range(10):
            svc = make(rng)
            pods = [_pod(rng, number) for number in range(1, rng.randint(4, 8))]
            nodes = [node("n1", "a"), node("n2", rng.choice(["b", ""]))]
            yield cases.group_case(rule, svc, pods, rng.choice(["IPv4", "IPv4", "IPv6"]), nodes)


@kept
def usable_cases(seed: int) -> Iterator[Case]:
    """Yield endpoints for `usable`: with full sets of hints, with gaps, and with nobody ready."""
    rng = random.Random(f"usable/{seed}")
    for rule, (hinted, ready) in _MIXES.items():
        for _ in range(12):
            endpoints = [_at(rng, number, hinted, ready) for number in range(1, rng.randint(3, 7))]
            yield cases.usable_case(rule, endpoints, rng.choice("abc"), rng.choice(["n1", "n2", "n3"]))


@kept
def plan_cases(seed: int) -> Iterator[Case]:
    """Yield slices in every state, and what is desired, for `plan`."""
    rng = random.Random(f"plan/{seed}")
    for rule, (drop, new, flip) in _CHANGES.items():
        for _ in range(12):
            limit = rng.randint(3, 6)
            slices, desired, number = {}, [], 0
            for name in range(rng.randint(1, 5)):
                members = [endpoint(number + each) for each in range(rng.randint(0, limit))]
                number += len(members)
                slices[f"s{name}"] = members
                kept_ones = [one for one in members if rng.random() >= drop]
                desired += [one | {"conditions": {"ready": rng.random() >= flip}} for one in kept_ones]
            desired += [endpoint(1000 + each) for each in range(rng.randint(0, new))]
            rng.shuffle(desired)
            yield cases.plan_case(rule, slices, desired, limit)


_SERVICES: dict[str, Callable[[random.Random], Object]] = {
    "a targetPort that is a number is the same for every pod": lambda rng: service(
        port(80, 8080), publishNotReadyAddresses=rng.random() < 0.3
    ),
    "a targetPort that is a name is looked up in each pod": lambda rng: service(
        port(80, "web", "http"),
        port(443, "tls" if rng.random() < 0.5 else 8443, "https"),
        publishNotReadyAddresses=False,
    ),
    "a selector takes pods that have all of its labels": lambda rng: service(
        port(80), port(443, 8443, "tls"), selector={"app": "web", "tier": rng.choice(["front", "back"])}
    ),
    "a headless Service without ports has endpoints without ports": lambda rng: headless(
        publishNotReadyAddresses=rng.random() < 0.5
    ),
}

_MIXES = {
    "with hints on all endpoints, those for this zone are used": (1.0, 0.8),
    "with a hint missing, all endpoints are used": (0.8, 0.8),
    "ready endpoints first, else those that terminate and serve": (0.9, 0.15),
    "with none ready, those that terminate and serve are used": (0.5, 0.0),
}

_CHANGES = {
    "endpoints that leave are taken out of their slices": (0.4, 0, 0.0),
    "endpoints that join fill the room that is there": (0.0, 9, 0.0),
    "flips, leavers and joiners cost as few writes as they can": (0.2, 7, 0.1),
    "those that join go into slices that are written anyway": (0.3, 2, 0.2),
    "where most is replaced, slices are filled again": (0.8, 12, 0.0),
}


def _pod(rng: random.Random, number: int) -> Object:
    addresses = [[f"10.1.0.{number}"], [f"10.1.0.{number}", f"fd00::{number}"], [f"fd00::{number}"], []]
    ports = [{"web": 8080}, {"web": 8080, "tls": 8443}, {"web": 9090}, {"other": 1}, {}]
    return pod(
        number,
        ready=rng.choice([True, True, False, None]),
        terminating=rng.random() < 0.3,
        node=rng.choice(["n1", "n1", "n1", "n2", "n2", "gone"]),
        labels=rng.choice([{"app": "web", "tier": "front"}, {"app": "web", "tier": "back"}, {"app": "web"}]),
        namespace=rng.choice([*["shop"] * 5, "test"]),
        phase=rng.choice([*["Running"] * 7, "Succeeded", "Failed"]),
        ips=rng.choice([*addresses[:2], *addresses]),
        ports=rng.choice(ports),
        sidecar_ports=rng.choice([None, {"web": 15001, "tls": 15002}]),
        protocol=rng.choice(["", "", "", "TCP", "UDP"]),
    )


def _at(rng: random.Random, number: int, hinted: float, ready: float) -> Object:
    zones = rng.choice(["a", "b", "a b", "c"]) if rng.random() < hinted else ""
    nodes = rng.choice(["n1", "n2", "n1 n2"]) if rng.random() < hinted * 0.7 else ""
    is_ready: bool | None = rng.choice([True, None]) if rng.random() < ready else False
    terminating = rng.choice([True, True, False, None]) if is_ready is False else rng.choice([False, None])
    serving = rng.choice([True, False, None]) if is_ready is False else rng.choice([True, None])
    return at(
        f"10.1.0.{number}", ready=is_ready, serving=serving, terminating=terminating, zones=zones, nodes=nodes
    )
