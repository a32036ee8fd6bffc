"""The roles and bindings that every cluster has: put into the store when roles are first asked for.

Upstream's server writes them right after its start.  Here most clusters never look at them, so they come with
the first request about roles or by a user whom roles concern; aggregated roles come with their rules.

Source: pkg/registry/rbac/rest/storage_rbac.go:PostStartHook,
plugin/pkg/auth/authorizer/rbac/bootstrappolicy@v1.36.2.
"""

import random
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from insideout.apiserver import keys
from insideout.apiserver.managers import NOBODY
from insideout.apiserver.naming import new_uid
from insideout.apiserver.registry import Registry
from insideout.apiserver.views import Stored
from insideout.store import Store

Object = dict[str, Any]

GROUP = "rbac.authorization.k8s.io"
_LABELS = {"kubernetes.io/bootstrapping": "rbac-defaults"}
_ANNOTATIONS = {"rbac.authorization.kubernetes.io/autoupdate": "true"}
_SUBJECTS = {"user": "User", "group": "Group", "account": "ServiceAccount"}


class Bootstrap:
    """Adds what is missing of the bootstrap roles and bindings, once."""

    def __init__(self, store: Store, registry: Registry, rng: random.Random) -> None:
        self._store, self._registry, self._rng = store, registry, rng
        self._is_done = False

    def ensure(self, now: str) -> None:
        """Put them into the store, unless that was done before; an object that is there stays as it is."""
        if self._is_done:
            return
        self._is_done = True
        missing: dict[str, Stored] = {}
        for obj in _objects():
            kind = self._registry.of(obj["apiVersion"], obj["kind"])
            assert kind is not None  # built in
            metadata = obj["metadata"]
            key = keys.key(kind, metadata.get("namespace", ""), metadata["name"])
            if self._store.get(key) is None:
                uid = {"uid": new_uid(self._rng), "creationTimestamp": now}
                missing[key] = Stored({**obj, "metadata": {**metadata, **uid}}, NOBODY)
        if missing:
            self._store.transact(dict.fromkeys(missing, 0), missing)


@cache
def _objects() -> tuple[Object, ...]:
    text = resources.files(__package__).joinpath("bootstrap.txt").read_text(encoding="utf-8")
    found: list[Object] = []
    for line in text.splitlines():
        if line.startswith(" "):
            found[-1]["rules"].append(_rule(line.split()))
        elif not line.startswith("#"):
            kind, name, *words = line.split()
            found.append(_role(kind, name, words) if kind.endswith("Role") else _binding(kind, name, words))
    _aggregate(found)
    return tuple(found)


def _named(kind: str, name: str) -> Object:
    namespace, _, own = name.rpartition("/")
    metadata: Object = {"name": own, "labels": dict(_LABELS), "annotations": dict(_ANNOTATIONS)}
    if namespace:
        metadata["namespace"] = namespace
    return {"kind": kind, "apiVersion": f"{GROUP}/v1", "metadata": metadata}


def _role(kind: str, name: str, words: list[str]) -> Object:
    role = _named(kind, name)
    labels, _, wanted = " ".join(words).partition("<")
    role["metadata"]["labels"] |= {f"{GROUP}/{each}": "true" for each in labels.split()}
    role["rules"] = []
    selectors = [{"matchLabels": {f"{GROUP}/{each}": "true"}} for each in wanted.split()]
    return {**role, "aggregationRule": {"clusterRoleSelectors": selectors}} if selectors else role


def _rule(words: list[str]) -> Object:
    verbs, first, *rest = words
    if first.startswith("/") or (first == "*" and not rest):
        return {"nonResourceURLs": [first, *rest], "verbs": verbs.split(",")}
    rule: Object = {"verbs": verbs.split(","), "apiGroups": ["" if g == "-" else g for g in first.split(",")]}
    rule["resources"] = rest[0].split(",")
    return {**rule, "resourceNames": rest[1].split(",")} if len(rest) > 1 else rule


def _binding(kind: str, name: str, words: list[str]) -> Object:
    role_kind, _, role = words[0].partition("/")
    reference = {"apiGroup": GROUP, "kind": role_kind, "name": role}
    return {**_named(kind, name), "roleRef": reference, "subjects": [_subject(each) for each in words[1:]]}


def _subject(text: str) -> Object:
    what, _, name = text.partition(":")
    if what == "account":
        namespace, _, name = name.partition("/")
        return {"kind": _SUBJECTS[what], "name": name, "namespace": namespace}
    return {"kind": _SUBJECTS[what], "apiGroup": GROUP, "name": name}


def _aggregate(found: list[Object]) -> None:
    """Give roles that are made of others their rules; those that feed others come first."""
    roles = [each for each in found if each["kind"] == "ClusterRole"]
    for role in sorted((each for each in roles if "aggregationRule" in each), key=_depth):
        role["rules"] = list(aggregated(role, roles))


def _depth(role: Object) -> int:
    return ("view", "edit", "admin").index(role["metadata"]["name"])


def aggregated(role: Object, roles: list[Object]) -> Iterator[Object]:
    """Yield the rules of the roles that a role selects, each once, in the order of their names."""
    seen: list[Object] = []
    for selector in role["aggregationRule"]["clusterRoleSelectors"]:
        wanted = (selector.get("matchLabels") or {}).items()
        for each in sorted(roles, key=lambda one: str(one["metadata"]["name"])):
            if wanted <= (each["metadata"].get("labels") or {}).items() and each is not role:
                for rule in each.get("rules") or ():
                    if rule not in seen:
                        seen.append(rule)
                        yield rule
