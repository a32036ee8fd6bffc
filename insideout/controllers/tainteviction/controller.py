"""The taint eviction controller as a component.

Source: pkg/controller/tainteviction/{taint_eviction,timed_workers}.go@v1.36.2.
"""

from collections.abc import Callable
from typing import NamedTuple

from insideout.apimachinery.copies import copied
from insideout.apimachinery.pods import is_terminating
from insideout.client import ApiError, Client, Object
from insideout.client.informer import Key, key_of
from insideout.controllers.controller import Controller
from insideout.controllers.informers import BY_NODE, Informers
from insideout.controllers.podcontrol import disruption_target, patch_status
from insideout.controllers.tainteviction.delay import evict_after
from insideout.sim import Loop, Timer

RETRY_S = 0.01
RETRIES = 5


class _Eviction(NamedTuple):
    """A Pod's end that is waiting: when it was decided on, and the timer, None for one under way."""

    created_s: float
    timer: Timer | None


EvictAfter = Callable[[list[Object], list[Object]], float | None]
"""From a node's taints and a Pod's tolerations to the seconds until the Pod goes; None is never."""


class TaintEvictionController(Controller):
    """Deletes Pods whose time on a tainted node is over.

    With `evict_after`, that function decides how long a Pod may stay; it gets all taints of the node.
    """

    name = "taint-eviction-controller"

    def __init__(
        self,
        client: Client,
        loop: Loop,
        informers: Informers | None = None,
        *,
        evict_after: EvictAfter | None = None,
    ) -> None:
        self._evict_after = evict_after
        super().__init__(client, loop, informers)

    def watch(self) -> None:
        """Watch Nodes for taints, and Pods for where they are and what they tolerate."""
        self._nodes = self.on("nodes", add=self._node_added, update=self._node_updated)
        self._pods = self.on(
            "pods",
            add=self._pod_added,
            update=self._pod_updated,
            delete=lambda pod: self._cancel(key_of(pod)),
        )
        self._evictions: dict[Key, _Eviction] = {}

    def sync(self, key: Key) -> None:
        """Decide about the Pods of one node (namespace "") or about one Pod."""
        namespace, name = key
        if namespace:
            pod = self._pods.get(name, namespace)
            if pod is not None:
                self._decide(pod, self._taints(pod["spec"].get("nodeName", "")))
            return
        taints = self._taints(name)
        for pod in self._pods.by_index(BY_NODE, name):
            self._decide(pod, taints)

    def _taints(self, node_name: str) -> list[Object]:
        node = self._nodes.get(node_name)
        return (node["spec"].get("taints") or []) if node else []

    def _decide(self, pod: Object, taints: list[Object]) -> None:
        """Start a Pod's timer, leave it running, or stop it.

        A timer that runs is never shortened, whatever taints come later; it is stopped when the Pod may stay.
        """
        key, now_s = key_of(pod), self.loop.now_s
        tolerations = pod["spec"].get("tolerations") or []
        if self._evict_after is None:
            delay_s = evict_after(taints, tolerations)
        else:
            delay_s = self._evict_after(copied(taints), copied(tolerations))
        if delay_s is None:
            self._cancel(key)
            return
        waiting = self._evictions.get(key)
        if waiting is not None:
            if delay_s > 0 and waiting.created_s < now_s:
                return
            if delay_s <= 0 and waiting.timer is None:
                return
            self._cancel(key)
        if delay_s > 0:
            timer = self.loop.call_later(delay_s, self._evict, key, RETRIES)
            self._evictions[key] = _Eviction(now_s, timer)
        else:
            self._evictions[key] = _Eviction(now_s, None)
            self._evict(key, RETRIES)

    def _cancel(self, key: Key) -> None:
        waiting = self._evictions.pop(key, None)
        if waiting is not None and waiting.timer is not None and not waiting.timer.cancelled:
            waiting.timer.cancel()
            self._tell(key, f"Cancelling deletion of Pod {key[0]}/{key[1]}")

    def _evict(self, key: Key, retries: int) -> None:
        """Say on the Pod why it goes, and delete it plainly: no disruption budget holds that up."""
        if not self._running:
            return
        if retries == RETRIES:
            self._evictions[key] = _Eviction(self.loop.now_s, None)
            self._tell(key, f"Marking for deletion Pod {key[0]}/{key[1]}")
        namespace, name = key
        try:
            pod = self.client.get("pods", name, namespace)
            message = "Taint manager: deleting due to NoExecute taint"
            condition = disruption_target(pod, "DeletionByTaintManager", message, self.loop.time())
            patch_status(self.client, pod, {"conditions": [condition]})
            self.client.delete("pods", name, namespace)
        except ApiError as refused:
            if refused.code != 404 and retries > 1:
                self.loop.call_later(RETRY_S, self._evict, key, retries - 1)
                return
        self._evictions.pop(key, None)

    def _tell(self, key: Key, message: str) -> None:
        namespace, name = key
        about = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}}
        self.recorder.event(about, "Normal", "TaintManagerEviction", message)

    # Events.

    def _node_added(self, node: Object) -> None:
        self.enqueue(node)

    def _node_updated(self, before: Object, node: Object) -> None:
        if before["spec"].get("taints") != node["spec"].get("taints"):
            self.enqueue(node)

    def _pod_added(self, pod: Object) -> None:
        if pod["spec"].get("nodeName") and not is_terminating(pod):
            self.enqueue(pod)

    def _pod_updated(self, before: Object, pod: Object) -> None:
        fields = ("nodeName", "tolerations")
        if any(before["spec"].get(field) != pod["spec"].get(field) for field in fields):
            self.enqueue(pod)
