"""Strategic merge patch: a merge patch that knows which lists are really maps.

A merge patch replaces every list, so changing one container's image would mean sending all containers.  A
strategic merge patch knows from the type (`list_schema.py`) that `containers` is merged by `name`:

    {"spec": {"containers": [{"name": "b", "image": "b:2"}]}}

changes container b and leaves the others.  That is the whole idea; the rest answers the questions it raises.

*How do I delete an element?*  With a directive in it: `{"name": "a", "$patch": "delete"}`.
*How do I replace a whole list or object?*  `{"$patch": "replace"}` as one more element, or inside the object.
*And an element of a list of scalars?*  Such a list (`finalizers`) has no keys, so deletions come in a list
beside it: `{"$deleteFromPrimitiveList/finalizers": ["example.com/hold"]}`.
*In which order do the elements end up?*  What the patch names comes in the patch's order, what only the
server has in the server's order, and the two are woven together so that elements that the server already had
keep their places.  A new element therefore comes before the elements only the server has.  A client that
wants another order sends it: `{"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}`; the kubectl
apply command always does.
*A volume has many alternatives: how do I turn a configMap volume into an emptyDir?*  By naming the fields
that stay: `{"name": "v", "emptyDir": {}, "$retainKeys": ["name", "emptyDir"]}`.

All else is as in a merge patch: null deletes, objects merge, scalars and atomic lists are replaced.

Custom resources have no Go type to read such facts from, so they refuse this patch type (415, decided
earlier, from the content type).  Server-side apply (`apply.py`) was made to get rid of directives: what a
client no longer names, the server itself removes.

Source: k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (mergeMap, mergeSlice, mergePatchIntoOriginal),
k8s.io/apiserver/pkg/endpoints/handlers/patch.go (interpretStrategicMergePatchError)@v1.36.2.
"""

from typing import Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch.go_values import json_kind, printed, type_name
from insideout.apiserver.patch.list_order import Items, Key, identity, in_order, places_of
from insideout.apiserver.patch.merge_patch import without_nulls
from insideout.apiserver.patch.schema import ANY, Type, type_of
from insideout.apiserver.status import StatusError, bad_request, unsupported_media_type

DIRECTIVE = "$patch"
DELETE_FROM = "$deleteFromPrimitiveList"
SET_ORDER = "$setElementOrder"
RETAIN_KEYS = "$retainKeys"

CUSTOM_RESOURCE_PATCH_TYPES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/apply-patch+yaml",
)

Map = dict[str, Any]


def apply_strategic_merge_patch(kind: Kind, obj: Map, patch: Any) -> Map:
    """Return `obj` with `patch` merged in, by the rules of `kind`'s type; neither is changed.

    What the result has of either is not a copy of it.
    Raises StatusError: 400 when the patch or a directive has the wrong form, 415 for custom resources, 500
    for what upstream's code does not foresee (an element without its key; it says which).
    """
    if not kind.model:
        raise unsupported_media_type(CUSTOM_RESOURCE_PATCH_TYPES)
    if patch is None:
        return obj
    if not isinstance(patch, dict):
        message = f"cannot unmarshal {json_kind(patch)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"json: {message}")
    return merge_object(obj, patch, type_of(kind))


def merge_object(original: Map, patch: Map, schema: Type) -> Map:
    """Return `original` with `patch` merged in; neither is changed, and the result has parts of both."""
    patch = {**patch}
    if DIRECTIVE in patch:
        match patch.pop(DIRECTIVE):
            case "replace":
                return patch
            case "delete":
                return {}
            case other:
                raise _unknown_directive(other, {DIRECTIVE: other, **patch})
    original = {**original}
    _retain_keys(original, patch)
    _merge_ordered_lists(original, patch, schema)
    for name, value in patch.items():
        deleting = name.startswith(DELETE_FROM)
        key = _directive_target(name, DELETE_FROM) if deleting else name
        current: Any = original.get(key)
        if value is None:
            original.pop(key, None)
        elif key not in original or _shape(current) is not _shape(value):
            if not deleting:
                _put(original, key, without_nulls(value))
        elif isinstance(value, dict):
            schema_of_value = _member(schema, key)
            replace = "replace" in schema_of_value.strategy
            original[key] = value if replace else merge_object(current, value, schema_of_value)
        elif isinstance(value, list):
            schema_of_value = _list_member(schema, key)
            merges = "merge" in schema_of_value.strategy or deleting
            original[key] = merge_list(current, value, schema_of_value, deleting) if merges else value
        else:
            original[key] = value
    return original


