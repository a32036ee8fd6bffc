"""The API server: kinds, their verbs and subresources over one store and one event loop.

The verbs take and return plain values; course.apiserver.rest puts HTTP's paths, headers and bodies in front of
them, and course.client.local calls them directly.
"""

from collections.abc import Callable, Sequence
from typing import Any

from course.apiserver import boot, patching, strategy, subresources
from course.apiserver.kinds import Kind, Registry
from course.apiserver.options import DeleteOptions, ListOptions, WriteOptions
from course.apiserver.reading import Listing, Reader
from course.apiserver.resources import Resources
from course.apiserver.status import bad_request, unknown_path
from course.apiserver.views import View
from course.apiserver.watching import Change, Subscription
from course.sim.loop import Loop
from course.store import MemoryStore, Store

Object = dict[str, Any]

COMPACTION_EVERY_S = 300.0
"""History older than one to two of these is forgotten, as kube-apiserver has etcd do."""


class ApiServer:
    """An API server that begins, like a new cluster's, with the system namespaces."""

    def __init__(self, loop: Loop, store: Store | None = None) -> None:
        self.loop = loop
        self.store: Store = store if store is not None else MemoryStore()
        self.registry = Registry()
        namespaces = self.registry.named("namespaces")
        assert namespaces is not None  # it is built in
        self.resources = Resources(self.store, loop, namespaces)
        self.reader = Reader(self.store, loop)
        boot.create_system_objects(self)
        self.loop.call_later(COMPACTION_EVERY_S, self._compact, self.store.revision)

    def get(self, kind: Kind, namespace: str, name: str, subresource: str = "") -> View | Object:
        """Return an object, or what its subresource shows."""
        if subresource:
            return subresources.get(self, kind, namespace, name, subresource)
        return self.resources.get(kind, namespace, name)

    def list(self, kind: Kind, namespace: str, options: ListOptions) -> Listing:
        """Return the selected objects."""
        return self.reader.list(kind, namespace, options)

    def watch(
        self,
        kind: Kind,
        namespace: str,
        options: ListOptions,
        on_change: Callable[[Change], object],
        on_close: Callable[[], object] | None = None,
    ) -> Subscription:
        """Start a watch of the selected objects."""
        return self.reader.watch(kind, namespace, options, on_change, on_close)

    def create(self, kind: Kind, namespace: str, body: Object, options: WriteOptions) -> View:
        """Create an object from `body`, which is not changed."""
        obj, _ = strategy.decode(kind, body, options.field_validation)
        return self.resources.create(kind, namespace, obj, options)

    def post(
        self, kind: Kind, namespace: str, name: str, subresource: str, body: Object, options: WriteOptions
    ) -> View | Object:
        """POST `body` to a subresource."""
        return subresources.post(self, kind, namespace, name, subresource, body, options)

    def update(
        self, kind: Kind, namespace: str, name: str, subresource: str, body: Object, options: WriteOptions
    ) -> View | Object:
        """Replace an object, or what its subresource shows, by `body`, which is not changed."""
        if subresource and subresource != "status":
            return subresources.put(self, kind, namespace, name, subresource, body, options)
        obj, _ = strategy.decode(kind, body, options.field_validation)
        found = obj["metadata"].get("name", "")
        if found and found != name:
            raise bad_request(f"the name of the object ({found}) does not match the name on the URL ({name})")
        obj["metadata"]["name"] = name
        view, _ = self.resources.update(
            kind, namespace, name, lambda _: obj, options, subresource=subresource
        )
        return view

    def patch(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        type_: str,
        patch: Object | Sequence[Object],
        options: WriteOptions,
    ) -> View | Object:
        """Change part of an object, or of what its subresource shows."""

        def change(before: View | None) -> Object:
            assert before is not None
            result = patching.patched(kind, type_, before.object, patch)
            return strategy.decode(kind, result, options.field_validation)[0]

        view, _ = self.resources.update(kind, namespace, name, change, options, subresource=subresource)
        return view

    def delete(self, kind: Kind, namespace: str, name: str, options: DeleteOptions) -> View | Object:
        """Delete an object, or begin to."""
        answer, _ = self.resources.delete(kind, namespace, name, options)
        return answer

    def kind(self, group: str, version: str, plural: str) -> Kind:
        """Return the kind served at a path; raise 404 when there is none."""
        kind = self.registry.at(group, version, plural)
        if kind is None:
            raise unknown_path()
        return kind

    def _compact(self, revision: int) -> None:
        self.store.compact(revision)
        self.loop.call_later(COMPACTION_EVERY_S, self._compact, self.store.revision)
