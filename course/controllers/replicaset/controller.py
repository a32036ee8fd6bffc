"""The ReplicaSet controller as a component.

Source: pkg/controller/replicaset/replica_set.go@v1.36.2.
"""

from course.apimachinery import owners, selectors
from course.apimachinery import pods as podutil
from course.client import ApiError, Object
from course.client.informer import Key, key_of
from course.controllers.claims import claim
from course.controllers.controller import Controller
from course.controllers.expectations import Expectations
from course.controllers.informers import BY_CONTROLLER
from course.controllers.podcontrol import PodControl, is_namespace_terminating, pod_from_template
from course.controllers.replicaset.deletion import pods_to_delete
from course.controllers.replicaset.slowstart import slow_start
from course.controllers.replicaset.status import calculate_status

BURST_REPLICAS = 500
"""How many Pods one sync creates or deletes at most."""
SYNC_S = 0.01
"""How long a sync takes on a real control plane, about; what happens meanwhile is looked at together."""


class ReplicaSetController(Controller):
    """Keeps as many active Pods as each ReplicaSet asks for."""

    name = "replicaset-controller"

    def watch(self) -> None:
        """Watch ReplicaSets and Pods."""
        self._expectations = Expectations(self.loop)
        self._busy_until_s: dict[Key, float] = {}
        self._pod_control = PodControl(self.client, self.recorder)
        self._sets = self.on(
            "replicasets",
            add=self.enqueue,
            update=lambda before, obj: self.enqueue(obj),
            delete=self._set_deleted,
        )
        self._pods = self.on("pods", add=self._pod_added, update=self._pod_updated, delete=self._pod_deleted)

    def sync(self, key: Key) -> None:
        """Create or delete Pods until the number is right, and report."""
        namespace, name = key
        replica_set = self._sets.get(name, namespace)
        if replica_set is None:
            self._expectations.forget(key)
            self._busy_until_s.pop(key, None)
            return
        self._busy_until_s[key] = self.loop.now_s + SYNC_S
        own = self._pods.by_index(BY_CONTROLLER, replica_set["metadata"]["uid"])
        orphans = self._pods.by_index(BY_CONTROLLER, f"orphans/{namespace}")
        candidates = [pod for pod in own + orphans if podutil.is_active(pod)]
        active = claim(self.client, "pods", "replicasets", replica_set, candidates)
        error = None
        if self._expectations.are_met(key) and "deletionTimestamp" not in replica_set["metadata"]:
            error = self._manage(key, replica_set, active)
        terminating = sum(podutil.is_terminating(pod) and not podutil.is_terminal(pod) for pod in own)
        self._report(replica_set, active, terminating, error)
        if error is not None:
            raise error
        min_ready_s = replica_set["spec"].get("minReadySeconds", 0)
        delay_s = podutil.next_available_s(active, min_ready_s, self.loop.time())
        if delay_s is not None:
            self.queue.add_after(key, delay_s)

    def _manage(self, key: Key, replica_set: Object, active: list[Object]) -> ApiError | None:
        missing = replica_set["spec"]["replicas"] - len(active)
        if missing > 0:
            return self._create(key, replica_set, min(missing, BURST_REPLICAS))
        if missing < 0:
            return self._delete(key, replica_set, active, min(-missing, BURST_REPLICAS))
        return None

    def _create(self, key: Key, replica_set: Object, count: int) -> ApiError | None:
        self._expectations.expect(key, creations=count)
        pod = pod_from_template(replica_set["spec"]["template"], replica_set)
        successes, error = slow_start(count, lambda _: self._pod_control.create(pod, replica_set))
        self._expectations.created(key, count - successes)
        return None if error is not None and is_namespace_terminating(error) else error

    def _delete(self, key: Key, replica_set: Object, active: list[Object], count: int) -> ApiError | None:
        doomed = pods_to_delete(active, self._siblings_pods(replica_set), count, self.loop.time())
        uids = tuple(pod["metadata"]["uid"] for pod in doomed)
        self._expectations.expect(key, deletions=uids)
        error = None
        for pod in doomed:
            try:
                self._pod_control.delete(pod, replica_set)
            except ApiError as refused:
                self._expectations.deleted(key, pod["metadata"]["uid"])
                if refused.code != 404:
                    error = error or refused
        return error

    def _siblings_pods(self, replica_set: Object) -> list[Object]:
        """Return the Pods of all ReplicaSets with the same owner."""
        owner = owners.controller_of(replica_set)
        siblings = self._sets.by_index(BY_CONTROLLER, owner["uid"]) if owner else [replica_set]
        return [
            pod
            for sibling in siblings
            for pod in self._pods.by_index(BY_CONTROLLER, sibling["metadata"]["uid"])
        ]

    def _report(
        self, replica_set: Object, active: list[Object], terminating: int, error: ApiError | None
    ) -> None:
        status = calculate_status(replica_set, active, terminating, error, self.loop.time())
        if status != replica_set.get("status"):
            self.client.update("replicasets", replica_set | {"status": status}, subresource="status")

    # Events.

    def _set_deleted(self, replica_set: Object) -> None:
        self._expectations.forget(key_of(replica_set))
        self.enqueue(replica_set)

    def _owner_key(self, pod: Object) -> Key | None:
        owner = owners.controller_of(pod)
        if owner is None or owner["kind"] != "ReplicaSet":
            return None
        return pod["metadata"]["namespace"], owner["name"]

    def _pod_added(self, pod: Object) -> None:
        if podutil.is_terminating(pod):
            self._pod_deleted(pod)
            return
        key = self._owner_key(pod)
        if key is not None:
            self._expectations.created(key)
            self._queue_soon(key)
        elif owners.controller_of(pod) is None:
            self._offer(pod)

    def _pod_updated(self, before: Object, pod: Object) -> None:
        if podutil.is_terminating(pod):
            self._pod_deleted(pod)
            return
        if _matters(before) == _matters(pod):
            return
        old_key, key = self._owner_key(before), self._owner_key(pod)
        if old_key is not None and old_key != key:
            self.queue.add(old_key)
        if key is not None:
            self._queue_soon(key)
        elif owners.controller_of(pod) is None:
            self._offer(pod)

    def _pod_deleted(self, pod: Object) -> None:
        key = self._owner_key(pod)
        if key is not None:
            self._expectations.deleted(key, pod["metadata"]["uid"])
            self._queue_soon(key)

    def _queue_soon(self, key: Key) -> None:
        self.queue.add_after(key, self._busy_until_s.get(key, 0.0) - self.loop.now_s)

    def _offer(self, pod: Object) -> None:
        """Let every ReplicaSet look at an orphan that it could adopt."""
        for replica_set in self._sets.list(pod["metadata"]["namespace"]):
            selector = selectors.from_object(replica_set["spec"].get("selector"))
            if selector is not None and selector.matches(pod["metadata"].get("labels")):
                self.enqueue(replica_set)


def _matters(pod: Object) -> tuple[object, ...]:
    """Return what of a Pod its ReplicaSet has to know; where it runs, for example, is not part of it."""
    metadata = pod["metadata"]
    return (
        metadata.get("labels"),
        metadata.get("ownerReferences"),
        podutil.is_active(pod),
        podutil.is_ready(pod),
    )
