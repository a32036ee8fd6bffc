"""The two admission plugins that ask webhooks: mutating ones in turn, then validating ones.

A mutating webhook sees what those before it made of the object.  When one changed something, the server's own
plugins run again, and so do the earlier webhooks that want to (reinvocationPolicy IfNeeded), once.  Writes of
webhook configurations and of admission policies are never shown to webhooks.

Left out: audit annotations; changes of the object behind a scale or another subresource with a kind of its
own; calls at the same time: validating webhooks are asked in turn too, and the first one that objects is
heard.

Source: k8s.io/apiserver/pkg/admission/plugin/webhook/{generic/webhook,mutating/dispatcher,
mutating/reinvocationcontext,validating/dispatcher}.go@v1.36.2.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any

from insideout.apiserver import keys, strategy, warning
from insideout.apiserver.kinds import Kind
from insideout.apiserver.naming import new_uid
from insideout.apiserver.registry import Registry
from insideout.apiserver.reinvocation import Rounds
from insideout.apiserver.status import StatusError, bad_request, internal_error, not_found
from insideout.apiserver.webhooks import review
from insideout.apiserver.webhooks.calls import Caller, CallError
from insideout.apiserver.webhooks.patched import CannotPatchError, patched
from insideout.apiserver.webhooks.rules import Attributes, Hook, hooks_of, invocation
from insideout.store import Store

Object = dict[str, Any]

GROUP = "admissionregistration.k8s.io"
_EXEMPT = (
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
)


class Webhooks:
    """The webhooks of a cluster, as the store has them."""

    def __init__(self, store: Store, registry: Registry, rng: random.Random) -> None:
        self.caller = Caller(store, registry, rng)
        self._store = store
        self._registry = registry
        self._rng = rng
        self._mutating = _Configured(store, _built_in(registry, "mutatingwebhookconfigurations"))
        self._validating = _Configured(store, _built_in(registry, "validatingwebhookconfigurations"))
        self._namespaces = _built_in(registry, "namespaces")
        self.matches: Callable[[Hook, Attributes, Kind], bool] = lambda hook, asked, kind: True
        """Whether a webhook's matchConditions hold; raises 403 when they cannot be told."""

    @property
    def any(self) -> bool:
        """Whether there is any webhook at all."""
        return bool(self._mutating.hooks() or self._validating.hooks())

    @property
    def mutate_any(self) -> bool:
        """Whether there is any mutating webhook."""
        return bool(self._mutating.hooks())

    def mutate(self, asked: Attributes, rounds: Rounds) -> Object | None:
        """Return the object as the mutating webhooks want it; raise what refuses the request."""
        hooks = self._mutating.hooks()
        if not hooks or _is_exempt(asked.kind):
            return asked.obj
        turns = rounds.webhooks
        only = turns.begin(asked.obj) if rounds.second else None
        for hook in hooks:
            kind = self._invocation(hook, asked)
            if kind is None or (only is not None and hook.identity not in only):
                continue
            said = self._ask(hook, asked, kind, mutating=True)
            changed = self._patched(hook, asked, kind, said) if said is not None and said.patch else asked.obj
            if changed != asked.obj:
                turns.require()
                rounds.changed = True
            if hook.spec.get("reinvocationPolicy") == "IfNeeded":
                turns.asked(hook.identity)
            asked = asked.about(changed)
        turns.end(asked.obj)
        return asked.obj

    def validate(self, asked: Attributes) -> None:
        """Raise what the first validating webhook that objects says."""
        hooks = self._validating.hooks()
        if not hooks or _is_exempt(asked.kind):
            return
        for hook in hooks:
            kind = self._invocation(hook, asked)
            if kind is not None:
                self._ask(hook, asked, kind, mutating=False)

    def _invocation(self, hook: Hook, asked: Attributes) -> Kind | None:
        same = [
            each
            for each in self._registry
            if (each.group, each.plural) == (asked.kind.group, asked.kind.plural)
        ]
        kind = invocation(hook, asked, same, self._labels_of)
        if kind is None or not hook.spec.get("matchConditions"):
            return kind
        return kind if self.matches(hook, asked, kind) else None

    def _labels_of(self, namespace: str) -> Mapping[str, str]:
        pair = self._store.get(keys.key(self._namespaces, "", namespace))
        if pair is None:
            raise not_found(self._namespaces, namespace)
        labels: Mapping[str, str] = pair.value.object["metadata"].get("labels") or {}
        return labels

    def _ask(self, hook: Hook, asked: Attributes, kind: Kind, *, mutating: bool) -> review.Answer | None:
        """Return what a webhook that allows the request says; None when it fails and may."""
        if asked.dry_run and hook.spec.get("sideEffects") not in ("None", "NoneOnDryRun"):
            raise bad_request(f'admission webhook "{hook.name}" does not support dry run')
        uid = new_uid(self._rng)
        version = review.version_of(hook)
        try:
            question = review.question(hook, asked, kind, uid)
            body = self.caller.call(hook.spec["clientConfig"], question, hook.spec.get("timeoutSeconds", 10))
            try:
                said = review.answer(body, uid, version, mutating=mutating)
            except review.UnreadableAnswerError as problem:
                raise CallError(str(problem)) from None
        except CallError as problem:
            return self._failed(hook, f"failed to call webhook: {problem}")
        except review.InvalidAnswerError as problem:
            return self._failed(hook, f"received invalid webhook response: {problem}")
        for each in said.warnings:
            warning.warn(each)
        if not said.allowed:
            raise review.denial(hook.name, said.status)
        if said.unusable:
            return self._failed(hook, said.unusable)
        return said

    @staticmethod
    def _failed(hook: Hook, why: str) -> None:
        """Raise 500 for a webhook that did not answer properly, unless its policy is to go on."""
        if hook.spec.get("failurePolicy") != "Ignore":
            raise internal_error(f'failed calling webhook "{hook.name}": {why}')

    def _patched(self, hook: Hook, asked: Attributes, kind: Kind, said: review.Answer) -> Object | None:
        """Return the object with a webhook's patch, defaults filled in."""
        if asked.obj is None:
            what = "attempted to modify the object, which is not supported for this operation"
            raise internal_error(f'admission webhook "{hook.name}" {what}')
        if asked.shown is not None:
            return asked.obj
        shown = {**asked.obj, "apiVersion": kind.api_version, "kind": kind.kind}
        try:
            shown = patched(shown, said.patch)
        except CannotPatchError as problem:
            raise internal_error(str(problem)) from None
        if not isinstance(shown, dict):
            raise internal_error("json: cannot unmarshal into Go value")
        shown["apiVersion"], shown["kind"] = asked.kind.api_version, asked.kind.kind
        try:
            obj, _ = strategy.decode(asked.kind, shown, "", "Ignore")
        except StatusError as problem:
            raise internal_error(str(problem)) from None
        return obj


class _Configured:
    """The webhooks of one kind of configuration, read again after a configuration was written."""

    def __init__(self, store: Store, kind: Kind) -> None:
        self._store = store
        self._prefix = keys.prefix(kind)
        self._hooks: list[Hook] | None = None
        store.watch(self._prefix, store.revision + 1, self._forget)

    def _forget(self) -> None:
        self._hooks = None

    def hooks(self) -> list[Hook]:
        """Return them in the order in which they are asked."""
        if self._hooks is None:
            self._hooks = hooks_of(pair.value.object for pair in self._store.range(self._prefix).items)
        return self._hooks


def _is_exempt(kind: Kind) -> bool:
    return kind.group == GROUP and kind.kind in _EXEMPT


def _built_in(registry: Registry, name: str) -> Kind:
    kind = registry.named(name)
    assert kind is not None
    return kind
