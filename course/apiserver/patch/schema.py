"""The type of every value in an object: what fields it has, and how its lists and maps are merged.

Patches and field ownership walk an object and its type side by side.  For built-in kinds the types are the
model classes of the official client, with the merge rules of `list_schema.py`; for custom resources they are
the CRD's structural schema, whose x-kubernetes-list-type and -map-type say the same things.

Types are immutable and made when first walked through, so the client's models load when the first patch
arrives.

Source: k8s.io/kube-openapi/pkg/schemaconv (how OpenAPI becomes a typed schema), as used by
k8s.io/apimachinery/pkg/util/managedfields/internal/typeconverter.go@v1.36.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from course.apiserver.kinds import Kind
from course.apiserver.patch.list_schema import (
    ATOMIC,
    ATOMIC_FIELDS,
    ATOMIC_TYPES,
    INT_OR_STRING,
    KEY_DEFAULTS,
    LISTS,
    OBJECT_STRATEGIES,
    QUANTITIES,
    ListFacts,
    Relation,
)

Shape = Literal["scalar", "list", "map", "struct", "any"]
Scalar = Literal["numeric", "string", "boolean", "untyped"]


@dataclass(frozen=True)
class Type:
    """What is known of one value.

    `struct` has named fields (those of the model class `name`, or `fields`), `map` has any keys and values of
    type `element`, `list` has items of type `element`, `any` is JSON that no schema describes.  An `atomic`
    object or map has one owner; what may be owned item by item within a list, `list_facts` says.
    `strategy` is the field's patchStrategy.
    """

    shape: Shape
    name: str = ""
    scalar: Scalar = "untyped"
    atomic: bool = False
    element: "Type | None" = None
    list_facts: ListFacts = ATOMIC
    strategy: tuple[str, ...] = ()
    fields: Mapping[str, "Type"] = field(default_factory=dict)
    key_defaults: Mapping[str, Any] = field(default_factory=dict)

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

    def _named(self) -> Mapping[str, "Type"]:
        return struct_fields(self.name) if self.name else self.fields


ANY = Type("any")
ANY_ATOMIC = Type("any", atomic=True)
STRING = Type("scalar", scalar="string")
UNTYPED = Type("scalar")
_SCALARS = {
    "int": Type("scalar", scalar="numeric"),
    "float": Type("scalar", scalar="numeric"),
    "bool": Type("scalar", scalar="boolean"),
    "str": STRING,
}


def type_of(kind: Kind) -> Type:
    """Return the type of `kind`'s objects."""
    if kind.model:
        return Type("struct", kind.model)
    schema = ((kind.definition or {}).get("schema") or {}).get("openAPIV3Schema") or {}
    return custom_resource_type(schema)


@cache
def struct_fields(model: str) -> Mapping[str, Type]:
    """Return the types of a model class's fields, by their JSON names."""
    from kubernetes.client import models  # the official client is loaded when first used: it takes 0.2 s

    found = getattr(models, model)
    return {
        name: _field_type(model, name, found.openapi_types[attribute])
        for attribute, name in sorted(found.attribute_map.items())
    }


def _field_type(model: str, name: str, expression: str) -> Type:
    """Return the type that "V1PodSpec", "list[V1Container]", "dict[str, str]" or "int" stands for."""
    if listed := re.fullmatch(r"list\[(.+)\]", expression):
        facts = LISTS.get(model, {}).get(name, ATOMIC)
        item = _field_type("", "", listed.group(1))
        return Type("list", element=item, list_facts=facts, strategy=facts.strategy)
    if mapped := re.fullmatch(r"dict\[str, (.+)\]", expression):
        values = UNTYPED if (model, name) in QUANTITIES else _field_type("", "", mapped.group(1))
        return Type("map", atomic=(model, name) in ATOMIC_FIELDS, element=values)
    if expression[0].isupper():
        granular = (model, name) == ("V1PersistentVolumeSpec", "claimRef")
        return Type(
            "struct",
            expression,
            atomic=expression in ATOMIC_TYPES and not granular,
            strategy=OBJECT_STRATEGIES.get((model, name), ()),
            key_defaults={key: value for (of, key), value in KEY_DEFAULTS.items() if of == expression},
        )
    if expression == "object":
        if (model, name) in INT_OR_STRING:
            return UNTYPED
        return ANY_ATOMIC if (model, name) == ("V1ControllerRevision", "data") else ANY
    if (model, name) in QUANTITIES:
        return UNTYPED
    return _SCALARS.get(expression, UNTYPED)  # a datetime is a string with a format: no type is enforced


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
            return _SCALARS["int"]
        case "boolean":
            return _SCALARS["bool"]
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
    return Type("struct", atomic=atomic, fields=fields, element=element, key_defaults=defaults)
