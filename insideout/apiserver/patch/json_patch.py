"""JSON Patch (RFC 6902): a list of operations, applied in order, all or none.

    [{"op": "test", "path": "/spec/replicas", "value": 2},
     {"op": "replace", "path": "/spec/replicas", "value": 3}]

It is the only patch type that can insist (`test`) and that addresses list items by position, so it is exact
and brittle: the right tool for a program that has just read the object.

The library `jsonpatch` carries the operations out.  The API server's Go library differs from the RFC in ways
that clients can see, so each operation is first put into the RFC's terms (`_in_rfc_terms`):

- `replace` of a member that is not there adds it, and `test` of such a member for null succeeds;
- a missing `value` means null, and a negative list index counts from the end;
- what comes before a path's first "/" is ignored;
- the whole document (path "") can be replaced and tested, but nothing can be added at or removed from there.

An operation that cannot be carried out is answered with 422 and no explanation: that is upstream's choice.

Source: k8s.io/apiserver/pkg/endpoints/handlers/patch.go (applyJSPatch)@v1.36.2,
gopkg.in/evanphx/json-patch.v4/patch.go.
"""

import json
from typing import Any

import jsonpatch
import jsonpointer

from insideout.apimachinery.copies import copied
from insideout.apiserver.patch.go_values import json_kind
from insideout.apiserver.status import StatusError, bad_request

MAX_OPERATIONS = 10_000
MAX_COPIED_BYTES = 3 * 1024 * 1024
"""What the `copy` operations of one patch may add in all: a small patch must not make a huge object."""

Operation = dict[str, Any]


def apply_json_patch(obj: dict[str, Any], operations: Any) -> Any:
    """Return `obj` changed by `operations`; `obj` itself stays as it is.

    The result may be any JSON object or list, as a patch can replace the whole document.
    Raises StatusError: 400 when `operations` is not a list of operations, 413 when it is too long, 422 when
    one cannot be carried out.
    """
    _check(operations)
    document = copied(obj)
    copied_bytes = 0
    for operation in operations or []:
        try:
            translated = _in_rfc_terms(document, operation or {})
            if translated is None:
                continue
            if translated["op"] == "copy":
                copied_bytes += len(json.dumps(_at(document, translated["from"]), separators=(",", ":")))
                if copied_bytes > MAX_COPIED_BYTES:
                    raise _CannotApplyError("copies too much")
            document = jsonpatch.apply_patch(document, [translated], in_place=True)
        except (_CannotApplyError, jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
            message = "the server rejected our request due to an error in our request"
            raise StatusError(422, "Invalid", message, {}) from error
    return document


class _CannotApplyError(Exception):
    """The operation does not fit this document."""


def _check(operations: Any) -> None:
    """Refuse what does not even decode as a list of operations."""
    if operations is None:
        return
    if not isinstance(operations, list):
        raise _undecodable(operations, "Go value of type []handlers.jsonPatchOp")
    for each in operations:
        if each is None:
            continue
        if not isinstance(each, dict):
            raise _undecodable(each, "Go value of type handlers.jsonPatchOp")
        for name in ("op", "path", "from"):
            if not isinstance(each.get(name), str | None):
                raise _undecodable(each[name], f"Go struct field jsonPatchOp.{name} of type string")
    if len(operations) > MAX_OPERATIONS:
        message = (
            f"Request entity too large: The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, "
            f"got {len(operations)}"
        )
        raise StatusError(413, "RequestEntityTooLarge", message)


def _undecodable(value: Any, place: str) -> StatusError:
    return bad_request(f"error decoding patch: json: cannot unmarshal {json_kind(value)} into {place}")


def _in_rfc_terms(document: Any, operation: Operation) -> Operation | None:
    """Return the RFC 6902 operation that does to `document` what upstream's does, None for nothing."""
    name, path = operation.get("op"), operation.get("path")
    if not isinstance(name, str) or not isinstance(path, str):
        raise _CannotApplyError("an operation needs op and path")
    if not path and name not in ("replace", "test"):
        raise _CannotApplyError("the whole document cannot be added or removed")
    adds = name in ("add", "copy", "move")
    translated: Operation = {"op": name, "path": _absolute(document, path, adds=adds)}
    if "from" in operation:
        translated["from"] = _absolute(document, operation["from"] or "", adds=False)
    elif name in ("copy", "move"):
        raise _CannotApplyError(f"{name} needs from")
    if name in ("add", "replace", "test"):
        translated["value"] = operation.get("value")
    if name == "replace" and not path and not isinstance(operation.get("value"), dict | list):
        raise _CannotApplyError("a document is an object or a list")
    if name in ("replace", "test") and path and _lacks(document, translated["path"]):
        if name == "replace":
            return {**translated, "op": "add"}
        return None if translated["value"] is None else translated
    return translated


def _absolute(document: Any, path: str, *, adds: bool) -> str:
    """Return `path` with every negative list index counted out; -1 is where the last item is, or is added."""
    if not path:
        return path
    _before, slash, rest = path.partition("/")
    if not slash:
        raise _CannotApplyError(f"{path} is not a path")
    parts = rest.split("/")
    here = document
    for position, part in enumerate(parts):
        if isinstance(here, list) and part.startswith("-") and part[1:].isascii() and part[1:].isdigit():
            index = int(part) + len(here) + (1 if adds and position == len(parts) - 1 else 0)
            if index < 0:
                raise _CannotApplyError(f"{part} is before the list's start")
            parts[position] = part = str(index)
        here = _child(here, part)
    return "/" + "/".join(parts)


def _child(here: Any, part: str) -> Any:
    """Return what is at `part` of `here`, None when that is nothing."""
    if isinstance(here, dict):
        return here.get(jsonpointer.unescape(part))
    if isinstance(here, list) and part.isascii() and part.isdigit() and int(part) < len(here):
        return here[int(part)]
    return None


def _at(document: Any, path: str) -> Any:
    return jsonpointer.resolve_pointer(document, path)


def _lacks(document: Any, path: str) -> bool:
    """Tell whether `path` names a member that its object, which is there, does not have."""
    parent, _, key = path.rpartition("/")
    found = jsonpointer.resolve_pointer(document, parent, None)
    return isinstance(found, dict) and jsonpointer.unescape(key) not in found
