"""The options of each verb, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from insideout.apiserver.status import StatusError, bad_request


@dataclass(frozen=True)
class WriteOptions:
    """Options of create, update and patch."""

    dry_run: bool = False
    field_manager: str = ""
    field_validation: str = ""
    force: bool | None = None
    applies: bool = False
    """Whether the new object comes with its managedFields worked out: server-side apply."""
    user: str = ""
    """Who writes, "" for the administrator."""


@dataclass(frozen=True)
class DeleteOptions:
    """Options of delete; None where the client said nothing."""

    grace_period_s: int | None = None
    propagation_policy: str | None = None
    orphan_dependents: bool | None = None
    uid: str | None = None
    resource_version: str | None = None
    dry_run: Sequence[str] = ()
    user: str = ""


def delete_options(body: Mapping[str, Any]) -> DeleteOptions:
    """Return what the body of a DELETE, or of an eviction, says."""
    preconditions = body.get("preconditions") or {}
    return DeleteOptions(
        grace_period_s=body.get("gracePeriodSeconds"),
        propagation_policy=body.get("propagationPolicy"),
        orphan_dependents=body.get("orphanDependents"),
        uid=preconditions.get("uid"),
        resource_version=preconditions.get("resourceVersion"),
        dry_run=tuple(body.get("dryRun") or ()),
    )


_DELETE_FIELDS: Mapping[str, tuple[type, str]] = {
    "gracePeriodSeconds": (int, "int64"),
    "propagationPolicy": (str, "v1.DeletionPropagation"),
    "orphanDependents": (bool, "bool"),
    "preconditions": (dict, "v1.Preconditions"),
    "dryRun": (list, "[]string"),
}


def check_delete_body(body: Any) -> dict[str, Any]:
    """Return the body of a DELETE; raise 400 when it is not DeleteOptions, or not of their types."""
    if body is not None and not isinstance(body, dict):
        raise bad_request("decoded object cannot be converted to DeleteOptions")
    kept = {key: value for key, value in (body or {}).items() if value is not None}
    if kept.get("kind", "DeleteOptions") != "DeleteOptions":
        raise bad_request("decoded object cannot be converted to DeleteOptions")
    for name, (type_, go) in _DELETE_FIELDS.items():
        if name in kept and type(kept[name]) is not type_:
            raise _wrong_type(kept[name], name, go)
    for name in ("uid", "resourceVersion"):
        value = (kept.get("preconditions") or {}).get(name)
        if value is not None and not isinstance(value, str):
            raise _wrong_type(value, f"preconditions.{name}", "string")
    for value in kept.get("dryRun") or []:
        if not isinstance(value, str):
            raise _wrong_type(value, "dryRun", "string")
    return kept


def _wrong_type(value: Any, name: str, go: str) -> StatusError:
    found = {bool: "bool", str: "string", list: "array", dict: "object"}.get(type(value), "number")
    return bad_request(
        f"json: cannot unmarshal {found} into Go struct field DeleteOptions.{name} of type {go}"
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
