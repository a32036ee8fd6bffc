"""Authorization: what a request would do, whether its user may, and what is said when not.

Members of system:masters pass before anything is looked at; everybody else has what roles give.  Left out:
the node authorizer and the restrictions of kubelets: nodes here are members of no group of their own.

Source: k8s.io/apiserver/pkg/endpoints/filters/{authorization,impersonation}.go,
.../endpoints/handlers/responsewriters/errors.go:ForbiddenMessage,
k8s.io/apiserver/pkg/endpoints/request/requestinfo.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apiserver import parameters
from insideout.apiserver.kinds import Kind
from insideout.apiserver.rbac import escalation
from insideout.apiserver.rbac.bootstrap import GROUP, Bootstrap
from insideout.apiserver.rbac.resolver import Resolver
from insideout.apiserver.rbac.rules import Attributes
from insideout.apiserver.requests import Request
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import StatusError
from insideout.apiserver.users import (
    ANONYMOUS,
    AUTHENTICATED,
    UNAUTHENTICATED,
    User,
    account_groups,
    account_of,
    asking,
)

Object = dict[str, Any]

_VERBS = {
    "POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete",
}  # fmt: skip
_EXTRA = "impersonate-extra-"


class Access:
    """Decides who may do what."""

    def __init__(self, resources: Resources) -> None:
        store, registry = resources.store, resources.registry
        self.resolver = Resolver(store, registry)
        self._resources = resources
        self._bootstrap = Bootstrap(store, registry, resources.loop.rng("apiserver/rbac"))

    def ensure_roles(self, group: str = GROUP, namespace: str = "") -> None:
        """See to it that the bootstrap roles are there, before somebody looks at roles."""
        if group == GROUP and namespace in ("", "kube-system", "kube-public"):
            self._bootstrap.ensure(self._resources.now())

    def decide(self, user: User, asked: Attributes) -> tuple[bool, str]:
        """Tell whether a user may do what is asked, and why."""
        if user.is_master:
            return True, ""
        self.ensure_roles()
        return self.resolver.decide(user, asked)

    def check(self, user: User, request: Request) -> None:
        """Raise 403 when the user may not do what a request would."""
        if not user.is_master:
            asked = attributes(request)
            allowed, why = self.decide(user, asked)
            if not allowed:
                raise refused(user, asked, why)

    def impersonated(self, user: User, request: Request) -> User:
        """Return the user that a request wants to be taken for; raise 403 when it may not be."""
        headers = request.headers
        name = headers.get("impersonate-user", "")
        groups = [each.strip() for each in headers.get("impersonate-group", "").split(",") if each.strip()]
        uid, extra = headers.get("impersonate-uid", ""), _extra(headers)
        if not name:
            if groups or uid or extra:
                raise StatusError(
                    500,
                    "InternalError",
                    "Internal error occurred: requested "
                    f"{[('', 'Group', '', groups)]} without impersonating a user",
                )
            return user
        account = account_of(name)
        wanted = [Attributes("impersonate", resource="users", name=name)]
        if account is not None:
            namespace, own = account
            wanted = [Attributes("impersonate", resource="serviceaccounts", namespace=namespace, name=own)]
        wanted += [Attributes("impersonate", resource="groups", name=each) for each in groups]
        if uid:
            wanted.append(Attributes("impersonate", "authentication.k8s.io", "uids", name=uid))
        wanted += [
            Attributes("impersonate", "authentication.k8s.io", "userextras", key, name=value)
            for key, values in extra.items()
            for value in values
        ]
        for asked in wanted:
            allowed, why = self.decide(user, asked)
            if not allowed:
                raise refused(user, asked, why)
        if account is not None and not groups:
            groups = list(account_groups(account[0]))
        if name != ANONYMOUS and AUTHENTICATED not in groups and UNAUTHENTICATED not in groups:
            groups.append(AUTHENTICATED)
        elif name == ANONYMOUS and UNAUTHENTICATED not in groups:
            groups.append(UNAUTHENTICATED)
        return User(name, tuple(groups), uid, extra)

    def check_grant(self, kind: Kind, new: Object, old: Object | None) -> None:
        """Raise 403 when whoever asks would give away more than it has."""
        if kind.group == GROUP:
            escalation.check(self.resolver, asking(), kind, new, old)


def attributes(request: Request) -> Attributes:
    """Return what a request would do, by its path, method and query."""
    verb = _VERBS.get(request.method, request.method.lower())
    parts = [each for each in request.path.split("/") if each]
    shortest = {"api": 3, "apis": 4}.get(parts[0] if parts else "")
    if shortest is None or len(parts) < shortest:
        return Attributes(request.method.lower(), path=request.path or "/")
    group, version, *rest = ["", *parts[1:]] if parts[0] == "api" else parts[1:]
    watches = rest[0] == "watch"
    rest = rest[1:] if watches else rest
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in ("status", "finalize"):
            rest = rest[2:]
    resource, name, subresource = (*rest, "", "", "")[:3]
    if watches:
        verb = "watch"
    elif not name and verb == "get":
        verb = "watch" if parameters.is_watch(request.query) else "list"
    elif not name and verb == "delete":
        verb = "deletecollection"
    return Attributes(verb, group, resource, subresource, namespace, name, version=version)


def refused(user: User, asked: Attributes, why: str) -> StatusError:
    """Return the 403, in the server's words."""
    reason = f": {why}" if why else ""
    who = f'User "{user.name}"'
    if asked.path:
        text = f'forbidden: {who} cannot {asked.verb} path "{asked.path}"{reason}'
        return StatusError(403, "Forbidden", text, {})
    qualified = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    subject = f'{qualified} "{asked.name}"' if asked.name else qualified
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    act = f'cannot {asked.verb} resource "{asked.whole_resource}" in API group "{asked.group}" {where}'
    details = {"name": asked.name, "group": asked.group, "kind": asked.resource}
    kept = {key: value for key, value in details.items() if value}
    return StatusError(403, "Forbidden", f"{subject} is forbidden: {who} {act}{reason}", kept)


def _extra(headers: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers.items():
        if name.startswith(_EXTRA):
            found[name.removeprefix(_EXTRA)] = [each.strip() for each in value.split(",")]
    return found
