"""What is particular to a kind, asked in one place: built-in kinds are known to course.apiserver.objects, custom
ones by their definitions to course.apiserver.crd.

Source: pkg/registry/*/strategy.go@v1.36.2.
"""

from typing import Any

from course.apiserver import objects
from course.apiserver.kinds import Kind
from course.apiserver.status import Cause

Object = dict[str, Any]


def decode(
    kind: Kind, body: bytes | Object, media_type: str = "", field_validation: str = ""
) -> tuple[Object, list[str]]:
    """Return the object in a body with its defaults, which the server may change, and warnings."""
    directive = field_validation or "Warn"
    if isinstance(body, bytes):
        obj, warnings = objects.decode(kind, body, media_type or "application/json", directive)
    else:
        obj, warnings = objects.normalize(kind, body, directive)
    obj.setdefault("metadata", {})
    objects.set_defaults(kind, obj)
    return obj, warnings


def prepare_for_create(kind: Kind, obj: Object) -> None:
    """Set what the server owns on a new object."""
    objects.prepare_for_create(kind, obj)


def prepare_for_update(kind: Kind, new: Object, old: Object, subresource: str) -> None:
    """Keep what this write may not change."""
    objects.prepare_for_update(kind, new, old, subresource)


def validate_create(kind: Kind, obj: Object) -> list[Cause]:
    """Return what is wrong with a new object."""
    return objects.validate_create(kind, obj)


def validate_update(kind: Kind, new: Object, old: Object, subresource: str) -> list[Cause]:
    """Return what is wrong with a change."""
    return objects.validate_update(kind, new, old, subresource)


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
