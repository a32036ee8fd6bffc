"""Keeps the snapshot and the queue current from the API server's watches.

A pod with a node counts in the snapshot, a pod without one waits in the queue, if this scheduler is the one
that it names.  A pod that was just assigned counts on its node from that moment (it is assumed) until the
watch confirms it.

Source: pkg/scheduler/eventhandlers.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.client import Client, Object
from insideout.client.informer import Informer
from insideout.scheduler.events import (
    CLAIM,
    NODE,
    POD,
    STORAGE_CLASS,
    VOLUME,
    Action,
    ClusterEvent,
    node_changes,
    pod_changes,
)
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Budget, budget
from insideout.scheduler.queue import SchedulingQueue
from insideout.scheduler.snapshot import Snapshot
from insideout.sim.loop import Loop

DEFAULT_SCHEDULER = "default-scheduler"
_UNFINISHED = "status.phase!=Succeeded,status.phase!=Failed"
"""Finished pods take no room; a watch with this selector shows them as deleted."""


class Watching:
    """Informers, and handlers that pass on what they say; `wake` is called when a pod may be ready."""

    def __init__(
        self,
        client: Client,
        loop: Loop,
        name: str,
        snapshot: Snapshot,
        queue: SchedulingQueue,
        nominator: Nominator,
        wake: Callable[[], object],
    ) -> None:
        self._name = name
        self._snapshot = snapshot
        self._queue = queue
        self._nominator = nominator
        self._wake = wake
        self._assumed: set[str] = set()
        self._pods = Informer(client, loop, "pods", field_selector=_UNFINISHED)
        self._nodes = Informer(client, loop, "nodes")
        self._claims = Informer(client, loop, "persistentvolumeclaims")
        self._volumes = Informer(client, loop, "persistentvolumes")
        self._storage_classes = Informer(client, loop, "storageclasses.storage.k8s.io")
        self._namespaces = Informer(client, loop, "namespaces")
        self._budgets = Informer(client, loop, "poddisruptionbudgets.policy")
        self._workloads = [
            Informer(client, loop, resource)
            for resource in ("services", "replicasets.apps", "statefulsets.apps")
        ]
        # Nodes first: pods of a cluster that is up already then meet the nodes they stand on.
        storage = (self._storage_classes, self._volumes, self._claims)
        others = (self._namespaces, *storage, self._budgets)
        self._informers = [self._nodes, *self._workloads, *others, self._pods]
        self._connect()

    @property
    def synced(self) -> bool:
        """Return whether every informer has seen its first list."""
        return all(each.synced for each in self._informers)

    def start(self) -> None:
        """Begin to list and watch."""
        for each in self._informers:
            each.start()

    def stop(self) -> None:
        """Stop to watch."""
        for each in self._informers:
            each.stop()

    def budgets(self) -> list[Budget]:
        """Return the disruption budgets as they are now."""
        return [budget(each) for each in self._budgets.list()]

    def current(self, pod: PodInfo) -> Object | None:
        """Return the pod's latest known state, or None when it has gone or another has taken its name."""
        found = self._pods.get(pod.name, pod.namespace)
        return found if found is not None and _uid(found) == pod.pod["metadata"].get("uid") else None

    def assume(self, pod: PodInfo, node_name: str) -> None:
        """Count the pod on the node although nobody has confirmed it yet."""
        self._assumed.add(pod.uid)
        self._snapshot.add_pod(pod, node_name)
        self._nominator.forget(pod.uid)

    def forget(self, pod: PodInfo) -> None:
        """Take an assumption back; the room may help others."""
        node_name = self._snapshot.placed_on(pod.uid)
        if pod.uid not in self._assumed or node_name is None:
            return
        self._assumed.discard(pod.uid)
        self._snapshot.remove_pod(pod.uid)
        gone = {**pod.pod, "spec": {**pod.pod["spec"], "nodeName": node_name}}
        self._queue.move(ClusterEvent(POD, Action.DELETE, gone), lambda other: other.uid != pod.uid)

    def _connect(self) -> None:
        self._nodes.add_handler(
            on_add=self._add_node, on_update=self._update_node, on_delete=self._delete_node
        )
        self._pods.add_handler(on_add=self._add_pod, on_update=self._update_pod, on_delete=self._delete_pod)
        self._claims.add_handler(
            on_add=lambda claim: self._set_claim(Action.ADD, None, claim),
            on_update=lambda old, claim: self._set_claim(Action.UPDATE, old, claim),
            on_delete=lambda claim: self._snapshot.claims.pop(_key(claim), None),
        )
        for informer, known, resource in (
            (self._volumes, self._snapshot.volumes, VOLUME),
            (self._storage_classes, self._snapshot.storage_classes, STORAGE_CLASS),
        ):
            self._keep(informer, known, resource)
        self._namespaces.add_handler(
            on_add=self._set_namespace,
            on_update=lambda _, namespace: self._set_namespace(namespace),
            on_delete=lambda namespace: self._snapshot.namespaces.pop(namespace["metadata"]["name"], None),
        )
        for each in self._workloads:
            each.add_handler(
                on_add=self._snapshot.workloads.put,
                on_update=lambda _, workload: self._snapshot.workloads.put(workload),
                on_delete=self._snapshot.workloads.remove,
            )

    # --- nodes, claims, namespaces ---

    def _add_node(self, node: Object) -> None:
        self._snapshot.set_node(node)
        self._moved(ClusterEvent(NODE, Action.ADD, None, node))

    def _update_node(self, old: Object, new: Object) -> None:
        changes = node_changes(old, new)
        if changes or (old.get("status") or {}).get("images") != (new.get("status") or {}).get("images"):
            self._snapshot.set_node(new)
        for event in changes:
            self._moved(event)

    def _delete_node(self, node: Object) -> None:
        self._snapshot.remove_node(node["metadata"]["name"])
        self._moved(ClusterEvent(NODE, Action.DELETE, node))

    def _set_claim(self, action: Action, old: Object | None, claim: Object) -> None:
        self._snapshot.claims[_key(claim)] = claim
        self._moved(ClusterEvent(CLAIM, action, old, claim))

    def _keep(self, informer: Informer, known: dict[str, Object], resource: str) -> None:
        """Keep what there is of a kind in the snapshot, by name."""

        def put(action: Action, old: Object | None, obj: Object) -> None:
            known[obj["metadata"]["name"]] = obj
            self._moved(ClusterEvent(resource, action, old, obj))

        informer.add_handler(
            on_add=lambda obj: put(Action.ADD, None, obj),
            on_update=lambda old, obj: put(Action.UPDATE, old, obj),
            on_delete=lambda obj: known.pop(obj["metadata"]["name"], None),
        )

    def _set_namespace(self, namespace: Object) -> None:
        metadata = namespace["metadata"]
        self._snapshot.namespaces[metadata["name"]] = metadata.get("labels") or {}

    # --- pods ---

    def _is_mine(self, pod: Object) -> bool:
        return (pod["spec"].get("schedulerName") or DEFAULT_SCHEDULER) == self._name

    def _add_pod(self, pod: Object) -> None:
        if pod["spec"].get("nodeName"):
            self._place(pod)
        elif self._is_mine(pod):
            info = PodInfo(pod)
            self._queue.add(info)
            self._nominate(info)
            self._wake()

    def _update_pod(self, old: Object, new: Object) -> None:
        if _uid(old) != _uid(new):
            self._delete_pod(old)
            self._add_pod(new)
        elif old["spec"].get("nodeName"):
            self._update_placed(old, new)
        elif new["spec"].get("nodeName"):
            self._place(new)
            self._queue.delete(_key(new))
        elif self._is_mine(new):
            self._update_waiting(old, new)

    def _delete_pod(self, pod: Object) -> None:
        if not pod["spec"].get("nodeName"):
            self._queue.delete(_key(pod))
            self._nominator.forget(_uid(pod))
        self._assumed.discard(_uid(pod))
        placed = self._snapshot.remove_pod(_uid(pod))
        nominated = (pod.get("status") or {}).get("nominatedNodeName")
        if placed is not None:
            self._moved(ClusterEvent(POD, Action.DELETE, pod))
        elif nominated:
            self._room_given_up(pod)

    def _place(self, pod: Object) -> None:
        """Count the pod on its node; for an assumed one this is the confirmation."""
        info = self._read(pod)
        self._assumed.discard(info.uid)
        self._nominator.forget(info.uid)
        self._snapshot.confirm(info)
        if self._queue.has_unschedulable:
            self._moved(ClusterEvent(POD, Action.ADD, None, pod))

    def _update_placed(self, old: Object, new: Object) -> None:
        self._snapshot.confirm(self._read(new))
        if self._queue.has_unschedulable:
            for event in pod_changes(old, new):
                self._moved(event)

    def _update_waiting(self, old: Object, new: Object) -> None:
        info = PodInfo(new)
        if info.uid in self._assumed:
            if info.deleting:
                self.forget(info)
            return
        self._queue.update(info, pod_changes(old, new))
        self._nominate(info, old)
        nominated = (old.get("status") or {}).get("nominatedNodeName")
        if nominated and nominated != info.nominated_node_name:
            self._room_given_up(old)
        self._wake()

    def _read(self, pod: Object) -> PodInfo:
        """Read a pod that has a node, from what is known of it where that is all the same."""
        known = self._snapshot.placed(_uid(pod))
        return PodInfo(pod) if known is None else known.renewed(pod)

    def _nominate(self, info: PodInfo, old: Object | None = None) -> None:
        """Follow the status; what was nominated here and is not written yet stands."""
        before = ((old or {}).get("status") or {}).get("nominatedNodeName") or ""
        if info.nominated_node_name:
            self._nominator.nominate(info, info.nominated_node_name)
        elif before:
            self._nominator.forget(info.uid)

    def _room_given_up(self, pod: Object) -> None:
        """Tell pods of no more than this one's priority that the room kept for it is free."""
        gone = PodInfo(pod)
        event = ClusterEvent(POD, Action.DELETE, pod)
        self._queue.move(event, lambda other: other.priority <= gone.priority)
        self._wake()

    def _moved(self, event: ClusterEvent) -> None:
        self._queue.move(event)
        self._wake()


def _uid(obj: Object) -> str:
    return str(obj["metadata"].get("uid") or _key(obj))


def _key(obj: Object) -> str:
    return f"{obj['metadata'].get('namespace', 'default')}/{obj['metadata']['name']}"
