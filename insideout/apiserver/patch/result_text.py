"""What a JSON or merge patch makes of an object, as the text that upstream quotes when that is no object.

The library behind it reads an object only as far as the patch goes in.  What it has read it writes with
sorted keys, the rest as it stood; new values of a merge patch are read, those of a JSON patch are not.

Source: gopkg.in/evanphx/json-patch.v4/{merge,patch}.go.
"""

import json
from collections.abc import Iterator
from typing import Any

from insideout.apiserver.patch.json_patch import apply_json_patch
from insideout.apiserver.patch.merge_patch import without_nulls

Path = tuple[str, ...]


def result_text(type_: str, before: dict[str, Any], patch: Any) -> str:
    """Return the result of a patch ("json" or "merge") of `before`, whose keys are in Go's order, as text."""
    if type_ == "merge":
        result = _merged(before, patch)
    else:
        result = _sorted_at(apply_json_patch(before, patch), set(_visited(patch)), ())
    text = json.dumps(result, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _merged(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    result = {}
    for key in sorted({*target, *patch}):
        if key not in patch:
            result[key] = target[key]
        elif isinstance(target.get(key), dict) and isinstance(patch[key], dict):
            result[key] = _merged(target[key], patch[key])
        elif patch[key] is not None:
            result[key] = _all_sorted(without_nulls(patch[key]))
    return result


def _all_sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _all_sorted(value[key]) for key in sorted(value)}
    return [_all_sorted(each) for each in value] if isinstance(value, list) else value


def _visited(patch: Any) -> Iterator[Path]:
    """Yield the paths of all objects and lists that the operations go through."""
    for operation in patch or []:
        for name in ("path", "from"):
            steps = tuple(str((operation or {}).get(name) or "").split("/")[1:])
            yield from (steps[:length] for length in range(len(steps)))


def _sorted_at(value: Any, visited: set[Path], at: Path) -> Any:
    if at not in visited:
        return value
    if isinstance(value, list):
        return [_sorted_at(each, visited, (*at, str(index))) for index, each in enumerate(value)]
    if isinstance(value, dict):
        return {key: _sorted_at(value[key], visited, (*at, key)) for key in sorted(value)}
    return value
