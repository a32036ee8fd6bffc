"""The Deployment controller as a component: each sync does one thing about what is the matter.

Source: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,progress}.go@v1.36.2.
"""

from collections.abc import Iterable

from insideout.apimachinery import owners, selectors
from insideout.apimachinery.copies import copied
from insideout.client import Client, Object
from insideout.client.informer import Key
from insideout.controllers.belonging import controller_key, own_and_orphans, selecting
from insideout.controllers.claims import claim
from insideout.controllers.controller import Controller
from insideout.controllers.deployment import rolling
from insideout.controllers.deployment.step import Step
from insideout.controllers.informers import BY_CONTROLLER, Informers
from insideout.sim import Loop


class DeploymentController(Controller):
    """Moves each Deployment's Pods to its template; `plan` decides the sizes of a rolling update."""

    name = "deployment-controller"

    def __init__(
        self,
        client: Client,
        loop: Loop,
        informers: Informers | None = None,
        *,
        plan: rolling.Plan = rolling.plan,
    ) -> None:
        self._plan = plan
        super().__init__(client, loop, informers)

    def watch(self) -> None:
        """Watch Deployments and their ReplicaSets; Pods only for when the last one of an old set is gone."""
        self._deployments = self.on(
            "deployments", add=self.enqueue, update=lambda _, obj: self.enqueue(obj), delete=self.enqueue
        )
        self._sets = self.on(
            "replicasets",
            add=self._set_changed,
            update=self._set_updated,
            delete=self._set_changed,
        )
        self._pods = self.on("pods", delete=self._pod_deleted)

    def sync(self, key: Key) -> None:
        """Take one step: report, pause, scale or roll."""
        namespace, name = key
        cached = self._deployments.get(name, namespace)
        if cached is None:
            return
        deployment = copied(cached)
        if selectors.from_object(deployment["spec"]["selector"]) == selectors.EVERYTHING:
            self._refuse_to_select_all(deployment)
            return
        candidates = own_and_orphans(self._sets, deployment)
        sets = claim(self.client, "replicasets", "deployments", deployment, candidates)
        Step(self, deployment, sets, plan=self._plan).take()

    def pods_of(self, replica_sets: Iterable[Object]) -> list[Object]:
        """Return the Pods of these ReplicaSets, terminating ones too."""
        return [
            pod for rs in replica_sets for pod in self._pods.by_index(BY_CONTROLLER, rs["metadata"]["uid"])
        ]

    def _refuse_to_select_all(self, deployment: Object) -> None:
        message = "This deployment is selecting all pods. A non-empty selector is required."
        self.recorder.event(deployment, "Warning", "SelectingAll", message)
        status = deployment.get("status") or {}
        generation = deployment["metadata"]["generation"]
        if status.get("observedGeneration", 0) < generation:
            observed = deployment | {"status": status | {"observedGeneration": generation}}
            self.client.update("deployments", observed, subresource="status")

    def _set_updated(self, before: Object, replica_set: Object) -> None:
        self._set_changed(before)
        self._set_changed(replica_set)

    def _set_changed(self, replica_set: Object) -> None:
        key = controller_key(replica_set, "Deployment")
        if key is not None:
            self.queue.add(key)
        elif owners.controller_of(replica_set) is None:
            for deployment in selecting(self._deployments, replica_set):
                self.enqueue(deployment)

    def _pod_deleted(self, pod: Object) -> None:
        """Only Recreate waits for Pods; it is woken when a ReplicaSet's last one is gone."""
        owner = owners.controller_of(pod)
        namespace = pod["metadata"]["namespace"]
        replica_set = self._sets.get(owner["name"], namespace) if owner else None
        above = owners.controller_of(replica_set) if replica_set else None
        deployment = self._deployments.get(above["name"], namespace) if above else None
        if deployment is None or deployment["spec"]["strategy"]["type"] != "Recreate":
            return
        if not self.pods_of(self._sets.by_index(BY_CONTROLLER, deployment["metadata"]["uid"])):
            self.enqueue(deployment)
