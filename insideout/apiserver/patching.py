"""A PATCH request's body and what it makes of an object; the patches are in insideout.apiserver.patch.

Source: k8s.io/apiserver/pkg/endpoints/handlers/patch.go@v1.36.2.
"""

import json
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import go_json, go_yaml
from insideout.apiserver.patch import apply_json_patch, apply_merge_patch, apply_strategic_merge_patch
from insideout.apiserver.status import StatusError, bad_request

Object = dict[str, Any]


def read_patch(type_: str, body: bytes | Object) -> Any:
    """Return the patch in a body; raise 400 when it is not JSON (or, to apply, YAML)."""
    if not isinstance(body, bytes):
        return body
    if type_ == "apply":
        try:
            return go_yaml.loads(body)
        except ValueError as problem:
            raise bad_request(f"error decoding YAML: {problem}") from None
    try:
        return go_json.loads(body)
    except ValueError as problem:
        prefix = "error decoding patch: " if type_ in ("json", "merge") else ""
        raise bad_request(f"{prefix}{problem}") from None


def patched(kind: Kind, type_: str, obj: Object, patch: Any) -> Object:
    """Return what a JSON, merge or strategic merge patch makes of `obj`, which is not changed."""
    if type_ == "json":
        result = apply_json_patch(obj, patch)
    elif type_ == "merge":
        result = apply_merge_patch(obj, patch)
    else:
        result = apply_strategic_merge_patch(kind, obj, patch)
    if not isinstance(result, dict):
        raise _undecodable("json", result, patch, "json: cannot unmarshal array into Go value")
    return result


def concerns_managers(type_: str, patch: Any) -> bool:
    """Say whether a patch may touch metadata.managedFields, which are worked out only then."""
    if type_ == "json":
        paths = (each.get("path") for each in patch or [] if isinstance(each, dict))
        return any(path in ("", "/metadata") or "managedFields" in str(path) for path in paths)
    metadata = patch.get("metadata") if isinstance(patch, dict) else None
    return isinstance(metadata, dict) and ("managedFields" in metadata or "$patch" in metadata)


def undecodable(kind: Kind, type_: str, result: Object, patch: Any, problem: StatusError) -> StatusError:
    """Return the 422 for a patch whose result is not an object of the kind, which `problem` says as a 400."""
    _, _, why = problem.status["message"].partition(f" cannot be handled as a {kind.kind}: ")
    return _undecodable(type_, result, patch, why or problem.status["message"])


def _undecodable(type_: str, result: Any, patch: Any, why: str) -> StatusError:
    """Say it in upstream's way: naming no object, and quoting the whole result, or a strategic patch."""
    value = _go_print(patch) if type_ == "strategic" else json.dumps(result, separators=(",", ":"))
    message = f"Invalid value: {go_quote(value)}: {why}"
    cause = {"reason": "FieldValueInvalid", "message": message, "field": "patch"}
    return StatusError(422, "Invalid", f' "" is invalid: patch: {message}', {"causes": [cause]})


def _go_print(value: Any) -> str:
    """Return a JSON value as Go's %+v prints it: map[a:1 b:[x y]]."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_go_print(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(_go_print(each) for each in value)}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
