"""What a schema says about values, as expressions and their costs need it: types and greatest sizes.

Int-or-string is dyn; fields whose type nobody knows, and fields whose name cannot be written, are left out.

Source: k8s.io/apiserver/pkg/cel/{types,limits}.go, common/schemas.go@v1.36.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from insideout.apiserver.cel import types
from insideout.apiserver.cel.escaping import escape, is_reserved
from insideout.apiserver.cel.types import Type

Schema = Mapping[str, Any]
REQUEST_BYTES = 3 * 1024 * 1024
_UNLIMITED = REQUEST_BYTES - 2
_STRING: Schema = {"type": "string"}
_META: Schema = {"type": "object", "properties": {"name": _STRING, "generateName": _STRING}}


@dataclass(frozen=True)
class Declared:
    """A value's type, how many parts it may have, and how many bytes of JSON it takes at least."""

    type: Type
    most: int = 0
    least_bytes: int = 1
    element: "Declared | None" = None
    key: "Declared | None" = None
    fields: Mapping[str, "Declared"] = field(default_factory=dict)


_SCALARS = {
    "boolean": Declared(types.BOOL, 0, 4),
    "number": Declared(types.DOUBLE),
    "integer": Declared(types.INT),
}
_FORMATS = {
    "duration": Declared(types.DURATION, 32, 3),
    "date": Declared(types.TIMESTAMP, 12, 12),
    "date-time": Declared(types.TIMESTAMP, 32, 21),
}
_KEY = Declared(types.STRING, 0, 2)
_OBJECT = types.struct("object")


def with_meta(schema: Schema) -> Schema:
    """Return the schema of a whole object: its apiVersion, kind and name can always be read."""
    properties = schema.get("properties") or {}
    if _has_meta(properties):
        return schema
    known = {"apiVersion": _STRING, "kind": _STRING, "metadata": _META}
    return {**schema, "properties": {**properties, **known}}


def _has_meta(properties: Mapping[str, Any]) -> bool:
    def type_of(each: Any) -> str:
        return (each or {}).get("type") or ""

    metadata = properties.get("metadata") or {}
    inside = metadata.get("properties") or {}
    texts = [
        properties.get("kind"),
        properties.get("apiVersion"),
        inside.get("name"),
        inside.get("generateName"),
    ]
    return type_of(metadata) == "object" and all(type_of(each) == "string" for each in texts)


def declared(schema: Schema, *, root: bool = False) -> Declared | None:
    """Return what `schema` declares, None when expressions cannot use such values."""
    if schema.get("x-kubernetes-int-or-string"):
        return Declared(types.DYN, _most_characters(schema))
    if root:
        schema = with_meta(schema)
    match schema.get("type"):
        case "array":
            return _list(schema)
        case "object":
            return _object(schema)
        case "string":
            return _string(schema)
    return _SCALARS.get(schema.get("type") or "")


def _inner(schema: Schema) -> Declared | None:
    return declared(schema, root=bool(schema.get("x-kubernetes-embedded-resource")))


def _list(schema: Schema) -> Declared | None:
    items = schema.get("items")
    element = _inner(items) if isinstance(items, Mapping) else None
    if element is None:
        return None
    most = schema.get("maxItems")
    if most is None:
        most = _UNLIMITED // (element.least_bytes + 1)
    return Declared(types.list_of(element.type), max(most, 0), 2, element=element)


def _object(schema: Schema) -> Declared | None:
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping):
        element = _inner(others)
        if element is None:
            return None
        most = schema.get("maxProperties")
        if most is None:
            most = _UNLIMITED // (element.least_bytes + 6)
        return Declared(types.map_of(types.STRING, element.type), max(most, 0), 2, element=element, key=_KEY)
    required = schema.get("required") or ()
    fields: dict[str, Declared] = {}
    least = 2
    for name, each in (schema.get("properties") or {}).items():
        found = _inner(each)
        if found is None:
            continue
        called = escape(name)
        if called is not None:
            fields[called] = found
        if name in required and each.get("default") is None:
            least += len(name.encode()) + found.least_bytes + 4
    return Declared(_OBJECT, 0, least, fields=fields)


def _string(schema: Schema) -> Declared:
    form = schema.get("format") or ""
    if form == "byte":
        most = schema.get("maxLength")
        return Declared(types.BYTES, _UNLIMITED if most is None else max(most, 0), 2)
    return _FORMATS.get(form) or Declared(types.STRING, _most_characters(schema), 2)


def _most_characters(schema: Schema) -> int:
    """Return the bytes that the longest text has: up to four for each character."""
    most, enum = schema.get("maxLength"), schema.get("enum") or ()
    if most is not None:
        return int(max(most, 0)) * 4
    if enum and not schema.get("x-kubernetes-int-or-string"):
        return max((len(each.encode()) for each in enum if isinstance(each, str)), default=0)
    return _UNLIMITED


def named(found: Declared, name: str) -> Declared:
    """Give every object in a declaration a name of its own, made of the path to it."""
    if found.type.kind == "struct":
        own = found.type if found.type.name != "object" else types.struct(name)
        fields = {each: named(inner, f"{own.name}.{each}") for each, inner in found.fields.items()}
        return replace(found, type=own, fields=fields)
    if found.element is None:
        return found
    element = named(found.element, f"{name}.@{'idx' if found.type.kind == 'list' else 'elem'}")
    type_ = types.list_of(element.type) if found.key is None else types.map_of(types.STRING, element.type)
    return replace(found, element=element, type=type_)


def structs_of(found: Declared) -> dict[str, Mapping[str, Declared]]:
    """Return the fields of every object in a declaration, by the object's name."""
    table: dict[str, Mapping[str, Declared]] = {}
    if found.type.kind == "struct":
        table[found.type.name] = found.fields
        for each in found.fields.values():
            table |= structs_of(each)
    elif found.element is not None:
        table |= structs_of(found.element)
    return table


def field_type(structs: Mapping[str, Mapping[str, Declared]], owner: str, name: str) -> Type | None:
    """Return the type of a field of an object, None for none; a reserved word may stand for a field."""
    known = structs.get(owner, {})
    found = known.get(name) or (known.get(escape(name) or "") if is_reserved(name) else None)
    return found.type if found else None


def at_path(root: Declared, path: list[str]) -> Declared | None:
    """Return what is declared at a path such as ["self", "list", "@items"]; it begins with the variable."""
    here: Declared | None = root
    for name in path[1:]:
        if here is None:
            return None
        if name in ("@items", "@values"):
            here = here.element
        elif name == "@keys":
            here = here.key
        else:
            here = here.fields.get(name)
    return here
