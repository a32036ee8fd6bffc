"""Objects inside custom resources: an embedded resource has an apiVersion, a kind and ordinary metadata.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/validation.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from course.apimachinery import names
from course.apiserver.objects import field, metadata
from course.apiserver.objects.field import Causes

Schema = Mapping[str, Any]


def causes_of(schema: Schema | None, value: Any, path: str = "") -> Causes:
    """Return what is wrong with the embedded resources in `value`; `schema` says where they are."""
    if schema is None:
        return []
    causes: Causes = []
    if isinstance(value, list):
        for index, item in enumerate(value):
            causes += causes_of(schema.get("items"), item, f"{path}[{index}]")
    elif isinstance(value, dict):
        if schema.get("x-kubernetes-embedded-resource"):
            causes += _resource_causes(value, path)
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for name in sorted(value):
            if name in properties:
                causes += causes_of(properties[name], value[name], _below(path, name))
            elif isinstance(others, Mapping):
                causes += causes_of(others, value[name], f"{path}[{name}]")
    return causes


def _resource_causes(value: dict[str, Any], path: str) -> Causes:
    causes: Causes = []
    for name in ("apiVersion", "kind"):
        said, at = value.get(name), _below(path, name)
        if name not in value:
            causes.append(field.required(at))
        elif not isinstance(said, str):
            causes.append(field.invalid(at, said, "must be a string"))
        elif not said:
            causes.append(field.invalid(at, said, "must not be empty"))
        elif name == "kind" and (reasons := names.dns_1035_label(said.lower())):
            detail = f"may have mixed case, but should otherwise match: {','.join(reasons)}"
            causes.append(field.invalid(at, said, detail))
        elif name == "apiVersion" and said.count("/") > 1:
            causes.append(field.invalid(at, said, f"unexpected GroupVersion string: {said}"))
    meta = value.get("metadata")
    if isinstance(meta, dict):
        named = {**meta, "name": meta.get("name") or "fakename"}
        namespaced = bool(meta.get("namespace"))
        causes += metadata.validate(named, namespaced, names.path_segment, _below(path, "metadata"))
    return causes


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
