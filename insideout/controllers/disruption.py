"""The disruption controller as a component: it keeps each PodDisruptionBudget's status current.

The eviction subresource counts down from that status.  Left out: Pods of custom resources with a scale
subresource, and taking back a DisruptionTarget that came to nothing.

Source: pkg/controller/disruption/disruption.go@v1.36.2.
"""

from insideout.apimachinery import owners, selectors, timestamps
from insideout.client import Object
from insideout.client.informer import Key
from insideout.controllers.belonging import selecting
from insideout.controllers.budget import DELETION_TIMEOUT_S, budget_status, demand, still_disrupted
from insideout.controllers.controller import Controller

_SCALED = ("replicasets", "statefulsets")


class DisruptionController(Controller):
    """Counts how many Pods each budget may lose."""

    name = "controllermanager"

    def watch(self) -> None:
        """Watch budgets, Pods, and what says how many Pods there should be."""
        self._budgets = self.on(
            "poddisruptionbudgets", add=self.enqueue, update=lambda _, budget: self.enqueue(budget)
        )
        self._pods = self.on(
            "pods", add=self._pod_changed, update=self._pod_updated, delete=self._pod_changed
        )
        self._scaled = {
            resource: self.on(resource, update=self._scale_changed) for resource in (*_SCALED, "deployments")
        }

    def sync(self, key: Key) -> None:
        """Count, and report."""
        namespace, name = key
        budget = self._budgets.get(name, namespace)
        if budget is None:
            return
        selector = selectors.from_object(budget["spec"].get("selector"))
        pods = [
            pod
            for pod in self._pods.list(namespace)
            if selector is not None and selector.matches(pod["metadata"].get("labels"))
        ]
        if not pods:
            self.recorder.event(budget, "Normal", "NoPods", "No matching pods found")
        now = self.loop.time()
        disrupted = still_disrupted(budget.get("status") or {}, pods, now)
        demanded = demand(budget["spec"], len(pods), self._scale_of(pods))
        status = budget_status(budget, pods, demanded, disrupted, now)
        if status != budget.get("status"):
            self.client.update("poddisruptionbudgets", budget | {"status": status}, subresource="status")
        if disrupted:
            first = min(timestamps.parse(since) for since in disrupted.values())
            waited_s = (now - first).total_seconds()
            self.queue.add_after(key, max(0.0, DELETION_TIMEOUT_S - waited_s) + 1.0)

    def _scale_of(self, pods: list[Object]) -> int:
        """Return how many Pods the Pods' controllers want together."""
        wanted: dict[str, int] = {}
        for pod in pods:
            controller = owners.controller_of(pod)
            if controller is not None and controller["uid"] not in wanted:
                uid, replicas = self._scale(controller, pod["metadata"]["namespace"])
                wanted[uid] = replicas
        return sum(wanted.values())

    def _scale(self, reference: Object, namespace: str) -> tuple[str, int]:
        """Return a controller's UID and size; a ReplicaSet's Deployment speaks for it."""
        resource = {"ReplicaSet": "replicasets", "StatefulSet": "statefulsets"}.get(reference["kind"], "")
        found = self._scaled[resource].get(reference["name"], namespace) if resource else None
        if found is None or found["metadata"]["uid"] != reference["uid"]:
            return reference["uid"], 0
        above = owners.controller_of(found)
        if above is not None and above["kind"] == "Deployment":
            deployment = self._scaled["deployments"].get(above["name"], namespace)
            if deployment is not None and deployment["metadata"]["uid"] == above["uid"]:
                return above["uid"], deployment["spec"]["replicas"]
        return reference["uid"], found["spec"]["replicas"]

    # Events.

    def _pod_updated(self, before: Object, pod: Object) -> None:
        if before["metadata"].get("labels") != pod["metadata"].get("labels"):
            self._pod_changed(before)
        self._pod_changed(pod)

    def _pod_changed(self, pod: Object) -> None:
        for budget in selecting(self._budgets, pod):
            self.enqueue(budget)

    def _scale_changed(self, before: Object, obj: Object) -> None:
        if before["spec"].get("replicas") != obj["spec"].get("replicas"):
            for budget in self._budgets.list(obj["metadata"]["namespace"]):
                self.enqueue(budget)
