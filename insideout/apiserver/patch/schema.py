"""The type of every value in an object: what fields it has, and how its lists and maps are merged.

Patches and field ownership walk an object and its type side by side.  For built-in kinds the fields come from
the official client's model classes (`insideout.apiserver.objects.schema`) and the merge rules from
`list_schema.py`; for custom resources both are in the CRD's structural schema, whose x-kubernetes-list-type
and -map-type say the same.

Types are immutable and made when first walked through.

Source: k8s.io/kube-openapi/pkg/schemaconv (how OpenAPI becomes a typed schema), as used by
k8s.io/apimachinery/pkg/util/managedfields/internal/typeconverter.go@v1.36.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects.schema import Field, struct
from insideout.apiserver.patch.list_schema import (
    ATOMIC,
    ATOMIC_FIELDS,
    ATOMIC_TYPES,
    KEY_DEFAULTS,
    LISTS,
    OBJECT_STRATEGIES,
    ListFacts,
    Relation,
)

Shape = Literal["scalar", "list", "map", "struct", "any"]
Scalar = Literal["numeric", "string", "boolean", "untyped"]


@dataclass(frozen=True)
class Type:
    """What is known of one value.

    `struct` has named fields (those of the model class `model`, or `fields`), `map` has any keys and values
    of type `element`, `list` has items of type `element`, `any` is JSON that no schema describes.  An
    `atomic` object or map has one owner; what may be owned item by item within a list, `list_facts` says.
    `strategy` is the field's patchStrategy.
    """

    shape: Shape
    model: str = ""
    scalar: Scalar = "untyped"
    atomic: bool = False
    element: "Type | None" = None
    list_facts: ListFacts = ATOMIC
    strategy: tuple[str, ...] = ()
    fields: Mapping[str, "Type"] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def declares(self, key: str) -> bool:
        """Tell whether `key` is a named field, not merely a key of a map."""
        return self.shape == "struct" and key in self._named()

    def member(self, key: str) -> "Type | None":
        """Return the type of the value at `key` of an object, None when the schema does not know the key."""
        if self.shape == "any":
            return ANY
        return (self._named().get(key) if self.shape == "struct" else None) or self.element

    @property
    def item(self) -> "Type":
        """The type of a list's items; a list that no schema describes holds JSON owned as a whole."""
        return self.element or ANY_ATOMIC

    @property
    def zeros(self) -> Mapping[str, Any]:
        """What Go writes for fields of a struct that nobody set: `{}` for a struct, null for a list."""
        return struct_zeros(self.model) if self.model else {}

    def key_default(self, key: str) -> Any:
        """Return what an element without the list key `key` is taken to have there, None for nothing."""
        return KEY_DEFAULTS.get((self.model, key), "") if self.model else self.defaults.get(key)

    def _named(self) -> Mapping[str, "Type"]:
        return struct_fields(self.model) if self.model else self.fields


ANY = Type("any")
ANY_ATOMIC = Type("any", atomic=True)
STRING = Type("scalar", scalar="string")
UNTYPED = Type("scalar")
NUMERIC = Type("scalar", scalar="numeric")
BOOLEAN = Type("scalar", scalar="boolean")


def type_of(kind: Kind) -> Type:
    """Return the type of `kind`'s objects."""
    if kind.model:
        return Type("struct", kind.model)
    schema = ((kind.definition or {}).get("schema") or {}).get("openAPIV3Schema") or {}
    return custom_resource_type(schema)


@cache
def struct_fields(model: str) -> Mapping[str, Type]:
    """Return the types of a model class's fields, by their JSON names."""
    return {name: _field_type(model, name, each) for name, each in sorted(struct(model).fields.items())}


@cache
def struct_zeros(model: str) -> Mapping[str, Any]:
    """Return what Go writes for a model class's fields that nobody set."""
    fields = struct(model).fields
    return {
        name: {} if struct_fields(model)[name].shape == "struct" and not each.pointer else each.zero()
        for name, each in sorted(fields.items())
        if each.always
    }


def _field_type(model: str, name: str, found: Field) -> Type:
    if found.type.go in ("resource.Quantity", "intstr.IntOrString"):
        return UNTYPED
    if found.type.go == "runtime.RawExtension":
        return ANY_ATOMIC
    if listed := _LIST.fullmatch(found.openapi):
        facts = LISTS.get(model, {}).get(name, ATOMIC)
        return Type("list", element=_plain_type(listed[1]), list_facts=facts, strategy=facts.strategy)
    if mapped := _MAP.fullmatch(found.openapi):
        values = UNTYPED if found.type.go == "v1.ResourceList" else _plain_type(mapped[1])
        return Type("map", atomic=(model, name) in ATOMIC_FIELDS, element=values)
    strategy = OBJECT_STRATEGIES.get((model, name), ())
    return replace(_plain_type(found.openapi), strategy=strategy, atomic=found.openapi in ATOMIC_TYPES)


_LIST = re.compile(r"list\[(.+)\]")
_MAP = re.compile(r"dict\[str, (.+)\]")


def _plain_type(openapi: str) -> Type:
    """Return the type that the client's "V1PodSpec", "str", "datetime" or "object" stands for."""
    match openapi:
        case "int" | "float":
            return NUMERIC
        case "bool":
            return BOOLEAN
        case "str":
            return STRING
        case "object":
            return ANY
        case _ if openapi[0].isupper():
            return Type("struct", openapi, atomic=openapi in ATOMIC_TYPES)
        case _:
            return UNTYPED  # a datetime is a string with a format, whose type is not enforced


_ENVELOPE = {"apiVersion": STRING, "kind": STRING, "metadata": Type("struct", "V1ObjectMeta")}


def custom_resource_type(schema: Mapping[str, Any]) -> Type:
    """Return the type of a custom resource whose structural schema is `schema`."""
    found = structural_type(schema)
    return Type("struct", element=found.element, fields={**found.fields, **_ENVELOPE})


def structural_type(schema: Mapping[str, Any], preserving: bool = False) -> Type:
    """Return the type that a part of a structural schema describes.

    `preserving` says that a schema around it keeps unknown fields, which holds for everything inside.
    """
    preserving = preserving or schema.get("x-kubernetes-preserve-unknown-fields") is True
    match schema.get("type"):
        case "array":
            relation: Relation = schema.get("x-kubernetes-list-type") or "atomic"
            keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
            element = structural_type(schema.get("items") or {}, preserving)
            return Type("list", element=element, list_facts=ListFacts(relation, keys))
        case "object":
            return _structural_object(schema, preserving)
        case "integer" | "number":
            return NUMERIC
        case "boolean":
            return BOOLEAN
        case "string":
            return UNTYPED if schema.get("format") not in (None, "", "byte") else STRING
        case _:
            return UNTYPED if schema.get("x-kubernetes-int-or-string") else ANY


def _structural_object(schema: Mapping[str, Any], preserving: bool) -> Type:
    properties = schema.get("properties") or {}
    fields = {name: structural_type(properties[name], preserving) for name in sorted(properties)}
    if schema.get("x-kubernetes-embedded-resource"):
        fields |= _ENVELOPE
    values = schema.get("additionalProperties")
    if isinstance(values, Mapping):
        element: Type | None = structural_type(values, preserving)
    else:
        element = ANY if values or preserving or not properties else None
    atomic = schema.get("x-kubernetes-map-type") == "atomic"
    if not fields:
        return Type("map", atomic=atomic, element=element)
    defaults = {name: properties[name].get("default") for name in sorted(properties)}
    return Type("struct", atomic=atomic, fields=fields, element=element, defaults=defaults)
