"""The types of the API as OpenAPI schemas, generated from the model classes and from CRDs.

The model classes say which fields a type has and what they mean; `list_schema.py` says which lists merge by
which keys.  Both versions of OpenAPI come from here: they differ in where definitions live, in how a
reference carries a description, and in how they say "a number or a string".

Source: k8s.io/kube-openapi/pkg/{builder,builder3},
k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder @v1.36.2.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from insideout.apiserver.kinds import BUILT_IN, Kind
from insideout.apiserver.objects.schema import Field, struct
from insideout.apiserver.openapi import custom
from insideout.apiserver.openapi.descriptions import description, descriptions
from insideout.apiserver.patch.list_schema import (
    ATOMIC,
    ATOMIC_FIELDS,
    ATOMIC_TYPES,
    LISTS,
    OBJECT_STRATEGIES,
)

Schema = dict[str, Any]

_META = "io.k8s.apimachinery.pkg.apis.meta.v1"
_META_TYPES = frozenset(
    {
        "Condition",
        "DeleteOptions",
        "FieldSelectorRequirement",
        "LabelSelector",
        "LabelSelectorRequirement",
        "ListMeta",
        "ManagedFieldsEntry",
        "ObjectMeta",
        "OwnerReference",
        "Preconditions",
        "Status",
        "StatusCause",
        "StatusDetails",
    }
)
_PACKAGES: Mapping[str, str] = {
    "": "io.k8s.api.core",
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
    "metrics.k8s.io": "io.k8s.metrics.pkg.apis.metrics",
}
_REFERENCE = re.compile(r"(?:[A-Z][a-z]+)?V\d[A-Za-z0-9]+")
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_TEXT_OR_NUMBER: Mapping[int, Mapping[str, Schema]] = {
    2: {_QUANTITY: {"type": "string"}, _INT_OR_STRING: {"type": "string", "format": "int-or-string"}},
    3: {
        _QUANTITY: {"oneOf": [{"type": "string"}, {"type": "number"}]},
        _INT_OR_STRING: {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    },
}


class Definitions:
    """The schemas that a document needs, collected from its kinds outwards."""

    def __init__(self, openapi_version: int) -> None:
        self._version = openapi_version
        self._prefix = "#/components/schemas/" if openapi_version == 3 else "#/definitions/"
        self._schemas: dict[str, Schema] = {}

    def schemas(self) -> dict[str, Schema]:
        """Return every schema by its name, sorted."""
        return dict(sorted(self._schemas.items()))

    def add(self, kind: Kind) -> str:
        """Add a kind, its list, and all that they refer to; return the kind's name."""
        name = f"{package(kind)}.{kind.version}.{kind.kind}"
        if name not in self._schemas:
            has_model = kind.definition is None and kind.model
            shape = self._struct(kind.model, kind.group) if has_model else self._custom(kind)
            named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
            self._schemas[name] = {**shape, "x-kubernetes-group-version-kind": [named]}
            if "list" in kind.verbs:
                shape = self._custom_list(kind, name) if kind.definition else self._list(kind, name)
                listed = {**named, "kind": kind.list_kind}
                self._schemas[f"{name}List"] = {**shape, "x-kubernetes-group-version-kind": [listed]}
        return name

    def reference(self, name: str) -> Schema:
        """Return a reference to the schema `name`."""
        return {"$ref": self._prefix + name}

    def model(self, model: str, group: str) -> str:
        """Add a model class that a kind of `group` refers to; return its name."""
        name = _model_name(model, group)
        if name not in self._schemas:
            self._schemas[name] = {}  # a type may refer to itself
            self._schemas[name] = self._struct(model, group)
        return name

    def _list(self, kind: Kind, name: str) -> Schema:
        meta = self.model("V1ListMeta", "")
        properties = {
            "apiVersion": {"type": "string"},
            "items": {"type": "array", "items": self.reference(name)},
            "kind": {"type": "string"},
            "metadata": self.reference(meta),
        }
        return {"type": "object", "required": ["items"], "properties": properties}

    def _struct(self, model: str, group: str) -> Schema:
        fields, texts = struct(model).fields, descriptions(model)
        properties = {}
        for name, found in sorted(fields.items()):
            schema = self._field(model, name, found, group)
            if name in texts:
                schema = {"description": texts[name], **self._annotatable(schema)}
            properties[name] = schema
        shape: Schema = {"type": "object", "properties": properties}
        if text := description(model):
            shape["description"] = text
        required = sorted(name for name, found in fields.items() if found.required)
        if required:
            shape["required"] = required
        if model in ATOMIC_TYPES:
            shape["x-kubernetes-map-type"] = "atomic"
        return shape

    def _annotatable(self, schema: Schema) -> Schema:
        """Return a schema beside which a description may stand: in version 3 a reference stands alone."""
        return {"allOf": [schema]} if self._version == 3 and "$ref" in schema else schema

    def _field(self, model: str, name: str, found: Field, group: str) -> Schema:
        if found.openapi.startswith("list["):
            schema: Schema = {"type": "array", "items": self._type(found.openapi[5:-1], "", group)}
            return {**schema, **_list_extensions(model, name)}
        if found.openapi.startswith("dict["):
            inner = found.openapi.partition(", ")[2][:-1]
            go = (
                "resource.Quantity" if found.type.go == "v1.ResourceList" else found.type.go.partition("]")[2]
            )
            schema = {"type": "object", "additionalProperties": self._type(inner, go, group)}
            if (model, name) in ATOMIC_FIELDS:
                schema["x-kubernetes-map-type"] = "atomic"
            return schema
        schema = self._type(found.openapi, found.type.go, group)
        strategy = OBJECT_STRATEGIES.get((model, name))
        if strategy:
            schema = {**self._annotatable(schema), "x-kubernetes-patch-strategy": ",".join(strategy)}
        return schema

    def _type(self, openapi: str, go: str, group: str) -> Schema:
        if go in ("resource.Quantity", "intstr.IntOrString"):
            name = _QUANTITY if go == "resource.Quantity" else _INT_OR_STRING
            self._schemas[name] = dict(_TEXT_OR_NUMBER[self._version][name])
            return self.reference(name)
        if openapi[0].isupper():
            return self.reference(self.model(openapi, group))
        match openapi:
            case "str":
                return {"type": "string", "format": "byte"} if go == "[]uint8" else {"type": "string"}
            case "datetime":
                return {"type": "string", "format": "date-time"}
            case "bool":
                return {"type": "boolean"}
            case "int":
                return {"type": "integer", "format": "int64" if go == "int64" else "int32"}
            case "float":
                return {"type": "number", "format": "double"}
            case _:
                anything = go.startswith(("v1.JSON", "interface"))
                return {} if anything else {"type": "object"}

    def _custom(self, kind: Kind) -> Schema:
        schema = ((kind.definition or {}).get("schema") or {}).get("openAPIV3Schema") or {"type": "object"}
        metadata = self._described(self.model("V1ObjectMeta", ""), custom.METADATA)
        return {**custom.published(schema, metadata, self._version), **custom.selectable(kind.definition)}

    def _custom_list(self, kind: Kind, name: str) -> Schema:
        metadata = self._described(self.model("V1ListMeta", ""), custom.LIST_METADATA)
        shape = custom.published_list(kind.list_kind, kind.kind, kind.plural, self.reference(name), metadata)
        return {**shape, **custom.selectable(kind.definition)}

    def _described(self, name: str, text: str) -> Schema:
        return {"description": text, **self._annotatable(self.reference(name))}


