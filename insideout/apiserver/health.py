"""/healthz, /livez and /readyz: whether the server is well, as a whole and check by check.

Each check has a path of its own; `?verbose` lists them, `?exclude=NAME` leaves one out.  The checks are those
of the real server whose business this one does: the store, and what boot created.

Source: k8s.io/apiserver/pkg/server/healthz/healthz.go, k8s.io/apiserver/pkg/server/healthz.go@v1.36.2.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.paths import NoSuchPathError
from insideout.apiserver.requests import Request, Response
from insideout.apiserver.status import StatusError

if TYPE_CHECKING:
    from insideout.apiserver.server import ApiServer

_TEXT = "text/plain; charset=utf-8"
_HEADERS = {"x-content-type-options": "nosniff"}
Check = Callable[["ApiServer"], bool]


def _always(server: "ApiServer") -> bool:
    return True


def _store_answers(server: "ApiServer") -> bool:
    try:
        server.store.range("/registry/health", 0, "", 1)
    except (StatusError, OSError):
        return False
    return True


_CHECKS: Mapping[str, Check] = {
    "ping": _always,
    "log": _always,
    "etcd": _store_answers,
    "poststarthook/start-apiserver-admission-initializer": _always,
    "poststarthook/start-apiextensions-informers": _always,
    "poststarthook/start-apiextensions-controllers": _always,
    "poststarthook/crd-informer-synced": _always,
    "poststarthook/start-system-namespaces-controller": _always,
    "poststarthook/scheduling/bootstrap-system-priority-classes": _always,
    "poststarthook/bootstrap-controller": _always,
}
"""The hooks have run by the time that a server can be asked."""

_READY: Mapping[str, Check] = {
    **{name: check for name, check in _CHECKS.items() if not name.startswith("poststarthook/")},
    "etcd-readiness": _store_answers,
    "informer-sync": _always,
    **{name: check for name, check in _CHECKS.items() if name.startswith("poststarthook/")},
    "shutdown": _always,
}
ENDPOINTS: Mapping[str, Mapping[str, Check]] = {"healthz": _CHECKS, "livez": _CHECKS, "readyz": _READY}


def answer(server: "ApiServer", request: Request, parts: list[str]) -> Response:
    """Answer /healthz, or /healthz/etcd, given as its `parts`; raise NoSuchPathError for an unknown check."""
    name, check = parts[0], "/".join(parts[1:])
    if check:
        return _one(server, name, check)
    told, failed = _all(server, name, request.query.get("exclude") or ())
    if failed:
        return Response(500, f"{told}{name} check failed\n", _TEXT, dict(_HEADERS))
    text = f"{told}{name} check passed\n" if "verbose" in request.query else "ok"
    return Response(200, text, _TEXT, dict(_HEADERS))


def _one(server: "ApiServer", name: str, check: str) -> Response:
    if check not in ENDPOINTS[name]:
        raise NoSuchPathError
    if ENDPOINTS[name][check](server):
        return Response(200, "ok", _TEXT)
    return Response(500, f"internal server error: {check} failed\n", _TEXT, dict(_HEADERS))


def _all(server: "ApiServer", name: str, excluded: Collection[str]) -> tuple[str, bool]:
    """Return a line for each check, and whether one of them failed."""
    lines, failed = [], False
    for check, run in ENDPOINTS[name].items():
        if check in excluded:
            lines.append(f"[+]{check} excluded: ok\n")
        elif run(server):
            lines.append(f"[+]{check} ok\n")
        else:
            lines.append(f"[-]{check} failed: reason withheld\n")
            failed = True
    unknown = ", ".join(go_quote(each) for each in sorted(set(excluded) - set(ENDPOINTS[name])))
    if unknown:
        lines.append(f"warn: some health checks cannot be excluded: no matches for {unknown}\n")
    return "".join(lines), failed
