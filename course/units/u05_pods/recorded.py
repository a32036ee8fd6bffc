"""Cases from records: pods that an API server counted, states that the kubelet was asked about, stops."""

import random
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from insideout import records
from insideout.apimachinery.amount import parse
from insideout.apiserver import strategy
from insideout.apiserver.registry import Registry

Object = dict[str, Any]

OVERHEAD = {"heavy": {"cpu": "250m", "memory": "120Mi"}}
"""What the recorder's runtime classes add."""
DRAWN = 300
"""How many of the 5,488 recorded states a check asks about."""


@kept
def effective_cases() -> Iterator[Case]:
    """Yield the recorded pods that a quota counted, as they were stored, sorted into rules."""
    for row in records.read("pod_requests"):
        if "requested" in row:
            pod = stored(row["pod"])
            yield Case(_kind(pod["spec"]), (pod,), in_units(row["requested"]), keeps=True)


def stored(manifest: Object) -> Object:
    """Return a recorded pod as the API server stores it, as far as requests go."""
    kind = Registry().named("pods")
    assert kind is not None
    pod, _ = strategy.decode(kind, {**manifest, "spec": {**manifest["spec"]}})
    spec: Object = {}
    for name in ("initContainers", "containers"):
        if name in pod["spec"]:
            spec[name] = [_asking(container) for container in pod["spec"][name]]
    if pod["spec"].get("resources"):
        spec["resources"] = pod["spec"]["resources"]
    if overhead := OVERHEAD.get(pod["spec"].get("runtimeClassName", "")):
        spec["overhead"] = overhead
    return {"metadata": {"name": pod["metadata"]["name"]}, "spec": spec}


def in_units(quantities: dict[str, str]) -> dict[str, int]:
    """Return recorded quantities as the exercise counts: cpu in millicores, the rest in bytes."""
    values = {name: parse(text).value for name, text in quantities.items()}
    return {name: int(value * 1000 if name == "cpu" else value) for name, value in values.items()}


@kept
def start_cases(seed: int) -> Iterator[Case]:
    """Yield some of the recorded states for `next_starts`, drawn with `seed`, a rule for each kind of pod."""
    drawn = random.Random(f"recorded starts/{seed}").sample(records.read("init_containers"), DRAWN)
    for row in drawn:
        has_sidecar, has_plain = set(row["init"]) != {"init"}, "init" in row["init"]
        both = "both kinds of init containers"
        kinds = both if has_sidecar and has_plain else "sidecars" if has_sidecar else "plain init containers"
        rule = f"recorded states of {kinds}"
        arguments = row["init"], row["status"], row["main_running"]
        yield Case(rule, arguments, (row["start"], row["ready_for_main"]), keeps=True)


@kept
def term_cases() -> Iterator[Case]:
    """Yield the recorded stops in whole seconds, without hooks, in which everything runs."""
    for row in records.read("termination"):
        running = [each for each in row["containers"] if each["kind"] != "init"]
        if any("prestop_ms" in each or not each.get("running", True) for each in running):
            continue
        if any((each["exit_ms"] or 0) % 1000 for each in running):
            continue
        mains, sidecars = ([each for each in running if each["kind"] == kind] for kind in ("main", "sidecar"))
        if sidecars:
            times = row["want"]["containers"]
            arguments = [_exit_s(each) for each in mains], [_exit_s(each) for each in sidecars], row["grace"]
            count = "one sidecar" if len(sidecars) == 1 else "several sidecars"
            yield Case(
                f"recorded stops of pods with {count}",
                arguments,
                [times[each["name"]]["term"] for each in sidecars],
                keeps=True,
            )


def _exit_s(each: Object) -> int:
    """Return the seconds that a container takes to leave; a day for one that ignores SIGTERM."""
    return 24 * 3600 if each["exit_ms"] is None else int(each["exit_ms"] // 1000)


def _asking(container: Object) -> Object:
    kept_fields = ("name", "restartPolicy", "resources")
    return {name: container[name] for name in kept_fields if container.get(name)}


def _kind(spec: Object) -> str:
    if "resources" in spec:
        return "recorded pods with requests of their own"
    if "overhead" in spec:
        return "recorded pods with overhead"
    inits = spec.get("initContainers", [])
    if not inits:
        return "recorded pods without init containers"
    has_sidecars = any(init.get("restartPolicy") == "Always" for init in inits)
    return "recorded pods with sidecars" if has_sidecars else "recorded pods with plain init containers"


def cpu_line(row: Object) -> str:
    """Write what the containers of a recorded pod ask of the CPU, and what the API server counted."""
    spec = stored(row["pod"])["spec"]
    inits = [
        f"{'sidecar' if init.get('restartPolicy') == 'Always' else 'init'} {_cpu(init)}"
        for init in spec.get("initContainers", [])
    ]
    mains = [_cpu(main) for main in spec["containers"]]
    counted = in_units(row["requested"])["cpu"]
    return f"{', '.join(inits):38} | main {', '.join(mains):14} | counted {counted}m"


def _cpu(container: Object) -> str:
    return f"{in_units({'cpu': container['resources']['requests']['cpu']})['cpu']}m"
