"""The admission plugin that asks ValidatingAdmissionPolicies through their bindings.

A policy does nothing by itself: a binding says where it holds, with which parameters, and whether a request
that it is against is refused (Deny), warned of (Warn) or written down (Audit).

Left out: audit annotations, since there is no audit log: they are evaluated, and those that cannot be are
heard of; status.typeChecking.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/{validating/dispatcher,generic/policy_source,
matching/matching}.go@v1.36.2.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from insideout.apimachinery import selectors
from insideout.apimachinery.selectors import LabelSelector
from insideout.apiserver import keys, warning
from insideout.apiserver.cel.values import EvaluationError
from insideout.apiserver.kinds import Kind
from insideout.apiserver.policies.conditions import ExpressionError, matched
from insideout.apiserver.policies.decision import Compiled, Denial
from insideout.apiserver.policies.params import ParamsError, params_of
from insideout.apiserver.policies.request import Decides, variables_of
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import Cause, StatusError, forbidden, not_found
from insideout.apiserver.webhooks.rules import Attributes, Hook, invocation, matches
from insideout.store import Store

Object = dict[str, Any]
_CODES = {"Unauthorized": 401, "Forbidden": 403, "RequestEntityTooLarge": 413}
_EXEMPT = frozenset(
    f"{kind}{part}"
    for kind in ("MutatingAdmissionPolicy", "ValidatingAdmissionPolicy")
    for part in ("", "Binding")
)


class _Refusal(NamedTuple):
    """A denial, with who said it."""

    policy: str
    binding: str
    denial: Denial

    def __str__(self) -> str:
        bound = f" with binding '{self.binding}'" if self.binding else ""
        return f"ValidatingAdmissionPolicy '{self.policy}'{bound} denied request: {self.denial.message}"


class Policies:
    """The policies of a cluster, as the store has them."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self.decides: Decides = lambda user, question: (True, "")
        """What the variable `authorizer` asks."""
        self._store = store
        self._registry = registry
        self._namespaces = _built_in(registry, "namespaces")
        self._policies = _Stored(store, _built_in(registry, "validatingadmissionpolicies"))
        self._bindings = _Stored(store, _built_in(registry, "validatingadmissionpolicybindings"))
        self._compiled = Compiled()
        self._hooks = Compiled()

    @property
    def any(self) -> bool:
        """Whether any policy is bound at all."""
        return bool(self._policies.objects() and self._bindings.objects())

    def validate(self, asked: Attributes) -> None:
        """Raise what the first policy says that is against a request and denies it; give all warnings."""
        if not self.any or (
            asked.kind.group == "admissionregistration.k8s.io" and asked.kind.kind in _EXEMPT
        ):
            return
        refusals: list[_Refusal] = []
        for policy in self._policies.objects():
            refusals += self._ask(policy, asked)
        if refusals:
            raise _refused(asked, refusals[0])

    def matches(self, hook: Hook, asked: Attributes, kind: Kind) -> bool:
        """Tell whether the match conditions of a webhook hold; raise 403 when that cannot be told."""
        ready = self._hooks.of(hook.identity, hook.spec)
        try:
            if ready.error:
                raise ExpressionError(ready.error)
            return matched(ready.conditions, variables_of(asked, kind, None, self.decides))
        except (EvaluationError, ExpressionError) as problem:
            if ready.ignores:
                return False
            raise forbidden(asked.kind, asked.name, str(problem)) from None

    def _ask(self, policy: Object, asked: Attributes) -> list[_Refusal]:
        name, spec = policy["metadata"]["name"], policy["spec"]
        bindings = [each for each in self._bindings.objects() if each["spec"]["policyName"] == name]
        kind = self._invocation(spec.get("matchConstraints") or {}, asked) if bindings else None
        if kind is None:
            return []
        ready = self._compiled.of(name, spec)
        of_params, unknown = self._param_kind(spec)
        if unknown:
            why = Denial(f"failed to configure policy: {unknown}")
            return [] if ready.ignores else [_Refusal(name, "", why)]
        refusals: list[_Refusal] = []
        variables: Object | None = None
        for binding in bindings:
            bound, own = binding["metadata"]["name"], binding["spec"]
            resources = own.get("matchResources")
            if resources is not None and self._invocation(resources, asked, anything=True) is None:
                continue
            try:
                params = params_of(of_params, spec, own, asked.namespace, self._objects)
            except ParamsError as problem:
                if not ready.ignores:
                    why = Denial(f"failed to configure binding: {problem}")
                    refusals.append(_Refusal(name, bound, why))
                continue
            variables = variables or variables_of(asked, kind, self._namespace_of(asked), self.decides)
            for each in params:
                result = ready.decide({**variables, "params": each})
                refusals += self._acted(name, binding, result.denials)
                refusals += [_Refusal(name, bound, Denial(text)) for text in result.broken]
        return refusals

    @staticmethod
    def _acted(policy: str, binding: Object, denials: Iterable[Denial]) -> list[_Refusal]:
        """Warn of denials or return them, as the binding wants it."""
        bound, actions = binding["metadata"]["name"], binding["spec"].get("validationActions") or ()
        refusals = []
        for denial in denials:
            if "Deny" in actions:
                refusals.append(_Refusal(policy, bound, denial))
            if "Warn" in actions:
                whose = f"ValidatingAdmissionPolicy '{policy}' with binding '{bound}'"
                warning.warn(f"Validation failed for {whose}: {denial.message}")
        return refusals

    def _invocation(self, resources: Object, asked: Attributes, *, anything: bool = False) -> Kind | None:
        """Return the kind as which a policy sees the request, None when it is not about it.

        `anything`: without rules all resources are meant.
        """
        named = {**resources, "rules": _named(resources.get("resourceRules"), asked)}
        if anything and not resources.get("resourceRules"):
            named["rules"] = [_EVERYTHING]
        excluded = _named(resources.get("excludeResourceRules"), asked)
        same = [
            each
            for each in self._registry
            if (each.group, each.plural) == (asked.kind.group, asked.kind.plural)
        ]
        equivalent = same if resources.get("matchPolicy") != "Exact" else [asked.kind]
        if any(matches(rule, each, asked) for rule in excluded for each in equivalent):
            return None
        read = [selectors.from_object(resources.get(name) or {}) for name in _SELECTORS]
        hook = Hook("", named, *(each or LabelSelector() for each in read))
        return invocation(hook, asked, same, self._labels_of)

    def _param_kind(self, spec: Object) -> tuple[Kind | None, str]:
        """Return the kind of a policy's parameters, and what is wrong with it."""
        wanted = spec.get("paramKind")
        if wanted is None:
            return None, ""
        found = self._registry.of(wanted["apiVersion"], wanted["kind"])
        shown = f"{wanted['apiVersion']}, Kind={wanted['kind']}"
        return found, "" if found else f"failed to find resource referenced by paramKind: '{shown}'"

    def _objects(self, kind: Kind, namespace: str) -> Iterable[Object]:
        prefix = keys.prefix(kind, namespace) if namespace else keys.prefix(kind)
        for pair in self._store.range(prefix).items:
            yield {**pair.value.object, "apiVersion": kind.api_version, "kind": kind.kind}

    def _namespace_of(self, asked: Attributes) -> Object | None:
        if not asked.namespace or asked.kind is self._namespaces:
            return None
        return self._namespace(asked.namespace)

    def _namespace(self, name: str) -> Object:
        pair = self._store.get(keys.key(self._namespaces, "", name))
        if pair is None:
            raise not_found(self._namespaces, name)
        found: Object = pair.value.object
        return found

    def _labels_of(self, namespace: str) -> dict[str, str]:
        return self._namespace(namespace)["metadata"].get("labels") or {}


