"""Walks over a value and its type: the fields it has, what differs from another, merging, taking out.

These four are all that server-side apply and the bookkeeping of managed fields need.  Each goes down as far
as ownership does: to scalars, and to lists and objects that are atomic, which count as one field.

Source: sigs.k8s.io/structured-merge-diff/v6/typed/{tofieldset,compare,merge,remove}.go,
fieldpath/set.go (EnsureNamedFieldsAreMembers).
"""

from collections import deque
from typing import Any, NamedTuple

from insideout.apiserver.patch import field_set
from insideout.apiserver.patch.field_set import SELF, FieldSet, Path
from insideout.apiserver.patch.schema import ANY_ATOMIC, Type

_ABSENT: Any = object()
"""No value at all, which is not the same as null."""


class Comparison(NamedTuple):
    """What a new value took away, changed and added."""

    removed: FieldSet
    modified: FieldSet
    added: FieldSet


class UnindexableError(Exception):
    """A list's element lacks what would identify it; the text says what."""


def list_step(schema: Type, item: Any) -> str:
    """Return the step to `item` in a list that is a set or a map.  Raises UnindexableError."""
    if schema.list_facts.relation == "map":
        return _key_step(schema, item)
    if isinstance(item, dict):
        raise UnindexableError("associative list without keys has an element that's a map type")
    if isinstance(item, list):
        raise UnindexableError("not supported: associative list with lists as elements")
    if item is None:
        raise UnindexableError("associative list without keys has an element that's an explicit null")
    return field_set.value(item)


def _key_step(schema: Type, item: Any) -> str:
    if item is None:
        raise UnindexableError("associative list with keys may not have a null element")
    if not isinstance(item, dict):
        raise UnindexableError("associative list with keys may not have non-map elements")
    keys = schema.list_facts.keys
    found = {name: item[name] if name in item else schema.item.key_default(name) for name in keys}
    known = {name: each for name, each in found.items() if each is not None or name in item}
    if not known:
        names = " ".join(f'"{name}"' for name in keys)
        raise UnindexableError(
            f"associative list with keys has an element that omits all key fields [{names}] "
            "(and doesn't have default values for any key fields)"
        )
    return field_set.key(known)


def fields_of(schema: Type, value: Any) -> FieldSet:
    """Return every field that `value` sets: its leaves, its maps' keys and its lists' elements."""
    found: FieldSet = {}
    _collect(schema, value, (), found)
    return found


def _collect(schema: Type, value: Any, path: Path, found: FieldSet) -> None:
    shape = _shape(schema, value)
    if _is_leaf(schema, shape):
        field_set.insert(found, path)
    elif shape is dict and isinstance(value, dict):
        for name, each in value.items():
            here = (*path, field_set.field(name))
            _collect(_member(schema, name), each, here, found)
            if each is None or each == {} or not schema.declares(name):
                field_set.insert(found, here)
    elif shape is list and isinstance(value, list):
        for step, items in _grouped(schema, value).items():
            here = (*path, step)
            if len(items) == 1:
                _collect(schema.item, items[0], here, found)
            field_set.insert(found, here)


def compare(schema: Type, old: Any, new: Any) -> Comparison:
    """Return the fields by which `new` differs from `old`.

    Equal parts are passed over without a walk, so the cost follows the size of the change.
    """
    result = Comparison({}, {}, {})
    _compare(schema, old, new, (), result)
    return result


def _compare(schema: Type, old: Any, new: Any, path: Path, result: Comparison) -> None:
    one: Any
    other: Any
    if old is not _ABSENT and new is not _ABSENT and old == new:
        return
    for shape in dict.fromkeys(_shape(schema, each) for each in (old, new) if each is not _ABSENT):
        one, other = (each if isinstance(each, shape) else None for each in (old, new))
        if _is_leaf(schema, shape) or (not one and not other):
            changed = (
                result.added if old is _ABSENT else result.removed if new is _ABSENT else result.modified
            )
            field_set.insert(changed, path)
            return
        if shape is dict:
            for name in dict.fromkeys((*(one or ()), *(other or ()))):
                there = schema.zeros.get(name, _ABSENT)  # what Go writes even when nobody set it
                before = _ABSENT if one is None else one.get(name, there)
                after = _ABSENT if other is None else other.get(name, there)
                _compare(_member(schema, name), before, after, (*path, field_set.field(name)), result)
        else:
            _compare_lists(schema, one or [], other or [], path, result)
    if old is _ABSENT:
        field_set.insert(result.added, path)
    elif new is _ABSENT:
        field_set.insert(result.removed, path)


def _compare_lists(schema: Type, old: list[Any], new: list[Any], path: Path, result: Comparison) -> None:
    """Compare two sets or maps element by element; elements with the same key count as one field."""
    before, after = _grouped(schema, old), _grouped(schema, new)
    for step in dict.fromkeys((*before, *after)):
        here = (*path, step)
        ones, others = before.get(step, []), after.get(step, [])
        if len(ones) < 2 and len(others) < 2:
            one, other = (each[0] if each else _ABSENT for each in (ones, others))
            _compare(schema.item, one, other, here, result)
        elif len(ones) > 1 and len(others) > 1:
            if ones != others:
                field_set.insert(result.modified, here)
        elif len(ones) > 1:
            if others:
                _compare(schema.item, _ABSENT, others[0], here, result)
            field_set.insert(result.removed, here)
        else:
            if ones:
                _compare(schema.item, ones[0], _ABSENT, here, result)
            field_set.insert(result.added, here)


