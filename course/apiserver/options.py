"""The options of each verb, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WriteOptions:
    """Options of create, update and patch."""

    dry_run: bool = False
    field_manager: str = ""
    field_validation: str = ""
    force: bool | None = None


@dataclass(frozen=True)
class DeleteOptions:
    """Options of delete; None where the client said nothing."""

    grace_period_s: int | None = None
    propagation_policy: str | None = None
    orphan_dependents: bool | None = None
    uid: str | None = None
    resource_version: str | None = None
    dry_run: bool = False


def delete_options(body: Mapping[str, Any]) -> DeleteOptions:
    """Return what the body of a DELETE, or of an eviction, says."""
    preconditions = body.get("preconditions") or {}
    return DeleteOptions(
        grace_period_s=body.get("gracePeriodSeconds"),
        propagation_policy=body.get("propagationPolicy"),
        orphan_dependents=body.get("orphanDependents"),
        uid=preconditions.get("uid"),
        resource_version=preconditions.get("resourceVersion"),
        dry_run=bool(body.get("dryRun")),
    )


@dataclass(frozen=True)
class ListOptions:
    """Options of list and watch."""

    label_selector: str = ""
    field_selector: str = ""
    resource_version: str = ""
    resource_version_match: str = ""
    limit: int = 0
    continue_token: str = ""
    timeout_s: float | None = None
    allow_bookmarks: bool = False
    send_initial_events: bool | None = None
