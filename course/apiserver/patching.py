"""The four patch types, chosen by the body's media type.  (Being built: merge patches so far.)"""

from collections.abc import Sequence
from typing import Any

from course.apimachinery.copies import copied
from course.apiserver.kinds import Kind
from course.apiserver.status import unsupported_media_type

Object = dict[str, Any]


def patched(kind: Kind, type_: str, obj: Object, patch: Object | Sequence[Object]) -> Object:
    """Return what `patch` makes of `obj`, which is not changed."""
    if type_ in ("merge", "strategic") and isinstance(patch, dict):
        merged = _merge(obj, patch)
        assert isinstance(merged, dict)
        return merged
    raise unsupported_media_type(["application/merge-patch+json"])


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return copied(patch)
    merged = {**target} if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged
