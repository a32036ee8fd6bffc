"""Seeded cases for the unit on pods; the right answers come from the package's own parts."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u05_pods import rules
from course.units.u05_pods.cases import REFUSED

Object = dict[str, Any]

_HOST = ("hostNetwork", "hostIPC", "hostPID", "shareProcessNamespace")
_KINDS = ("net", "ipc", "uts", "pid", "mnt")
_CPU = ("50m", "100m", "250m", "500m", "1", "1.5", "2")
_MEMORY = ("64Mi", "128Mi", "1Gi", "1G", "1500M")
_STATES = {
    "init": ("none", "run", "ok", "bad"),
    "side": ("none", "run", "ok", "bad"),
    "sideP": ("none", "run", "runOK", "runFail", "ok", "bad"),
}


@kept
def owner_cases(seed: int) -> Iterator[Case]:
    """Yield specs with random fields for `ns_owner`, a rule for each kind of namespace."""
    rng = random.Random(f"owner/{seed}")
    for kind in _KINDS:
        for _ in range(8):
            spec = _spec(rng)
            container = rng.choice(spec["containers"])["name"]
            illegal = spec.get("hostPID") and spec.get("shareProcessNamespace")
            expected = REFUSED if illegal else rules.ns_owner(spec, container, kind)
            yield Case(
                f"what a process sees of the others, kind {kind}",
                (spec, container, kind),
                expected,
                keeps=not illegal,
            )
        both = _spec(rng) | {"hostPID": True, "shareProcessNamespace": True}
        yield Case(
            f"what a process sees of the others, kind {kind}",
            (both, both["containers"][0]["name"], kind),
            REFUSED,
        )


@kept
def effective_cases(seed: int) -> Iterator[Case]:
    """Yield random pods for `effective`."""
    rng = random.Random(f"effective/{seed}")
    makers: dict[str, Callable[[], Object]] = {
        "main containers and sidecars request together": lambda: _pod(rng, ("side",)),
        "an init container requests beside the sidecars above it": lambda: _pod(rng, ("init", "side")),
        "the pod's own requests replace its containers', and overhead comes on top": lambda: _pod(
            rng, ("init", "side"), own=True
        ),
    }
    for rule, make in makers.items():
        for _ in range(12):
            pod = make()
            yield Case(rule, (pod,), rules.effective(pod), keeps=True)


@kept
def start_cases(seed: int) -> Iterator[Case]:
    """Yield random states of up to six init containers for `next_starts`."""
    rng = random.Random(f"starts/{seed}")
    for rule, main_running in (
        ("what starts next, before the main containers run", False),
        ("what starts next, while a main container runs", True),
    ):
        for _ in range(60):
            kinds = [rng.choice(("init", "side", "sideP")) for _ in range(rng.randint(1, 6))]
            status = [_state(rng, kind) for kind in kinds]
            arguments = kinds, status, main_running
            yield Case(rule, arguments, rules.next_starts(*arguments), keeps=True)


@kept
def term_cases(seed: int) -> Iterator[Case]:
    """Yield random pods that stop for `term_at`."""
    rng = random.Random(f"term/{seed}")
    for rule, most in (
        ("who ends within the grace ends by TERM, in the order of the stop", 6),
        ("what needs more than the grace is killed at its end", 40),
    ):
        for _ in range(20):
            mains = [rng.randint(0, most) for _ in range(rng.randint(1, 3))]
            sidecars = [rng.randint(0, most) for _ in range(rng.randint(1, 4))]
            grace = rng.choice((0, 1, 2, 5, 10, 30)) if most > 6 else 30
            arguments = mains, sidecars, grace
            yield Case(rule, arguments, rules.term_at(*arguments), keeps=True)


def _spec(rng: random.Random) -> Object:
    fields = {name: rng.random() < 0.6 for name in _HOST if rng.random() < 0.5}
    if fields.get("hostPID") and rng.random() < 0.7:
        fields.pop("shareProcessNamespace", None)
    names = rng.sample(("app", "log", "proxy", "db"), rng.randint(1, 3))
    return {"containers": [{"name": name} for name in names], **fields}


def _pod(rng: random.Random, inits: tuple[str, ...], *, own: bool = False) -> Object:
    spec: Object = {
        "initContainers": [_container(rng, f"i{n}", rng.choice(inits)) for n in range(rng.randint(1, 4))],
        "containers": [_container(rng, f"c{n}", "main") for n in range(rng.randint(1, 3))],
    }
    pod: Object = {"metadata": {"name": "p"}, "spec": spec}
    if own:
        if rng.random() < 0.6:
            spec["overhead"] = {"cpu": "250m", "memory": "120Mi"}
        if rng.random() < 0.7 or "overhead" not in spec:
            asked = {"cpu": rng.choice(("12", "14500m")), "memory": rng.choice(("16Gi", "18G"))}
            names = rng.choice((["cpu"], ["memory"], ["cpu", "memory"]))
            spec["resources"] = {"requests": {name: asked[name] for name in names}}
    return pod


def _container(rng: random.Random, name: str, kind: str) -> Object:
    requests = {"cpu": rng.choice(_CPU), "memory": rng.choice(_MEMORY)}
    if rng.random() < 0.3:
        del requests[rng.choice(("cpu", "memory"))]
    more = {"restartPolicy": "Always"} if kind == "side" else {}
    return {"name": name, "image": "v1", "resources": {"requests": requests}, **more}


def _state(rng: random.Random, kind: str) -> str:
    return rng.choice(("none", *_STATES[kind]))
