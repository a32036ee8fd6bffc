"""Create, read, update and delete of objects: the rules that hold for every kind.

What is particular to a kind is asked of insideout.apiserver.strategy; what concerns the end of an object is
in insideout.apiserver.deletion; lists and watches are in insideout.apiserver.reading.

Source: k8s.io/apiserver/pkg/registry/generic/registry/store.go,
k8s.io/apiserver/pkg/registry/rest/{create,update}.go@v1.36.2.
"""

import json
from collections.abc import Callable

from insideout.apimachinery import timestamps
from insideout.apimachinery.copies import copied, sharing
from insideout.apiserver import crd, deletion, keys, strategy
from insideout.apiserver.chain import Chain
from insideout.apiserver.identity import check_version, keep_system_metadata, match_namespace
from insideout.apiserver.kinds import Kind
from insideout.apiserver.managers import NOBODY, Entries, Managers, Write
from insideout.apiserver.naming import generated_name, new_uid
from insideout.apiserver.options import DeleteOptions, WriteOptions
from insideout.apiserver.podaccounts import PodAccounts
from insideout.apiserver.quota import Quotas
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import (
    StatusError,
    already_exists,
    forbidden,
    generate_name_conflict,
    invalid,
    not_found,
    success,
)
from insideout.apiserver.views import Object, Stored, View, show
from insideout.sim.loop import Loop
from insideout.store import KeyValue, Store

_NAME_ATTEMPTS = 8


