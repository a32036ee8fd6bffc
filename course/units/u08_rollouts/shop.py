"""A shop that is slow to open, for lessons on releases."""

from collections.abc import Sequence

from insideout.client.interface import Object
from insideout.cluster import Cluster
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request, Response


class SlowStart(Program):
    """Answers 503 for the first `warm_up_s` seconds, also to a probe; leaves as soon as it is told to."""

    def __init__(self, warm_up_s: float) -> None:
        self.warm_up_s = warm_up_s

    def answer(self, process: Process, request: Request) -> Response:
        """Answer with the host name once warmed up."""
        if process.now_s - process.started_s < self.warm_up_s:
            return Response(503, "warming up\n")
        return super().answer(process, request)


def await_open(cluster: Cluster) -> None:
    """Let time pass until every Deployment is available, and every node's kube-proxy has heard of it."""
    client = cluster.client("shop")
    cluster.wait(lambda: all(_is_available(one) for one in client.list("deployments", "default")["items"]))
    cluster.run(seconds=2)


def has_given_up(cluster: Cluster) -> bool:
    """Tell whether the Deployment controller says of the shop that its rollout does not go on."""
    status = cluster.client("shop").get("deployments", "shop", "default")["status"]
    return any(one.get("reason") == "ProgressDeadlineExceeded" for one in status["conditions"])


def nearest(choices: Sequence[float], value: float) -> float:
    """Return the choice that a measured value is nearest to."""
    return min(choices, key=lambda each: abs(each - value))


def _is_available(deployment: Object) -> bool:
    return bool((deployment.get("status") or {}).get("availableReplicas") == deployment["spec"]["replicas"])
