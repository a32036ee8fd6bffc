"""The API server: kinds, their verbs and subresources over one store and one event loop.

The verbs take and return plain values; insideout.apiserver.rest puts HTTP's paths, headers and bodies in
front of them, and insideout.client.local calls them directly.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from insideout.apiserver import boot, componentstatuses, patching, reviews, strategy
from insideout.apiserver.access import Access
from insideout.apiserver.accounts import Accounts
from insideout.apiserver.aggregation import Aggregator
from insideout.apiserver.allocated import AllocatedAddresses
from insideout.apiserver.converted import Converted
from insideout.apiserver.definitions import Definitions
from insideout.apiserver.extensions import Extensions
from insideout.apiserver.flowcontrol.keeper import FlowControl
from insideout.apiserver.identity import check_place
from insideout.apiserver.kinds import BINDING, COMPONENT_STATUS, EVICTION, SCALE, TOKEN_REQUEST, Kind
from insideout.apiserver.objects.go_types import plain
from insideout.apiserver.openapi.documents import Documents
from insideout.apiserver.options import DeleteOptions, ListOptions, WriteOptions, delete_options
from insideout.apiserver.patch import keep_times, server_side_apply, unconvertible
from insideout.apiserver.reading import Listing, Reader
from insideout.apiserver.registry import Registry
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import (
    StatusError,
    bad_request,
    conflict,
    method_not_allowed,
    not_found,
    unknown_path,
)
from insideout.apiserver.subresources import binding, eviction, scale
from insideout.apiserver.subresources.nodes import NodeConnection
from insideout.apiserver.subresources.streams import Upstream
from insideout.apiserver.views import View
from insideout.apiserver.watching import Change, Subscription
from insideout.apiserver.webhooks.plugin import Webhooks
from insideout.sim.loop import Loop
from insideout.store import MemoryStore, Store

Object = dict[str, Any]

COMPACTION_EVERY_S = 300.0
"""History older than one to two of these is forgotten, as kube-apiserver has etcd do."""


Body = bytes | Object
Warnings = list[str]


class Written(NamedTuple):
    """The outcome of a write: the object, whether it is new, and what the client should be warned of."""

    view: View
    created: bool
    warnings: list[str]


class ApiServer:
    """An API server that begins, like a new cluster's, with the system namespaces."""

    def __init__(self, loop: Loop, store: Store | None = None, *, watch_cache: bool = True) -> None:
        self.loop = loop
        self.store: Store = store if store is not None else MemoryStore()
        self.registry = Registry()
        self.resources = Resources(self.store, loop, self.registry)
        self.resources.chain.as_scale = scale.of
        self.reader = Reader(self.store, loop, watch_cache=watch_cache)
        self.node_connections: dict[str, NodeConnection] = {}
        self.access = Access(self.resources)
        self.resources.check_grant = self.access.check_grant
        self.accounts = Accounts(self.resources)
        self.resources.chain.policies.decides = self.access.decide
        self.on_hop: Callable[[str, Upstream], object] = lambda node, asked: None
        """Told of each request that goes on to a node's kubelet."""
        self.metrics: Callable[[], str] | None = None
        """Writes what there is to scrape at /metrics."""
        self.is_up = True
        """Whether its process runs; clients in this process refuse to connect while it does not."""
        self.documents = Documents(self.registry)
        self.extensions = Extensions(self.registry)
        self.definitions = Definitions(self.resources, self.reader, self.registry)
        boot.create_system_objects(self.resources, self.registry)
        self.reader.begin()
        self.aggregator = Aggregator(self.resources, self.reader, self.registry, loop)
        self.flow_control = FlowControl(self.resources, self.reader, self.registry, loop)
        self.addresses = AllocatedAddresses(self.resources, self.reader, self.registry, loop)
        self.loop.call_later(COMPACTION_EVERY_S, self._compact, self.store.revision)

    @property
    def webhooks(self) -> Webhooks:
        """Whom writes are shown to before they are stored."""
        return self.resources.chain.webhooks

    def advertise(self, port: int) -> None:
        """Say in the cluster where the server is, once it has a door."""
        boot.advertise(self.resources, self.registry, port)

    def pause(self) -> None:
        """End every watch and be unreachable, as when the process stops; the store keeps everything."""
        self.is_up = False
        self.reader.disconnect()

    def create_default_class(self) -> None:
        """Create the StorageClass for claims that name none, as clusters that come with storage have it."""
        boot.create_default_class(self.resources, self.registry)

    def get(self, kind: Kind, namespace: str, name: str, subresource: str = "") -> View:
        """Return an object, or what its subresource shows."""
        if kind is COMPONENT_STATUS:
            return componentstatuses.get(name)
        if self.extensions.answers(kind):
            return self.extensions.get(kind, namespace, name)
        if kind.hub:
            return Converted(self, kind).get(namespace, name, subresource)
        view = self.resources.get(kind, namespace, name)
        return scale.read(kind, view) if subresource == "scale" else view

    def list(self, kind: Kind, namespace: str, options: ListOptions) -> Listing:
        """Return the selected objects."""
        if kind is COMPONENT_STATUS:
            return componentstatuses.listed(self.store.revision)
        if self.extensions.answers(kind):
            selection = self.reader.select(kind, namespace, options)
            return Listing(self.extensions.list(kind, selection), self.store.revision)
        if kind.hub:
            return Converted(self, kind).list(namespace, options)
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
        if kind.hub:
            return Converted(self, kind).watch(namespace, options, on_change, on_close)
        return self.reader.watch(kind, namespace, options, on_change, on_close)

    def read(
        self,
        kind: Kind,
        body: Body,
        media_type: str = "",
        field_validation: str = "",
        settled: Object | None = None,
    ) -> tuple[Object, Warnings]:
        """Return the object in a body, which may be changed, and warnings; raise 400 for anything else.

        For a write of the status, `settled` is what is stored: the object may then have its spec, and only
        the rest of it may be changed.
        """
        return strategy.decode(kind, body, media_type, field_validation, settled)

    def create(
        self, kind: Kind, namespace: str, body: Body, options: WriteOptions, media_type: str = ""
    ) -> Written:
        """Create an object."""
        if kind.hub:
            return Converted(self, kind).create(namespace, body, options, media_type)
        obj, warnings = self.read(kind, body, media_type, options.field_validation)
        view = self.resources.create(kind, namespace, obj, options)
        self._wrote(kind, view.object["metadata"]["name"], options.dry_run)
        return Written(view, True, warnings)

    def review(
        self, kind: Kind, namespace: str, body: Body, options: WriteOptions, media_type: str = ""
    ) -> tuple[Object, Sequence[str]]:
        """Answer a review, of which nothing is kept; return it with warnings."""
        review, warnings = self.read(kind, body, media_type, options.field_validation)
        return reviews.answer(self, kind, namespace, review), warnings

    def post(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        body: Body,
        media_type: str,
        options: WriteOptions,
    ) -> Object:
        """POST to a subresource."""
        if subresource == "binding":
            bound, _ = self.read(BINDING, body, media_type, options.field_validation)
            self.resources.chain.post(kind, namespace, name, subresource, bound, options)
            nodes = self.kind("", "v1", "nodes")
            return binding.bind(self.resources, kind, nodes, namespace, name, bound, options)
        if subresource == "token":
            asked, _ = self.read(TOKEN_REQUEST, body, media_type, options.field_validation)
            return self.accounts.request(kind, namespace, name, asked)
        if subresource == "eviction":
            evicted, _ = self.read(EVICTION, body, media_type, options.field_validation)
            self.resources.chain.post(kind, namespace, name, subresource, evicted, options)
            budgets = self.kind("policy", "v1", "poddisruptionbudgets")
            delete = delete_options(evicted.get("deleteOptions") or {})
            if options.dry_run and not delete.dry_run:
                delete = replace(delete, dry_run=("All",))
            return eviction.evict(self.resources, kind, budgets, namespace, name, evicted, delete)
        raise method_not_allowed()

    def update(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        body: Body,
        options: WriteOptions,
        media_type: str = "",
    ) -> Written:
        """Replace an object, or what its subresource shows."""
        if kind.hub:
            return Converted(self, kind).update(namespace, name, subresource, body, options, media_type)
        stored = self.resources.find(kind, namespace, name) if _settles(kind, subresource) else None
        settled = stored.value.object if stored is not None else None
        body_kind = _body_kind(kind, subresource)
        obj, warnings = self.read(body_kind, body, media_type, options.field_validation, settled)
        check_place(kind, obj, namespace, name)
        return self._write(kind, namespace, name, subresource, lambda _: obj, options, warnings)

    def patch(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        type_: str,
        patch: Any,
        options: WriteOptions,
    ) -> Written:
        """Change part of an object, or of what its subresource shows."""
        if kind.hub:
            return Converted(self, kind).patch(namespace, name, subresource, type_, patch, options)
        body_kind = _body_kind(kind, subresource)
        if type_ == "apply":
            return self._apply(kind, body_kind, namespace, name, subresource, patch, options)
        warnings: list[str] = []

        def change(before: View | None) -> Object:
            if before is None:
                raise not_found(kind, name)
            shown = before.object
            if patching.concerns_managers(type_, patch):
                shown = before.with_managed_fields()
            result = patching.patched(body_kind, type_, shown, patch)
            directive = options.field_validation or "Warn"
            told = "Warn" if directive == "Strict" else directive
            settled = before.object if _settles(kind, subresource) else None
            try:
                obj, unknown = self.read(body_kind, result, "", told, settled)
            except StatusError as problem:
                why = problem.status["message"]
                raise patching.undecodable(body_kind, type_, shown, patch, why) from None
            strict = [*patching.strict_errors(type_, patch), *unknown] if directive != "Ignore" else []
            if strict and directive == "Strict":
                why = f"strict decoding error: {', '.join(strict)}"
                raise patching.undecodable(body_kind, type_, shown, patch, why)
            warnings[:] = strict
            check_place(kind, obj, namespace, name)
            return obj

        return self._write(kind, namespace, name, subresource, change, options, warnings)

    def _apply(
        self,
        kind: Kind,
        body_kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        applied: Any,
        options: WriteOptions,
    ) -> Written:
        """Apply a configuration; a missing object is created."""
        warnings: list[str] = []
        repeated = patching.repeated_in_yaml(applied, options.field_validation)
        configuration = plain(applied)
        if subresource == "scale" and scale.is_scale(applied):
            body_kind, configuration = kind, scale.configuration(kind, applied)

        def change(before: View | None) -> Object:
            live = before.with_managed_fields() if before is not None else None
            manager, force = options.field_manager, bool(options.force)
            result = server_side_apply(
                body_kind, live, configuration, manager, force, subresource, self.resources.now()
            )
            try:
                obj, unknown = self.read(body_kind, result, "", options.field_validation)
            except StatusError as problem:
                raise unconvertible(kind, configuration, problem.status["message"]) from None
            if repeated and options.field_validation == "Strict":
                raise bad_request(f"error strict decoding YAML: {repeated}")
            warnings[:] = [repeated, *unknown]
            obj["metadata"]["managedFields"] = keep_times(result, live or {"metadata": {}})
            uid = obj["metadata"].get("uid")
            if live is None and uid:
                why = (
                    f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
                )
                raise conflict(kind, name, why)
            check_place(kind, obj, namespace, name)
            return obj

        options = replace(options, applies=True)
        view, created = self.resources.update(
            kind,
            namespace,
            name,
            change,
            options,
            subresource=subresource,
            allow_create=not subresource,
        )
        self._wrote(kind, name, options.dry_run)
        view = scale.read(kind, view) if subresource == "scale" else view
        return Written(view, created, warnings)

    def _write(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        subresource: str,
        change: Callable[[View | None], Object],
        options: WriteOptions,
        warnings: Warnings,
    ) -> Written:
        if subresource == "scale":
            view = scale.write(self.resources, kind, namespace, name, change, options)
            return Written(view, False, warnings)
        view, created = self.resources.update(kind, namespace, name, change, options, subresource=subresource)
        self._wrote(kind, name, options.dry_run)
        return Written(view, created, warnings)

    def _wrote(self, kind: Kind, name: str, dry_run: bool) -> None:
        """Let a written definition take effect; the client has its answer already."""
        if kind is self.definitions.kind and not dry_run:
            self.definitions.reconcile(name)

    def delete(
        self, kind: Kind, namespace: str, name: str, options: DeleteOptions
    ) -> tuple[View | Object, bool]:
        """Delete an object, or begin to; return what is left of it or a Status, and whether it is gone."""
        if kind.hub:
            return Converted(self, kind).delete(namespace, name, options)
        outcome = self.resources.delete(kind, namespace, name, options)
        self._wrote(kind, name, bool(options.dry_run))
        return outcome

    def delete_collection(
        self, kind: Kind, namespace: str, selection: ListOptions, options: DeleteOptions
    ) -> Listing:
        """Delete every selected object; return what was selected."""
        if kind.hub:
            return Converted(self, kind).delete_collection(namespace, selection, options)
        listing = self.reader.list(kind, namespace, selection)
        for view in listing.views:
            metadata = view.object["metadata"]
            try:
                self.delete(kind, metadata.get("namespace", ""), metadata["name"], options)
            except StatusError as problem:
                if problem.code != 404:
                    raise
        return listing

    def kind(self, group: str, version: str, plural: str) -> Kind:
        """Return the kind served at a path; raise 404 when there is none."""
        kind = self.registry.at(group, version, plural)
        if kind is None:
            raise unknown_path()
        return kind

    def _compact(self, revision: int) -> None:
        self.reader.compacting(revision, self.registry)
        self.store.compact(revision)
        self.loop.call_later(COMPACTION_EVERY_S, self._compact, self.store.revision)


def _body_kind(kind: Kind, subresource: str) -> Kind:
    """Return the kind of the bodies that a subresource takes and shows."""
    return SCALE if subresource == "scale" else kind


def _settles(kind: Kind, subresource: str) -> bool:
    """Say whether a write leaves all of a built-in object but its status as it is stored."""
    return subresource == "status" and kind.definition is None
