"""Namespaces.

Source: pkg/apis/core/validation/validation.go (ValidateNamespace),
pkg/registry/core/namespace/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_NAME_LABEL = "kubernetes.io/metadata.name"
_FINALIZER = "kubernetes"


def defaults(namespace: Object) -> None:
    """Label it with its own name."""
    meta = namespace["metadata"]
    if meta.get("name"):
        meta["labels"] = {**(meta.get("labels") or {}), _NAME_LABEL: meta["name"]}
    status = namespace.get("status") or {}
    namespace["status"] = status if status.get("phase") else {**status, "phase": "Active"}


def validate(namespace: Object) -> Causes:
    """Return what is wrong with a Namespace."""
    causes = metadata.validate_kubernetes(namespace["metadata"], False, names.dns_label)
    for finalizer in (namespace.get("spec") or {}).get("finalizers") or ():
        causes += finalizer_rules(finalizer, "spec.finalizers")
    return causes


def finalizer_rules(finalizer: str, path: str) -> Causes:
    """Return what is wrong with a finalizer of a Namespace's spec."""
    return field.each(path, finalizer, names.label_key(finalizer)) + metadata.unqualified(finalizer, path)


def validate_status(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of a Namespace's phase."""
    causes = metadata_change(new, old)
    going = bool(new["metadata"].get("deletionTimestamp"))
    phase, due = (new.get("status") or {}).get("phase", ""), "Terminating" if going else "Active"
    if phase != due:
        detail = f"may only be '{due}' if `deletionTimestamp` is {'not ' if going else ''}empty"
        causes.append(field.invalid("status.Phase", phase, detail))
    return causes


def _on_create(namespace: Object) -> None:
    namespace["status"] = {"phase": "Active"}
    spec = namespace.setdefault("spec", {})
    finalizers = spec.get("finalizers") or []
    if _FINALIZER not in finalizers:
        spec["finalizers"] = [*finalizers, _FINALIZER]
    defaults(namespace)


def _on_update(new: Object, old: Object) -> None:
    kept = (old.get("spec") or {}).get("finalizers")
    new["spec"] = {**(new.get("spec") or {})}
    new["spec"].pop("finalizers", None)
    if kept:
        new["spec"]["finalizers"] = kept
    defaults(new)


def _finalize(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of the spec's finalizers, which only this door makes."""
    causes = metadata_change(new, old)
    for index, finalizer in enumerate((new.get("spec") or {}).get("finalizers") or ()):
        causes += finalizer_rules(finalizer, f"spec.finalizers[{index}]")
    return causes


NAMESPACE = Strategy(
    defaults=defaults,
    on_create=_on_create,
    on_update=_on_update,
    validate=validate,
    validate_update=lambda new, old: validate(new) + metadata_change(new, old),
    validate_status=validate_status,
    has_status=True,
    subresources={"finalize": Strategy(validate_update=_finalize, has_status=True)},
)
