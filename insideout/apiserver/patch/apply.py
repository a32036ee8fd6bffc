"""Server-side apply: say what you want to own, and the server works out the rest.

The client sends a partial object: the fields it cares about, each time all of them.  The server knows from
`managedFields` what every manager applied last time (`managed_fields.py`), and so it can do what a patch
cannot:

1. *Merge.*  The configuration is laid over the live object, list element by list element
  (`typed_value.merge`).
2. *Prune.*  What this manager applied last time and leaves out now is removed, unless somebody else owns it
  too.
   So deleting a line from a file deletes the field: no directive needed.
3. *Conflict.*  Where the merged object changes a field that another manager owns, the answer is 409 with the
  fields
   and their owners.  With `force` the field changes and its owners lose it.
4. *Own.*  The manager now owns exactly the fields of its configuration.  Two managers that apply the same
  value
   share the field, and then neither can change it alone without a conflict.

To take over from client-side apply without conflicts, the manager named "kubectl" may change fields that the
annotation `last-applied-configuration` shows to be its own.

Source: sigs.k8s.io/structured-merge-diff/v6/merge/update.go (Apply, prune), conflict.go;
k8s.io/apimachinery/pkg/util/managedfields/internal/{fieldmanager,structuredmerge,conflict,lastappliedmanager}.go
@v1.36.2.
"""

import json
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch import field_set, managed_fields
from insideout.apiserver.patch.field_set import FieldSet
from insideout.apiserver.patch.go_values import json_kind
from insideout.apiserver.patch.managed_fields import Managed, Manager, Object, Owned
from insideout.apiserver.patch.schema import Type, type_of
from insideout.apiserver.patch.typed_check import problems
from insideout.apiserver.patch.typed_value import (
    UnindexableError,
    compare,
    fields_of,
    merge,
    remove,
    with_named_fields,
)
from insideout.apiserver.status import Cause, StatusError, apply_conflict, bad_request, conflict

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def server_side_apply(
    kind: Kind, live: Object | None, applied: Any, manager: str, force: bool, subresource: str, time: str
) -> Object:
    """Return the object after `manager` has applied the configuration `applied`; the inputs stay as they are.

    `live` is None when there is no such object yet.  The result still has to be decoded, defaulted and
    validated like any other (a map that lost its last key is null in it); its managedFields are complete.

    Raises StatusError: 409 on conflicts, 400 when the configuration is for another kind or has managedFields,
    500 in upstream's words when it does not fit the type.
    """
    _check(kind, applied)
    stored = live or {}
    try:
        managed = managed_fields.decode((stored.get("metadata") or {}).get("managedFields"), trusted=True)
    except ValueError as error:
        raise StatusError(500, "", f"failed to decode managed fields: {error}") from error
    self = managed_fields.manager_of(manager, "Apply", kind, subresource)
    current = managed_fields.without_bookkeeping(stored)
    try:
        if not managed and current:
            before = managed_fields.manager_of(managed_fields.BEFORE_FIRST_APPLY, "Update", kind, subresource)
            managed = managed_fields.update(kind, {}, current, managed, before, time)
        merged, managed = _apply(kind, current, applied, managed, self, force)
    except UnindexableError as error:
        text = f"failed to create typed live object ({_subject(stored)}): {error}"
        raise StatusError(500, "", text) from error
    uid = (merged.get("metadata") or {}).get("uid")
    if uid and live is None:
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise conflict(kind, merged["metadata"].get("name", ""), why)
    if merged != current and self in managed:
        at = managed_fields.time_of_write(self, managed[self], time)
        managed[self] = managed[self]._replace(time=at)
    if merged != current and manager == "kubectl" and LAST_APPLIED in (_annotations(merged) or {}):
        merged = _with_last_applied(merged, applied)
    metadata = {**(merged.get("metadata") or {}), "managedFields": managed_fields.encode(managed)}
    if not metadata["managedFields"]:
        del metadata["managedFields"]
    return {**merged, "metadata": metadata}


def unconvertible(kind: Kind, applied: Object, problem: str) -> StatusError:
    """Return the 500 for a result that is no object of the kind: `problem` says why in the words of a 400."""
    _, _, why = problem.partition(f" cannot be handled as a {kind.kind}: ")
    if why.startswith("illegal base64"):
        why = f"error decoding from json: {why}"
    text = f"unable to convert unstructured object to {_gvk(applied)}: {why or problem}"
    return StatusError(
        500, "", f"failed to convert new object ({_subject(applied)}) to proper version: {text}"
    )


def _check(kind: Kind, applied: Any) -> None:
    """Refuse what is no configuration of this kind."""
    if applied is not None and not isinstance(applied, dict):
        target = "Go value of type map[string]interface {}"
        message = f"json: cannot unmarshal {json_kind(applied)} into {target}"
        raise bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {message}")
    applied = applied or {}
    if (applied.get("apiVersion"), applied.get("kind")) != (kind.api_version, kind.kind):
        raise bad_request(f"invalid object type: {_gvk(applied)}")
    metadata = applied.get("metadata")
    if isinstance(metadata, dict) and metadata.get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    if wrong := problems(type_of(kind), applied):
        raise StatusError(500, "", f"failed to create typed patch object ({_subject(applied)}): {wrong}")


