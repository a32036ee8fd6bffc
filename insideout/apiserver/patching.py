"""A PATCH request's body and what it makes of an object; the patches are in insideout.apiserver.patch.

Source: k8s.io/apiserver/pkg/endpoints/handlers/patch.go@v1.36.2.
"""

from collections.abc import Iterator
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import go_json, go_yaml
from insideout.apiserver.objects.go_order import in_go_order
from insideout.apiserver.patch import apply_json_patch, apply_merge_patch, apply_strategic_merge_patch
from insideout.apiserver.patch.result_text import result_text
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
    """Return what a JSON, merge or strategic merge patch makes of `obj`, which is not changed.

    The result may hold parts of `obj` and `patch` themselves: it is to be read, not to be changed.
    """
    if type_ == "json":
        result = apply_json_patch(obj, patch)
    elif type_ == "merge":
        result = apply_merge_patch(obj, patch)
    else:
        result = apply_strategic_merge_patch(kind, obj, patch)
    if not isinstance(result, dict):
        raise _undecodable("json", obj, patch, "json: cannot unmarshal array into Go value")
    return result


def concerns_managers(type_: str, patch: Any) -> bool:
    """Say whether a patch may touch metadata.managedFields, which are worked out only then."""
    if type_ == "json":
        operations = patch if isinstance(patch, list) else []
        paths = (each.get("path") for each in operations if isinstance(each, dict))
        return any(path in ("", "/metadata") or "managedFields" in str(path) for path in paths)
    metadata = patch.get("metadata") if isinstance(patch, dict) else None
    return isinstance(metadata, dict) and ("managedFields" in metadata or "$patch" in metadata)


def strict_errors(type_: str, patch: Any) -> list[str]:
    """Return what a strict reader finds in a patch: fields given twice, and unknown ones of operations.

    A configuration to apply is read as YAML; what is given twice in it is found by `go_yaml.duplicates`.
    """
    if type_ == "json":
        operations = patch if isinstance(patch, list) else []
        found = [
            each for index, operation in enumerate(operations) for each in _in_operation(operation, index)
        ]
        return [f"json patch {each}" for each in found]
    return list(_repeated(patch, "")) if _repeats(patch) else []


def repeated_in_yaml(applied: Any, field_validation: str) -> str:
    """Return what a strict reader says of fields that a configuration gives twice, "" where nobody asks."""
    lines = go_yaml.duplicates(applied) if field_validation != "Ignore" else []
    told = "\n  ".join(lines)
    return f"error converting YAML to JSON: yaml: unmarshal errors:\n  {told}" if lines else ""


def _in_operation(operation: Any, index: int) -> Iterator[str]:
    yield from _repeated(operation, f"[{index}]")
    for name in operation if isinstance(operation, dict) else ():
        if name not in ("op", "path", "from", "value"):
            yield f'unknown field "[{index}].{name}"'


def _repeats(value: Any) -> bool:
    """Say whether any object in a JSON value names a key twice."""
    if isinstance(value, dict):
        if type(value) is go_json.Repeated:
            return True
        value = value.values()
    elif not isinstance(value, list):
        return False
    return any(isinstance(each, _BRANCHES) and _repeats(each) for each in value)


_BRANCHES = (dict, list)


def _repeated(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, go_json.Repeated):
        yield from (f'duplicate field "{_below(at, name)}"' for name in value.names)
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _repeated(each, _below(at, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _repeated(each, f"{at}[{index}]")


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def undecodable(kind: Kind, type_: str, before: Object, patch: Any, why: str) -> StatusError:
    """Return the 422 for a patch that makes of `before` what is no object of the kind."""
    _, _, after = why.partition(f" cannot be handled as a {kind.kind}: ")
    shown = before if kind.definition is not None else in_go_order(kind, before)
    return _undecodable(type_, shown, patch, after or why)


def _undecodable(type_: str, before: Any, patch: Any, why: str) -> StatusError:
    """Say it in upstream's way: naming no object, and quoting the whole result, or a strategic patch."""
    text = _go_print(patch) if type_ == "strategic" else result_text(type_, before, patch)
    message = f"Invalid value: {go_quote(text)}: {why}"
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
