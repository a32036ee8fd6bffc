"""What is often believed about pods, each as a function that answers by it."""

from collections.abc import Callable, Mapping
from typing import Any

from course.units.u05_pods import rules
from insideout.apimachinery.quantity import parse

Object = dict[str, Any]
Known = Mapping[str, Callable[..., Any]]


def _legal(spec: Object) -> Object:
    """Return a spec without the pair that is refused."""
    return {**spec, "shareProcessNamespace": spec.get("shareProcessNamespace") and not spec.get("hostPID")}


def _owner_pid_shared(spec: Object, container: str, kind: str) -> str:
    if kind == "pid":
        rules.ns_owner(spec, container, kind)
        return "host" if spec.get("hostPID") else "pod"
    return rules.ns_owner(spec, container, kind)


def _owner_uts_pod(spec: Object, container: str, kind: str) -> str:
    owner = rules.ns_owner(spec, container, kind)
    return "pod" if kind == "uts" else owner


def _owner_ipc_net(spec: Object, container: str, kind: str) -> str:
    owner = rules.ns_owner(spec, container, kind)
    return "host" if kind == "net" and spec.get("hostIPC") else owner


def _owner_mnt_shared(spec: Object, container: str, kind: str) -> str:
    owner = rules.ns_owner(spec, container, kind)
    return "pod" if kind == "mnt" else owner


def _owner_pair(spec: Object, container: str, kind: str) -> str:
    return rules.ns_owner(_legal(spec), container, kind)


def _owner_host_network_all(spec: Object, container: str, kind: str) -> str:
    owner = rules.ns_owner(spec, container, kind)
    return "host" if kind == "ipc" and spec.get("hostNetwork") else owner


def _effective(
    pod: Object, *, init_sum: bool = False, plain: bool = False, all_sidecars: bool = False, own: bool = True
) -> dict[str, int]:
    """Return requests by one wrong rule."""
    spec = pod["spec"]
    inits = spec.get("initContainers", [])
    total = _sum(spec["containers"])
    sidecars = [] if plain else [c for c in inits if c.get("restartPolicy") == "Always"]
    if init_sum:
        total = _sum([*spec["containers"], *inits])
    else:
        total = _sum([*spec["containers"], *sidecars])
        for index, init in enumerate(inits):
            if init not in sidecars:
                beside = sidecars if all_sidecars else [c for c in inits[:index] if c in sidecars]
                for name, value in _sum([init, *beside]).items():
                    total[name] = max(total.get(name, 0), value)
    if own:
        total.update(_amounts(spec.get("resources", {}).get("requests", {})))
    for name, value in _amounts(spec.get("overhead", {})).items():
        total[name] = total.get(name, 0) + value
    return total


def _sum(containers: list[Object]) -> dict[str, int]:
    total: dict[str, int] = {}
    for container in containers:
        for name, value in _amounts(container.get("resources", {}).get("requests", {})).items():
            total[name] = total.get(name, 0) + value
    return total


def _amounts(quantities: Object) -> dict[str, int]:
    return {name: int(parse(text) * (1000 if name == "cpu" else 1)) for name, text in quantities.items()}


def _starts_waiting(kinds: list[str], status: list[str], main_running: bool) -> Any:
    """Take a sidecar for something that has to be over."""
    return rules.next_starts(["init" for _ in kinds], [state[:3] for state in status], main_running)


def _starts_gated(kinds: list[str], status: list[str], main_running: bool) -> Any:
    """Wait for every sidecar to be ready, as if each had a probe that never passed yet."""
    gated = ["sideP" if kind == "side" else kind for kind in kinds]
    return rules.next_starts(gated, status, main_running)


def _starts_ungated(kinds: list[str], status: list[str], main_running: bool) -> Any:
    """Let go on as soon as a sidecar runs, whatever its startup probe says."""
    states = ["run" if state in ("runOK", "runFail") else state for state in status]
    return rules.next_starts(["side" if kind == "sideP" else kind for kind in kinds], states, main_running)


def _starts_all_over(kinds: list[str], status: list[str], main_running: bool) -> Any:
    """Look from the first on, and run again what left no trace."""
    done = {"init": ("ok",), "side": ("run",), "sideP": ("runOK",)}
    restart = {
        "init": ("none", "bad"),
        "side": ("none", "ok", "bad"),
        "sideP": ("none", "ok", "bad", "runFail"),
    }
    for index, (kind, state) in enumerate(zip(kinds, status, strict=True)):
        if state not in done[kind]:
            return ([index] if state in restart[kind] else []), False
    return [], True


def _term_start_order(mains: list[int], sidecars: list[int], grace: int) -> list[int]:
    return rules.term_at(mains, sidecars[::-1], grace)[::-1]


def _term_together(mains: list[int], sidecars: list[int], grace: int) -> list[int]:
    return [0 for _ in sidecars]


def _term_no_chain(mains: list[int], sidecars: list[int], grace: int) -> list[int]:
    return [min(grace, max(mains)) for _ in sidecars]


def _term_past_grace(mains: list[int], sidecars: list[int], grace: int) -> list[int]:
    return rules.term_at(mains, sidecars, 10**9)


def _term_first_main(mains: list[int], sidecars: list[int], grace: int) -> list[int]:
    return rules.term_at([min(mains)], sidecars, grace)


KNOWN: Mapping[str, Known] = {
    "ns_owner": {
        "the containers of a pod see each other's processes": _owner_pid_shared,
        "a pod always has a host name of its own": _owner_uts_pod,
        "hostIPC opens the host's network too": _owner_ipc_net,
        "the containers of a pod share their files": _owner_mnt_shared,
        "hostPID with shareProcessNamespace is allowed": _owner_pair,
        "hostNetwork opens everything that the pod shares": _owner_host_network_all,
    },
    "reaper": {
        "pause reaps the orphans of every pod": lambda spec: "pause",
        "pause reaps unless the pod shares the host's PIDs": lambda spec: (
            "host-init" if spec.get("hostPID") else "pause"
        ),
        "each container always reaps its own": lambda spec: "container",
    },
    "effective": {
        "everything adds up, init containers too": lambda pod: _effective(pod, init_sum=True),
        "a sidecar counts like a plain init container": lambda pod: _effective(pod, plain=True),
        "an init container runs beside all sidecars, later ones too": lambda pod: _effective(
            pod, all_sidecars=True
        ),
        "a request on the pod itself changes nothing": lambda pod: _effective(pod, own=False),
    },
    "next_starts": {
        "a sidecar has to be over before the next one starts": _starts_waiting,
        "a sidecar has to be ready before the next one starts": _starts_gated,
        "a startup probe does not hold anybody up": _starts_ungated,
        "the order begins anew with whatever has left no trace": _starts_all_over,
    },
    "term_at": {
        "sidecars stop in the order in which they started": _term_start_order,
        "everything is told to stop at once": _term_together,
        "sidecars wait for the main containers, not for each other": _term_no_chain,
        "a sidecar waits for its turn however long that takes": _term_past_grace,
        "one main container that has gone is enough": _term_first_main,
    },
}
