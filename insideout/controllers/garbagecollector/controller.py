"""The garbage collector as a component.

Source: pkg/controller/garbagecollector/{garbagecollector,operations,patch}.go@v1.36.2.
"""

from functools import partial

from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers import kinds
from insideout.controllers.controller import Controller
from insideout.controllers.garbagecollector.decision import Action, classify, decide, finalizers
from insideout.controllers.garbagecollector.graph import FOREGROUND, KEPT, ORPHAN, Graph, Item, Look
from insideout.controllers.kinds import Resource

_DELETE, _ORPHAN = "delete", "orphan"
BEHIND_S = 0.01
"""How far it is behind other controllers: an event goes through the graph's queue before the attempt's."""


class GarbageCollector(Controller):
    """Deletes what nobody owns any more, and lets owners go that wait for it; keys are (verb, UID)."""

    name = "garbage-collector-controller"

    def watch(self) -> None:
        """Watch every kind, those too that are defined later."""
        self._graph = Graph()
        self._resources: list[Resource] = []
        for resource in kinds.built_in():
            self._follow(resource)
        self.on("customresourcedefinitions", add=self._defined, update=lambda _, crd: self._defined(crd))

    def sync(self, key: Key) -> None:
        """Decide about one object, or set the dependents of one free."""
        verb, uid = key
        item = self._graph.items.get(uid)
        if item is None:
            return
        if verb == _ORPHAN:
            self._orphan_dependents(item)
        elif item.is_deleting_dependents:
            self._let_go_when_alone(item)
        elif not item.is_deleting:
            self._decide(item)

    # What the watches tell.

    def _follow(self, resource: Resource) -> None:
        self._resources.append(resource)
        self.on(
            resource.resource,
            add=self._observe,
            update=self._observe_change,
            delete=self._forget,
        )

    def _defined(self, definition: Object) -> None:
        for resource in kinds.defined_by(definition):
            if resource not in self._resources:
                self._follow(resource)

    def _observe(self, obj: Object) -> None:
        self._look(self._graph.observe(obj))

    def _observe_change(self, before: Object, obj: Object) -> None:
        """Look at an object again when what the graph keeps of it may have changed; mostly it is status."""
        old, new = before["metadata"], obj["metadata"]
        if any(old.get(name) != new.get(name) for name in KEPT):
            self._observe(obj)

    def _forget(self, obj: Object) -> None:
        self._look(self._graph.forget(obj["metadata"]["uid"]))

    def _look(self, look: Look) -> None:
        for uid in look.delete:
            self.queue.add_after((_DELETE, uid), BEHIND_S)
        for uid in look.orphan:
            self.queue.add((_ORPHAN, uid))
        for uid, owner in look.misplaced:
            self._say_misplaced(self._graph.items[uid], owner)

    def _say_misplaced(self, item: Item, owner: str) -> None:
        reference = item.owners[owner]
        kind = f"{reference.get('apiVersion', '')}/{reference.get('kind', '')}"
        named = f"{kind}, namespace: {item.namespace}, name: {reference.get('name', '')}, uid: {owner}"
        message = f'ownerRef [{named}] does not exist in namespace "{item.namespace}"'
        metadata = {"namespace": item.namespace, "name": item.name, "uid": item.uid}
        about = {"apiVersion": item.api_version, "kind": item.kind, "metadata": metadata}
        self.recorder.event(about, "Warning", "OwnerRefInvalidNamespace", message)

    # What is done about it.

    def _decide(self, item: Item) -> None:
        latest = self._latest(item)
        if latest is None:
            return
        references = latest["metadata"].get("ownerReferences") or []
        owners = classify(references, partial(self._live_owner, item.namespace))
        dependents = self._graph.dependents(item.uid)
        waiting = any(dependent.is_deleting_dependents for dependent in dependents)
        action = decide(latest, owners, dependents=len(dependents), dependents_waiting=waiting)
        if action.verb == "drop-owners":
            self._write_owners(item, [r for r in references if r["uid"] not in action.owners])
        elif action.verb == "delete":
            self._delete(item, latest, action)

    def _delete(self, item: Item, latest: Object, action: Action) -> None:
        metadata = latest["metadata"]
        version = metadata["resourceVersion"]
        if action.unblock:
            references = [r | {"blockOwnerDeletion": False} for r in metadata["ownerReferences"]]
            version = self._write_owners(item, references)["metadata"]["resourceVersion"]
        try:
            self.client.delete(
                self._resource(item).resource,
                item.name,
                item.namespace or None,
                uid=item.uid,
                resource_version=version,
                propagation_policy=action.policy,
            )
        except ApiError as refused:
            if refused.code != 404:
                raise

    def _let_go_when_alone(self, item: Item) -> None:
        """Take the finalizer off an owner in foreground deletion when no dependent blocks it any more."""
        blocking = self._graph.blocking_dependents(item.uid)
        if not blocking:
            self._remove_finalizer(item, FOREGROUND)
        for dependent in blocking:
            if not dependent.is_deleting_dependents:
                self.queue.add((_DELETE, dependent.uid))

    def _orphan_dependents(self, item: Item) -> None:
        for dependent in self._graph.dependents(item.uid):
            latest = self._latest(dependent)
            if latest is not None:
                references = latest["metadata"].get("ownerReferences") or []
                self._write_owners(dependent, [r for r in references if r["uid"] != item.uid])
        self._remove_finalizer(item, ORPHAN)

    # Reading and writing.

    def _resource(self, item: Item) -> Resource:
        reference = {"apiVersion": item.api_version, "kind": item.kind}
        return next(r for r in self._resources if kinds.same_kind(r, reference))

    def _latest(self, item: Item) -> Object | None:
        """Return what the server holds of an object; one that is gone is forgotten."""
        live = self._get(self._resource(item), item.name, item.namespace)
        if live is None or live["metadata"]["uid"] != item.uid:
            self._look(self._graph.forget(item.uid))
            return None
        return live

    def _live_owner(self, namespace: str, reference: Object) -> Object | None:
        """Return the object that an owner reference names, from the server itself.

        A kind that nobody knows is taken to be there: perhaps its definition has not been seen yet.
        """
        resource = next((r for r in self._resources if kinds.same_kind(r, reference)), None)
        if resource is None or (resource.namespaced and not namespace):
            return {"metadata": {"uid": reference["uid"]}}
        return self._get(resource, reference["name"], namespace)

    def _get(self, resource: Resource, name: str, namespace: str) -> Object | None:
        try:
            return self.client.get(resource.resource, name, namespace if resource.namespaced else None)
        except ApiError as refused:
            if refused.code == 404:
                return None
            raise

    def _write_owners(self, item: Item, references: list[Object]) -> Object:
        patch = {"metadata": {"uid": item.uid, "ownerReferences": references}}
        return self.client.patch(self._resource(item).resource, item.name, patch, item.namespace or None)

    def _remove_finalizer(self, item: Item, finalizer: str) -> None:
        latest = self._latest(item)
        if latest is None or finalizer not in finalizers(latest):
            return
        metadata = latest["metadata"]
        patch = {
            "metadata": {
                "resourceVersion": metadata["resourceVersion"],
                "finalizers": [name for name in finalizers(latest) if name != finalizer],
            }
        }
        self.client.patch(self._resource(item).resource, item.name, patch, item.namespace or None)