class Resources:
    """The objects of a cluster."""

    def __init__(self, store: Store, loop: Loop, registry: Registry) -> None:
        self.store = store
        self.loop = loop
        self.chain = Chain(store, registry, loop)
        self._admission = self.chain.own
        self.registry = registry
        self.check_grant: Callable[[Kind, Object, Object | None], object] = lambda kind, new, old: None
        """Refuses what would give away more than its writer has."""
        self._quotas = Quotas(store, loop, registry)
        self._namespaces = self._admission.namespaces
        self._uids = loop.rng("apiserver/uids")
        self._names = loop.rng("apiserver/names")

    @property
    def pod_accounts(self) -> PodAccounts:
        """What gives pods their service accounts."""
        return self._admission.pod_accounts

    def now(self) -> str:
        """Return the present instant as objects write it."""
        return timestamps.seconds(self.loop.time())

    def find(self, kind: Kind, namespace: str, name: str) -> KeyValue | None:
        """Return the stored pair of an object, or None."""
        return self.store.get(keys.key(kind, namespace, name))

    def get(self, kind: Kind, namespace: str, name: str) -> View:
        """Return an object as it is now; raise 404 when there is none."""
        pair = self.find(kind, namespace, name)
        if pair is None:
            raise not_found(kind, name)
        return in_version(kind, show(pair))

    def create(self, kind: Kind, namespace: str, obj: Object, options: WriteOptions) -> View:
        """Store a new object, which the caller gives away; raise 409 when its name is taken."""
        metadata = obj["metadata"]
        match_namespace(kind, metadata, namespace)
        sent = metadata.pop("managedFields", None)
        claimed = copied(obj)  # what the client set: it owns nothing of what the server adds below
        obj = self.chain.create(kind, namespace, obj, options)
        metadata = obj["metadata"]
        self.check_grant(kind, obj, None)
        generate = not metadata.get("name") and bool(metadata.get("generateName"))
        if generate:
            metadata["name"] = generated_name(metadata["generateName"], self._names)
        self._prepare(kind, obj)
        self.chain.check_created(kind, namespace, obj, options)
        self._quotas.charge(self, kind, namespace, obj, dry_run=bool(options.dry_run))
        claimed = sharing(claimed, obj)
        write = Write(kind, options.field_manager, "", metadata["creationTimestamp"], None, claimed, sent)
        managers = Managers(sent or []) if options.applies else NOBODY.after(write)
        for _ in range(_NAME_ATTEMPTS):
            view = self._insert(kind, namespace, obj, managers, options)
            if view is not None:
                return view
            if not generate:
                break
            metadata["name"] = generated_name(metadata["generateName"], self._names)
        raise self._taken(kind, namespace, metadata)

    def _prepare(self, kind: Kind, obj: Object) -> None:
        """Set what the server sets on a new object; raise 422 when the result breaks the kind's rules."""
        metadata = obj["metadata"]
        for owned in ("selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"):
            metadata.pop(owned, None)
        metadata["uid"] = new_uid(self._uids)
        metadata["creationTimestamp"] = self.now()
        strategy.prepare_for_create(kind, obj)
        self._admission.stamp(kind, obj, None, "")
        self._admission.allocate(kind, obj, None)
        if causes := strategy.validate_create(kind, obj):
            raise invalid(kind, metadata.get("name", ""), causes)
        strategy.warn(kind, obj, None)

    def _insert(
        self, kind: Kind, namespace: str, obj: Object, managers: Managers, options: WriteOptions
    ) -> View | None:
        """Store the object unless its name is taken."""
        key = keys.key(kind, namespace, obj["metadata"]["name"])
        if obj["metadata"].get("resourceVersion", "0") not in ("", "0") and not options.dry_run:
            # Upstream's storage returns a bare error here, which no layer above knows how to name.
            raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
        obj["metadata"].pop("resourceVersion", None)
        if options.dry_run:
            return None if self.store.get(key) else View(obj, managers)
        revision = self.store.transact({key: 0}, {key: Stored(as_stored(kind, obj), managers)})
        if revision is None:
            return None
        obj["metadata"].setdefault("resourceVersion", str(revision))
        return in_version(kind, View(as_stored(kind, obj), managers))

    def _taken(self, kind: Kind, namespace: str, metadata: Object) -> StatusError:
        name = metadata["name"]
        problem = (generate_name_conflict if metadata.get("generateName") else already_exists)(kind, name)
        existing = self.find(kind, namespace, name)
        if existing is not None and "deletionTimestamp" in existing.value.object["metadata"]:
            problem.status["message"] = f"object is being deleted: {problem.status['message']}"
        return problem

    def update(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        change: Callable[[View | None], Object],
        options: WriteOptions,
        *,
        subresource: str = "",
        allow_create: bool = False,
    ) -> tuple[View, bool]:
        """Replace an object by what `change` makes of it, and say whether that created it.

        `change` gets the present object, or None where the kind (or `allow_create`) lets an update create,
        and returns a new one that it gives away.  Raises 404, 409 or 422.
        """
        may_create = allow_create or strategy.allows_create_on_update(kind)
        while True:
            pair = self.find(kind, namespace, name)
            if pair is None:
                if not may_create:
                    raise not_found(kind, name)
                return self.create(kind, namespace, change(None), options), True
            view = self._replace(kind, namespace, name, pair, change, options, subresource)
            if view is not None:
                return view, False

    def _replace(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        pair: KeyValue,
        change: Callable[[View | None], Object],
        options: WriteOptions,
        subresource: str,
    ) -> View | None:
        """Write the change; None when somebody else wrote in between."""
        before = in_version(kind, show(pair))
        old = before.object
        new = change(before)
        metadata, old_metadata = new["metadata"], old["metadata"]
        sent = metadata.pop("managedFields", None)  # whatever it is, what is stored will be right
        check_version(kind, name, metadata, old_metadata, pair.key)
        match_namespace(kind, metadata, namespace)
        new = self.chain.update(kind, new, old, subresource, options)
        if not subresource:
            self.check_grant(kind, new, old)
        strategy.prepare_for_update(kind, new, old, subresource)
        metadata = new["metadata"]
        keep_system_metadata(metadata, old_metadata)
        self._admission.stamp(kind, new, old, subresource)
        if not subresource:
            self._admission.allocate(kind, new, old)
        if causes := strategy.validate_update(kind, new, old, subresource):
            raise invalid(kind, name, causes)
        if not subresource:
            strategy.warn(kind, new, old)
        self.chain.check_updated(kind, new, old, subresource, options)
        return self._write(kind, pair, before, new, options, subresource, sent)

    def change(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        change: Callable[[View], Object],
        options: WriteOptions,
        *,
        subresource: str,
    ) -> View:
        """Write what `change` makes of an object, past the rules of its kind: a write of the server's own."""
        while True:
            pair = self.find(kind, namespace, name)
            if pair is None:
                raise not_found(kind, name)
            before = in_version(kind, show(pair))
            view = self._write(kind, pair, before, change(before), options, subresource)
            if view is not None:
                return view

    def _write(
        self,
        kind: Kind,
        pair: KeyValue,
        before: View,
        new: Object,
        options: WriteOptions,
        subresource: str,
        sent: Entries | None = None,
    ) -> View | None:
        """Store a new version; nothing happens when it is the same, None when somebody wrote in between."""
        old_metadata = before.object["metadata"]
        metadata = {**new["metadata"], "resourceVersion": old_metadata["resourceVersion"]}
        new = {**new, "metadata": metadata}
        if kind.definition is None or _same_text(new, before.object):
            new = sharing(new, before.object)
        if new is before.object:
            if sent is None or sent == before.managers.entries():
                return before
            new = {**new}
        write = Write(kind, options.field_manager, subresource, self.now(), before.object, new, sent)
        managers = Managers(sent or []) if options.applies else before.managers.after(write)
        if options.dry_run:
            return View(new, managers)
        new["metadata"] = {key: value for key, value in new["metadata"].items() if key != "resourceVersion"}
        gone = deletion.finished(new, old_metadata)
        stored = None if gone else Stored(as_stored(kind, new), managers)
        revision = self.store.transact({pair.key: pair.mod_revision}, {pair.key: stored})
        if revision is None:
            return None
        # What an update ends is answered as it was when its last finalizer went.
        version = old_metadata["resourceVersion"] if gone else str(revision)
        new["metadata"].setdefault("resourceVersion", version)
        return in_version(kind, View(as_stored(kind, new), managers))

    def delete(
        self, kind: Kind, namespace: str, name: str, options: DeleteOptions, *, is_admitted: bool = False
    ) -> tuple[View | Object, bool]:
        """Delete an object, or begin to; return the object or a Status, and whether it is gone.

        A deletion that was admitted before, as part of something else, is not shown to webhooks again.
        """
        while True:
            pair = self.find(kind, namespace, name)
            if pair is None:
                raise not_found(kind, name)
            before = in_version(kind, show(pair))
            if kind is self._namespaces and name in deletion.IMMORTAL_NAMESPACES:
                raise forbidden(kind, name, "this namespace may not be deleted")
            deletion.check_preconditions(kind, before.object["metadata"], options)
            if not is_admitted:
                self.chain.delete(kind, before.object, options)
                is_admitted = True
            plan = deletion.plan(kind, before.object, options, self.loop.time())
            if options.dry_run:
                return self._answer(kind, View(plan.state, before.managers), plan.remove), plan.remove
            view: View | None = before
            version = pair.mod_revision
            if plan.state != before.object:
                view = self._write_state(kind, pair, plan.state, before.managers)
                version = self.store.revision
            if view is None:
                continue
            if plan.remove:
                revision = self.store.transact({pair.key: version}, {pair.key: None})
                if revision is None:
                    continue
                view = view.at(revision)
            return self._answer(kind, view, plan.remove), plan.remove

    def _write_state(self, kind: Kind, pair: KeyValue, state: Object, managers: Managers) -> View | None:
        """Write an ending object; None when somebody else wrote in between."""
        metadata = {key: value for key, value in state["metadata"].items() if key != "resourceVersion"}
        stored = Stored(as_stored(kind, {**state, "metadata": metadata}), managers)
        if self.store.transact({pair.key: pair.mod_revision}, {pair.key: stored}) is None:
            return None
        written = self.store.get(pair.key)
        return in_version(kind, show(written)) if written is not None else None

    @staticmethod
    def _answer(kind: Kind, view: View, removed: bool) -> View | Object:
        """Return what the client is told: the object while it stays and for some kinds, else a Status."""
        if not removed or strategy.returns_deleted(kind):
            return view
        metadata = view.object["metadata"]
        details = {"name": metadata["name"], "group": kind.group, "kind": kind.plural, "uid": metadata["uid"]}
        return success({key: value for key, value in details.items() if value})


def _same_text(new: Object, old: Object) -> bool:
    """Say whether two custom objects are the same as JSON: Python takes 1, 1.0 and True for equal."""
    return new == old and json.dumps(new, sort_keys=True) == json.dumps(old, sort_keys=True)


def as_stored(kind: Kind, obj: Object) -> Object:
    """Return the object as it is stored: a custom kind's in one of its versions, whichever it came in."""
    return obj if kind.definition is None else crd.as_stored(kind, obj)


def in_version(kind: Kind, view: View) -> View:
    """Return the view as `kind`'s version shows it: a custom kind's versions and schema may have changed."""
    if kind.definition is None:
        return view
    read = crd.as_read(kind, view.object)
    return view if read is view.object else View(read, view.managers)
