"""Query parameters, read into the options of each verb and checked as upstream checks them.

Source: k8s.io/apimachinery/pkg/runtime/conversion.go (how a string becomes a number or a boolean),
k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go,
k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go@v1.36.2.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from insideout.apimachinery import goduration
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import DeleteOptions, ListOptions, WriteOptions
from insideout.apiserver.requests import Query, Request
from insideout.apiserver.status import Cause, bad_request, invalid

_LONGEST_MANAGER = 128
_EXACT, _NOT_OLDER_THAN = "Exact", "NotOlderThan"


def write_options(request: Request, options_kind: str, *, apply: bool = False) -> WriteOptions:
    """Return the options of a create, update or patch; raise 422 about `options_kind` when they are wrong."""
    manager = request.parameter("fieldManager")
    dry_run = request.query.get("dryRun") or []
    validation = request.parameter("fieldValidation")
    force = _boolean(request.query, "force")
    causes = []
    if options_kind == "PatchOptions":
        if apply and not manager:
            causes.append(_cause("Required", "fieldManager", "Required value: is required for apply patch"))
        if not apply and force is not None:
            message = "Forbidden: may not be specified for non-apply patch"
            causes.append(_cause("Forbidden", "force", message))
    causes += _manager_causes(manager)
    causes += dry_run_causes(dry_run)
    if validation not in ("", "Ignore", "Strict", "Warn"):
        message = (
            f'Unsupported value: {go_quote(validation)}: supported values: "", "Ignore", "Strict", "Warn"'
        )
        causes.append(_cause("NotSupported", "fieldValidation", message))
    if causes:
        raise invalid(_options_kind(options_kind), "", causes)
    manager = manager or _manager_of(request)
    return WriteOptions(bool(dry_run), manager, validation, force, user=request.user)


def check_timeout(query: Query) -> None:
    """Raise 400 when the `timeout` of a request is no duration; here a request takes no time to answer.

    Source: k8s.io/apiserver/pkg/endpoints/filters/request_deadline.go@v1.36.2.
    """
    text = first(query, "timeout")
    if not text:
        return
    try:
        goduration.parse(text)
    except ValueError as problem:
        raise bad_request(f"invalid timeout specified in the request URL - {problem}") from None


def delete_parameters(query: Query) -> DeleteOptions:
    """Return the options of a DELETE without a body."""
    policy = query.get("propagationPolicy")
    uid = query.get("uid")
    return DeleteOptions(
        grace_period_s=_integer(query, "gracePeriodSeconds"),
        propagation_policy=policy[0] if policy else None,
        orphan_dependents=_boolean(query, "orphanDependents"),
        uid=uid[0] if uid else None,
        dry_run=tuple(query.get("dryRun") or ()),
    )


def check_delete_options(options: DeleteOptions) -> None:
    """Raise 422 when delete options make no sense."""
    causes = []
    policy = options.propagation_policy
    if policy is not None and options.orphan_dependents is not None:
        message = "orphanDependents and deletionPropagation cannot be both set"
        causes.append(_cause("Invalid", "propagationPolicy", f"Invalid value: {go_quote(policy)}: {message}"))
    if policy not in (None, "Foreground", "Background", "Orphan"):
        supported = '"Foreground", "Background", "Orphan", "nil"'
        message = f"Unsupported value: {go_quote(policy)}: supported values: {supported}"
        causes.append(_cause("NotSupported", "propagationPolicy", message))
    causes += dry_run_causes(options.dry_run)
    if causes:
        raise invalid(_options_kind("DeleteOptions"), "", causes)


def list_options(query: Query, *, watch: bool = False) -> ListOptions:
    """Return the options of a list or watch; raise 400 or 422 when they are wrong."""
    timeout_s = _integer(query, "timeoutSeconds")
    options = ListOptions(
        label_selector=first(query, "labelSelector"),
        field_selector=first(query, "fieldSelector"),
        resource_version=first(query, "resourceVersion"),
        resource_version_match=first(query, "resourceVersionMatch"),
        limit=max(_integer(query, "limit") or 0, 0),
        continue_token=first(query, "continue"),
        timeout_s=float(timeout_s) if timeout_s else None,
        allow_bookmarks=_boolean(query, "allowWatchBookmarks") or False,
        send_initial_events=_boolean(query, "sendInitialEvents"),
    )
    if watch:
        options = _with_initial_events(options)
    causes = _watch_causes(options) if watch else _list_causes(options)
    if causes:
        raise invalid(_options_kind("ListOptions"), "", causes)
    return options


def _with_initial_events(options: ListOptions) -> ListOptions:
    """Return the options of a watch from no version or "0", which means one that begins with what there is.

    Source: k8s.io/apimachinery/pkg/apis/meta/internalversion/defaults.go@v1.36.2 (SetListOptionsDefaults).
    """
    if options.send_initial_events is not None or options.resource_version_match:
        return options
    if options.resource_version not in ("", "0"):
        return options
    return replace(options, send_initial_events=True, resource_version_match=_NOT_OLDER_THAN)


def is_watch(query: Query) -> bool:
    """Say whether a GET of a collection asks for a watch."""
    return _boolean(query, "watch") or False


def dry_run_causes(values: Sequence[str]) -> list[Cause]:
    """Return what is wrong with the dryRun parameter: its only value is "All"."""
    if all(value == "All" for value in values):
        return []
    listed = ",".join(go_quote(value) for value in values)
    message = f'Unsupported value: [{listed}]: supported values: "All"'
    return [_cause("NotSupported", "dryRun", message)]


def _list_causes(options: ListOptions) -> list[Cause]:
    match, causes, path = options.resource_version_match, [], "resourceVersionMatch"
    if match:
        if not options.resource_version:
            message = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
            causes.append(_cause("Forbidden", path, message))
        if options.continue_token:
            message = "Forbidden: resourceVersionMatch is forbidden when continue is provided"
            causes.append(_cause("Forbidden", path, message))
        if match not in (_EXACT, _NOT_OLDER_THAN):
            message = f'Unsupported value: {go_quote(match)}: supported values: "Exact", "NotOlderThan", ""'
            causes.append(_cause("NotSupported", path, message))
        if match == _EXACT and options.resource_version == "0":
            message = 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
            causes.append(_cause("Forbidden", path, message))
    if options.send_initial_events is not None:
        message = "Forbidden: sendInitialEvents is forbidden for list"
        causes.append(_cause("Forbidden", "sendInitialEvents", message))
    return causes


def _watch_causes(options: ListOptions) -> list[Cause]:
    match, causes, path = options.resource_version_match, [], "resourceVersionMatch"
    if options.send_initial_events is not None and match != _NOT_OLDER_THAN:
        message = f"Forbidden: sendInitialEvents requires setting resourceVersionMatch to {_NOT_OLDER_THAN}"
        causes.append(_cause("Forbidden", path, message))
    if match:
        if options.send_initial_events is None:
            message = (
                "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            )
            causes.append(_cause("Forbidden", path, message))
        if match != _NOT_OLDER_THAN:
            message = f'Unsupported value: {go_quote(match)}: supported values: "NotOlderThan"'
            causes.append(_cause("NotSupported", path, message))
        if options.continue_token:
            message = "Forbidden: resourceVersionMatch is forbidden when continue is provided"
            causes.append(_cause("Forbidden", path, message))
    return causes


def _manager_causes(manager: str) -> list[Cause]:
    causes = []
    if len(manager.encode()) > _LONGEST_MANAGER:
        message = f"Too long: may not be more than {_LONGEST_MANAGER} bytes"
        causes.append(_cause("TooLong", "fieldManager", message))
    position = 0
    for char in manager:
        if not char.isprintable():
            problem = f"invalid character U+{ord(char):04X} (at position {position})"
            message = f"Invalid value: {go_quote(manager)}: {problem}"
            causes.append(_cause("Invalid", "fieldManager", message))
        position += len(char.encode())
    return causes


def _manager_of(request: Request) -> str:
    """Return the manager of a client that names none: the first part of its User-Agent."""
    agent = request.headers.get("user-agent", "").split("/")[0]
    return "".join(char for char in agent if char.isprintable())[:_LONGEST_MANAGER]


def _options_kind(name: str) -> Kind:
    return Kind("meta.k8s.io", "v1", name, "", "")


def _cause(type_: str, field: str, message: str) -> Cause:
    return Cause(f"FieldValue{type_}", field, message)


def first(query: Query, name: str) -> str:
    """Return the first value of a parameter, "" when it is not there."""
    values = query.get(name)
    return values[0] if values else ""


def _boolean(query: Query, name: str) -> bool | None:
    """Return a boolean as upstream reads it: only "0" and "false" are false, and nothing is None."""
    values = query.get(name)
    return values[0].lower() not in ("0", "false") if values else None


def _integer(query: Query, name: str) -> int | None:
    values = query.get(name)
    if not values:
        return None
    text = values[0]
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise bad_request(f"strconv.ParseInt: parsing {go_quote(text)}: invalid syntax")
    if not -(2**63) <= int(text) < 2**63:
        raise bad_request(f"strconv.ParseInt: parsing {go_quote(text)}: value out of range")
    return int(text)