def merge(schema: Type, live: Any, applied: Any) -> Any:
    """Return `live` with all that `applied` says; nothing is removed, and both stay as they are.

    A list keeps the live order where `applied` does not ask for another.
    """
    one: Any
    other: Any
    shape = _shape(schema, live if applied is _ABSENT else applied)
    one, other = (each if isinstance(each, shape) else None for each in (live, applied))
    if _is_leaf(schema, shape) or (not one and not other):
        return live if applied is _ABSENT else applied
    if shape is list:
        return _merge_lists(schema, one or [], other or [])
    one, other = one or {}, other or {}
    merged = {}
    for name in dict.fromkeys((*one, *other)):
        if name not in other:
            merged[name] = one[name]
        else:
            merged[name] = merge(_member(schema, name), one.get(name, _ABSENT), other[name])
    return merged


def _merge_lists(schema: Type, live: list[Any], applied: list[Any]) -> list[Any]:
    """Merge two sets or maps: walk both at once; what both have comes in the applied order."""
    mine, theirs = _grouped(schema, live), _grouped(schema, applied)
    live_steps = [list_step(schema, each) for each in live]
    wanted_steps = list(theirs)
    shared = deque(step for step in wanted_steps if step in mine)
    merged: list[Any] = []
    done: set[str] = set()
    at = wanted = 0

    def take(step: str) -> None:
        done.add(step)
        items = mine.get(step, [])
        current = _ABSENT if not items else items[0] if len(items) == 1 else None
        merged.append(merge(schema.item, current, theirs[step][0]))

    while at < len(live_steps) or wanted < len(wanted_steps):
        if at < len(live_steps) and wanted < len(wanted_steps):
            step = live_steps[at]
            if step == wanted_steps[wanted]:
                take(step)
                at, wanted = at + 1, wanted + 1
                if shared:
                    shared.popleft()
                continue
            if step in theirs and shared and shared[0] != step:
                at += 1  # comes later, where the applied order wants it
                continue
        if at < len(live_steps):
            step = live_steps[at]
            if step not in theirs:
                merged.append(live[at])
                at += 1
                continue
            if step in done:
                at += 1
        if wanted < len(wanted_steps):
            step = wanted_steps[wanted]
            take(step)
            wanted += 1
            if shared and shared[0] == step:
                shared.popleft()
    return merged


def remove(schema: Type, value: Any, doomed: FieldSet) -> Any:
    """Return `value` without the fields in `doomed`; None when nothing is left."""
    shape = _shape(schema, value)
    if shape is object:
        return value
    if (
        not isinstance(value, dict | list)
        or not isinstance(value, shape)
        or not value
        or _is_leaf(schema, shape)
    ):
        return None
    if isinstance(value, list):
        items = []
        for item in value:
            node = doomed.get(list_step(schema, item))
            if node is None:
                items.append(item)
            elif not field_set.is_member(node):
                items.append(remove(schema.item, item, node))
        return items or None
    kept = {}
    for name, item in value.items():
        node = doomed.get(field_set.field(name))
        if node is None:
            kept[name] = item
        elif not field_set.is_member(node):
            kept[name] = remove(_member(schema, name), item, node)
    return kept or None


def with_named_fields(schema: Type | None, fields: FieldSet) -> FieldSet:
    """Return `fields` with every named field on the way to one: sets usually leave those out.

    A set made of .spec.replicas then holds .spec too, but one made of .data.x does not hold the map .data.x
    is in unless that is a named field itself.
    """
    result: FieldSet = {}
    for step, node in fields.items():
        if step == SELF:
            result[SELF] = node
            continue
        kind, _, name = step.partition(":")
        named, below = False, None
        if kind == "f" and schema is not None:
            named, below = schema.declares(name), schema.member(name)
        elif kind == "k" and schema is not None:
            below = schema.item
        child = with_named_fields(below, node)
        result[step] = {SELF: {}, **child} if named and child else child
    return result


def _shape(schema: Type, value: Any) -> type:
    """Return as what a value of this type is walked: dict, list, or object for a scalar."""
    match schema.shape:
        case "struct" | "map":
            return dict
        case "list":
            return list
        case "any":
            return (
                dict
                if value is None or isinstance(value, dict)
                else list
                if isinstance(value, list)
                else object
            )
        case _:
            return object


def _is_leaf(schema: Type, shape: type) -> bool:
    """Tell whether a value of this type has one owner."""
    if shape is list:
        return schema.list_facts.relation == "atomic"
    return shape is object or schema.atomic


def _member(schema: Type, name: str) -> Type:
    """Return the type of a field; one that the schema does not know is owned as a whole."""
    return schema.member(name) or ANY_ATOMIC


def _grouped(schema: Type, items: list[Any]) -> dict[str, list[Any]]:
    """Return the elements by their steps; more than one each where they are not unique."""
    groups: dict[str, list[Any]] = {}
    for item in items:
        groups.setdefault(list_step(schema, item), []).append(item)
    return groups
