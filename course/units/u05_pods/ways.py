"""Five ways to make an application start after what it depends on, each where it works and where it fails.

The dependency answers three seconds after it starts.  The application asks it as soon as it starts, and ends
with an error when nobody answers, unless it was written to ask again.
"""

from typing import Any, NamedTuple

from course.checks.lifetimes import NODE, Watcher, create, one_node, pod
from course.units.u05_pods.live import SIDECAR, STARTUP
from insideout.cluster import Cluster
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program

Object = dict[str, Any]

WARM_UP_S = 3.0
PATIENCE_S = 2.0
SECONDS = 60


class Seen(NamedTuple):
    """What came of a way: when the application first ran, how often it failed, when it stayed."""

    way: str
    case: str
    first_s: float | None
    failures: int
    works_from_s: float | None


class Dependency(Program):
    """A program that answers `WARM_UP_S` after its start; `since` tells by pod from when on."""

    def __init__(self) -> None:
        self.since: dict[str, float] = {}

    def start(self, process: Process) -> None:
        """Begin to warm up; its startup probe fails meanwhile."""
        process.is_started = process.is_ready = False
        process.after(WARM_UP_S, lambda: self._answers(process))

    def _answers(self, process: Process) -> None:
        process.is_started = process.is_ready = True
        self.since[process.hostname] = process.now_s

    def stop(self, process: Process) -> None:
        """Answer nobody any more."""
        self.since.pop(process.hostname, None)
        process.exit(0)

    def answers(self, pod: str) -> bool:
        """Tell whether it answers an application in `pod`; one in a pod of its own answers everybody."""
        return pod in self.since or "db" in self.since


class Application(Program):
    """A program that ends with an error when the dependency does not answer within `patience_s`."""

    def __init__(self, dependency: Dependency, patience_s: float) -> None:
        self._dependency = dependency
        self._patience_s = patience_s

    def start(self, process: Process) -> None:
        """Ask, four times a second."""
        self._ask(process, process.now_s + self._patience_s)

    def _ask(self, process: Process, until_s: float) -> None:
        if self._dependency.answers(process.hostname):
            return
        if process.now_s >= until_s:
            process.exit(1)
        else:
            process.after(0.25, lambda: self._ask(process, until_s))


_DB: Object = {"image": "db"}
_APP: Object = {"image": "app"}
_WAITS: Object = {"lifecycle": {"postStart": {"exec": {"command": ["sleep", "4"]}}}}
_FAILS: Object = {"lifecycle": {"postStart": {"exec": {"command": ["false"]}}}}
_READY: Object = {"readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}}
_FETCH: Object = {"runs": "exit 0 after 3s"}

_WAYS: tuple[tuple[str, str, Object, Object], ...] = (
    ("native sidecar", "with a startup probe", {"db": {**_DB, **SIDECAR, **STARTUP}}, {"app": _APP}),
    ("native sidecar", "readiness probe only", {"db": {**_DB, **SIDECAR, **_READY}}, {"app": _APP}),
    ("init container", "a job that ends", {"fetch": _FETCH}, {"app": {"image": "alone"}}),
    ("init container", "a server, which does not", {"db": _DB}, {"app": _APP}),
    ("postStart that blocks", "long enough", {}, {"db": {**_DB, **_WAITS}, "app": _APP}),
    ("postStart that blocks", "the hook fails", {}, {"db": {**_DB, **_FAILS}, "app": _APP}),
    ("application asks again", "as long as it takes", {}, {"db": _DB, "app": {"image": "patient"}}),
    ("application asks again", "gives up after 2 s", {}, {"db": _DB, "app": {"image": "hasty"}}),
    ("separate pods", "the dependency first", {}, {"app": _APP}),
    ("separate pods", "it finds no node", {}, {"app": _APP}),
)


def compare() -> list[Seen]:
    """Run every way for a minute, each in a cluster of its own."""
    return [_run(*way) for way in _WAYS]


def _run(way: str, case: str, init: Object, mains: Object) -> Seen:
    cluster = one_node()
    dependency = Dependency()
    programs = cluster.nodes.programs
    programs.register("db", dependency)
    for image, patience_s in (("app", 0.0), ("hasty", PATIENCE_S), ("patient", 1e9)):
        programs.register(image, Application(dependency, patience_s))
    if way == "separate pods":
        _create_dependency(cluster, schedulable=case == "the dependency first")
    create(cluster, pod("web", init, mains))
    runs = [run for run in Watcher(cluster, "web", node=NODE).run(SECONDS).runs if run.container == "app"]
    cluster.stop()
    staying = [run for run in runs if run.gone_s is None]
    return Seen(
        way,
        case,
        runs[0].started_s if runs else None,
        sum(run.exit_code == 1 for run in runs),
        staying[-1].started_s if staying else None,
    )


def _create_dependency(cluster: Cluster, *, schedulable: bool) -> None:
    where = {} if schedulable else {"nodeSelector": {"disk": "ssd"}}
    create(cluster, pod("db", {}, {"db": _DB}, **where))
    if schedulable:
        cluster.run(seconds=WARM_UP_S + 2)


def table(seen: list[Seen]) -> str:
    """Write what came of each way, a line each."""
    lines = [f"{'WAY':24}{'CASE':26}{'APP FIRST RUNS':16}{'FAILURES':10}RUNS WELL FROM"]
    for one in seen:
        first = "never" if one.first_s is None else f"{one.first_s:.1f} s"
        works = "never" if one.works_from_s is None else f"{one.works_from_s:.1f} s"
        lines.append(f"{one.way:24}{one.case:26}{first:16}{one.failures:<10}{works}")
    return "\n".join(lines)
