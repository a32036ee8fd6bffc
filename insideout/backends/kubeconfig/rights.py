"""What we may on somebody's cluster: asked for exactly what is needed, before anything is made.

One SelfSubjectRulesReview first.  Its answer may be incomplete, so a right that it does not show is asked for
with a SelfSubjectAccessReview of its own.

Source: staging/src/k8s.io/api/authorization/v1/types.go@v1.36.2.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from insideout.client.interface import ApiError, Client

_ALL = ("get", "list", "watch", "create", "update", "patch", "delete")


class Right(NamedTuple):
    """One verb on one resource; `resource` may be "pods/log", `namespaced` says whether in our namespace."""

    verb: str
    resource: str
    group: str = ""
    namespaced: bool = True

    def __str__(self) -> str:
        group = f".{self.group}" if self.group else ""
        return f"{self.verb} {self.resource}{group}"


NEEDED = (
    *(Right(verb, "namespaces", namespaced=False) for verb in ("create", "delete")),
    *(Right(verb, "pods") for verb in ("get", "list", "watch", "create", "delete")),
)
"""Without these there is no lesson at all."""

WANTED = (
    *(Right(verb, "pods") for verb in ("update", "patch")),
    Right("get", "pods/log"),
    *(
        Right(verb, resource, group)
        for group, resource in (
            *(("", "services"), ("", "configmaps"), ("apps", "deployments")),
            *(("apps", "replicasets"), ("apps", "statefulsets"), ("batch", "jobs")),
        )
        for verb in _ALL
    ),
    Right("list", "events"),
    Right("list", "namespaces", namespaced=False),
)
"""What lessons use where they need a namespace only; the last one finds what a dead machine left."""


def missing(client: Client, namespace: str, rights: Iterable[Right]) -> list[Right]:
    """Return which of the rights we do not have in `namespace`, which need not be there."""
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview"}
    try:
        told = client.create("selfsubjectrulesreviews", {**kind, "spec": {"namespace": namespace}})
        rules = told["status"].get("resourceRules") or []
    except ApiError as refused:
        if refused.code in (401, 503):
            raise
        rules = []
    return [
        right for right in rights if not _is_told(rules, right) and not _is_allowed(client, namespace, right)
    ]


def _is_told(rules: Sequence[Any], right: Right) -> bool:
    return any(
        not rule.get("resourceNames")
        and {"*", right.verb} & {*rule.get("verbs", ())}
        and {"*", right.group} & {*rule.get("apiGroups", ())}
        and {"*", right.resource} & {*rule.get("resources", ())}
        and right.namespaced  # rules of a namespace may come from a RoleBinding there
        for rule in rules
    )


def _is_allowed(client: Client, namespace: str, right: Right) -> bool:
    resource, _, subresource = right.resource.partition("/")
    asked = {"verb": right.verb, "group": right.group, "resource": resource, "subresource": subresource}
    if right.namespaced:
        asked["namespace"] = namespace
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    told = client.create("selfsubjectaccessreviews", {**kind, "spec": {"resourceAttributes": asked}})
    return bool(told["status"].get("allowed"))


def listed(rights: Sequence[Right]) -> str:
    """Return rights in one line: "create, delete namespaces; patch pods"."""
    verbs: dict[str, list[str]] = {}
    for right in rights:
        verbs.setdefault(f"{right.resource}{f'.{right.group}' if right.group else ''}", []).append(right.verb)
    return "; ".join(f"{', '.join(each)} {resource}" for resource, each in verbs.items())
