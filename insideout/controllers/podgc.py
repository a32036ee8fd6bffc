"""Pod garbage collection: Pods that no kubelet will ever remove.

Those are finished ones beyond a number, Pods of nodes that are gone, Pods that were deleted before they were
bound, and Pods that are terminating on a node declared out of service.

Source: pkg/controller/podgc/gc_controller.go@v1.36.2.
"""

from insideout.apimachinery import conditions
from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller
from insideout.controllers.nodelifecycle.taints import OUT_OF_SERVICE
from insideout.controllers.podcontrol import disruption_target, patch_status

CHECK_PERIOD_S = 20.0
QUARANTINE_S = 40.0
"""How long a node must be missing before its Pods go."""
TERMINATED_POD_THRESHOLD = 12500


class PodGarbageCollector(Controller):
    """Removes left-over Pods, by looking at all of them every twenty seconds."""

    name = "pod-garbage-collector"

    def watch(self) -> None:
        """Watch Pods and Nodes."""
        self._pods = self.on("pods")
        self._nodes = self.on("nodes")
        self._missing_since_s: dict[str, float] = {}

    def began(self) -> None:
        """Look, and look again after each period."""
        self._collect()

    def sync(self, key: Key) -> None:
        """Nothing is queued: every look is at everything."""

    def _collect(self) -> None:
        if not self._running:
            return
        self.loop.call_later(CHECK_PERIOD_S, self._collect)
        pods = self._pods.list()
        for pod in excess_terminated(pods, TERMINATED_POD_THRESHOLD):
            self._remove(pod)
        for pod in pods:
            if podutil.is_terminating(pod) and self._is_on_lost_node(pod):
                self._remove(pod)
        self._collect_orphans(pods)
        for pod in pods:
            if podutil.is_terminating(pod) and not pod["spec"].get("nodeName"):
                self._remove(pod)

    def _is_on_lost_node(self, pod: Object) -> bool:
        node = self._nodes.get(pod["spec"].get("nodeName") or "")
        if node is None or conditions.status_of(node, "Ready") == "True":
            return False
        return any(taint["key"] == OUT_OF_SERVICE for taint in node["spec"].get("taints") or ())

    def _collect_orphans(self, pods: list[Object]) -> None:
        """Remove the Pods of nodes that were missing all through the quarantine and that the server lacks."""
        named = {pod["spec"]["nodeName"]: None for pod in pods if pod["spec"].get("nodeName")}
        missing = [name for name in named if self._nodes.get(name) is None]
        self._missing_since_s = {name: self._missing_since_s.get(name, self.loop.now_s) for name in missing}
        lost = [
            name
            for name, since_s in self._missing_since_s.items()
            if self.loop.now_s >= since_s + QUARANTINE_S and not self._exists(name)
        ]
        for pod in pods:
            if pod["spec"].get("nodeName") in lost:
                message = "PodGC: node no longer exists"
                self._remove(pod, disruption_target(pod, "DeletionByPodGC", message, self.loop.time()))

    def _exists(self, node_name: str) -> bool:
        try:
            self.client.get("nodes", node_name)
        except ApiError as refused:
            return refused.code != 404
        return True

    def _remove(self, pod: Object, condition: Object | None = None) -> None:
        """Give a Pod a final phase, which nobody else will, and remove it at once."""
        metadata = pod["metadata"]
        try:
            if not podutil.is_terminal(pod):
                status: Object = {"phase": "Failed"}
                if condition is not None:
                    status["conditions"] = [condition]
                patch_status(self.client, pod, status)
            self.client.delete(
                "pods", metadata["name"], metadata["namespace"], uid=metadata["uid"], grace_period_s=0
            )
        except ApiError:
            # Gone already, or for the next look.
            return


def excess_terminated(pods: list[Object], threshold: int) -> list[Object]:
    """Return the finished Pods beyond `threshold`: evicted ones first, then the oldest."""
    finished = [pod for pod in pods if podutil.is_terminal(pod)]
    excess = len(finished) - threshold
    if threshold <= 0 or excess <= 0:
        return []

    def order(pod: Object) -> tuple[bool, str, str]:
        evicted = (pod.get("status") or {}).get("reason") == "Evicted"
        return not evicted, pod["metadata"].get("creationTimestamp", ""), pod["metadata"]["name"]

    return sorted(finished, key=order)[:excess]
