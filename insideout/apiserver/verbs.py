"""Which verb a method means at a path, and whether the kind there has it.

Source: k8s.io/apiserver/pkg/endpoints/installer.go, pkg/endpoints/request/requestinfo.go@v1.36.2.
"""

from insideout.apiserver import parameters
from insideout.apiserver.paths import Target
from insideout.apiserver.requests import Request
from insideout.apiserver.status import method_not_allowed, not_supported

_VERBS = {"POST": "create", "GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def verb_of(request: Request, target: Target) -> str:
    """Return the verb that a method means at this path; raise 405 when it means none."""
    verb = _VERBS.get(request.method, "")
    kind = target.kind
    if not target.name:
        verb = {"get": "list", "delete": "deletecollection"}.get(verb, verb)
        if target.watch or (verb == "list" and parameters.is_watch(request.query)):
            verb = "watch" if request.method == "GET" else ""
        fits = verb in ("list", "watch") or (
            verb in ("create", "deletecollection") and not target.all_namespaces
        )
    else:
        fits = verb in ("get", "update", "patch", "delete") or bool(target.subresource)
        if target.watch:
            verb, fits = "watch", request.method == "GET"
    subresource = kind.subresource(target.subresource) if target.subresource else None
    allowed = subresource.verbs if subresource is not None else kind.verbs
    if fits and verb in allowed:
        return verb
    if verb and (kind.definition is not None or (verb == "watch" and "list" in allowed)):
        raise not_supported(kind, verb)
    raise method_not_allowed()
