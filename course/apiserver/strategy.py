"""What is particular to a kind: reading it, its defaults, what a write may change, validation.  (Being built.)"""

from typing import Any

from course.apimachinery.copies import copied
from course.apiserver.kinds import Kind
from course.apiserver.status import Cause

Object = dict[str, Any]


def decode(kind: Kind, body: Object, field_validation: str = "") -> tuple[Object, list[str]]:
    """Return a new object that the server may change, and warnings."""
    obj = copied(body)
    obj["apiVersion"], obj["kind"] = kind.api_version, kind.kind
    obj.setdefault("metadata", {})
    return obj, []


def prepare_for_create(kind: Kind, obj: Object) -> None:
    """Set what the server owns on a new object."""
    if kind.kind not in ("ConfigMap", "Secret", "Namespace", "Event", "Lease", "Node"):
        obj["metadata"]["generation"] = 1
    if kind.kind == "Pod":
        obj["status"] = {"phase": "Pending"}


def prepare_for_update(kind: Kind, new: Object, old: Object, subresource: str) -> None:
    """Keep what this write may not change."""
    if kind.subresource("status"):
        if subresource == "status":
            new["metadata"], new["spec"] = {**old["metadata"]}, old.get("spec", {})
        elif "status" in old:
            new["status"] = old["status"]
    if "generation" in old["metadata"] and new.get("spec") != old.get("spec"):
        new["metadata"]["generation"] = old["metadata"]["generation"] + 1


def validate_create(kind: Kind, obj: Object) -> list[Cause]:
    """Return what is wrong with a new object."""
    return []


def validate_update(kind: Kind, new: Object, old: Object, subresource: str) -> list[Cause]:
    """Return what is wrong with a change."""
    return []


_CREATED_ON_UPDATE = ("endpoints", "events", "leases.coordination.k8s.io", "services")
_VERSION_REQUIRED = (
    "leases.coordination.k8s.io",
    "poddisruptionbudgets.policy",
    "customresourcedefinitions.apiextensions.k8s.io",
)
_RETURNED_WHEN_DELETED = ("namespaces", "persistentvolumeclaims", "pods", "serviceaccounts", "services")


def allows_create_on_update(kind: Kind) -> bool:
    """Say whether an update creates what is not there."""
    return kind.qualified_resource in _CREATED_ON_UPDATE


def allows_unconditional_update(kind: Kind) -> bool:
    """Say whether an update may leave out resourceVersion."""
    return kind.definition is None and kind.qualified_resource not in _VERSION_REQUIRED


def returns_deleted(kind: Kind) -> bool:
    """Say whether DELETE answers with the object that is gone, not with a Status."""
    return kind.qualified_resource in _RETURNED_WHEN_DELETED


def orphans_by_default(kind: Kind) -> bool:
    """Say whether dependents survive a deletion that says nothing about them."""
    return kind.qualified_resource == "jobs.batch"


def collects_garbage(kind: Kind) -> bool:
    """Say whether deletion options about dependents mean anything for this kind."""
    return kind.qualified_resource != "events"
