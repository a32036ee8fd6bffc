"""Who set which field: the bookkeeping in `metadata.managedFields`.

Every entry belongs to one manager (a program's name), one operation (Apply or Update) and one subresource,
and holds the set of fields that it last set:

    {"manager": "kubectl", "operation": "Apply", "apiVersion": "v1", "time": "...", "fieldsType": "FieldsV1",
     "fieldsV1": {"f:data": {"f:x": {}}}}

An update (create, replace, any patch but apply) takes the fields that it changed or added from every other
manager; fields that it removed belong to nobody.  An apply (`apply.py`) owns what its configuration says,
changed or not, so a field can have several owners: as long as they agree on its value.

Not owned by anybody: name, uid, resourceVersion and their like, and fields that the endpoint ignores
(`status` in an ordinary write, `spec` in a write of the status).  A client that sends an empty list of
managedFields resets the bookkeeping; it starts again with the first apply.  At most ten updaters are kept; of
the older ones, those with the same API version become one, "ancient-changes".

Left out: conversion between versions of a custom resource (the fields of all versions are taken to be the
same), and lists that a changed CRD has made atomic.

Source: k8s.io/apimachinery/pkg/util/managedfields/internal/*.go, k8s.io/apiserver/pkg/endpoints/handlers/
fieldmanager/equality.go@v1.36.2, sigs.k8s.io/structured-merge-diff/v6/merge/update.go.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch import field_set
from insideout.apiserver.patch.field_set import FieldSet
from insideout.apiserver.patch.schema import type_of
from insideout.apiserver.patch.typed_value import Comparison, UnindexableError, compare

Object = dict[str, Any]
Entry = dict[str, Any]

MAX_UPDATERS = 10
ANCIENT = "ancient-changes"
BEFORE_FIRST_APPLY = "before-first-apply"


class Manager(NamedTuple):
    """What an entry belongs to.  An applier is the same in every API version, an updater is not."""

    name: str
    operation: str
    api_version: str
    subresource: str


class Owned(NamedTuple):
    """What a manager owns, in the words of which API version, and since when."""

    fields: FieldSet
    api_version: str
    time: str | None


Managed = dict[Manager, Owned]


def manager_of(name: str, operation: str, kind: Kind, subresource: str) -> Manager:
    """Return the manager that a request is made by."""
    api_version = "" if operation == "Apply" else kind.api_version
    return Manager(name or "unknown", operation, api_version, subresource)


def record_update(
    kind: Kind, new: Object, old: Object | None, manager: str, operation: str, subresource: str, time: str
) -> list[Entry]:
    """Return the managedFields of `new`, which is about to take the place of `old` (None when it is created).

    `operation` is "Update" for all but apply, which does its own bookkeeping.  `time` is RFC 3339, as stored.
    Both objects are left as they are.  Cost: one walk along what differs, plus one copy of the sets of
    managers that lose fields; an update that changes nothing costs one comparison of the two objects.
    """
    live = old or {}
    managed = _starting_point(live, new, bool(subresource))
    if not managed and old is not None:
        return []  # reset, or never tracked: the first apply starts it
    try:
        managed = update(kind, live, new, managed, manager_of(manager, operation, kind, subresource), time)
    except UnindexableError:
        return []  # upstream, too, drops the bookkeeping of an object that it cannot make sense of
    return encode(managed)


def update(kind: Kind, live: Object, new: Object, managed: Managed, manager: Manager, time: str) -> Managed:
    """Return `managed` after `manager` has turned `live` into `new` by other means than apply.

    Raises UnindexableError when a list cannot be told apart element by element.
    """
    difference = changes(kind, live, new, manager.subresource)
    if not any(difference):
        return managed
    result = take_away(managed, difference)
    gained = field_set.union(difference.modified, difference.added)
    gained = field_set.difference(gained, NEVER_OWNED)
    if gained:
        mine = result.pop(manager, None)
        if mine is not None:
            gained = field_set.union(gained, mine.fields)
        at = time_of_write(manager, mine, time)
        result[manager] = Owned(field_set.in_order(gained), kind.api_version, at)
    return _cap(result)


def time_of_write(manager: Manager, before: Owned | None, time: str) -> str | None:
    """Return the time of a manager's entry after a write.

    Through the scale subresource it is the entry's earlier one: its entries are made from those of the object
    behind it, which know of no other.  Source: managedfields/scalehandler.go (ToParent).
    """
    if manager.subresource == "scale":
        return before.time if before is not None else None
    return time


def changes(kind: Kind, live: Object, new: Object, subresource: str) -> Comparison:
    """Return what differs between two objects in fields that a write to this endpoint can change."""
    difference = compare(type_of(kind), without_bookkeeping(live), without_bookkeeping(new))
    ignored = ignored_fields(kind, subresource)
    if not ignored:
        return difference
    return Comparison(*(field_set.without(each, ignored) for each in difference))


def take_away(managed: Managed, difference: Comparison, keep: Manager | None = None) -> Managed:
    """Return `managed` where nobody but `keep` owns what was changed, and nobody what was removed."""
    lost = field_set.union(field_set.union(difference.modified, difference.added), difference.removed)
    result: Managed = {}
    for manager, owned in managed.items():
        fields = owned.fields if manager == keep else field_set.difference(owned.fields, lost)
        if fields:
            result[manager] = owned._replace(fields=fields)
    return result


def decode(entries: Any, *, trusted: bool = False) -> Managed:
    """Return the managers of a list of managedFields; `trusted` says that the server itself wrote it.

    Raises ValueError saying which entry is wrong.
    """
    managed: Managed = {}
    for index, entry in enumerate(entries or []):
        if not isinstance(entry, dict) or entry.get("operation") not in ("Apply", "Update"):
            raise ValueError("operation must be `Apply` or `Update`")
        if not entry.get("apiVersion"):
            raise ValueError("apiVersion must not be empty")
        if not entry.get("fieldsType"):
            raise ValueError(f"missing fieldsType in managed fields entry {index}")
        if entry["fieldsType"] != "FieldsV1":
            raise ValueError(f'invalid fieldsType "{entry["fieldsType"]}" in managed fields entry {index}')
        operation, api_version = str(entry["operation"]), str(entry["apiVersion"])
        manager = Manager(
            str(entry.get("manager") or ""),
            operation,
            "" if operation == "Apply" else api_version,
            str(entry.get("subresource") or ""),
        )
        fields = entry.get("fieldsV1") or {}
        fields = fields if trusted else field_set.in_order(field_set.canonical(fields))
        managed[manager] = Owned(fields, api_version, entry.get("time"))
    return managed


def encode(managed: Managed) -> list[Entry]:
    """Return the list of managedFields: appliers first, then by time and name."""

    def order(item: tuple[Manager, Owned]) -> tuple[str, str, str, str, str]:
        manager, owned = item
        return (manager.operation, owned.time or "", manager.name, owned.api_version, manager.subresource)

    entries = []
    for manager, owned in sorted(managed.items(), key=order):
        entry: Entry = {
            "manager": manager.name,
            "operation": manager.operation,
            "apiVersion": owned.api_version,
        }
        if owned.time:
            entry["time"] = owned.time
        entry |= {"fieldsType": "FieldsV1", "fieldsV1": owned.fields}
        if manager.subresource:
            entry["subresource"] = manager.subresource
        entries.append(entry)
    return entries


def keep_times(new: Object, old: Object) -> list[Entry]:
    """Return the managedFields of `new`, with the times of `old` when nothing else differs.

    So applying the same configuration again is no change at all, and the resourceVersion stays.
    """
    entries: list[Entry] = (new.get("metadata") or {}).get("managedFields") or []
    before: list[Entry] = (old.get("metadata") or {}).get("managedFields") or []
    timeless = [[{**each, "time": None} for each in side] for side in (entries, before)]
    same = timeless[0] == timeless[1] and without_bookkeeping(new) == without_bookkeeping(old)
    return before if same else entries


def without_bookkeeping(obj: Object) -> Object:
    """Return `obj` without its managedFields; parts that stay the same are shared with it."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return obj
    return {**obj, "metadata": {name: each for name, each in metadata.items() if name != "managedFields"}}


