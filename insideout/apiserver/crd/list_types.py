"""Sets and maps among a custom resource's lists: no element twice.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go@v1.36.2.
"""

import json
from typing import Any

from insideout.apiserver.crd.parts import Schema, parts
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes


def causes_of(schema: Schema | None, value: Any, path: str = "") -> Causes:
    """Return which elements come twice in lists that x-kubernetes-list-type calls sets or maps."""
    causes: Causes = []
    for described, part, at in parts(schema, value, path):
        if isinstance(part, list):
            if described.get("x-kubernetes-list-type") == "set":
                causes += [field.duplicate(f"{at}[{index}]", part[index]) for index in _repeated(part)]
            elif described.get("x-kubernetes-list-type") == "map":
                causes += _map_causes(described.get("x-kubernetes-list-map-keys") or [], part, at)
    return causes


def _map_causes(keys: list[str], value: list[Any], path: str) -> Causes:
    for index, item in enumerate(value):
        if item is not None and not isinstance(item, dict):
            detail = "must be an object for an array of list-type map"
            return [field.invalid(f"{path}[{index}]", item, detail)]
    found = [{key: item[key] for key in keys if key in item} if item else {} for item in value]
    return [field.duplicate(f"{path}[{index}]", found[index]) for index in _repeated(found)]


def _repeated(items: list[Any]) -> list[int]:
    """Return where an element comes for the second time."""
    times: dict[str, int] = {}
    repeated = []
    for index, item in enumerate(items):
        text = json.dumps(item, sort_keys=True)
        times[text] = times.get(text, 0) + 1
        if times[text] == 2:
            repeated.append(index)
    return repeated