def package(kind: Kind) -> str:
    """Return the package of a kind's definition: "io.k8s.api.apps", or for a custom kind "com.example"."""
    if kind.definition is not None:
        return ".".join(reversed(kind.group.split(".")))
    return _package(kind.group)


def _package(group: str) -> str:
    return _PACKAGES.get(group) or f"io.k8s.api.{group.removesuffix('.k8s.io').replace('.', '')}"


def _model_name(model: str, group: str) -> str:
    """Return the name of a model class's definition: "io.k8s.api.core.v1.PodSpec" for V1PodSpec."""
    found = re.fullmatch(r"(?:Apiextensions|Authentication|Core)?(V\d+)(.+)", model)
    version, name = (found[1].lower(), found[2]) if found else ("v1", model)
    if name in _META_TYPES:
        return f"{_META}.{name}"
    return f"{_package('' if model in _core_models() else group)}.{version}.{name}"


@cache
def _core_models() -> frozenset[str]:
    """Return the model classes of the core group, which other groups use too: what its kinds refer to."""
    waiting = ["V1PodTemplateSpec", *(kind.model for kind in BUILT_IN if kind.model and not kind.group)]
    found: set[str] = set()
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            for each in struct(model).fields.values():
                waiting.extend(_REFERENCE.findall(each.openapi))
    return frozenset(found)


def _list_extensions(model: str, name: str) -> Schema:
    """Return what a list's schema says of merging."""
    facts = LISTS.get(model, {}).get(name, ATOMIC)
    extensions: Schema = {"x-kubernetes-list-type": facts.relation}
    if facts.keys:
        extensions["x-kubernetes-list-map-keys"] = list(facts.keys)
    if facts.merge_key:
        extensions["x-kubernetes-patch-merge-key"] = facts.merge_key
    if facts.strategy:
        extensions["x-kubernetes-patch-strategy"] = ",".join(facts.strategy)
    return extensions
