"""What the lesson shows of one pod's life: its start, and its stop with a grace period to choose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from course.checks.lifetimes import Run, Watcher, create, one_node, pod
from course.plots.picture import Picture
from course.units.u05_pods.live import SIDECAR, STARTUP, in_order
from course.units.u05_pods.plots.lives import plot_lives, plot_stop
from insideout.cluster import Cluster
from insideout.kubelet.order import Starts, Stops

Object = dict[str, Any]

START_S = 12.0
GRACE_S = 20
TOLERANCE_S = 0.9
"""By how much two kubelets' moments may differ: a real API server takes time, and no rule is so short."""

INIT: Mapping[str, Object] = {
    "migrate": {"runs": "exit 0 after 2s"},
    "proxy": {**SIDECAR, **STARTUP, "runs": "unstarted; started after 3s; stop 2s"},
    "log": {**SIDECAR, "runs": "stop 3s"},
}
MAINS: Mapping[str, Object] = {"web": {"runs": "stop 4s"}, "worker": {"runs": "stop 9s"}}


def life(
    starts: Starts | None = None, stops: Stops | None = None, *, grace_s: int = GRACE_S
) -> tuple[list[Run], list[Run]]:
    """Return the runs of the lesson's pod as it starts, and as it stops when it is deleted later.

    Its start is counted from that of the first container.  The kubelet goes by `starts` and `stops` if given.
    """
    with one_node(starts, stops, realtime=None) as cluster:
        create(cluster, pod("shop", INIT, MAINS, terminationGracePeriodSeconds=grace_s))
        start = Watcher(cluster, "shop").run(START_S).runs
        watcher = Watcher(cluster, "shop")
        cluster.core.delete_namespaced_pod("shop", "default")
        stop = watcher.run(grace_s + 5).runs
    return _from_zero(in_order(start)), [run for run in stop if run.told_s is not None]


def _from_zero(runs: list[Run]) -> list[Run]:
    """Return a start's runs, the first of which begins at 0."""
    zero_s = runs[0].started_s if runs else 0.0

    def moved(at_s: float | None) -> float | None:
        return None if at_s is None else round(at_s - zero_s, 1)

    return [
        replace(
            run,
            started_s=round(run.started_s - zero_s, 1),
            up_s=moved(run.up_s),
            hook_s=moved(run.hook_s),
            told_s=moved(run.told_s),
            gone_s=moved(run.gone_s),
        )
        for run in runs
    ]


def alike(some: Sequence[Run], others: Sequence[Run]) -> bool:
    """Tell whether the same containers ran in the same order, and all happened at the same moments."""
    return [_name(run) for run in some] == [_name(run) for run in others] and all(
        _near(getattr(one, name), getattr(other, name))
        for one, other in zip(some, others, strict=True)
        for name in ("started_s", "up_s", "told_s", "gone_s")
    )


def _name(run: Run) -> tuple[str, bool]:
    return run.container, run.killed


def _near(one_s: float | None, other_s: float | None) -> bool:
    if one_s is None or other_s is None:
        return one_s is other_s
    return abs(one_s - other_s) <= TOLERANCE_S


def picture_of(start: list[Run], stop: list[Run], grace_s: int = GRACE_S) -> Picture:
    """Draw both ends of a life."""
    return plot_lives(start, stop, until_s=START_S, grace_s=grace_s)


def stop_picture(grace: int, worker: int) -> Picture:
    """Draw the stop of the lesson's pod with another grace period, and a worker that needs longer."""
    mains = {**MAINS, "worker": {"runs": f"stop {worker}s"}}
    with one_node() as cluster:
        create(cluster, pod("shop", INIT, mains, terminationGracePeriodSeconds=grace))
        cluster.run(seconds=START_S)
        cluster.core.delete_namespaced_pod("shop", "default")
        runs = Watcher(cluster, "shop").run(grace + 5).runs
    return plot_stop([run for run in runs if run.told_s is not None], grace_s=grace)


def missing(**functions: Callable[..., Any]) -> str:
    """Say which exercises have to be written first, "" when all are there."""
    unwritten = [name for name, function in functions.items() if _is_unwritten(name, function)]
    return f"write {' and '.join(unwritten)} first" if unwritten else ""


def _is_unwritten(name: str, function: Callable[..., Any]) -> bool:
    arguments: tuple[Any, ...] = (["init"], ["none"], False) if name == "next_starts" else ([1], [1], 30)
    try:
        function(*arguments)
    except NotImplementedError:
        return True
    except Exception:
        return False  # it is written, and its own error is to be seen
    return False


def no_room() -> Cluster:
    """Return a cluster without nodes, and with a quota in namespace default that leaves no CPU to ask for."""
    cluster = Cluster.create(nodes=0)
    nothing = {"requests.cpu": "0"}
    quota = {"metadata": {"name": "nothing"}, "spec": {"hard": nothing}}
    cluster.core.create_namespaced_resource_quota("default", quota)
    status = {"status": {"hard": nothing, "used": nothing}}
    cluster.core.patch_namespaced_resource_quota_status("nothing", "default", status)
    return cluster


def asking(name: str, cpu: str) -> Object:
    """Return a container that asks for so much CPU."""
    return {"name": name, "image": "app:1", "resources": {"requests": {"cpu": cpu}}}
