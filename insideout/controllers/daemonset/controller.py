"""The DaemonSet controller as a component.

Left out: Pods of set generations older than revision hashes.

Source: pkg/controller/daemon/{daemon_controller,update}.go@v1.36.2.
"""

from functools import partial

from insideout.apimachinery import owners, selectors
from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Object
from insideout.client.informer import Key, key_of
from insideout.controllers import history
from insideout.controllers.belonging import controller_key, own_and_orphans, selecting
from insideout.controllers.claims import claim
from insideout.controllers.controller import Controller
from insideout.controllers.daemonset import plan
from insideout.controllers.daemonset.placement import REVISION_LABEL, Fit, fit, node_of, pod_for
from insideout.controllers.daemonset.plan import Changes
from insideout.controllers.expectations import Expectations
from insideout.controllers.podcontrol import PodControl, is_namespace_terminating
from insideout.controllers.replicaset.slowstart import slow_start

BURST_REPLICAS = 250
_FIRST_BACK_OFF_S, _LAST_BACK_OFF_S = 1.0, 900.0


class DaemonSetController(Controller):
    """Keeps one Pod of each DaemonSet on every node that fits."""

    name = "daemonset-controller"

    def watch(self) -> None:
        """Watch DaemonSets, Pods, Nodes and revisions."""
        self._expectations = Expectations(self.loop)
        self._pod_control = PodControl(self.client, self.recorder)
        self._failures: dict[tuple[str, str], tuple[float, float]] = {}
        self._sets = self.on(
            "daemonsets", add=self.enqueue, update=lambda _, obj: self.enqueue(obj), delete=self._set_deleted
        )
        self._pods = self.on("pods", add=self._pod_added, update=self._pod_updated, delete=self._pod_deleted)
        self._nodes = self.on(
            "nodes", add=self._node_changed, update=self._node_updated, delete=self._node_changed
        )
        self._revisions = self.on("controllerrevisions")

    def sync(self, key: Key) -> None:
        """Give nodes what they need, replace what is old, and report."""
        namespace, name = key
        daemon_set = self._sets.get(name, namespace)
        if daemon_set is None:
            self._expectations.forget(key)
            return
        if selectors.from_object(daemon_set["spec"]["selector"]) == selectors.EVERYTHING:
            message = "This daemon set is selecting all pods. A non-empty selector is required."
            self.recorder.event(daemon_set, "Warning", "SelectingAll", message)
            return
        if "deletionTimestamp" in daemon_set["metadata"]:
            return
        revisions = history.settle(
            self.client, daemon_set, self._revisions_of(daemon_set), hash_label=REVISION_LABEL
        )
        hash_ = revisions.update["metadata"]["labels"][REVISION_LABEL]
        fits = {node["metadata"]["name"]: fit(daemon_set, node) for node in self._nodes.list()}
        pods = self._pods_by_node(daemon_set)
        error = None
        if self._expectations.are_met(key):
            error = self._change(key, daemon_set, hash_, self._needed(daemon_set, fits, pods, hash_))
        rolls = daemon_set["spec"].get("updateStrategy", {}).get("type") == "RollingUpdate"
        if error is None and rolls and self._expectations.are_met(key):
            error = self._change(key, daemon_set, hash_, self._replaced(daemon_set, fits, pods, hash_))
        self._report(daemon_set, fits, pods, hash_, revisions.collision_count)
        self._prune(daemon_set, pods, revisions)
        if error is not None:
            raise error
        listed = [pod for here in pods.values() for pod in here]
        min_ready_s = daemon_set["spec"].get("minReadySeconds", 0)
        delay_s = podutil.next_available_s(listed, min_ready_s, self.loop.time())
        if delay_s is not None:
            self.queue.add_after(key, delay_s)

    def _needed(
        self, daemon_set: Object, fits: dict[str, Fit], pods: dict[str, list[Object]], hash_: str
    ) -> Changes:
        desired = sum(fit.should_run for fit in fits.values())
        min_ready_s = daemon_set["spec"].get("minReadySeconds", 0)
        changes = plan.manage(
            fits,
            pods,
            hash_,
            surges=plan.limits(daemon_set, desired).surge > 0,
            is_available=plan.is_available_at(self.loop.time(), min_ready_s),
            backs_off=partial(self._backs_off, daemon_set),
        )
        for pod in changes.failed:
            metadata = pod["metadata"]
            where = f"{metadata['namespace']}/{metadata['name']} on node {node_of(pod)}"
            message = f"Found failed daemon pod {where}, will try to kill it"
            self.recorder.event(daemon_set, "Warning", "FailedDaemonPod", message)
        return changes

    def _replaced(
        self, daemon_set: Object, fits: dict[str, Fit], pods: dict[str, list[Object]], hash_: str
    ) -> Changes:
        wanted = [name for name, fit in fits.items() if fit.should_run]
        everywhere = {name: pods.get(name, []) for name in [*pods, *wanted]}
        min_ready_s = daemon_set["spec"].get("minReadySeconds", 0)
        return plan.rolling_update(
            everywhere,
            hash_,
            plan.limits(daemon_set, len(wanted)),
            plan.is_available_at(self.loop.time(), min_ready_s),
            lambda name: name in fits and fits[name].should_run,
        )

    def _backs_off(self, daemon_set: Object, node: str) -> bool:
        """Tell whether a failed Pod of a node is left for now: a kubelet may refuse it again and again."""
        key = daemon_set["metadata"]["uid"], node
        now_s = self.loop.now_s
        delay_s, since_s = self._failures.get(key, (0.0, now_s))
        if now_s - since_s > 2 * _LAST_BACK_OFF_S:
            delay_s = 0.0
        if delay_s and now_s < since_s + delay_s:
            self.queue.add_after(key_of(daemon_set), since_s + delay_s - now_s)
            return True
        self._failures[key] = (min(max(delay_s * 2, _FIRST_BACK_OFF_S), _LAST_BACK_OFF_S), now_s)
        return False

    def _change(self, key: Key, daemon_set: Object, hash_: str, changes: Changes) -> ApiError | None:
        create, delete = changes.create[:BURST_REPLICAS], changes.delete[:BURST_REPLICAS]
        uids = tuple(pod["metadata"]["uid"] for pod in delete)
        if not create and not delete:
            return None
        self._expectations.expect(key, creations=len(create), deletions=uids)
        made, error = slow_start(
            len(create),
            lambda i: self._pod_control.create(pod_for(daemon_set, create[i], hash_), daemon_set),
        )
        self._expectations.created(key, len(create) - made)
        if error is not None and is_namespace_terminating(error):
            error = None
        for pod in delete:
            try:
                self._pod_control.delete(pod, daemon_set)
            except ApiError as refused:
                self._expectations.deleted(key, pod["metadata"]["uid"])
                if refused.code != 404:
                    error = error or refused
        return error

    def _pods_by_node(self, daemon_set: Object) -> dict[str, list[Object]]:
        """Return the set's Pods by node, without those that have ended and are being deleted."""
        candidates = own_and_orphans(self._pods, daemon_set)
        pods: dict[str, list[Object]] = {}
        for pod in claim(self.client, "pods", "daemonsets", daemon_set, candidates):
            if not (podutil.is_terminating(pod) and podutil.is_terminal(pod)):
                pods.setdefault(node_of(pod), []).append(pod)
        return pods

    def _revisions_of(self, daemon_set: Object) -> list[Object]:
        candidates = own_and_orphans(self._revisions, daemon_set)
        return claim(self.client, "controllerrevisions", "daemonsets", daemon_set, candidates)

    def _report(
        self,
        daemon_set: Object,
        fits: dict[str, Fit],
        pods: dict[str, list[Object]],
        hash_: str,
        collisions: int,
    ) -> None:
        """Count nodes, each by its oldest Pod."""
        wanted = [name for name, fit in fits.items() if fit.should_run]
        first = [plan.by_age(pods[name])[0] for name in wanted if pods.get(name)]
        min_ready_s = daemon_set["spec"].get("minReadySeconds", 0)
        available = sum(podutil.is_available(pod, min_ready_s, self.loop.time()) for pod in first)
        updated = sum((p["metadata"].get("labels") or {}).get(REVISION_LABEL) == hash_ for p in first)
        status: Object = {
            "currentNumberScheduled": len(first),
            "numberMisscheduled": sum(
                bool(pods.get(name)) for name, fit in fits.items() if not fit.should_run
            ),
            "desiredNumberScheduled": len(wanted),
            "numberReady": sum(podutil.is_ready(pod) for pod in first),
            "observedGeneration": daemon_set["metadata"]["generation"],
        }
        counts = {
            "updatedNumberScheduled": updated,
            "numberAvailable": available,
            "numberUnavailable": len(wanted) - available,
            "collisionCount": collisions,
        }
        status |= {name: count for name, count in counts.items() if count}
        if status != daemon_set.get("status"):
            self.client.update("daemonsets", daemon_set | {"status": status}, subresource="status")

    def _prune(self, daemon_set: Object, pods: dict[str, list[Object]], revisions: history.Revisions) -> None:
        used = {
            (pod["metadata"].get("labels") or {}).get(REVISION_LABEL)
            for here in pods.values()
            for pod in here
        }
        existing = self._revisions_of(daemon_set)
        live = {
            r["metadata"]["name"] for r in existing if r["metadata"]["labels"].get(REVISION_LABEL) in used
        }
        live.add(revisions.update["metadata"]["name"])
        history.prune(self.client, daemon_set, existing, live)

    # Events.

    def _set_deleted(self, daemon_set: Object) -> None:
        self._expectations.forget(key_of(daemon_set))

    def _pod_added(self, pod: Object) -> None:
        if podutil.is_terminating(pod):
            self._pod_deleted(pod)
            return
        key = controller_key(pod, "DaemonSet")
        if key is not None:
            self._expectations.created(key)
            self.queue.add(key)
        elif owners.controller_of(pod) is None:
            for daemon_set in selecting(self._sets, pod):
                self.enqueue(daemon_set)

    def _pod_updated(self, before: Object, pod: Object) -> None:
        if podutil.is_terminating(pod):
            self._pod_deleted(pod)
            return
        for key in {controller_key(before, "DaemonSet"): None, controller_key(pod, "DaemonSet"): None}:
            if key is not None:
                self.queue.add(key)

    def _pod_deleted(self, pod: Object) -> None:
        key = controller_key(pod, "DaemonSet")
        if key is not None:
            self._expectations.deleted(key, pod["metadata"]["uid"])
            self.queue.add(key)

    def _node_updated(self, before: Object, node: Object) -> None:
        def matters(found: Object) -> tuple[object, object]:
            return found["metadata"].get("labels"), found["spec"].get("taints")

        if matters(before) != matters(node):
            self._node_changed(node)

    def _node_changed(self, node: Object) -> None:
        for daemon_set in self._sets.list():
            self.enqueue(daemon_set)