def _apply(
    kind: Kind, live: Object, applied: Object, managed: Managed, self: Manager, force: bool
) -> tuple[Object, Managed]:
    """Return the object with `applied` merged in and what was left out pruned, and who owns what of it."""
    schema = type_of(kind)
    wanted = field_set.without(
        fields_of(schema, applied), managed_fields.ignored_fields(kind, self.subresource)
    )
    last = managed.get(self)
    owners = {**managed, self: Owned(wanted, kind.api_version, last.time if last else None)}
    merged = merge(schema, live, applied)
    if last is not None:
        merged = _prune(schema, merged, owners, last.fields) or {}
    difference = managed_fields.changes(kind, live, merged, self.subresource)
    touched = field_set.union(difference.modified, difference.added)
    conflicts = {
        manager: overlap
        for manager, owned in sorted(owners.items())
        if manager != self and (overlap := field_set.intersection(owned.fields, touched))
    }
    if conflicts and not force:
        disputed = _disputed(schema, kind, live, conflicts, self)
        if disputed:
            raise _conflict(disputed)
    owners = managed_fields.take_away(owners, difference, keep=self)
    kept = field_set.difference(wanted, managed_fields.NEVER_OWNED)
    if kept:
        owners[self] = owners[self]._replace(fields=field_set.in_order(kept))
    else:
        owners.pop(self, None)
    return merged, owners


def _prune(schema: Type, merged: Object, owners: Managed, last: FieldSet) -> Any:
    """Return `merged` without what this manager applied last time and nobody claims now."""
    owned: FieldSet = {}
    for each in owners.values():
        owned = field_set.union(owned, each.fields)

    def named(fields: FieldSet) -> FieldSet:
        return with_named_fields(schema, fields)

    everything = named(fields_of(schema, merged))
    last = named(last)
    left = named(fields_of(schema, remove(schema, merged, last)))
    pruned = remove(schema, merged, field_set.difference(everything, field_set.union(left, named(owned))))
    left = named(fields_of(schema, pruned))
    return remove(schema, merged, field_set.intersection(field_set.difference(everything, left), last))


def _disputed(
    schema: Type, kind: Kind, live: Object, conflicts: dict[Manager, FieldSet], self: Manager
) -> dict[Manager, FieldSet]:
    """Return the conflicts that remain when kubectl may change what its annotation shows it set."""
    text = (_annotations(live) or {}).get(LAST_APPLIED)
    if self.name != "kubectl" or not text:
        return conflicts
    try:
        last = json.loads(text)
    except ValueError:
        return conflicts
    if not isinstance(last, dict) or last.get("apiVersion") != kind.api_version or problems(schema, last):
        return conflicts
    difference = compare(schema, last, live)
    allowed = fields_of(schema, last)
    for each in difference:
        allowed = field_set.difference(allowed, each)
    left = {manager: field_set.difference(fields, allowed) for manager, fields in conflicts.items()}
    return {manager: fields for manager, fields in left.items() if fields}


def _conflict(conflicts: dict[Manager, FieldSet]) -> StatusError:
    found = [(_named(manager), list(field_set.paths(fields))) for manager, fields in conflicts.items()]
    causes = [
        Cause("FieldManagerConflict", field_set.printed(path), f"conflict with {manager}")
        for manager, paths in found
        for path in paths
    ]
    if len(causes) == 1:
        return apply_conflict(causes, f"Apply failed with 1 conflict: {causes[0].message}: {causes[0].field}")
    lines = []
    for manager, paths in found:
        lines.append(f"conflicts with {manager}:")
        lines += [f"- {field_set.printed(path)}" for path in paths]
    listed = "\n".join(lines)
    return apply_conflict(causes, f"Apply failed with {len(causes)} conflicts: {listed}")


def _named(manager: Manager) -> str:
    text = go_quote(manager.name)
    if manager.subresource:
        text += f" with subresource {go_quote(manager.subresource)}"
    return f"{text} using {manager.api_version}" if manager.operation == "Update" else text


def _annotations(obj: Object) -> Any:
    return (obj.get("metadata") or {}).get("annotations")


def _with_last_applied(merged: Object, applied: Object) -> Object:
    """Return `merged` with the annotation that client-side apply would have left."""
    annotations = {name: each for name, each in (_annotations(applied) or {}).items() if name != LAST_APPLIED}
    plain = {**applied, "metadata": {**applied["metadata"], "annotations": annotations}}
    if not annotations:
        del plain["metadata"]["annotations"]
    text = json.dumps(plain, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"
    metadata = merged["metadata"]
    return {
        **merged,
        "metadata": {**metadata, "annotations": {**metadata["annotations"], LAST_APPLIED: text}},
    }


def _subject(obj: Object) -> str:
    metadata = obj.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return f"{metadata.get('namespace') or ''}/{metadata.get('name') or ''}; {_gvk(obj)}"


def _gvk(obj: Object) -> str:
    """Return the kind as Go prints a GroupVersionKind: "apps/v1, Kind=Deployment", "/v1, Kind=Pod"."""
    version = obj.get("apiVersion") if isinstance(obj.get("apiVersion"), str) else ""
    kind = obj.get("kind") if isinstance(obj.get("kind"), str) else ""
    return f"{version if '/' in (version or '') else f'/{version}'}, Kind={kind}"
