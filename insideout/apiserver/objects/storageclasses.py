"""StorageClasses: who makes volumes for claims of a class, when, and what becomes of them.

Source: pkg/apis/storage/validation/validation.go, pkg/apis/storage/v1/defaults.go,
pkg/registry/storage/storageclass/strategy.go@v1.36.2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_MODES = ("Immediate", "WaitForFirstConsumer")
_POLICIES = ("Delete", "Retain")
_MOST_PARAMETERS, _LONGEST_PARAMETERS = 512, 256 * 1024
_FIXED = ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")


def defaults(obj: Object) -> None:
    """Fill in what a class leaves out."""
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def validate(obj: Object) -> Causes:
    """Return what is wrong with a StorageClass."""
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    causes += provisioner(obj.get("provisioner", ""), "provisioner")
    causes += parameters(obj.get("parameters") or {}, "parameters")
    if obj["reclaimPolicy"]:
        causes += field.one_of("reclaimPolicy", obj["reclaimPolicy"], _POLICIES)
    causes += field.one_of("volumeBindingMode", obj["volumeBindingMode"], _MODES)
    return causes + _topologies(obj.get("allowedTopologies") or ())


def provisioner(name: str, path: str) -> Causes:
    """Return what is wrong with the name of who makes volumes."""
    return field.each(path, name.lower(), names.label_key(name.lower())) if name else [field.required(path)]


def parameters(given: Mapping[str, str], path: str) -> Causes:
    """Return what is wrong with what a class tells its driver."""
    if len(given) > _MOST_PARAMETERS:
        return [field.too_long(path, _MOST_PARAMETERS)]
    causes: Causes = []
    if "" in given:
        causes.append(field.invalid(path, "", "field can not be empty."))
    if sum(len(key.encode()) + len(value.encode()) for key, value in given.items()) > _LONGEST_PARAMETERS:
        causes.append(field.too_long(path, _LONGEST_PARAMETERS))
    return causes


def _topologies(terms: Sequence[Object]) -> Causes:
    causes: Causes = []
    seen: list[dict[str, set[str]]] = []
    for index, term in enumerate(terms):
        at = f"allowedTopologies[{index}].matchLabelExpressions"
        values: dict[str, set[str]] = {}
        for number, each in enumerate(term.get("matchLabelExpressions") or ()):
            where, key = f"{at}[{number}]", each.get("key", "")
            causes += _requirement(each, where)
            if key in values:
                causes.append(field.duplicate(f"{where}.key", key))
            values[key] = set(each.get("values") or ())
        if values in seen:
            causes.append(field.duplicate(at, ""))
        seen.append(values)
    return causes


def _requirement(given: Object, path: str) -> Causes:
    causes: Causes = []
    values = given.get("values") or []
    if not values:
        causes.append(field.required(f"{path}.values"))
    for index, value in enumerate(values):
        if value in values[:index]:
            causes.append(field.duplicate(f"{path}.values[{index}]", value))
    return causes + metadata.label_name(given.get("key", ""), f"{path}.key")


def _change(new: Object, old: Object) -> Causes:
    causes = validate(new) + metadata_change(new, old)
    for name in _FIXED:
        causes += field.immutable(name, new.get(name), old.get(name))
    return causes


STORAGE_CLASS = Strategy(defaults=defaults, validate=validate, validate_update=_change)
