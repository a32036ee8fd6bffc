"""Judges `next_starts` and `term_at` at work: each drives a cluster's kubelet in place of its own order."""

from collections.abc import Callable, Iterator
from typing import Any

from course.checks.lifetimes import Run, Watcher, create, one_node, pod
from course.checks.report import Case, as_yaml, kept
from insideout.kubelet.order import Starts, Stops

Object = dict[str, Any]

STARTUP = {"startupProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1, "failureThreshold": 30}}
SIDECAR = {"restartPolicy": "Always"}
_SETTLED_S = 5.0


def starting(starts: Starts | None) -> Callable[[Object], list[str]]:
    """Return a function from a scenario to sentences about the runs that a kubelet began by `starts`."""

    def run(scenario: Object) -> list[str]:
        with one_node(starts=starts) as cluster:
            create(cluster, pod("p", scenario.get("init") or {}, scenario["main"]))
            watcher = Watcher(cluster, "p").run(scenario["seconds"])
        return [f"{run.started_s:.1f} s: {run.container} starts" for run in in_order(watcher.runs)]

    return run


def stopping(stops: Stops | None) -> Callable[[Object], list[str]]:
    """Return a function from a scenario to sentences about a pod that a kubelet stopped by `stops`."""

    def run(scenario: Object) -> list[str]:
        grace_s = scenario["grace"]
        leaves = {name: {"runs": f"stop {seconds}s"} for name, seconds in scenario["mains"].items()}
        sidecars = {
            name: {**SIDECAR, "runs": f"stop {seconds}s"} for name, seconds in scenario["sidecars"].items()
        }
        with one_node(stops=stops) as cluster:
            create(cluster, pod("p", sidecars, leaves, terminationGracePeriodSeconds=grace_s))
            cluster.run(seconds=_SETTLED_S)
            cluster.core.delete_namespaced_pod("p", "default")
            watcher = Watcher(cluster, "p").run(grace_s + 10)
        return [told(run) for run in watcher.runs]

    return run


def in_order(runs: list[Run]) -> list[Run]:
    """Return runs by when they started."""
    return sorted(runs, key=lambda run: run.started_s)


def told(run: Run) -> str:
    """Say in a sentence how a run ended."""
    if run.told_s is None:
        return f"{run.container} is not told to stop"
    end = "is still there" if run.gone_s is None else f"gone at {run.gone_s:.0f} s{', killed' * run.killed}"
    return f"{run.container} is told to stop at {run.told_s:.0f} s, {end}"


@kept
def start_cases() -> Iterator[Case]:
    """Yield scenarios and what the kubelet's own order does in them."""
    for rule, scenarios in _STARTS.items():
        for scenario in scenarios:
            yield Case(rule, (scenario,), starting(None)(scenario))


@kept
def stop_cases() -> Iterator[Case]:
    """Yield scenarios and what the kubelet's own order does in them."""
    for rule, scenarios in _STOPS.items():
        for scenario in scenarios:
            yield Case(rule, (scenario,), stopping(None)(scenario))


def show(scenario: Object) -> str:
    """Write the scenario."""
    return as_yaml(scenario)


def _start(seconds: int, init: Object, main: Object) -> Object:
    return {"init": init, "main": main, "seconds": seconds}


_APP: Object = {"app": {}}

_STARTS: dict[str, list[Object]] = {
    "each container starts when what it waits for has happened, and no earlier": [
        _start(
            15,
            {
                "migrate": {"runs": "exit 0 after 2s"},
                "proxy": {**SIDECAR, **STARTUP, "runs": "unstarted; started after 3s"},
            },
            _APP,
        ),
        _start(10, {"log": SIDECAR, "fetch": {"runs": "exit 0 after 4s"}}, _APP),
    ],
    "a sidecar that ends is started again, and nothing else with it": [
        _start(
            40, {"proxy": {**SIDECAR, "runs": "exit 1 after 8s"}, "fetch": {"runs": "exit 0 after 1s"}}, _APP
        ),
        _start(
            30, {"fetch": {"runs": "exit 0 after 1s"}, "proxy": {**SIDECAR, "runs": "exit 0 after 20s"}}, _APP
        ),
    ],
    "an init container that fails is tried again, and nobody overtakes it": [
        _start(20, {"log": SIDECAR, "migrate": {"runs": "exit 1 after 1s"}}, _APP),
        _start(20, {"log": SIDECAR, "migrate": {"runs": "exit 0 after 1s"}}, _APP),
    ],
}

_STOPS: dict[str, list[Object]] = {
    "sidecars stop after the main containers, the last one first": [
        {"grace": 30, "mains": {"app": 4, "worker": 7}, "sidecars": {"proxy": 2, "log": 3}},
        {"grace": 30, "mains": {"app": 1}, "sidecars": {"a": 1, "b": 4, "c": 2}},
    ],
    "when the grace period is over, all that still wait are told": [
        {"grace": 10, "mains": {"app": 30}, "sidecars": {"proxy": 1, "log": 1}},
        {"grace": 10, "mains": {"app": 6}, "sidecars": {"proxy": 1, "log": 9}},
    ],
}
