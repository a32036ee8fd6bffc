"""The ReplicaSet controller as a component.

Source: pkg/controller/replicaset/replica_set.go@v1.36.2.
"""

from collections.abc import Callable
from typing import ClassVar

from insideout.apimachinery import owners
from insideout.apimachinery import pods as podutil
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Client, Object
from insideout.client.informer import Key, key_of
from insideout.controllers.belonging import controller_key, selecting
from insideout.controllers.controller import Controller
from insideout.controllers.expectations import Expectations
from insideout.controllers.informers import BY_CONTROLLER, Informers
from insideout.controllers.podcontrol import PodControl, is_namespace_terminating, pod_from_template
from insideout.controllers.replicaset.deletion import pods_to_delete
from insideout.controllers.replicaset.ownpods import OwnPods
from insideout.controllers.replicaset.slowstart import slow_start
from insideout.controllers.replicaset.status import calculate_status
from insideout.sim import Loop

BURST_REPLICAS = 500
"""How many Pods one sync creates or deletes at most."""
SYNC_S = 0.01
"""How long a sync takes on a real control plane, about; what happens meanwhile is looked at together."""


Reconcile = Callable[[int, list[Object]], tuple[int, list[str]]]
"""From the number wanted and a ReplicaSet's Pods: how many to create, and the names of those to delete."""


class ReplicaSetController(Controller):
    """Keeps as many active Pods as each ReplicaSet asks for.

    With `reconcile`, that function decides how many Pods to create and which to delete; it sees all Pods of
    the ReplicaSet, those that ended or are being deleted too.
    """

    name = "replicaset-controller"
    resource: ClassVar[str] = "replicasets"
    kind: ClassVar[str] = "ReplicaSet"

    def __init__(
        self,
        client: Client,
        loop: Loop,
        informers: Informers | None = None,
        *,
        reconcile: Reconcile | None = None,
    ) -> None:
        super().__init__(client, loop, informers)
        self._reconcile = reconcile

    def watch(self) -> None:
        """Watch ReplicaSets and Pods."""
        self._expectations = Expectations(self.loop)
        self._busy_until_s: dict[Key, float] = {}
        self._pod_control = PodControl(self.client, self.recorder)
        self._sets = self.on(
            self.resource,
            add=self.enqueue,
            update=lambda before, obj: self.enqueue(obj),
            delete=self._set_deleted,
        )
        self._pods = self.on("pods", add=self._pod_added, update=self._pod_updated, delete=self._pod_deleted)

    def sync(self, key: Key) -> None:
        """Create or delete Pods until the number is right, and report."""
        namespace, name = key
        found = self._sets.get(name, namespace)
        if found is None:
            self._expectations.forget(key)
            self._busy_until_s.pop(key, None)
            return
        replica_set = self._as_set(found)
        self._busy_until_s[key] = self.loop.now_s + SYNC_S
        pods = OwnPods(self.client, self._pods, self.resource, replica_set)
        error = None
        if self._expectations.are_met(key) and "deletionTimestamp" not in replica_set["metadata"]:
            error = self._manage(key, replica_set, pods)
        self._report(replica_set, pods, error)
        if error is not None:
            raise error
        delay_s = pods.next_available_s(self.loop.time())
        if delay_s is not None:
            self.queue.add_after(key, delay_s)

    def _manage(self, key: Key, replica_set: Object, pods: OwnPods) -> ApiError | None:
        if self._reconcile is not None:
            own = pods.all()
            count, names = _checked(self._reconcile(replica_set["spec"]["replicas"], copied(own)))
            doomed = [_named(own, name) for name in names]
            error = self._create(key, replica_set, count) if count > 0 else None
            return error or self._delete(key, replica_set, doomed)
        missing = replica_set["spec"]["replicas"] - pods.count
        if missing > 0:
            return self._create(key, replica_set, min(missing, BURST_REPLICAS))
        if missing < 0:
            count = min(-missing, BURST_REPLICAS)
            siblings = self._siblings_pods(replica_set)
            doomed = pods_to_delete(pods.active(), siblings, count, self.loop.time())
            return self._delete(key, replica_set, doomed)
        return None

    def _create(self, key: Key, replica_set: Object, count: int) -> ApiError | None:
        self._expectations.expect(key, creations=count)
        pod = pod_from_template(replica_set["spec"]["template"], replica_set)
        successes, error = slow_start(count, lambda _: self._pod_control.create(pod, replica_set))
        self._expectations.created(key, count - successes)
        return None if error is not None and is_namespace_terminating(error) else error

    def _delete(self, key: Key, replica_set: Object, doomed: list[Object]) -> ApiError | None:
        if doomed:
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

    def _report(self, replica_set: Object, pods: OwnPods, error: ApiError | None) -> None:
        status = self._status(replica_set, pods, error)
        if status != replica_set.get("status"):
            self._write(replica_set, status)

    def _status(self, replica_set: Object, pods: OwnPods, error: ApiError | None) -> Object:
        now = self.loop.time()
        available = pods.available(now)
        return calculate_status(replica_set, pods.standings, available, pods.terminating, error, now)

    def _as_set(self, found: Object) -> Object:
        """Return what is stored as a ReplicaSet."""
        return found

    def _write(self, replica_set: Object, status: Object) -> None:
        self.client.update(self.resource, replica_set | {"status": status}, subresource="status")

    # Events.

    def _set_deleted(self, replica_set: Object) -> None:
        self._expectations.forget(key_of(replica_set))
        self.enqueue(replica_set)

    def _pod_added(self, pod: Object) -> None:
        if podutil.is_terminating(pod):
            self._pod_deleted(pod)
            return
        key = controller_key(pod, self.kind)
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
        old_key, key = controller_key(before, self.kind), controller_key(pod, self.kind)
        if old_key is not None and old_key != key:
            self.queue.add(old_key)
        if key is not None:
            self._queue_soon(key)
        elif owners.controller_of(pod) is None:
            self._offer(pod)

    def _pod_deleted(self, pod: Object) -> None:
        key = controller_key(pod, self.kind)
        if key is not None:
            self._expectations.deleted(key, pod["metadata"]["uid"])
            self._queue_soon(key)

    def _queue_soon(self, key: Key) -> None:
        self.queue.add_after(key, self._busy_until_s.get(key, 0.0) - self.loop.now_s)

    def _offer(self, pod: Object) -> None:
        """Let every ReplicaSet look at an orphan that it could adopt."""
        for replica_set in self._selecting(pod):
            self.enqueue(replica_set)

    def _selecting(self, pod: Object) -> list[Object]:
        return selecting(self._sets, pod)


def _checked(decision: object) -> tuple[int, list[str]]:
    """Return a decision when it is one; raise TypeError that says what one is."""
    if isinstance(decision, tuple | list) and len(decision) == 2:
        count, names = decision
        if isinstance(count, int) and isinstance(names, list):
            return count, names
    raise TypeError(f"reconcile returns (how many to create, [names to delete]), but gave {decision!r}")


def _named(pods: list[Object], name: str) -> Object:
    """Return the Pod called `name`; raise LookupError when a decision names one that is not there."""
    for pod in pods:
        if pod["metadata"]["name"] == name:
            return pod
    raise LookupError(f"reconcile wants to delete {name!r}, which is no pod of this ReplicaSet")


def _matters(pod: Object) -> tuple[object, ...]:
    """Return what of a Pod its ReplicaSet has to know; where it runs, for example, is not part of it."""
    metadata = pod["metadata"]
    return (
        metadata.get("labels"),
        metadata.get("ownerReferences"),
        podutil.is_active(pod),
        podutil.is_ready(pod),
    )
