"""RuntimeClasses: which runtime handler starts a pod's containers, and what that costs besides.

Source: pkg/apis/node/validation/validation.go, pkg/registry/node/runtimeclass/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import placement, requirements
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]


def validate(obj: Object) -> Causes:
    """Return what is wrong with a RuntimeClass."""
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    handler = obj.get("handler", "")
    causes += field.each("handler", handler, names.dns_label(handler))
    fixed = (obj.get("overhead") or {}).get("podFixed")
    if fixed:
        causes += requirements.container_requirements({"limits": fixed}, "overhead")
    scheduling = obj.get("scheduling") or {}
    if scheduling.get("nodeSelector") is not None:
        causes += metadata.labels(scheduling["nodeSelector"], "scheduling.nodeSelector")
    return causes + _tolerations(scheduling.get("tolerations") or [], "scheduling.tolerations")


def _tolerations(tolerations: list[Object], path: str) -> Causes:
    causes = placement.tolerations(tolerations, path)
    seen = set()
    for index, each in enumerate(tolerations):
        key = tuple(each.get(name, "") for name in ("key", "operator", "value", "effect"))
        if key in seen:
            causes.append(field.duplicate(f"{path}[{index}]", each))
        seen.add(key)
    return causes


def _change(new: Object, old: Object) -> Causes:
    return metadata_change(new, old) + field.immutable("handler", new.get("handler"), old.get("handler"))


RUNTIME_CLASS = Strategy(validate=validate, validate_update=_change)
