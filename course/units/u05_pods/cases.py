"""The visible cases of the unit on pods: each rule is a contrast, so that no constant answer holds."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, Raises, as_yaml, kept
from course.units.u05_pods import rules

Object = dict[str, Any]

REFUSED = Raises("ValueError")
"""The answer about a pod that is not allowed."""


@kept
def owner_cases() -> Iterator[Case]:
    """Yield the examples for `ns_owner(spec, container, kind)`."""
    for rule, table in _OWNER.items():
        for spec, container, kind, expected in table:
            yield Case(rule, (spec, container, kind), expected, keeps=expected != REFUSED)


@kept
def reaper_cases() -> Iterator[Case]:
    """Yield the examples for `reaper(spec)`."""
    for rule, table in _REAPER.items():
        for spec, expected in table:
            yield Case(rule, (spec,), expected, keeps=True)


@kept
def effective_cases() -> Iterator[Case]:
    """Yield the examples for `effective(pod)`."""
    for rule, table in _EFFECTIVE.items():
        for pod, expected in table:
            yield Case(rule, (pod,), expected, keeps=True)


@kept
def start_cases() -> Iterator[Case]:
    """Yield the examples for `next_starts(kinds, status, main_running)`."""
    for rule, table in _START.items():
        for kinds, status, main_running in table:
            arguments = kinds.split(), status.split(), main_running
            yield Case(rule, arguments, rules.next_starts(*arguments), keeps=True)


@kept
def term_cases() -> Iterator[Case]:
    """Yield the examples for `term_at(mains, sidecars, grace)`."""
    for rule, table in _TERM.items():
        for arguments, expected in table:
            yield Case(rule, arguments, expected, keeps=True)


def show_owner(spec: Object, container: str, kind: str) -> str:
    """Write a spec and what is asked of it."""
    return f"{as_yaml({'spec': spec})}\ncontainer: {container}, kind: {kind}"


def show_pod(pod: Object) -> str:
    """Write what a pod's containers ask for, without what no case is about."""
    return as_yaml({"spec": _brief(pod["spec"])})


def show_starts(kinds: list[str], status: list[str], main_running: bool) -> str:
    """Write each init container's kind and state, a line each."""
    lines = [
        f"{index}: {kind:5} {state}" for index, (kind, state) in enumerate(zip(kinds, status, strict=True))
    ]
    return "\n".join([*lines, f"main_running: {main_running}"])


def show_term(mains: list[int], sidecars: list[int], grace: int) -> str:
    """Write the arguments with their names and unit."""
    return f"mains: {mains} s to exit after TERM\nsidecars: {sidecars} s\ngrace: {grace} s"


def _brief(value: Any) -> Any:
    if isinstance(value, list):
        return [_brief(item) for item in value]
    if isinstance(value, dict):
        return {key: _brief(item) for key, item in value.items() if key != "image"}
    return value


_PLAIN: Object = {"containers": [{"name": "app"}, {"name": "log"}]}


def _spec(**more: Any) -> Object:
    return {**_PLAIN, **more}


_OWNER: dict[str, list[tuple[Object, str, str, str | Raises]]] = {
    "without further fields, net, ipc and uts are the pod's, pid and mnt the container's": [
        (_spec(), "app", "net", "pod"),
        (_spec(), "app", "ipc", "pod"),
        (_spec(), "app", "uts", "pod"),
        (_spec(), "app", "pid", "container:app"),
        (_spec(), "log", "mnt", "container:log"),
    ],
    "shareProcessNamespace: true makes pid the pod's, and nothing else": [
        (_spec(shareProcessNamespace=True), "app", "pid", "pod"),
        (_spec(shareProcessNamespace=False), "app", "pid", "container:app"),
        (_spec(shareProcessNamespace=True), "log", "mnt", "container:log"),
    ],
    "hostNetwork gives net and uts of the host, and nothing else": [
        (_spec(hostNetwork=True), "app", "net", "host"),
        (_spec(hostNetwork=True), "app", "uts", "host"),
        (_spec(hostNetwork=True), "app", "ipc", "pod"),
        (_spec(hostNetwork=True), "log", "pid", "container:log"),
        (_spec(hostNetwork=False), "log", "uts", "pod"),
    ],
    "hostIPC gives ipc of the host, and nothing else": [
        (_spec(hostIPC=True), "app", "ipc", "host"),
        (_spec(hostIPC=False), "app", "ipc", "pod"),
        (_spec(hostIPC=True), "app", "net", "pod"),
        (_spec(hostIPC=True), "log", "uts", "pod"),
        (_spec(hostIPC=True), "log", "pid", "container:log"),
    ],
    "hostPID gives pid of the host, and nothing else": [
        (_spec(hostPID=True), "app", "pid", "host"),
        (_spec(hostPID=True, shareProcessNamespace=False), "log", "pid", "host"),
        (_spec(hostPID=False), "app", "pid", "container:app"),
        (_spec(hostPID=True), "app", "net", "pod"),
        (_spec(hostPID=True), "log", "uts", "pod"),
        (_spec(hostPID=True), "log", "mnt", "container:log"),
    ],
    "hostPID and shareProcessNamespace together are refused, whatever is asked": [
        (_spec(hostPID=True, shareProcessNamespace=True), "app", "pid", REFUSED),
        (_spec(hostPID=True, shareProcessNamespace=True), "app", "mnt", REFUSED),
        (_spec(hostIPC=True, shareProcessNamespace=True), "app", "pid", "pod"),
    ],
}

