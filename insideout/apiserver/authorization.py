"""Who may do what with a pod's node: asked before the door to it opens.

Everybody may do everything until the server is given rules: this server has no RBAC objects.  A stream over a
GET, as a WebSocket begins, needs create beside get since v1.35: otherwise a right to read would run commands.

Source: k8s.io/apiserver/pkg/endpoints/filters/authorization.go, handlers/responsewriters/errors.go,
pkg/registry/core/pod/rest/authorize.go@v1.36.2.
"""

from collections.abc import Callable, Mapping

from insideout.apiserver.kinds import Kind
from insideout.apiserver.requests import ADMIN, Request
from insideout.apiserver.status import forbidden

Allows = Callable[[str, str, str], bool]
"""Tells whether a user may use a verb on a resource, such as "get" on "pods/exec"."""

VERBS = {"POST": "create", "GET": "get"}


def everything(user: str, verb: str, resource: str) -> bool:
    """Allow everything."""
    return True


def rules(granted: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Allows:
    """Return rules from users to resources to verbs; the administrator may do everything."""

    def allows(user: str, verb: str, resource: str) -> bool:
        return user == ADMIN or verb in granted.get(user, {}).get(resource, ())

    return allows


def check(allows: Allows, request: Request, kind: Kind, namespace: str, name: str, subresource: str) -> None:
    """Raise 403 when the user may not do what the method means, or not open a stream by GET."""
    resource = f"{kind.plural}/{subresource}"
    verb = VERBS.get(request.method, request.method.lower())
    if not allows(request.user, verb, resource):
        group = f'in API group "{kind.group}" in the namespace "{namespace}"'
        why = f'User "{request.user}" cannot {verb} resource "{resource}" {group}'
        raise forbidden(kind, name, why)
    if subresource != "log" and verb != "create" and not allows(request.user, "create", resource):
        raise forbidden(kind, name, "")
