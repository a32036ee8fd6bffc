"""Watches a pod's containers on a node: when each run starts, is up, is told to stop, and is gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from insideout.cluster import Cluster
from insideout.kubelet.container import Container
from insideout.kubelet.order import Starts, Stops
from insideout.kubelet.process import SIGKILL_EXIT_CODE, Process

Object = dict[str, Any]

LOOK_EVERY_S = 0.1
NODE = "node"
_LAST = 9


@dataclass
class Run:
    """One run of one container; seconds since watching began, None for what has not happened."""

    container: str
    role: str
    started_s: float
    up_s: float | None = None
    """When it counted as started: at once, unless a startup probe has to pass."""
    hook_s: float | None = None
    """When its preStop hook began."""
    told_s: float | None = None
    gone_s: float | None = None
    killed: bool = False
    exit_code: int | None = None


class Watcher:
    """Notes the runs of one pod's containers while time passes."""

    def __init__(self, cluster: Cluster, pod: str, *, node: str = NODE) -> None:
        self.runs: list[Run] = []
        self._cluster = cluster
        self._pod = pod
        self._node = node
        self._open: dict[str, tuple[Process, Run]] = {}
        self.began_s = cluster.loop.now_s

    def run(self, seconds: float) -> "Watcher":
        """Let time pass, looking ten times a second."""
        watch(self._cluster, [self], seconds)
        return self

    def look(self) -> None:
        """Note what has happened since the last look."""
        for container in self._containers():
            self._look(container)

    def _containers(self) -> list[Container]:
        workers = self._cluster.nodes.nodes[self._node].pods.workers.values()
        return next((w.containers for w in workers if w.pod["metadata"]["name"] == self._pod), [])

    def _look(self, container: Container) -> None:
        process = container.process
        if process is None:
            return
        known = self._open.get(container.name)
        if known is None or known[0] is not process:
            run = Run(container.name, container.role, self._since(process.started_s))
            self.runs.append(run)
            self._open[container.name] = process, run
        run = self._open[container.name][1]
        if run.up_s is None and container.is_started:
            probed = "startupProbe" in container.spec
            run.up_s = self._since(self._cluster.loop.now_s) if probed else run.started_s
        if container.pre_stop_s is not None and run.hook_s is None:
            run.hook_s = self._since(container.pre_stop_s)
        if process.told_s is not None:
            run.told_s = self._since(process.told_s)
        if process.exit_status is not None and run.gone_s is None:
            run.gone_s = self._since(container.ended_s)
            run.exit_code = process.exit_status.code
            run.killed = process.exit_status.code == SIGKILL_EXIT_CODE

    def _since(self, instant_s: float) -> float:
        return round(instant_s - self.began_s, 1)


def watch(cluster: Cluster, watchers: Iterable[Watcher], seconds: float) -> None:
    """Let time pass, looking at several pods of a cluster ten times a second."""
    seen, began_s, looks = list(watchers), cluster.loop.now_s, round(seconds / LOOK_EVERY_S)

    def look() -> None:
        for one in seen:
            one.look()

    for number in range(1, looks + 1):
        # An event of the loop's, after all others of its instant: a run of a tenth of a second is not missed.
        cluster.loop.call_at(began_s + seconds * number / looks, look, priority=_LAST)
    cluster.run(seconds=seconds)


def one_node(
    starts: Starts | None = None, stops: Stops | None = None, *, realtime: bool | None = False
) -> Cluster:
    """Return a cluster of one node, whose kubelet starts and stops containers by these functions if given.

    It is in virtual time, as checks need it; with `realtime` None it is the one that the environment names.
    """
    cluster = Cluster.create(nodes=0, seed=5, realtime=realtime)
    node = cluster.nodes.add(NODE, cpu="8", memory="8Gi")
    node.pods.order.start_by(starts)
    node.pods.order.stop_by(stops)
    if realtime is None:
        client = cluster.client("user")
        cluster.wait(lambda: _takes_pods(client.get("nodes", NODE)))
    return cluster


def _takes_pods(node: Object) -> bool:
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"])
    return ready and not node["spec"].get("taints")


def pod(name: str, init: Mapping[str, Object], mains: Mapping[str, Object], **spec: Any) -> Object:
    """Return a pod; each container is given as its fields, with `runs`, its program in words.

    The program is read as `insideout.kubelet.programs.parse` reads it; "" runs until it is told to stop.
    """
    scripts = {f"program.course/{n}": str(c["runs"]) for n, c in {**init, **mains}.items() if c.get("runs")}
    made = [
        [
            {"name": n, "image": "app:1", **{k: v for k, v in c.items() if k != "runs"}}
            for n, c in each.items()
        ]
        for each in (init, mains)
    ]
    return {
        "metadata": {"name": name, "annotations": scripts},
        "spec": {"initContainers": made[0], "containers": made[1], **spec},
    }


def create(cluster: Cluster, manifest: Object) -> None:
    """Create a pod as a user does."""
    cluster.core.create_namespaced_pod("default", manifest)
