"""Which rules a user has: those of the roles that bindings name for the user or one of its groups.

Source: pkg/registry/rbac/validation/rule.go:DefaultRuleResolver,
plugin/pkg/auth/authorizer/rbac/rbac.go@v1.36.2.
"""

from collections.abc import Iterator
from typing import Any

from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.rbac.rules import Attributes, Rule, allows
from insideout.apiserver.registry import Registry
from insideout.apiserver.users import User, account_name
from insideout.store import Store

Object = dict[str, Any]
Grant = tuple[Rule, str]
"""A rule, and where it is from, as reasons say it."""


class Resolver:
    """Looks rules up in the store; nothing is kept, so what is written holds at once."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store = store
        self._kinds = {
            name: _built_in(registry, f"{name}.rbac.authorization.k8s.io")
            for name in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")
        }

    def rules(self, user: User, namespace: str, errors: list[str] | None = None) -> Iterator[Grant]:
        """Yield the rules of a user: everywhere, and in `namespace` if one is given.

        `errors` takes a line for each role that a binding names and that is not there.
        """
        for binding in self._all("clusterrolebindings"):
            subject = _subject(binding, user, "")
            if subject:
                why = f"ClusterRoleBinding {_q(binding)} of {_role_text(binding)} to {subject}"
                yield from ((rule, why) for rule in self.role(binding["roleRef"], "", errors))
        if not namespace:
            return
        for binding in self._all("rolebindings", namespace):
            subject = _subject(binding, user, namespace)
            if subject:
                name = f"{binding['metadata']['name']}/{namespace}"
                why = f'RoleBinding "{name}" of {_role_text(binding)} to {subject}'
                yield from ((rule, why) for rule in self.role(binding["roleRef"], namespace, errors))

    def role(self, reference: Object, namespace: str, errors: list[str] | None = None) -> list[Rule]:
        """Return the rules of the role that a binding names; none when it is not there."""
        plural = "roles" if reference.get("kind") == "Role" else "clusterroles"
        kind, name = self._kinds[plural], reference.get("name", "")
        pair = self._store.get(keys.prefix(kind, namespace if plural == "roles" else "") + name)
        if pair is None:
            if errors is not None:
                singular = f"{kind.singular}.rbac.authorization.k8s.io"
                errors.append(f'{singular} "{name}" not found')
            return []
        found: list[Rule] = pair.value.object.get("rules") or []
        return found

    def decide(self, user: User, asked: Attributes) -> tuple[bool, str]:
        """Tell whether a user may do what is asked, and why."""
        errors: list[str] = []
        for rule, why in self.rules(user, asked.namespace, errors):
            if allows(rule, asked):
                return True, f"RBAC: allowed by {why}"
        if not errors:
            return False, ""
        return False, f"RBAC: {errors[0] if len(errors) == 1 else '[' + ', '.join(errors) + ']'}"

    def _all(self, plural: str, namespace: str = "") -> Iterator[Object]:
        for pair in self._store.range(keys.prefix(self._kinds[plural], namespace)).items:
            yield pair.value.object


def _subject(binding: Object, user: User, namespace: str) -> str:
    """Return which subject of a binding the user is, as reasons say it, "" when none."""
    for subject in binding.get("subjects") or ():
        kind, name = subject.get("kind"), subject.get("name", "")
        if kind == "User" and name == user.name:
            return f'User "{name}"'
        if kind == "Group" and name in user.groups:
            return f'Group "{name}"'
        place = subject.get("namespace") or namespace
        if kind == "ServiceAccount" and place and account_name(place, name) == user.name:
            return f'ServiceAccount "{name}/{place}"'
    return ""


def _role_text(binding: Object) -> str:
    reference = binding["roleRef"]
    return f'{reference.get("kind", "")} "{reference.get("name", "")}"'


def _q(obj: Object) -> str:
    return f'"{obj["metadata"]["name"]}"'


def _built_in(registry: Registry, name: str) -> Kind:
    kind = registry.named(name)
    assert kind is not None  # the registry begins with every built-in kind
    return kind
