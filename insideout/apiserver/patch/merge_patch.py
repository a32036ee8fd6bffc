"""JSON Merge Patch (RFC 7386): a partial object; null deletes, objects merge, anything else replaces.

    {"metadata": {"labels": {"old": null, "new": "x"}}, "spec": {"replicas": 3}}

It needs no schema, so it works on every kind, custom resources included.  The price: a list is always
replaced as a whole, and null cannot be stored.

One difference from the RFC, which upstream's library makes: nulls are also taken out of new objects inside
lists.

Source: gopkg.in/evanphx/json-patch.v4/merge.go, k8s.io/apiserver/pkg/endpoints/handlers/patch.go
(applyJSPatch)@v1.36.2.
"""

from typing import Any

from insideout.apimachinery.copies import copied
from insideout.apiserver.patch.go_values import json_kind
from insideout.apiserver.status import bad_request


def apply_merge_patch(obj: dict[str, Any], patch: Any) -> dict[str, Any]:
    """Return `obj` with `patch` merged in; neither is changed.

    What the patch leaves alone is in the result as it is in `obj`, not a copy of it.
    Raises StatusError 400 when `patch` is not an object.
    """
    if patch is None:
        raise bad_request("Invalid JSON Patch")
    if not isinstance(patch, dict):
        message = f"cannot unmarshal {json_kind(patch)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"error decoding patch: json: {message}")
    return _merge(obj, patch)


def _merge(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    merged = {key: value for key, value in target.items() if key not in patch}
    for key, value in patch.items():
        if value is None:
            continue
        current = target.get(key)
        if isinstance(current, dict) and isinstance(value, dict):
            merged[key] = _merge(current, value)
        elif isinstance(current, dict):
            merged[key] = copied(value)
        else:
            merged[key] = without_nulls(value)
    return merged


def without_nulls(value: Any) -> Any:
    """Return a copy of `value` in which no object, at any depth, has a null member; list items stay."""
    if isinstance(value, dict):
        return {
            key: without_nulls(each) if isinstance(each, _BRANCHES) else each
            for key, each in value.items()
            if each is not None
        }
    if isinstance(value, list):
        return [without_nulls(each) if isinstance(each, _BRANCHES) else each for each in value]
    return value


_BRANCHES = (dict, list)
