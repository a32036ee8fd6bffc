"""Which requests a webhook is asked about: its rules, its selectors, and versions that mean the same.

Source: k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/{rules,namespace,object}/*.go,
.../generic/webhook.go:ShouldCallHook@v1.36.2.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from insideout.apimachinery import selectors
from insideout.apimachinery.selectors import LabelSelector
from insideout.apiserver.kinds import Kind

Object = dict[str, Any]


@dataclass(frozen=True)
class Attributes:
    """What is known of a request when it is admitted.

    `kind` is whose path it was sent to; `shown` is the kind of the object that it carries, where a
    subresource has another one.  `operation` is CREATE, UPDATE, DELETE or CONNECT.
    """

    kind: Kind
    namespace: str
    name: str
    operation: str
    obj: Object | None
    old: Object | None = None
    subresource: str = ""
    shown: Kind | None = None
    options: Object | None = None
    dry_run: bool = False
    user: str = ""

    def about(self, obj: Object | None) -> "Attributes":
        """Return the same with another object."""
        return replace(self, obj=obj)


@dataclass(frozen=True)
class Hook:
    """One webhook of one configuration, its selectors read."""

    configuration: str
    spec: Object
    namespaces: LabelSelector
    objects: LabelSelector

    @property
    def name(self) -> str:
        """Its own name, as messages have it."""
        return str(self.spec["name"])

    @property
    def identity(self) -> str:
        """What tells it from all others."""
        return f"{self.configuration}/{self.name}"


def hooks_of(configurations: Iterable[Object]) -> list[Hook]:
    """Return all webhooks, in the order of their configurations' names."""
    found = []
    for each in sorted(configurations, key=lambda obj: str(obj["metadata"]["name"])):
        for spec in each.get("webhooks") or ():
            read = [
                selectors.from_object(spec.get(name) or {})
                for name in ("namespaceSelector", "objectSelector")
            ]
            found.append(Hook(each["metadata"]["name"], spec, *(one or LabelSelector() for one in read)))
    return found


def invocation(
    hook: Hook,
    asked: Attributes,
    versions: Sequence[Kind],
    labels_of: Callable[[str], Mapping[str, str]],
) -> Kind | None:
    """Return the kind as which a webhook wants to see the request, None when it is not asked at all.

    `versions` are the served kinds of the same resource; `labels_of` returns the labels of a namespace.
    """
    if not _is_in_namespace(hook, asked, labels_of) or not _is_selected(hook, asked):
        return None
    rules: Sequence[Object] = hook.spec.get("rules") or ()
    if any(matches(rule, asked.kind, asked) for rule in rules):
        return asked.kind
    if hook.spec.get("matchPolicy") == "Equivalent":
        for rule in rules:
            for kind in versions:
                if kind is not asked.kind and matches(rule, kind, asked):
                    return kind
    return None


def matches(rule: Object, kind: Kind, asked: Attributes) -> bool:
    """Tell whether a rule is about a request, if its resource were served as `kind`."""
    return (
        _has_scope(rule.get("scope", "*"), kind, asked.namespace)
        and _among(rule.get("operations"), asked.operation)
        and _among(rule.get("apiGroups"), kind.group)
        and _among(rule.get("apiVersions"), kind.version)
        and any(_is_resource(each, kind.plural, asked.subresource) for each in rule.get("resources") or ())
    )


def _has_scope(scope: str, kind: Kind, namespace: str) -> bool:
    of_namespaces = not kind.group and kind.plural == "namespaces"
    if scope == "*":
        return True
    namespaced = bool(namespace) and not of_namespaces
    return namespaced if scope == "Namespaced" else not namespaced


def _among(items: Sequence[str] | None, wanted: str) -> bool:
    return any(item in ("*", wanted) for item in items or ())


def _is_resource(text: str, plural: str, subresource: str) -> bool:
    resource, _, sub = text.partition("/")
    return resource in ("*", plural) and sub in ("*", subresource)


def _is_in_namespace(hook: Hook, asked: Attributes, labels_of: Callable[[str], Mapping[str, str]]) -> bool:
    of_namespaces = asked.kind.plural == "namespaces"
    if not hook.namespaces.requirements or (not asked.namespace and not of_namespaces):
        return True
    if of_namespaces and not asked.subresource and asked.operation in ("CREATE", "UPDATE"):
        labels: Mapping[str, str] = ((asked.obj or {}).get("metadata") or {}).get("labels") or {}
    else:
        labels = labels_of(asked.namespace or asked.name)
    return hook.namespaces.matches(labels)


def _is_selected(hook: Hook, asked: Attributes) -> bool:
    if not hook.objects.requirements:
        return True
    found = [(each.get("metadata") or {}).get("labels") or {} for each in (asked.obj, asked.old) if each]
    return any(hook.objects.matches(labels) for labels in found)
