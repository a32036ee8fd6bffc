"""Five ways to make an application start after what it depends on, each where it works and where it fails.

Each has a pod `web-N` of its own, all on one node, and where that is the way a pod `db-N` for the dependency.

The dependency answers three seconds after it starts.  The application asks it as soon as it starts, and ends
with an error when nobody answers, unless it was written to ask again.
"""

from typing import Any, NamedTuple

from course.checks.lifetimes import NODE, Run, Watcher, create, one_node, pod, watch
from course.units.u05_pods.live import SIDECAR, STARTUP
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program

Object = dict[str, Any]

WARM_UP_S = 3.0
PATIENCE_S = 2.0
SECONDS = 60


class Seen(NamedTuple):
    """What came of a way: when the application first ran, how often it failed, when it stayed.

    Seconds are counted from when the first container of its pod began.
    """

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
        """Tell whether it answers an application in `pod`: from there, or from a pod of its own."""
        return pod in self.since or pod.replace("web", "db") in self.since


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
    """Run all ways side by side for a minute."""
    with one_node(realtime=None) as cluster:
        dependency = Dependency()
        programs = cluster.nodes.programs
        programs.register("db", dependency)
        for image, patience_s in (("app", 0.0), ("hasty", PATIENCE_S), ("patient", 1e9)):
            programs.register(image, Application(dependency, patience_s))
        for number, (way, case, _, _) in enumerate(_WAYS):
            if way == "separate pods":
                where = {} if case == "the dependency first" else {"nodeSelector": {"disk": "ssd"}}
                create(cluster, pod(f"db-{number}", {}, {"db": _DB}, **where))
        cluster.run(seconds=WARM_UP_S + 2)
        for number, (_, _, init, mains) in enumerate(_WAYS):
            create(cluster, pod(f"web-{number}", init, mains))
        watchers = [Watcher(cluster, f"web-{number}", node=NODE) for number in range(len(_WAYS))]
        watch(cluster, watchers, SECONDS)
    return [
        _seen(way, case, watcher.runs) for (way, case, _, _), watcher in zip(_WAYS, watchers, strict=True)
    ]


def _seen(way: str, case: str, runs: list[Run]) -> Seen:
    began_s = min(run.started_s for run in runs)
    of_app = [run for run in runs if run.container == "app"]
    staying = [run for run in of_app if run.gone_s is None]
    return Seen(
        way,
        case,
        of_app[0].started_s - began_s if of_app else None,
        sum(run.exit_code == 1 for run in of_app),
        staying[-1].started_s - began_s if staying else None,
    )


def table(seen: list[Seen]) -> str:
    """Write what came of each way, a line each, in whole seconds."""
    lines = [f"{'WAY':24}{'CASE':26}{'APP FIRST RUNS':16}{'FAILURES':10}RUNS WELL FROM"]
    for one in seen:
        first = "never" if one.first_s is None else f"{int(one.first_s)} s"
        works = "never" if one.works_from_s is None else f"{int(one.works_from_s)} s"
        lines.append(f"{one.way:24}{one.case:26}{first:16}{one.failures:<10}{works}")
    return "\n".join(lines)