_REAPER: dict[str, list[tuple[Object, str]]] = {
    "an orphan goes to PID 1 of its own PID namespace": [
        (_spec(), "container"),
        (_spec(shareProcessNamespace=True), "pause"),
        (_spec(hostPID=True), "host-init"),
    ],
    "only fields about PIDs count, and only when true": [
        (_spec(hostNetwork=True, hostIPC=True), "container"),
        (_spec(shareProcessNamespace=False), "container"),
        (_spec(hostNetwork=True, shareProcessNamespace=True), "pause"),
        (_spec(hostPID=True, shareProcessNamespace=False), "host-init"),
    ],
}


def _c(name: str, cpu: str = "", memory: str = "", **more: Any) -> Object:
    requests = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}
    return {
        "name": name,
        "image": "v1",
        **({"resources": {"requests": requests}} if requests else {}),
        **more,
    }


def _side(name: str, cpu: str = "", memory: str = "") -> Object:
    return _c(name, cpu, memory, restartPolicy="Always")


def _gpu(name: str, count: str) -> Object:
    amounts = {"amd.com/gpu": count}
    return {"name": name, "image": "v1", "resources": {"requests": amounts, "limits": amounts}}


def _pod(*containers: Object, init: tuple[Object, ...] = (), **more: Any) -> Object:
    inits = {"initContainers": list(init)} if init else {}
    return {"metadata": {"name": "p"}, "spec": {**inits, "containers": list(containers), **more}}


_OWN = {"requests": {"cpu": "2"}}

_EFFECTIVE: dict[str, list[tuple[Object, dict[str, int]]]] = {
    "main containers add up": [
        (_pod(_c("a", "100m")), {"cpu": 100}),
        (_pod(_c("a", "100m", "1Gi"), _c("b", "1")), {"cpu": 1100, "memory": 2**30}),
        (_pod(_c("a", "0.5", "1G"), _c("b", "250m", "500M")), {"cpu": 750, "memory": 1_500_000_000}),
        (_pod(_c("a", "100m"), _c("b", "200m", restartPolicy="Always")), {"cpu": 300}),
    ],
    "a sidecar runs beside the main containers": [
        (_pod(_c("a", "100m"), init=(_side("s", "300m"),)), {"cpu": 400}),
        (_pod(_c("a", "100m"), init=(_side("s", "300m"), _side("t", "200m"))), {"cpu": 600}),
    ],
    "a plain init container is over before the main containers start": [
        (_pod(_c("a", "100m"), init=(_c("i", "500m"),)), {"cpu": 500}),
        (_pod(_c("a", "600m"), init=(_c("i", "500m"),)), {"cpu": 600}),
        (_pod(_c("a", "100m"), init=(_c("i", "500m"), _c("j", "300m"))), {"cpu": 500}),
        (_pod(_c("a", "100m"), init=(_c("i", "500m", restartPolicy="OnFailure"),)), {"cpu": 500}),
    ],
    "an init container runs beside the sidecars before it, not beside those after it": [
        (_pod(_c("a", "100m"), init=(_c("i", "500m"), _side("s", "300m"))), {"cpu": 500}),
        (_pod(_c("a", "100m"), init=(_side("s", "300m"), _c("i", "500m"))), {"cpu": 800}),
        (
            _pod(
                _c("a", "100m"),
                _c("b", "200m"),
                init=(_side("s1", "300m"), _c("i", "500m"), _side("s2", "400m")),
            ),
            {"cpu": 1000},
        ),
    ],
    "each resource is counted by itself": [
        (
            _pod(_c("a", "100m", "2Gi"), init=(_c("i", "500m", "1Gi"),)),
            {"cpu": 500, "memory": 2 * 2**30},
        ),
        (_pod(_c("a", "100m"), init=(_c("i", "", "1Gi"),)), {"cpu": 100, "memory": 2**30}),
        (_pod(_gpu("a", "2")), {"amd.com/gpu": 2}),
    ],
    "quantities are exact, however they are written": [
        (_pod(_c("a", "1001m")), {"cpu": 1001}),
        (_pod(_c("a", "0.1"), _c("b", "0.2")), {"cpu": 300}),
        (_pod(_c("a", "", "128M"), _c("b", "", "128Mi")), {"memory": 128_000_000 + 128 * 2**20}),
    ],
    "a request on the pod itself replaces that resource, and only that one": [
        (_pod(_c("a", "100m"), resources=_OWN), {"cpu": 2000}),
        (_pod(_c("a", "100m", "1Gi"), resources=_OWN), {"cpu": 2000, "memory": 2**30}),
        (
            _pod(_c("a", "100m"), init=(_side("s", "300m"),), resources={"requests": {"memory": "1Gi"}}),
            {"cpu": 400, "memory": 2**30},
        ),
    ],
    "the overhead of a runtime class comes on top, of a request on the pod too": [
        (_pod(_c("a", "100m"), overhead={"cpu": "250m"}), {"cpu": 350}),
        (_pod(_c("a", "100m"), init=(_c("i", "500m"),), overhead={"cpu": "250m"}), {"cpu": 750}),
        (_pod(_c("a", "100m"), overhead={"memory": "120Mi"}), {"cpu": 100, "memory": 120 * 2**20}),
        (_pod(_c("a", "100m"), resources=_OWN, overhead={"cpu": "250m"}), {"cpu": 2250}),
    ],
}

