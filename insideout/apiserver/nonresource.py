"""Paths that are not about objects: version, discovery, and those that have modules of their own.

Source: k8s.io/apiserver/pkg/server/routes/{version,openapi}.go@v1.36.2.
"""

from typing import TYPE_CHECKING, Any

from insideout.apiserver import discovery, health, protobuf
from insideout.apiserver.negotiation import JSON, YAML, clauses, fitting
from insideout.apiserver.openapi import answers as openapi
from insideout.apiserver.paths import NoSuchPathError
from insideout.apiserver.requests import Request, Response
from insideout.apiserver.status import method_not_allowed, not_acceptable
from insideout.monitoring import CONTENT_TYPE

if TYPE_CHECKING:
    from insideout.apiserver.server import ApiServer

Object = dict[str, Any]

_AGGREGATED = ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def version() -> Object:
    """Answer /version."""
    from insideout.apimachinery.version import KUBERNETES_VERSION

    major, minor, _ = KUBERNETES_VERSION.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "emulationMajor": major,
        "emulationMinor": minor,
        "minCompatibilityMajor": major,
        "minCompatibilityMinor": str(int(minor) - 1),
        "gitVersion": KUBERNETES_VERSION,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": "linux/amd64",
    }


def answer_path(server: "ApiServer", request: Request, parts: list[str]) -> Response:
    """Answer a path that names no resource; raise NoSuchPathError for one that nobody serves."""
    if request.method not in ("GET", "HEAD"):
        if parts[0] in ("api", "apis", "version"):
            raise method_not_allowed()
        raise NoSuchPathError
    if parts[0] in health.ENDPOINTS:
        return health.answer(server, request, parts)
    if parts == ["metrics"] and server.metrics is not None:
        return Response(200, server.metrics(), CONTENT_TYPE)
    if parts == ["version"]:
        return Response(200, version())
    if parts == [""]:
        return Response(200, {"paths": _paths(server)})
    if parts[0] in ("api", "apis"):
        return _discover(server, request, parts)
    if parts[0] == "openapi":
        return openapi.answer(server.documents, request, parts)
    raise NoSuchPathError


def _paths(server: "ApiServer") -> list[str]:
    groups = [
        path
        for group, versions in server.registry.versions().items()
        if group
        for path in (f"/apis/{group}", *(f"/apis/{group}/{version}" for version in versions))
    ]
    fixed = [
        "/api",
        "/api/v1",
        "/apis",
        "/openapi/v2",
        "/openapi/v3",
        "/version",
    ]
    checks = [f"/{name}" for name in health.ENDPOINTS]
    checks += [f"/{name}/{check}" for name, found in health.ENDPOINTS.items() for check in found]
    return sorted([*fixed, *checks, *groups])


def _discover(server: "ApiServer", request: Request, parts: list[str]) -> Response:
    registry, claimed = server.registry, server.aggregator.claimed()
    document: Object | None
    if len(parts) == 1:
        if _wants_aggregated(request):
            document = discovery.aggregated(
                registry,
                core=parts[0] == "api",
                is_stale=lambda group: server.extensions.is_stale(group) or server.aggregator.is_stale(group),
                claimed=claimed,
            )
            return Response(200, document, f"application/json{_AGGREGATED}")
        document = discovery.api_versions() if parts[0] == "api" else discovery.api_groups(registry, claimed)
    elif parts[0] == "api":
        document = discovery.api_resources(registry, "", parts[1])
    elif len(parts) == 2:
        document = discovery.api_group(registry, parts[1], claimed)
    else:
        server.extensions.check(parts[1])
        document = discovery.api_resources(registry, parts[1], parts[2]) if parts[1] else None
    if document is None:
        raise NoSuchPathError
    media_type = fitting(request)
    if not media_type:
        raise not_acceptable((JSON, YAML, protobuf.MEDIA_TYPE))
    return Response(200, document, media_type)


def _wants_aggregated(request: Request) -> bool:
    for clause in clauses(request.headers.get("accept", "")):
        if clause.parameters.get("as") == "APIGroupDiscoveryList" and clause.parameters.get("v") == "v2":
            return True
        if "as" not in clause.parameters and clause.media_type in ("application/json", "*/*"):
            return False
    return False