_SELECTORS = ("namespaceSelector", "objectSelector")
_EVERYTHING: Object = {
    "operations": ["*"],
    "apiGroups": ["*"],
    "apiVersions": ["*"],
    "resources": ["*/*"],
    "scope": "*",
}


def _named(rules: Any, asked: Attributes) -> list[Object]:
    """Return the rules that are about objects of this name."""
    return [
        each for each in rules or () if not each.get("resourceNames") or asked.name in each["resourceNames"]
    ]


def _refused(asked: Attributes, refusal: _Refusal) -> StatusError:
    problem = forbidden(asked.kind, asked.name, str(refusal), [Cause("", "", str(refusal))])
    reason = refusal.denial.reason or "Invalid"
    problem.reason = problem.status["reason"] = reason
    problem.code = problem.status["code"] = _CODES.get(reason, 422)
    return problem


class _Stored:
    """All objects of a kind, in the order of their names, read again after one was written."""

    def __init__(self, store: Store, kind: Kind) -> None:
        self._store = store
        self._prefix = keys.prefix(kind)
        self._objects: list[Object] | None = None
        store.watch(self._prefix, store.revision + 1, self._forget)

    def _forget(self) -> None:
        self._objects = None

    def objects(self) -> list[Object]:
        """Return the objects."""
        if self._objects is None:
            self._objects = [pair.value.object for pair in self._store.range(self._prefix).items]
        return self._objects


def _built_in(registry: Registry, name: str) -> Kind:
    kind = registry.named(name)
    assert kind is not None
    return kind