_START: dict[str, list[tuple[str, str, bool]]] = {
    "where nothing is known of any init container: the first starts, or none if main containers run": [
        ("init", "none", False),
        ("init init", "none none", False),
        ("init", "none", True),
        ("side init", "none none", False),
    ],
    "a plain init container that succeeded makes room for the next, the last one for the main containers": [
        ("init init", "ok none", False),
        ("init", "ok", False),
        ("init init init", "ok ok none", False),
        ("init init", "ok ok", False),
    ],
    "one that runs is waited for, one that failed is started again": [
        ("init", "run", False),
        ("init", "bad", False),
        ("init init", "ok run", False),
        ("init init", "ok bad", False),
    ],
    "a sidecar makes room as soon as it runs": [
        ("side init", "run none", False),
        ("side", "run", False),
        ("init side", "ok run", False),
        ("side side", "run run", False),
    ],
    "a sidecar with a startup probe makes room when the probe has passed, and starts again when it failed": [
        ("sideP init", "run none", False),
        ("sideP init", "runOK none", False),
        ("sideP init", "runFail none", False),
        ("sideP", "runOK", False),
        ("sideP", "run", False),
    ],
    "a sidecar that exited is started again, whatever its exit code": [
        ("side", "ok", False),
        ("side", "bad", False),
        ("sideP", "ok", False),
        ("side init", "bad run", False),
        ("side", "run", False),
    ],
    "before the latest trace, plain init containers are left alone and sidecars kept running": [
        ("init init", "none ok", False),
        ("init side", "bad run", False),
        ("side init", "none run", False),
        ("side side init", "ok none ok", False),
        ("side init", "run ok", False),
        ("init init init", "ok none run", False),
    ],
    "while a main container runs, only sidecars are looked after, and main containers may start": [
        ("init side", "none none", True),
        ("init", "bad", True),
        ("side", "run", True),
        ("sideP", "runFail", True),
        ("sideP side", "run ok", True),
    ],
}

_TERM: dict[str, list[tuple[tuple[list[int], list[int], int], list[int]]]] = {
    "a sidecar is told when the last main container has gone": [
        (([5], [1], 30), [5]),
        (([5, 9], [1], 30), [9]),
        (([0], [4], 30), [0]),
        (([9, 5, 2], [0], 30), [9]),
    ],
    "sidecars stop the last one first, and each waits until the one after it has gone": [
        (([5], [1, 2], 30), [7, 5]),
        (([5], [9, 0], 30), [5, 5]),
        (([0], [1, 2, 3], 30), [5, 3, 0]),
    ],
    "when the grace period is over, whoever still waits is told": [
        (([40], [1], 30), [30]),
        (([20], [1, 15], 30), [30, 20]),
        (([20], [1, 2, 15], 30), [30, 30, 20]),
        (([30], [1, 1], 30), [30, 30]),
        (([7], [1], 5), [5]),
    ],
    "with a grace period of 0 nobody waits": [
        (([40], [1, 1], 0), [0, 0]),
        (([3], [1, 1], 4), [4, 3]),
    ],
    "a pod need not have sidecars": [
        (([5], [], 30), []),
        (([5], [1], 3), [3]),
    ],
}
