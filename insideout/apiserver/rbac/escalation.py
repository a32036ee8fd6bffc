"""Nobody gives what they do not have: a role or binding is refused that grants more than its writer may do.

Source: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go,
pkg/registry/rbac/{escalation_check,validation/rule}.go@v1.36.2.
"""

from typing import Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.rbac.resolver import Resolver
from insideout.apiserver.rbac.rules import Attributes, Rule, compact, text, uncovered
from insideout.apiserver.status import StatusError, forbidden
from insideout.apiserver.users import User

Object = dict[str, Any]

_GROUP = "rbac.authorization.k8s.io"


def check(resolver: Resolver, user: User, kind: Kind, new: Object, old: Object | None) -> None:
    """Raise 403 when a new or changed object would give its writer's rights away and more."""
    if user.is_master:
        return
    namespace = new["metadata"].get("namespace", "") if kind.namespaced else ""
    name = new["metadata"].get("name", "")
    if kind.kind in ("Role", "ClusterRole"):
        rules, aggregation = new.get("rules") or [], new.get("aggregationRule")
        before = old or {}
        if rules == (before.get("rules") or []) and aggregation == before.get("aggregationRule"):
            return
        if _may(resolver, user, "escalate", kind.plural, namespace, name):
            return
        if aggregation is not None:
            rules = [*rules, {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
            rules.append({"verbs": ["*"], "nonResourceURLs": ["*"]})
    else:
        if old is not None and _granted(new) == _granted(old):
            return
        reference = new["roleRef"]
        plural = "roles" if reference.get("kind") == "Role" else "clusterroles"
        if _may(resolver, user, "bind", plural, namespace, reference.get("name", "")):
            return
        missing: list[str] = []
        rules = resolver.role(reference, namespace, missing)
        if missing:
            raise _no_such_role(missing[0], plural, reference.get("name", ""))
    owned = [rule for rule, _ in resolver.rules(user, namespace)]
    beyond = uncovered(owned, rules)
    if beyond:
        raise forbidden(kind, name, _why(user, beyond))


def _granted(binding: Object) -> tuple[object, object]:
    return binding.get("roleRef"), binding.get("subjects") or []


def _may(resolver: Resolver, user: User, verb: str, plural: str, namespace: str, name: str) -> bool:
    asked = Attributes(verb, _GROUP, plural, "", namespace, name)
    return resolver.decide(user, asked)[0]


def _no_such_role(message: str, plural: str, name: str) -> StatusError:
    return StatusError(404, "NotFound", message, {"name": name, "group": _GROUP, "kind": plural[:-1]})


def _why(user: User, beyond: list[Rule]) -> str:
    groups = " ".join(f'"{each}"' for each in user.groups)
    lines = "\n".join(text(rule) for rule in compact(beyond))
    who = f'user "{user.name}" (groups=[{groups}])'
    return f"{who} is attempting to grant RBAC permissions not currently held:\n{lines}"
