"""The policies that a request meets: bound ones whose rules it matches, with each object of parameters.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/{generic/{policy_source,policy_dispatcher},
matching/matching}.go@v1.36.2.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from insideout.apimachinery import selectors
from insideout.apimachinery.selectors import LabelSelector
from insideout.apiserver import keys
from insideout.apiserver.eachstored import EachStored
from insideout.apiserver.kinds import Kind
from insideout.apiserver.policies.params import ParamsError, params_of
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import not_found
from insideout.apiserver.webhooks.rules import Attributes, Hook, invocation, matches
from insideout.store import Store

Object = dict[str, Any]


class Invocation(NamedTuple):
    """A policy to ask, through a binding; `kind` is as what it sees the request, `param` its parameters."""

    policy: Object
    binding: Object
    kind: Kind
    param: Object | None


class Misconfigured(NamedTuple):
    """Why a policy cannot be asked, through a binding or ("") at all."""

    policy: Object
    binding: str
    why: str


class Bound:
    """The policies and bindings of one sort, as the store has them."""

    def __init__(self, store: Store, registry: Registry, sort: str) -> None:
        """Read those of a `sort`: mutating or validating."""
        self._store = store
        self._registry = registry
        self._namespaces = built_in(registry, "namespaces")
        self._policies = EachStored(store, built_in(registry, f"{sort}admissionpolicies"))
        self._bindings = EachStored(store, built_in(registry, f"{sort}admissionpolicybindings"))

    @property
    def any(self) -> bool:
        """Whether any policy is bound at all."""
        return bool(self._policies.objects() and self._bindings.objects())

    def met_by(self, asked: Attributes) -> Iterator[Invocation | Misconfigured]:
        """Return what a request meets, in the order of the names."""
        if asked.kind.group == "admissionregistration.k8s.io" and "AdmissionPolicy" in asked.kind.kind:
            return
        for policy in self._policies.objects():
            name, spec = policy["metadata"]["name"], policy["spec"]
            bindings = [each for each in self._bindings.objects() if each["spec"]["policyName"] == name]
            kind = self._invocation(spec.get("matchConstraints") or {}, asked) if bindings else None
            if kind is None:
                continue
            of_params, unknown = self._param_kind(spec)
            if unknown:
                yield Misconfigured(policy, "", f"failed to configure policy: {unknown}")
                continue
            for binding in bindings:
                yield from self._through(policy, binding, kind, of_params, asked)

    def _through(
        self, policy: Object, binding: Object, kind: Kind, of_params: Kind | None, asked: Attributes
    ) -> Iterator[Invocation | Misconfigured]:
        resources = binding["spec"].get("matchResources")
        if resources is not None and self._invocation(resources, asked, anything=True) is None:
            return
        try:
            params = params_of(of_params, policy["spec"], binding["spec"], asked.namespace, self._objects)
        except ParamsError as problem:
            why = f"failed to configure binding: {problem}"
            yield Misconfigured(policy, binding["metadata"]["name"], why)
            return
        for each in params:
            yield Invocation(policy, binding, kind, each)

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

    def namespace_of(self, asked: Attributes) -> Object | None:
        """Return the namespace that a request is about, None for none."""
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


def built_in(registry: Registry, name: str) -> Kind:
    """Return the kind with the plural `name`."""
    kind = registry.named(name)
    assert kind is not None
    return kind
