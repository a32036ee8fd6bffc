"""What is particular to a kind, asked in one place.

insideout.apiserver.objects knows the built-in kinds, insideout.apiserver.crd the custom ones.

Source: pkg/registry/*/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver import crd, objects, protobuf, warning
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects.warnings import about
from insideout.apiserver.status import Cause, bad_request, unsupported_media_type

Object = dict[str, Any]


def decode(
    kind: Kind,
    body: bytes | Object,
    media_type: str = "",
    field_validation: str = "",
    settled: Object | None = None,
) -> tuple[Object, list[str]]:
    """Return the object in a body with its defaults, which the server may change, and warnings.

    `settled` is what is stored, for a write of the status: the object may then have its spec.
    """
    directive = field_validation or "Warn"
    if isinstance(body, bytes) and media_type == protobuf.MEDIA_TYPE:
        body = _from_protobuf(kind, body)
    custom = kind.definition is not None
    first = "Warn" if custom and directive == "Strict" else directive  # the schema has its say too
    if isinstance(body, bytes):
        obj, warnings = objects.decode(kind, body, media_type or "application/json", first)
    else:
        obj, warnings = objects.normalize(kind, body, first, settled)
    obj.setdefault("metadata", {})
    if custom:
        warnings = _shape(kind, obj, directive, warnings)
    else:
        objects.set_defaults(kind, obj, settled)
    return obj, warnings


def _from_protobuf(kind: Kind, body: bytes) -> Object:
    if kind.definition is not None:
        raise unsupported_media_type(("application/json", "application/yaml"))
    try:
        return protobuf.read_object(kind, body)
    except ValueError as problem:
        why = f"the object provided is unrecognized (must be of type {kind.kind}): {problem}"
        raise bad_request(f"{why} ({body[:30].hex()}{' ...' if len(body) > 30 else ''})") from None


def _shape(kind: Kind, obj: Object, directive: str, warnings: list[str]) -> list[str]:
    """Prune and default a custom object; return a warning for each field dropped, or raise 400 for them."""
    unknown = [*warnings, *crd.shape_resource(kind, obj)]
    if unknown and directive == "Strict":
        why = f"strict decoding error: {', '.join(unknown)}"
        where = f"{kind.kind} in version {go_quote(kind.version)} cannot be handled as a {kind.kind}"
        raise bad_request(f"{where}: {why}")
    return unknown if directive == "Warn" else []


def prepare_for_create(kind: Kind, obj: Object) -> None:
    """Set what the server owns on a new object."""
    objects.prepare_for_create(kind, obj)


def prepare_for_update(kind: Kind, new: Object, old: Object, subresource: str) -> None:
    """Keep what this write may not change."""
    objects.prepare_for_update(kind, new, old, subresource)


def validate_create(kind: Kind, obj: Object) -> list[Cause]:
    """Return what is wrong with a new object."""
    if kind.definition is not None:
        crd.check_type(kind, obj)
    return objects.validate_create(kind, obj)


def validate_update(kind: Kind, new: Object, old: Object, subresource: str) -> list[Cause]:
    """Return what is wrong with a change."""
    if kind.definition is not None:
        crd.check_type(kind, new)
    return objects.validate_update(kind, new, old, subresource)


def warn(kind: Kind, new: Object, old: Object | None) -> None:
    """Warn of what is accepted, but deprecated, ignored or surprising."""
    if warning.is_heard():
        for text in about(kind, new, old):
            warning.warn(text)


_CREATED_ON_UPDATE = ("endpoints", "events", "leases.coordination.k8s.io", "services")
_VERSION_REQUIRED = (
    "leases.coordination.k8s.io",
    "poddisruptionbudgets.policy",
    "customresourcedefinitions.apiextensions.k8s.io",
)
_RETURNED_WHEN_DELETED = (
    "namespaces", "persistentvolumeclaims", "persistentvolumes", "pods", "resourcequotas", "serviceaccounts",
    "services", "csidrivers.storage.k8s.io", "csinodes.storage.k8s.io", "storageclasses.storage.k8s.io",
    "volumeattachments.storage.k8s.io", "volumeattributesclasses.storage.k8s.io",
)  # fmt: skip


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
    return kind.qualified_resource in ("jobs.batch", "replicationcontrollers")


def collects_garbage(kind: Kind) -> bool:
    """Say whether deletion options about dependents mean anything for this kind."""
    return kind.qualified_resource != "events"
