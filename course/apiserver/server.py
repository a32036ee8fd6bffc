"""The API server: kinds, their verbs and subresources over one store and one event loop.

The verbs take and return plain values; course.apiserver.rest puts HTTP's paths, headers and bodies in front of
them, and course.client.local calls them directly.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from course.apiserver import boot, patching, strategy
from course.apiserver.kinds import BINDING, EVICTION, SCALE, Kind, Registry
from course.apiserver.options import DeleteOptions, ListOptions, WriteOptions, delete_options
from course.apiserver.reading import Listing, Reader
from course.apiserver.resources import Resources
from course.apiserver.status import bad_request, method_not_allowed, unknown_path
from course.apiserver.subresources import binding, eviction, scale
from course.apiserver.subresources.nodes import NodeConnection
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
        self.node_connections: dict[str, NodeConnection] = {}
        boot.create_system_objects(self)
        self.loop.call_later(COMPACTION_EVERY_S, self._compact, self.store.revision)

    def get(self, kind: Kind, namespace: str, name: str, subresource: str = "") -> View:
        """Return an object, or what its subresource shows."""
        view = self.resources.get(kind, namespace, name)
        return scale.read(kind, view) if subresource == "scale" else view

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
        if subresource == "binding":
            bound, _ = strategy.decode(BINDING, body, options.field_validation)
            nodes = self.kind("", "v1", "nodes")
            return binding.bind(self.resources, kind, nodes, namespace, name, bound, options)
        if subresource == "eviction":
            evicted, _ = strategy.decode(EVICTION, body, options.field_validation)
            budgets = self.kind("policy", "v1", "poddisruptionbudgets")
            delete = delete_options(evicted.get("deleteOptions") or {})
            delete = replace(delete, dry_run=delete.dry_run or options.dry_run)
            return eviction.evict(self.resources, kind, budgets, namespace, name, evicted, delete)
        raise method_not_allowed()

    def update(
        self, kind: Kind, namespace: str, name: str, subresource: str, body: Object, options: WriteOptions
    ) -> tuple[View, bool]:
        """Replace an object, or what its subresource shows, by `body`; say whether that created it."""
        obj, _ = strategy.decode(_body_kind(kind, subresource), body, options.field_validation)
        found = obj["metadata"].get("name", "")
        if found and found != name:
            raise bad_request(f"the name of the object ({found}) does not match the name on the URL ({name})")
        obj["metadata"]["name"] = name
        return self._write(kind, namespace, name, subresource, lambda _: obj, options)

    def patch(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        type_: str,
        patch: Object | Sequence[Object],
        options: WriteOptions,
    ) -> tuple[View, bool]:
        """Change part of an object, or of what its subresource shows; say whether that created it."""
        body_kind = _body_kind(kind, subresource)

        def change(before: View | None) -> Object:
            assert before is not None
            result = patching.patched(body_kind, type_, before.object, patch)
            return strategy.decode(body_kind, result, options.field_validation)[0]

        return self._write(kind, namespace, name, subresource, change, options)

    def _write(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        change: Callable[[View | None], Object],
        options: WriteOptions,
    ) -> tuple[View, bool]:
        if subresource == "scale":
            return scale.write(self.resources, kind, namespace, name, change, options), False
        return self.resources.update(kind, namespace, name, change, options, subresource=subresource)

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


def _body_kind(kind: Kind, subresource: str) -> Kind:
    """Return the kind of the bodies that a subresource takes and shows."""
    return SCALE if subresource == "scale" else kind
