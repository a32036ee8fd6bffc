"""What one rule of a role allows, and whether rules cover what another rule would give.

Source: pkg/apis/rbac/v1/evaluation_helpers.go, plugin/pkg/auth/authorizer/rbac/rbac.go:RuleAllows,
k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go@v1.36.2.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

Rule = dict[str, Any]


class Attributes(NamedTuple):
    """What a request would do: a verb on a resource, or on a path that names none."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    version: str = ""

    @property
    def whole_resource(self) -> str:
        """The resource as rules write it: "pods", "pods/log"."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def allows(rule: Rule, asked: Attributes) -> bool:
    """Tell whether a rule allows what is asked."""
    if not _has(rule.get("verbs"), asked.verb):
        return False
    if asked.path:
        return any(_path_matches(url, asked.path) for url in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames")
    return (
        _has(rule.get("apiGroups"), asked.group)
        and _resource_matches(rule.get("resources") or (), asked)
        and (not names or asked.name in names)
    )


def _has(given: Sequence[str] | None, wanted: str) -> bool:
    return given is not None and ("*" in given or wanted in given)


def _path_matches(url: str, path: str) -> bool:
    return url in ("*", path) or (url.endswith("*") and path.startswith(url.rstrip("*")))


def _resource_matches(resources: Sequence[str], asked: Attributes) -> bool:
    if "*" in resources or asked.whole_resource in resources:
        return True
    return bool(asked.subresource) and f"*/{asked.subresource}" in resources


def uncovered(owned: Sequence[Rule], wanted: Iterable[Rule]) -> list[Rule]:
    """Return the parts of `wanted` that no rule of `owned` allows, each as small as it can be."""
    return [
        part for rule in wanted for part in _parts(rule) if not any(_covers(each, part) for each in owned)
    ]


def _parts(rule: Rule) -> Iterator[Rule]:
    """Yield a rule as rules of one verb, one resource and at most one name each."""
    for verb in rule.get("verbs") or ():
        for group, resource in product(rule.get("apiGroups") or (), rule.get("resources") or ()):
            part = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
            names = rule.get("resourceNames") or ()
            yield from ({**part, "resourceNames": [name]} for name in names)
            if not names:
                yield part
        yield from ({"nonResourceURLs": [url], "verbs": [verb]} for url in rule.get("nonResourceURLs") or ())


def _covers(owner: Rule, part: Rule) -> bool:
    if not _has(owner.get("verbs"), part["verbs"][0]):
        return False
    if "nonResourceURLs" in part:
        url = part["nonResourceURLs"][0]
        return any(_url_covers(each, url) for each in owner.get("nonResourceURLs") or ())
    group, resource, names = part["apiGroups"][0], part["resources"][0], owner.get("resourceNames")
    resources = owner.get("resources") or ()
    _, slash, subresource = resource.partition("/")
    known = "*" in resources or resource in resources or (bool(slash) and f"*/{subresource}" in resources)
    wanted = part.get("resourceNames")
    return (
        _has(owner.get("apiGroups"), group)
        and known
        and (not names or (bool(wanted) and set(wanted or ()) <= set(names)))
    )


def _url_covers(owner: str, url: str) -> bool:
    return owner in ("*", url) or (owner.endswith("*") and url.startswith(owner.rstrip("*")))


def compact(rules: Iterable[Rule]) -> list[Rule]:
    """Return rules of single verbs put together again where all else is the same, sorted for messages."""
    merged: dict[str, Rule] = {}
    for rule in rules:
        rest = {key: value for key, value in rule.items() if key != "verbs"}
        found = merged.setdefault(repr(rest), {**rest, "verbs": []})
        found["verbs"] += [verb for verb in rule["verbs"] if verb not in found["verbs"]]
    return sorted(merged.values(), key=text)


def text(rule: Rule) -> str:
    """Return a rule as refusals show it: {APIGroups:[""], Resources:["pods"], Verbs:["get"]}."""
    names = (
        ("APIGroups", "apiGroups"),
        ("Resources", "resources"),
        ("ResourceNames", "resourceNames"),
        ("NonResourceURLs", "nonResourceURLs"),
        ("Verbs", "verbs"),
    )
    shown = (f"{go}:[{_quoted(rule[key])}]" for go, key in names if rule.get(key))
    return "{" + ", ".join(shown) + "}"


def _quoted(values: Sequence[str]) -> str:
    return " ".join(f'"{each}"' for each in values)
