"""The StatefulSet controller as a component.

Left out: repairing the labels of adopted Pods.

Source: pkg/controller/statefulset/{stateful_set,stateful_set_control,stateful_pod_control}.go@v1.36.2.
"""

from insideout.apimachinery import owners
from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Client, Object
from insideout.client.informer import Key
from insideout.controllers import history
from insideout.controllers.belonging import controller_key, own_and_orphans, selecting
from insideout.controllers.claims import claim
from insideout.controllers.controller import Controller
from insideout.controllers.informers import Informers
from insideout.controllers.statefulset import claims, identity, sync
from insideout.controllers.statefulset.status import calculate_status
from insideout.sim import Loop


class StatefulSetController(Controller):
    """Keeps numbered Pods, in order; `plan` decides the writes of a sync."""

    name = "statefulset-controller"

    def __init__(
        self,
        client: Client,
        loop: Loop,
        informers: Informers | None = None,
        *,
        plan: sync.Planner = sync.plan,
    ) -> None:
        self._plan = plan
        super().__init__(client, loop, informers)

    def watch(self) -> None:
        """Watch StatefulSets, their Pods, claims and revisions."""
        self._sets = self.on(
            "statefulsets", add=self.enqueue, update=lambda _, obj: self.enqueue(obj), delete=self.enqueue
        )
        self._pods = self.on(
            "pods", add=self._pod_changed, update=self._pod_updated, delete=self._pod_changed
        )
        self._claims = self.on("persistentvolumeclaims")
        self._revisions = self.on("controllerrevisions")

    def sync(self, key: Key) -> None:
        """Take one step, and report."""
        namespace, name = key
        stateful_set = self._sets.get(name, namespace)
        if stateful_set is None:
            return
        revisions = history.settle(self.client, stateful_set, self._revisions_of(stateful_set))
        current, update = revisions.current["metadata"]["name"], revisions.update["metadata"]["name"]
        pods = self._pods_of(stateful_set)
        now = self.loop.time()
        for pod in sync.decide(stateful_set, pods, update, now).claimants:
            self._own_claims(stateful_set, pod)
        named = (stateful_set.get("status") or {}) | {"currentRevision": current, "updateRevision": update}
        actions = self._plan(stateful_set | {"status": named}, pods, update, now)
        staying = {identity.ordinal_of(pod): pod for pod in pods}
        replaced = 0
        for action in actions:
            if action.verb == "create":
                revision = revisions.current if action.revision == "current" else revisions.update
                self._create(stateful_set, revision, action.ordinal)
            else:
                pod = staying[action.ordinal]
                self._delete(stateful_set, pod)
                replaced += _is_replacement(stateful_set, pod, current)
        self._report(
            stateful_set,
            calculate_status(
                stateful_set,
                pods,
                current,
                update,
                now,
                collision_count=revisions.collision_count,
                removed_for_update=replaced,
            ),
        )
        self._prune(stateful_set, pods, {current, update})
        min_ready_s = stateful_set["spec"].get("minReadySeconds", 0)
        delay_s = podutil.next_available_s(pods, min_ready_s, now)
        if delay_s is not None:
            self.queue.add_after(key, delay_s)

    def _revisions_of(self, stateful_set: Object) -> list[Object]:
        candidates = own_and_orphans(self._revisions, stateful_set)
        return claim(self.client, "controllerrevisions", "statefulsets", stateful_set, candidates)

    def _pods_of(self, stateful_set: Object) -> list[Object]:
        name = stateful_set["metadata"]["name"]
        candidates = own_and_orphans(self._pods, stateful_set)
        members = [p for p in candidates if identity.parent_and_ordinal(p["metadata"]["name"])[0] == name]
        return claim(self.client, "pods", "statefulsets", stateful_set, members)

    def _create(self, stateful_set: Object, revision: Object, ordinal: int) -> None:
        """Create a Pod's claims and then the Pod; a claim of an earlier Pod must be gone first."""
        namespace = stateful_set["metadata"]["namespace"]
        for wanted in claims.claims_for(stateful_set, ordinal):
            existing = self._claims.get(wanted["metadata"]["name"], namespace)
            if existing is not None and claims.is_stale(existing, stateful_set, ordinal):
                return  # and nobody comes back to it: claims have no handler
            if existing is None:
                self._create_claim(stateful_set, wanted, ordinal)
            elif "deletionTimestamp" in existing["metadata"]:
                return
        template = history.template_of(revision)
        pod = identity.new_pod(stateful_set, template, revision["metadata"]["name"], ordinal)
        name = pod["metadata"]["name"]
        try:
            created = self.client.create("pods", pod)
        except ApiError as refused:
            if refused.reason != "AlreadyExists":
                self._tell(stateful_set, "create", f"Pod {name}", refused)
            raise
        self._tell(stateful_set, "create", f"Pod {name}")
        self._own_claims(stateful_set, created)

    def _create_claim(self, stateful_set: Object, wanted: Object, ordinal: int) -> None:
        pod_name = f"{stateful_set['metadata']['name']}-{ordinal}"
        what = f"Claim {wanted['metadata']['name']} Pod {pod_name}"
        try:
            self.client.create("persistentvolumeclaims", wanted)
        except ApiError as refused:
            if refused.reason != "AlreadyExists":
                self._tell(stateful_set, "create", what, refused)
                raise
            return
        self._tell(stateful_set, "create", what)

    def _delete(self, stateful_set: Object, pod: Object) -> None:
        metadata = pod["metadata"]
        try:
            self.client.delete("pods", metadata["name"], metadata["namespace"], uid=metadata["uid"])
        except ApiError as refused:
            if refused.code in (404, 409):
                return
            self._tell(stateful_set, "delete", f"Pod {metadata['name']}", refused)
            raise
        self._tell(stateful_set, "delete", f"Pod {metadata['name']}")

    def _own_claims(self, stateful_set: Object, pod: Object) -> None:
        """Give a Pod's claims the owners that the retention policy asks for."""
        ordinal, namespace = identity.ordinal_of(pod), stateful_set["metadata"]["namespace"]
        first = identity.start_ordinal(stateful_set)
        in_range = first <= ordinal < first + stateful_set["spec"]["replicas"]
        for wanted in claims.claims_for(stateful_set, ordinal):
            existing = self._claims.get(wanted["metadata"]["name"], namespace)
            if existing is None:
                continue
            references = claims.owner_references(existing, stateful_set, pod, in_range=in_range)
            if references != (existing["metadata"].get("ownerReferences") or []):
                metadata = existing["metadata"] | {"ownerReferences": references}
                self.client.update("persistentvolumeclaims", existing | {"metadata": metadata})

    def _tell(self, stateful_set: Object, verb: str, what: str, refused: ApiError | None = None) -> None:
        name = stateful_set["metadata"]["name"]
        if refused is None:
            message = f"{verb} {what} in StatefulSet {name} successful"
            self.recorder.event(stateful_set, "Normal", f"Successful{verb.title()}", message)
        else:
            message = f"{verb} {what} in StatefulSet {name} failed error: {refused}"
            self.recorder.event(stateful_set, "Warning", f"Failed{verb.title()}", message)

    def _report(self, stateful_set: Object, status: Object) -> None:
        if status != stateful_set.get("status"):
            self.client.update("statefulsets", stateful_set | {"status": status}, subresource="status")

    def _prune(self, stateful_set: Object, pods: list[Object], live: set[str]) -> None:
        used = live | {identity.revision_of(pod) for pod in pods}
        history.prune(self.client, stateful_set, self._revisions_of(stateful_set), used)

    # Events.

    def _pod_updated(self, before: Object, pod: Object) -> None:
        if owners.controller_of(before) != owners.controller_of(pod):
            self._pod_changed(before)
        self._pod_changed(pod)

    def _pod_changed(self, pod: Object) -> None:
        key = controller_key(pod, "StatefulSet")
        if key is not None:
            self.queue.add(key)
        elif owners.controller_of(pod) is None:
            for stateful_set in selecting(self._sets, pod):
                self.enqueue(stateful_set)


def _is_replacement(stateful_set: Object, pod: Object, current: str) -> bool:
    """Tell whether a deleted Pod counted as current and makes room for its update."""
    first = identity.start_ordinal(stateful_set)
    in_range = first <= identity.ordinal_of(pod) < first + stateful_set["spec"]["replicas"]
    staying = not podutil.is_terminating(pod) and not podutil.is_terminal(pod)
    return in_range and staying and identity.revision_of(pod) == current
