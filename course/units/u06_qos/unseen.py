"""Seeded cases for the lesson on QoS; the right answers come from the package's own kubelet."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from course.checks.pods import container, pod, sidecar
from course.checks.report import Case, kept
from course.units.u06_qos.cases import RULE_OF_KIND
from insideout.apimachinery.qos import qos_class
from insideout.kubelet.eviction import PodMemory, rank_memory
from insideout.kubelet.oom import oom_score_adj

Object = dict[str, Any]
Mi, Gi = 2**20, 2**30

_OF_CONTAINERS = {
    "cpu": ["0", "100m", "0.1", "1", "1000m", "2"],
    "memory": ["0", "64Mi", "65536Ki", "1Gi", "1G", "1073741824"],
}
# At least what two containers can ask for: the API server refuses a pod that asks for less than they do.
_OF_PODS = {"cpu": ["4", "4000m", "8"], "memory": ["4Gi", "4096Mi", "8G"]}


_SHARE = "Burstable is 1000 less the share of the node's memory that the container requests, in thousandths"
_OWN = "what the pod requests beyond its containers is shared equally among them, init containers too"


@kept
def class_cases(seed: int) -> Iterator[Case]:
    """Yield pods for `qos(pod)`; each rule has all three classes."""
    rng = random.Random(f"qos/{seed}")
    makers: dict[str, Callable[[], Object]] = {
        RULE_OF_KIND["one"]: lambda: pod(_random_container(rng, "app")),
        RULE_OF_KIND["several"]: lambda: pod(*_containers(rng, rng.choice([2, 3]))),
        RULE_OF_KIND["inits"]: lambda: pod(*_containers(rng, rng.choice([1, 2])), init=tuple(_inits(rng))),
        RULE_OF_KIND["own"]: lambda: pod(
            *_containers(rng, rng.choice([1, 2])), resources=_resources(rng, pod_level=True)
        ),
    }
    for rule, make in makers.items():
        wanted = {"Guaranteed": 8, "Burstable": 8, "BestEffort": 4}
        while any(wanted.values()):
            example = make()
            expected = qos_class(example)
            if wanted[expected]:
                wanted[expected] -= 1
                yield Case(rule, (example,), expected)


@kept
def oom_cases(seed: int) -> Iterator[Case]:
    """Yield pods, a container of each and a node's size for `oom_adj(pod, name, capacity)`."""
    rng = random.Random(f"oom/{seed}")
    for rule, init, own in (
        (_SHARE, False, False),
        ("a sidecar takes the lower of its own value and that of the smallest main request", True, False),
        (_OWN, True, True),
    ):
        for _ in range(25):
            inits = [_asking(rng, f"init-{n}", init=True) for n in range(rng.randint(1, 2))] if init else []
            mains = [_asking(rng, f"main-{n}") for n in range(rng.randint(1, 3))]
            spec = {"resources": {"requests": {"memory": f"{rng.randint(8, 24)}Gi"}}} if own else {}
            example = pod(*mains, init=tuple(inits), **spec)
            name = rng.choice([*inits, *mains])["name"]
            capacity_bytes = rng.choice([8, 15, 64, 100]) * Gi - rng.randint(0, 512) * Mi
            expected = oom_score_adj(example, name, capacity_bytes)
            yield Case(rule, (example, name, capacity_bytes), expected)


@kept
def evict_cases(seed: int) -> Iterator[Case]:
    """Yield lists of pods without ties for `evict_order(pods)`: pairs that one rule decides, then more."""
    rng = random.Random(f"evict/{seed}")
    wanted = dict.fromkeys(_DECIDED, 8)
    while any(wanted.values()):
        pods = [_random_usage(rng, number) for number in range(2)]
        rule = _decided(*pods)
        if wanted[rule]:
            wanted[rule] -= 1
            yield Case(rule, (pods,), _ranked(pods))
    for count in [*[8] * 30, 60, 60]:
        pods = [_random_usage(rng, number) for number in range(count)]
        yield Case(_ORDER, (pods,), _ranked(pods))


