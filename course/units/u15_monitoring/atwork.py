"""The learner's `hpa_replicas` sizes a Deployment: every 15 s it is asked, with what the kubelets measured.

The load is given from outside and shared by the ready pods, as a Service would share it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from course.checks.report import Case, kept
from course.units.u15_monitoring import answers
from insideout.apimachinery import conditions, quantity
from insideout.client import Client, Object
from insideout.cluster import Cluster
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request, Response
from insideout.kubelet.usage import running
from insideout.sim import Loop, Timer

Replicas = Callable[..., int]
SYNC_S = 15.0
SYNCS = 5
"""How long each load lasts, in syncs."""
REQUEST_M = 200
NAME = "shop"


class Sync(NamedTuple):
    """One sync: when, the load in millicores, pods and those ready, and the size that was set."""

    at_s: float
    load_m: int
    pods: int
    ready: int
    size: int


class Load(Program):
    """A web server that answers after twenty seconds, and from then on uses its share of a load."""

    warm_up_s = 20.0

    def __init__(self) -> None:
        self._serving: list[Process] = []
        self.total_m = 0

    def start(self, process: Process) -> None:
        """Take a share once warmed up."""
        process.after(self.warm_up_s, lambda: self._serve(process))

    def _serve(self, process: Process) -> None:
        self._serving.append(process)
        self.share(self.total_m)

    def answer(self, process: Process, request: Request) -> Response:
        """Answer 503 while it warms up, also to a probe."""
        return super().answer(process, request) if process in self._serving else Response(503)

    def stop(self, process: Process) -> None:
        """Leave; the others take over."""
        self._serving = [one for one in self._serving if one is not process]
        self.share(self.total_m)
        super().stop(process)

    def share(self, total_m: int) -> None:
        """Share a load in millicores among those that serve."""
        self.total_m = total_m
        self._serving = [one for one in self._serving if one.exit_status is None]
        for process in self._serving:
            process.use_cpu(total_m // len(self._serving))


class Autoscaler:
    """Asks a function for a size every 15 s and sets it; the component of a cluster."""

    def __init__(
        self, client: Client, loop: Loop, cluster: Cluster, replicas: Replicas, target: int, silent: str
    ) -> None:
        self._client, self._loop, self._cluster = client, loop, cluster
        self._replicas, self._target, self._silent = replicas, target, silent
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin."""
        self._timer = self._loop.call_later(SYNC_S, self._sync)

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()

    def _sync(self) -> None:
        self._timer = self._loop.call_later(SYNC_S, self._sync)
        pods = self._client.list("pods", "default", label_selector=f"app={NAME}")["items"]
        there = [pod for pod in pods if not pod["metadata"].get("deletionTimestamp") and _runs(pod)]
        scale = self._client.get("deployments", NAME, "default", subresource="scale")
        usage = self._usage()
        asked = [self._pod(pod, usage) for pod in there]
        if not any(ready for _, _, ready in asked):
            return  # nothing is measured yet, and the real one would only say so
        size = self._replicas(scale["spec"].get("replicas", 0), asked, self._target)
        size = max(1, min(size, 20))
        if size != scale["spec"].get("replicas", 0):
            scale["spec"]["replicas"] = size
            self._client.update("deployments", scale, subresource="scale")

    def _usage(self) -> dict[str, int]:
        """Return what the kubelets measured, by pod; one of them may not answer."""
        return {
            one.pod: one.process.cpu_milli
            for name, node in self._cluster.nodes.nodes.items()
            for one in running(node.pods.workers.values())
            if name != self._silent
        }

    def _pod(self, pod: Object, usage: dict[str, int]) -> tuple[int, int | None, bool]:
        request = pod["spec"]["containers"][0]["resources"]["requests"]["cpu"]
        ready = conditions.status_of(pod, "Ready") == "True"
        return int(quantity.parse(request) * 1000), usage.get(pod["metadata"]["name"]), ready


def _runs(pod: Object) -> bool:
    return bool(pod["status"].get("phase") == "Running")


def run_load(replicas: Replicas, loads_m: Sequence[int], *, target: int = 50, silent: str = "") -> list[Sync]:
    """Give a shop each load for SYNCS syncs and return every sync; what `replicas` raises is raised.

    The kubelet of the node `silent` does not answer when it is asked what its pods use.
    """
    replicas(
        2, [(REQUEST_M, REQUEST_M * target // 100, True)] * 2, target
    )  # one that is not written ends here
    failures: list[Exception] = []

    def remembering(*arguments: Any) -> int:
        try:
            return replicas(*arguments)
        except Exception as error:
            failures.append(error)
            raise

    with Cluster.create(nodes=3, seed=15, realtime=False) as cluster:
        load = Load()
        cluster.nodes.programs.register(NAME, load)
        cluster.apps.create_namespaced_deployment("default", _deployment())
        cluster.run(seconds=40)

        def autoscaler(client: Client, loop: Loop) -> Autoscaler:
            return Autoscaler(client, loop, cluster, remembering, target, silent)

        cluster.replace("horizontal-pod-autoscaler", autoscaler)
        syncs, began_s = [], cluster.loop.now_s
        for load_m in loads_m:
            load.share(load_m)
            for _ in range(SYNCS):
                cluster.run(seconds=SYNC_S)
                syncs.append(_seen(cluster, load_m, cluster.loop.now_s - began_s))
                if failures:
                    raise failures[0]
        return syncs


def _deployment() -> dict[str, Any]:
    container = {
        "name": NAME,
        "image": NAME,
        "resources": {"requests": {"cpu": f"{REQUEST_M}m"}},
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 5},
    }
    template = {"metadata": {"labels": {"app": NAME}}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": NAME}}, "template": template}
    return {"metadata": {"name": NAME}, "spec": spec}


def _seen(cluster: Cluster, load_m: int, at_s: float) -> Sync:
    status = cluster.client("observer").get("deployments", NAME, "default")
    spec, status = status["spec"], status["status"]
    return Sync(at_s, load_m, status.get("replicas", 0), status.get("readyReplicas", 0), spec["replicas"])


_CASES: dict[str, list[tuple[list[int], str]]] = {
    "a load that grows is carried": [([100, 400], "")],
    "a load that falls takes pods away": [([800, 100], "")],
    "a load near the target changes nothing": [([400, 430], "")],
    "a kubelet that does not answer makes steps smaller": [
        ([800, 300], "node-0"),
        ([600, 250], "node-1"),
    ],
}


@kept
def cases() -> Iterator[Case]:
    """Yield loads with the sizes that are set, every 15 s."""
    right = sizes(answers.hpa_replicas)
    for rule, table in _CASES.items():
        for loads_m, silent in table:
            yield Case(rule, (loads_m, silent), right(loads_m, silent))


def sizes(replicas: Replicas) -> Callable[[list[int], str], list[int]]:
    """Return a function from loads, and the node whose kubelet is silent, to the sizes that were set."""

    def run(loads_m: list[int], silent: str) -> list[int]:
        return [sync.size for sync in run_load(replicas, loads_m, silent=silent)]

    return run
