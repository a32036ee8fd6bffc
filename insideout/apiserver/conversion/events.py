"""Events of events.k8s.io/v1 as core/v1 stores them: the same facts under other names, and stricter rules.

Source: pkg/apis/events/v1/conversion.go, pkg/apis/core/validation/events.go (ValidateEventCreate,
ValidateEventUpdate)@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import events, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.status import Cause

Object = dict[str, Any]

_NAMES: Mapping[str, str] = {
    "regarding": "involvedObject",
    "note": "message",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
    "reportingController": "reportingComponent",
}
_CORE: Mapping[str, str] = {core: name for name, core in _NAMES.items()}
_PARTS = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
FIELDS: Mapping[str, str] = {
    "reason": "reason",
    **{f"regarding.{part}": f"involvedObject.{part}" for part in _PARTS},
    "reportingController": "reportingComponent",
    "type": "type",
    "metadata.namespace": "metadata.namespace",
    "metadata.name": "metadata.name",
}
_UNSET = ("firstTimestamp", "lastTimestamp", "count")
_FIXED = (
    "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "type",
    "eventTime", "action", "related", "reportingComponent", "reportingInstance",
)  # fmt: skip


def to_core(event: Object) -> Object:
    """Return an event of events.k8s.io/v1 as core/v1 writes it."""
    return {_NAMES.get(key, key): value for key, value in event.items()} | {"apiVersion": "v1"}


def from_core(event: Object) -> Object:
    """Return an event of core/v1 as events.k8s.io/v1 writes it; what is not set is left out."""
    shown = {_CORE.get(key, key): value for key, value in event.items()}
    for name in ("deprecatedFirstTimestamp", "deprecatedLastTimestamp"):
        if shown.get(name) is None:
            shown[name] = None
    return shown | {"apiVersion": "events.k8s.io/v1"}


def rules(new: Object, old: Object | None) -> Causes:
    """Return what events.k8s.io/v1 finds wrong with an event, in core's form, that was made or changed."""
    causes = [_renamed(each) for each in events.validate(new)]
    if old is not None:
        return causes + _change(new, old)
    causes += metadata.validate_kubernetes(new["metadata"], True, names.dns_subdomain) + _series(new)
    if not new.get("eventTime"):
        causes.append(field.required("eventTime"))
    if new.get("type") not in ("Normal", "Warning"):
        causes.append(field.invalid("type", "", f"has invalid value: {new.get('type', '')}"))
    causes += [field.invalid(name, "", "needs to be unset") for name in _UNSET if new.get(name)]
    if any((new.get("source") or {}).values()):
        causes.append(field.invalid("source", "", "needs to be unset"))
    return causes


def _renamed(cause: Cause) -> Cause:
    """Return a cause with the outer form's name of the one field that messages name differently."""
    path = "reportingController" if cause.field == "reportingComponent" else cause.field
    return cause._replace(field=path)


def _series(event: Object) -> Causes:
    series = event.get("series")
    causes: Causes = []
    if series is not None:
        if (series.get("count") or 0) < 2:
            causes.append(field.invalid("series.count", "", "should be at least 2"))
        if not series.get("lastObservedTime"):
            causes.append(field.required("series.lastObservedTime"))
    return causes


def _change(new: Object, old: Object) -> Causes:
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"])
    if new.get("series") != old.get("series"):
        causes += _series(new)
    for name in _FIXED:
        path = "reportingController" if name == "reportingComponent" else name
        causes += field.immutable(path, new.get(name), old.get(name))
    return causes