_ORDER = "statistics, the request, priority, excess: the first in which two pods differ decides"
_DECIDED = (
    "a critical pod is never evicted",
    "a pod without statistics goes before all others",
    "pods above their request go before pods within it",
    "among pods on the same side, lower priority goes first",
    "at equal priority, the larger excess over the request goes first",
)


def _decided(one: Object, other: Object) -> str:
    """Return the rule that decides between two pods."""
    if one["critical"] or other["critical"]:
        return _DECIDED[0]
    if one["usage"] is None or other["usage"] is None:
        return _DECIDED[1]
    sides = {pod["usage"] > pod["request"] for pod in (one, other)}
    return _DECIDED[2] if len(sides) > 1 else _DECIDED[3 if one["priority"] != other["priority"] else 4]


def _ranked(pods: list[Object]) -> list[str]:
    ranked = rank_memory(
        PodMemory(p["name"], p["priority"], p["usage"], p["request"], p["critical"]) for p in pods
    )
    return [pod.name for pod in ranked if not pod.critical]


def _random_container(rng: random.Random, name: str) -> Object:
    resources = _resources(rng)
    return container(name, resources.get("requests"), resources.get("limits"))


def _containers(rng: random.Random, count: int) -> list[Object]:
    alike = rng.random() < 0.5  # else Guaranteed and BestEffort pods would hardly come up
    first = _random_container(rng, "main-0")
    rest = [_random_container(rng, f"main-{n}") for n in range(1, count)]
    return [first, *({**first, "name": one["name"]} if alike else one for one in rest)]


def _inits(rng: random.Random) -> list[Object]:
    inits = _containers(rng, rng.choice([1, 2]))
    return [
        {**one, "name": f"init-{number}", **({"restartPolicy": "Always"} if rng.random() < 0.5 else {})}
        for number, one in enumerate(inits)
    ]


def _resources(rng: random.Random, *, pod_level: bool = False) -> Object:
    style = rng.choice(["none", "equal", "equal", "limits", "mixed", "mixed"])
    if style == "none":
        return {}
    requests: Object = {}
    limits: Object = {}
    for name, quantities in (_OF_PODS if pod_level else _OF_CONTAINERS).items():
        mode = rng.choice(["equal", "limits", "requests", "below", "none"]) if style == "mixed" else style
        quantity = rng.choice(quantities[1:] if rng.random() < 0.85 else quantities)
        if mode in ("equal", "requests", "below"):
            requests[name] = quantity
        if mode in ("equal", "limits"):
            limits[name] = quantity
        if mode == "below":
            limits[name] = {"cpu": "8", "memory": "8Gi"}[name] if pod_level else quantities[-1]
    if rng.random() < 0.15 and not pod_level:
        requests["ephemeral-storage"] = "1Gi"
    return {key: value for key, value in (("requests", requests), ("limits", limits)) if value}


def _asking(rng: random.Random, name: str, *, init: bool = False) -> Object:
    asked = (
        {"memory": f"{rng.choice([0, 50, 100, 512, 2048, 4000])}Mi"} if rng.random() < 0.8 else {"cpu": "1"}
    )
    return (sidecar if init and rng.random() < 0.6 else container)(name, asked)


def _random_usage(rng: random.Random, number: int) -> Object:
    """Return one pod; its number is in its usage, so that no two compare equal."""
    request_bytes = rng.choice([0, 100, 200]) * Mi
    usage_bytes = rng.randint(0, 300) * Mi + number
    unknown = rng.random() < 0.05
    return {
        "name": f"pod-{number}",
        "priority": number - 500 if unknown else rng.choice([-10, 0, 0, 0, 1000]),
        "usage": None if unknown else usage_bytes,
        "request": request_bytes,
        "critical": rng.random() < 0.1,
    }