def merge_list(original: Items, patch: Items, schema: Type, deleting: bool = False) -> Items:
    """Return `original` with `patch` merged in, or with `deleting` its scalars taken out.

    Neither is changed.
    """
    if not original and not patch:
        return original
    merge_key = schema.list_facts.merge_key
    if not _holds_objects(original, patch):
        named = {identity(each) for each in patch}
        if deleting:
            return [each for each in original if identity(each) not in named]
        if merge_key:
            raise _wrong_type({}, (original + patch)[0])
        return in_order([*original, *patch], patch, original, identity)
    if not merge_key:
        raise _fault(f"cannot merge lists without merge key for {_go_kind(schema.item)}")
    original, patch = _obey_directives(original, patch, merge_key)
    merged = list(original)
    places = places_of(original, lambda item: _found_key(item, merge_key))
    for item in patch:
        place = places.setdefault(_key_of(item, merge_key), len(merged))
        if place < len(merged):
            merged[place] = merge_object(merged[place], item, schema.item)
        else:
            merged.append(item)
    return in_order(merged, patch, original, lambda item: _key_of(item, merge_key))


def _obey_directives(original: Items, patch: Items, merge_key: str) -> tuple[Items, Items]:
    """Carry out the elements of `patch` that are directives; return what is left of both lists."""
    plain, replace = [], False
    for item in patch:
        match item.get(DIRECTIVE, _MISSING):
            case "delete":
                doomed = _key_of(item, merge_key)
                original = [each for each in original if _found_key(each, merge_key) != doomed]
            case "replace":
                replace = True
            case "merge":
                raise _fault("merging lists cannot yet be specified in the patch")
            case other if other is _MISSING:
                plain.append(item)
            case other:
                raise _unknown_directive(other, item)
    return (plain, []) if replace else (original, plain)


def _merge_ordered_lists(original: Map, patch: Map, schema: Type) -> None:
    """Merge each list that has a $setElementOrder beside it in `patch`, and take both out of `patch`."""
    for name in [each for each in patch if each.startswith(SET_ORDER)]:
        order = patch.pop(name)
        if not isinstance(order, list):
            raise _wrong_type([], order)
        field = _directive_target(name, SET_ORDER)
        for holder in (original, patch):
            if field in holder and not isinstance(holder[field], list):
                raise _wrong_type([], holder[field])
        list_schema = _list_member(schema, field)
        merge_key = list_schema.list_facts.merge_key
        current, items = original.get(field), patch.pop(field, None)

        def key(item: Any, merge_key: str = merge_key) -> str:
            return _key_of(item, merge_key) if merge_key else identity(item)

        _check_order(items or [], order, key)
        if items is None and current is None:
            continue
        if items is None:
            merged = list(current or [])
        elif current is None:
            merged = [each for each in items if not _is_directive(each)]
        elif "merge" in list_schema.strategy:
            merged = merge_list(list(current), items, list_schema)
        else:
            merged = items
        _holds_objects(current or [], items or [])
        original[field] = in_order(merged, order, current or [], key)


def _check_order(items: Items, order: Items, key: Key) -> None:
    """Refuse a patch whose elements are not in the order it asks for, or not in that order's list."""
    if not items or not order:
        return
    wanted = iter(order)
    for item in items:
        if not _is_directive(item) and not any(key(each) == key(item) for each in wanted):
            lists = f"{printed(items)}\n doesn't match {SET_ORDER} list:\n{printed(order)}\n"
            raise _fault(f"The order in patch list:\n{lists}")


