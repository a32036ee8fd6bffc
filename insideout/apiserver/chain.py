"""The admission chain: own plugins, policies and webhooks, in the order in which a write meets them.

A new object: own plugins, mutating policies, mutating webhooks, (the kind's rules,) own checks, policies,
validating webhooks.
Without webhooks and policies nothing is done for them.

Source: k8s.io/apiserver/pkg/admission/{chain,reinvocation}.go, pkg/kubeapiserver/options/plugins.go@v1.36.2.
"""

from collections.abc import Callable
from typing import Any

from insideout.apiserver.admission import Admission
from insideout.apiserver.kinds import BINDING, EVICTION, Kind
from insideout.apiserver.options import DeleteOptions, WriteOptions
from insideout.apiserver.policies.mutating import MutatingPolicies
from insideout.apiserver.policies.plugin import Policies
from insideout.apiserver.registry import Registry
from insideout.apiserver.reinvocation import Rounds
from insideout.apiserver.webhooks.plugin import Webhooks
from insideout.apiserver.webhooks.rules import Attributes
from insideout.sim.loop import Loop
from insideout.store import Store

Object = dict[str, Any]

_POSTED = {"binding": BINDING, "eviction": EVICTION}


class Chain:
    """What every write must pass besides the rules of its kind."""

    def __init__(self, store: Store, registry: Registry, loop: Loop) -> None:
        self.own = Admission(store, registry, loop)
        self.webhooks = Webhooks(store, registry, loop.rng("apiserver/webhooks"))
        self.policies = Policies(store, registry)
        self.mutations = MutatingPolicies(store, registry, lambda *asked: self.policies.decides(*asked))
        self.webhooks.matches = self.policies.matches
        self.as_scale: Callable[[Kind, Object], tuple[Kind, Object]] = lambda kind, obj: (kind, obj)
        """Shows an object as its scale subresource does."""

    def create(self, kind: Kind, namespace: str, obj: Object, options: WriteOptions) -> Object:
        """Return a new object as the plugins want it; raise what refuses it."""
        self.own.admit_create(kind, namespace, obj)
        if not self._changes:
            return obj
        asked = self._created(kind, namespace, obj, options)
        made = self._mutated(asked, lambda changed: self.own.admit_create(kind, namespace, changed))
        return obj if made is None else made

    def check_created(self, kind: Kind, namespace: str, obj: Object, options: WriteOptions) -> None:
        """Look at a new object that the rules of its kind found right; raise what refuses it."""
        self.own.validate_create(kind, obj)
        if self._asks:
            self._validate(self._created(kind, namespace, obj, options))

    def update(self, kind: Kind, new: Object, old: Object, subresource: str, options: WriteOptions) -> Object:
        """Return a changed object as the plugins want it; raise what refuses it."""
        if not subresource:
            self.own.admit_update(kind, new, old)
        if not self._changes:
            return new

        def again(changed: Object) -> None:
            if not subresource:
                self.own.admit_update(kind, changed, old)

        asked = self._updated(kind, new, old, subresource, options)
        made = self._mutated(asked, again)
        return new if made is None or asked.shown is not None else made

    def check_updated(
        self, kind: Kind, new: Object, old: Object, subresource: str, options: WriteOptions
    ) -> None:
        """Look at a change that the rules of its kind found right; raise what refuses it."""
        self.own.validate_update(kind, new, old, subresource)
        if self._asks:
            self._validate(self._updated(kind, new, old, subresource, options))

    def delete(self, kind: Kind, old: Object, options: DeleteOptions) -> None:
        """Raise what refuses a deletion."""
        if not self._asks:
            return
        metadata, dry_run = old["metadata"], bool(options.dry_run)
        asked = Attributes(
            kind,
            metadata.get("namespace", ""),
            metadata["name"],
            "DELETE",
            None,
            old,
            options=_delete_options(options),
            dry_run=dry_run,
            user=options.user,
        )
        self._review(asked)

    def post(
        self, kind: Kind, namespace: str, name: str, subresource: str, body: Object, options: WriteOptions
    ) -> None:
        """Raise what refuses a POST to a subresource, such as a binding or an eviction."""
        if self._asks:
            asked = Attributes(
                kind,
                namespace,
                name,
                "CREATE",
                body,
                subresource=subresource,
                shown=_POSTED[subresource],
                options=_options("CreateOptions", options),
                dry_run=options.dry_run,
                user=options.user,
            )
            self._review(asked)

    def connect(
        self, kind: Kind, namespace: str, name: str, subresource: str, asked_for: Object, user: str
    ) -> None:
        """Raise what refuses a stream to a pod."""
        if self._asks:
            described = kind.subresource(subresource)
            shown = Kind("", "v1", described.kind if described else "", "", "")
            asked = Attributes(
                kind,
                namespace,
                name,
                "CONNECT",
                asked_for,
                subresource=subresource,
                shown=shown,
                user=user,
            )
            self._review(asked)

    @property
    def _asks(self) -> bool:
        """Whether there is anybody to ask."""
        return self.webhooks.any or self.policies.any or self.mutations.any

    @property
    def _changes(self) -> bool:
        """Whether there is anybody who may change an object."""
        return self.webhooks.mutate_any or self.mutations.any

    def _mutated(self, asked: Attributes, again: Callable[[Object], object]) -> Object | None:
        """Return the object as mutating policies and webhooks want it; `again` runs the own plugins on it."""
        rounds = Rounds()
        obj = self._round(asked, rounds)
        if rounds.changed and obj is not None:
            again(obj)
            rounds.second = True
            obj = self._round(asked.about(obj), rounds)
        return obj

    def _round(self, asked: Attributes, rounds: Rounds) -> Object | None:
        return self.webhooks.mutate(asked.about(self.mutations.mutate(asked, rounds)), rounds)

    def _validate(self, asked: Attributes) -> None:
        self.policies.validate(asked)
        self.webhooks.validate(asked)

    def _review(self, asked: Attributes) -> None:
        self._mutated(asked, lambda obj: None)
        self._validate(asked)

    def _created(self, kind: Kind, namespace: str, obj: Object, options: WriteOptions) -> Attributes:
        name = obj["metadata"].get("name", "")
        of_namespaces = kind is self.own.namespaces
        return Attributes(
            kind,
            name if of_namespaces else namespace if kind.namespaced else "",
            name,
            "CREATE",
            obj,
            options=_options("CreateOptions", options),
            dry_run=options.dry_run,
            user=options.user,
        )

    def _updated(
        self, kind: Kind, new: Object, old: Object, subresource: str, options: WriteOptions
    ) -> Attributes:
        shown = None
        if subresource == "scale":
            shown, new = self.as_scale(kind, new)
            _, old = self.as_scale(kind, old)
        metadata = old["metadata"]
        of_namespaces = kind is self.own.namespaces
        return Attributes(
            kind,
            metadata["name"] if of_namespaces else metadata.get("namespace", ""),
            metadata["name"],
            "UPDATE",
            new,
            old,
            subresource,
            shown,
            _options("UpdateOptions", options),
            options.dry_run,
            options.user,
        )


def _options(kind: str, options: WriteOptions) -> Object:
    found: Object = {"kind": kind, "apiVersion": "meta.k8s.io/v1"}
    if options.dry_run:
        found["dryRun"] = ["All"]
    for name, value in (
        ("fieldManager", options.field_manager),
        ("fieldValidation", options.field_validation),
    ):
        if value:
            found[name] = value
    return found


def _delete_options(options: DeleteOptions) -> Object:
    found: Object = {"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1"}
    given = {
        "gracePeriodSeconds": options.grace_period_s,
        "propagationPolicy": options.propagation_policy,
        "orphanDependents": options.orphan_dependents,
        "dryRun": list(options.dry_run) or None,
    }
    preconditions = {"uid": options.uid, "resourceVersion": options.resource_version}
    kept = {key: value for key, value in preconditions.items() if value is not None}
    return (
        found
        | {key: value for key, value in given.items() if value is not None}
        | ({"preconditions": kept} if kept else {})
    )
