"""Leases: who leads, or lives, and until when.

Source: pkg/apis/coordination/validation/validation.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]


def _spec(lease: Object) -> Causes:
    spec = lease.get("spec") or {}
    causes: Causes = []
    duration_s = spec.get("leaseDurationSeconds")
    if duration_s is not None and duration_s <= 0:
        causes.append(field.invalid("spec.leaseDurationSeconds", duration_s, "must be greater than 0"))
    return causes + field.not_negative("spec.leaseTransitions", spec.get("leaseTransitions"))


def _change(new: Object, old: Object) -> Causes:
    return metadata.validate_update(new["metadata"], old["metadata"]) + _spec(new)


def _drop_disabled(lease: Object) -> None:
    """Drop what only coordinated leader election uses: its feature is off by default."""
    for name in ("strategy", "preferredHolder"):
        (lease.get("spec") or {}).pop(name, None)


LEASE = Strategy(
    on_create=_drop_disabled,
    on_update=lambda new, old: _drop_disabled(new),
    validate=lambda lease: metadata.validate(lease["metadata"], True, names.dns_subdomain) + _spec(lease),
    validate_update=_change,
)