def _retain_keys(original: Map, patch: Map) -> None:
    """Drop from `original` every field that the patch's $retainKeys does not name."""
    if RETAIN_KEYS not in patch:
        return
    kept = patch.pop(RETAIN_KEYS)
    named = [
        key
        for key, value in patch.items()
        if value is not None and not key.startswith((DELETE_FROM, SET_ORDER))
    ]
    if not isinstance(kept, list) or any(key not in kept for key in named):
        raise bad_request("invalid patch format of retainKeys")
    for key in [each for each in original if each not in kept]:
        del original[key]


_MISSING = object()


def _shape(value: Any) -> type:
    """Return what decides whether two values can be merged: object, list or scalar."""
    return type(value) if isinstance(value, dict | list) else object


def _is_directive(item: Any) -> bool:
    return isinstance(item, dict) and DIRECTIVE in item


def _put(original: Map, key: str, value: Any) -> None:
    """Set a value that `original` did not have in this form; directives in it have nothing to act on."""
    kept = _without_directives(value)
    if kept is _MISSING:
        original.pop(key, None)
    else:
        original[key] = kept


def _without_directives(value: Any) -> Any:
    if isinstance(value, dict):
        if DIRECTIVE in value:
            return _MISSING
        return {
            key: kept
            for key, each in value.items()
            if (kept := _without_directives(each) if isinstance(each, _BRANCHES) else each) is not _MISSING
        }
    if isinstance(value, list):
        return [kept for each in value if (kept := _without_directives(each)) is not _MISSING]
    return value


_BRANCHES = (dict, list)


def _found_key(item: Map, merge_key: str) -> str:
    """Return what identifies an element that the server has, "" when nothing does."""
    return identity(item[merge_key]) if merge_key in item else ""


def _key_of(item: Any, merge_key: str) -> str:
    """Return what identifies `item` in a list that `merge_key` makes a map."""
    if not isinstance(item, dict):
        raise _wrong_type({}, item)
    if merge_key not in item:
        raise _fault(f"map: {printed(item)} does not contain declared merge key: {merge_key}")
    return identity(item[merge_key])


def _holds_objects(*lists: Items) -> bool:
    """Tell whether the lists hold objects; refuse lists that hold several types, lists, or nothing."""
    types = list(dict.fromkeys(type_name(each) for items in lists for each in items))
    if not types:
        raise _fault("no elements in any of the given slices")
    if types[0].startswith("[]"):
        raise StatusError(
            422, "Invalid", "the server rejected our request due to an error in our request", {}
        )
    if len(types) > 1:
        raise _fault(f"list element types are not identical: {printed(list(lists))}")
    return types[0].startswith("map")


def _directive_target(name: str, prefix: str) -> str:
    found, slash, target = name.partition("/")
    if found == prefix and slash:
        return target
    what = "primitive list" if prefix == DELETE_FROM else "setElementOrder list"
    raise bad_request(f"invalid patch format of {what}")


def _member(schema: Type, key: str) -> Type:
    """Return the type of a field that holds an object or a list."""
    if schema.shape == "struct":
        found = schema.member(key)
        if found is None:
            struct = schema.model.removeprefix("Core").removeprefix("Discovery")[2:]
            raise _fault(f'unable to find api field in struct {struct} for the json field "{key}"')
        return found
    if schema.shape == "any":
        return ANY
    raise _fault(f"merging an object in json but data type is not struct, instead is: {_go_kind(schema)}")


def _list_member(schema: Type, key: str) -> Type:
    found = _member(schema, key)
    if found.shape in ("list", "any"):
        return found
    raise _fault(f"expected slice or array type, but got: {_go_kind(schema)}")


def _go_kind(schema: Type) -> str:
    return {"list": "slice", "map": "map", "struct": "struct"}.get(schema.shape, schema.scalar)


def _fault(message: str) -> StatusError:
    """500: an error for which upstream has no better answer than its own text."""
    return StatusError(500, "", message)


def _wrong_type(expected: Any, actual: Any) -> StatusError:
    return _fault(f"expected a {type_name(expected)}, but received a {type_name(actual)}")


def _unknown_directive(directive: Any, where: Map) -> StatusError:
    return _fault(f"unknown patch type: {printed(directive)} in map: {printed(where)}")