def ignored_fields(kind: Kind, subresource: str) -> FieldSet:
    """Return what a write to this endpoint leaves as it is, and so cannot come to own."""
    if not subresource:
        return {"f:status": {}} if kind.subresource("status") else {}
    if subresource != "status":
        return {}
    if kind.definition is not None:
        return {"f:metadata": {}, "f:spec": {}}
    return {"f:spec": {}, **_IGNORED_METADATA.get(kind.kind, {})}


_IGNORED_METADATA: Mapping[str, FieldSet] = {
    "Deployment": {"f:metadata": {"f:labels": {}}},
    "Pod": {"f:metadata": {"f:deletionTimestamp": {}, "f:ownerReferences": {}}},
}

NEVER_OWNED: FieldSet = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {
        ".": {},
        "f:clusterName": {},
        "f:creationTimestamp": {},
        "f:generation": {},
        "f:managedFields": {},
        "f:name": {},
        "f:namespace": {},
        "f:resourceVersion": {},
        "f:selfLink": {},
        "f:uid": {},
    },
}
"""What the server alone decides, or nobody changes."""


def _starting_point(live: Object, new: Object, is_subresource: bool) -> Managed:
    """Return the managers before an update: the client's list when it sends one, else the stored one."""
    stored = (live.get("metadata") or {}).get("managedFields")
    sent = (new.get("metadata") or {}).get("managedFields")
    if not is_subresource and sent != stored:
        if sent == [] or sent == [{}]:
            return {}
        try:
            if managed := decode(sent):
                return managed
        except ValueError:
            pass  # a client that garbles the list must not destroy it: the stored one counts
    try:
        return decode(stored, trusted=True)
    except ValueError:
        return {}


def _cap(managed: Managed) -> Managed:
    """Unite the oldest updaters of each API version until there are at most ten."""
    updaters = [each for each in managed if each.operation == "Update"]
    excess = len(updaters) - MAX_UPDATERS
    if excess <= 0:
        return managed
    result = dict(managed)
    first: dict[str, Manager] = {}
    for manager in sorted(updaters, key=lambda each: (managed[each].time or "", each)):
        owned = result[manager]
        bucket = Manager(ANCIENT, "Update", owned.api_version, "")
        earlier = first.setdefault(owned.api_version, manager)
        if earlier == manager:
            continue
        if bucket not in result:
            result[bucket] = result.pop(earlier)
        fields = field_set.in_order(field_set.union(owned.fields, result[bucket].fields))
        if manager != bucket:
            del result[manager]
        result[bucket] = owned._replace(fields=fields)
        excess -= 1
        if excess == 0:
            break
    return result
