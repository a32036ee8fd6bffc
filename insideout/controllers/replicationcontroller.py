"""The ReplicationController controller: the ReplicaSet controller, for what came before ReplicaSets.

A ReplicationController selects by plain pairs of labels and reports no Pods that are ending; else it is a
ReplicaSet.

Source: pkg/controller/replication/{replication_controller,conversion}.go@v1.36.2.
"""

from typing import ClassVar

from insideout.client import ApiError, Object
from insideout.controllers.replicaset.controller import ReplicaSetController
from insideout.controllers.replicaset.ownpods import OwnPods


class ReplicationControllerController(ReplicaSetController):
    """Keeps as many active Pods as each ReplicationController asks for."""

    name = "replication-controller"
    resource: ClassVar[str] = "replicationcontrollers"
    kind: ClassVar[str] = "ReplicationController"

    def _as_set(self, found: Object) -> Object:
        return found | {"spec": found["spec"] | {"selector": {"matchLabels": found["spec"]["selector"]}}}

    def _write(self, replica_set: Object, status: Object) -> None:
        spec = replica_set["spec"]
        stored = replica_set | {"spec": spec | {"selector": spec["selector"]["matchLabels"]}}
        super()._write(stored, status)

    def _status(self, replica_set: Object, pods: OwnPods, error: ApiError | None) -> Object:
        status = super()._status(replica_set, pods, error)
        return {name: value for name, value in status.items() if name != "terminatingReplicas"}

    def _selecting(self, pod: Object) -> list[Object]:
        labels = (pod["metadata"].get("labels") or {}).items()
        controllers = self._sets.list(pod["metadata"]["namespace"])
        return [each for each in controllers if each["spec"]["selector"].items() <= labels]
