"""The paths of the API in an OpenAPI document: which methods each has, for which kind, with which parameters.

Clients look here whether the server knows a parameter (`fieldValidation`) and a patch type, and which kind a
resource is.  Responses are described in the least way that makes a valid document.

Source: k8s.io/apiserver/pkg/endpoints/installer.go, k8s.io/apiextensions-apiserver/pkg/controller/openapi/
builder/builder.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apiserver.kinds import Kind

Schema = dict[str, Any]
_WRITE = {"dryRun": "string", "fieldManager": "string", "fieldValidation": "string", "pretty": "string"}
_LIST = {
    "allowWatchBookmarks": "boolean",
    "continue": "string",
    "fieldSelector": "string",
    "labelSelector": "string",
    "limit": "integer",
    "pretty": "string",
    "resourceVersion": "string",
    "timeoutSeconds": "integer",
    "watch": "boolean",
}
_DELETE = {
    "dryRun": "string",
    "gracePeriodSeconds": "integer",
    "orphanDependents": "boolean",
    "propagationPolicy": "string",
}
_METHODS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "get": ("get", {"pretty": "string"}),
    "list": ("get", _LIST),
    "create": ("post", _WRITE),
    "update": ("put", _WRITE),
    "patch": ("patch", {**_WRITE, "force": "boolean"}),
    "delete": ("delete", _DELETE),
    "deletecollection": ("delete", {**_LIST, **_DELETE}),
}
_ACTIONS = {"create": "post", "update": "put"}
_PATCH_TYPES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)


def paths_of(kind: Kind, reference: Schema, openapi_version: int) -> dict[str, Schema]:
    """Return the paths of a kind; `reference` points to its schema."""
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    place = "/namespaces/{namespace}" if kind.namespaced else ""
    collection, item = f"{root}{place}/{kind.plural}", f"{root}{place}/{kind.plural}/{{name}}"
    verbs: dict[str, list[str]] = {
        collection: [each for each in ("list", "create", "deletecollection") if each in kind.verbs],
        item: [each for each in ("get", "update", "patch", "delete") if each in kind.verbs],
    }
    if kind.namespaced and "list" in kind.verbs:
        verbs[f"{root}/{kind.plural}"] = ["list"]
    found = {
        path: _path(path, each, kind, named, reference, openapi_version)
        for path, each in verbs.items()
        if each
    }
    for subresource in kind.subresources:
        path = f"{item}/{subresource.name}"
        of = {
            "group": subresource.group or ("" if subresource.kind else kind.group),
            "version": subresource.version or ("v1" if subresource.kind else kind.version),
            "kind": subresource.kind or kind.kind,
        }
        found[path] = _path(path, list(subresource.verbs), kind, of, reference, openapi_version)
    return found


def _path(
    path: str, verbs: list[str], kind: Kind, named: Schema, reference: Schema, openapi_version: int
) -> Schema:
    described: Schema = {}
    for verb in verbs:
        method, parameters = _METHODS[verb]
        described[method] = _operation(verb, parameters, kind, named, reference, openapi_version)
    inside = [name for name in ("namespace", "name") if f"{{{name}}}" in path]
    described["parameters"] = [
        {"name": name, "in": "path", "required": True, **_typed("string", openapi_version)} for name in inside
    ]
    return described


def _operation(
    verb: str,
    parameters: Mapping[str, str],
    kind: Kind,
    named: Schema,
    reference: Schema,
    openapi_version: int,
) -> Schema:
    accepted = (
        _PATCH_TYPES
        if kind.definition is None
        else tuple(each for each in _PATCH_TYPES if "strategic" not in each)
    )
    content = accepted if verb == "patch" else ("application/json",)
    operation: Schema = {
        "parameters": [
            {"name": name, "in": "query", **_typed(type_, openapi_version)}
            for name, type_ in sorted(parameters.items())
        ],
        "responses": {"200": {"description": "OK"}, "401": {"description": "Unauthorized"}},
        "x-kubernetes-action": _ACTIONS.get(verb, verb),
        "x-kubernetes-group-version-kind": named,
    }
    if verb in ("create", "update", "patch"):
        schema = {"type": "object"} if verb == "patch" else reference
        if openapi_version == 3:
            operation["requestBody"] = {
                "content": {each: {"schema": schema} for each in content},
                "required": True,
            }
        else:
            operation["consumes"] = list(content)
            operation["parameters"].append({"name": "body", "in": "body", "required": True, "schema": schema})
    return operation


def _typed(type_: str, openapi_version: int) -> Schema:
    return {"schema": {"type": type_}} if openapi_version == 3 else {"type": type_}
