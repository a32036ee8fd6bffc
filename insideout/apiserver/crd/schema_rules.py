"""What a CRD's schema may say at all: keywords that are not supported, lists and their keys, defaults.

Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
(ValidateCustomResourceDefinitionOpenAPISchema), pkg/apiserver/schema/defaulting/validation.go@v1.36.2.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as field_of
from typing import Any

from insideout.apiserver.crd import embedded, rule_checks
from insideout.apiserver.crd.field_paths import field_path
from insideout.apiserver.crd.parts import Schema
from insideout.apiserver.crd.rule_checks import Place
from insideout.apiserver.crd.rules import RULES
from insideout.apiserver.crd.schema_validation import causes_of
from insideout.apiserver.crd.structural import prune
from insideout.apiserver.crd.structural_rules import structural_causes
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_META = ("apiVersion", "kind", "metadata")
_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")

_ROOT_FIELDS = {
    "description": "Description",
    "type": "Type",
    "format": "Format",
    "title": "Title",
    "maximum": "Maximum",
    "exclusiveMaximum": "ExclusiveMaximum",
    "minimum": "Minimum",
    "exclusiveMinimum": "ExclusiveMinimum",
    "maxLength": "MaxLength",
    "minLength": "MinLength",
    "pattern": "Pattern",
    "maxItems": "MaxItems",
    "minItems": "MinItems",
    "uniqueItems": "UniqueItems",
    "multipleOf": "MultipleOf",
    "required": "Required",
    "items": "Items",
    "properties": "Properties",
    "externalDocs": "ExternalDocs",
    "example": "Example",
    "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields",
    "x-kubernetes-validations": "XValidations",
}
"""What may stand beside the schema of a status, and its name in Go."""


@dataclass(frozen=True)
class _Where:
    """What holds at a place in a schema because of what is around it."""

    root: bool = False
    in_metadata: bool = False
    defaults_refused: str | None = None


def schema_causes(schema: Schema, path: str, *, has_status: bool, unchanged: bool = False) -> Causes:
    """Return what is wrong with the schema of a whole custom resource.

    `unchanged` is for an update that leaves the schema as it is: no rule in it is too dear by itself.
    """
    causes = _root_causes(schema, path) if has_status else []
    if schema.get("nullable"):
        causes.append(field.forbidden(f"{path}.nullable", "nullable cannot be true at the root"))
    shape = structural_causes(schema, path)
    if not shape:
        shape = _default_causes({**schema, "x-kubernetes-embedded-resource": True}, path, in_metadata=False)
    place = None if shape else rule_checks.root_place(schema, limited=not unchanged)
    causes += shape + _causes(schema, path, _Where(root=True), place).all()
    return causes + (rule_checks.total_causes(place.total, path) if place else [])


def _root_causes(schema: Schema, path: str) -> Causes:
    """Check that the root does not restrict the status, whose schema is cut out and used alone."""
    for name in sorted(schema):
        if name == "type" and schema["type"] != "object":
            detail = (
                'only "object" is allowed as the type at the root of the schema '
                "if the status subresource is enabled"
            )
            return [field.invalid(f"{path}.type", schema["type"], detail)]
        if name not in _ROOT_FIELDS:
            detail = (
                f"only [{' '.join(_ROOT_FIELDS.values())}] fields are allowed at the root of the schema "
                "if the status subresource is enabled"
            )
            return [field.invalid(path, schema, detail)]
    return []


@dataclass
class _Found:
    """What is wrong with a part of a schema, and with the rules in it."""

    schema: Causes = field_of(default_factory=list)
    rules: Causes = field_of(default_factory=list)

    def add(self, other: "_Found") -> None:
        """Add what is wrong further below."""
        self.schema += other.schema
        self.rules += other.rules

    def all(self) -> Causes:
        """Return everything, the schema's own faults first."""
        return self.schema + self.rules


def _causes(schema: Schema, path: str, where: _Where, place: Place | None) -> _Found:
    found = _Found(_keyword_causes(schema, path, where))
    if schema.get("uniqueItems"):
        detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        found.schema.append(field.forbidden(f"{path}.uniqueItems", detail))
    inner = replace(where, root=False)
    others, properties = schema.get("additionalProperties"), schema.get("properties") or {}
    if properties and others is not None and others is not True:
        detail = "additionalProperties and properties are mutual exclusive"
        found.schema.append(field.forbidden(f"{path}.additionalProperties", detail))
    if isinstance(others, Mapping):
        refused = "inside additionalProperties applying to object metadata" if where.in_metadata else None
        there = replace(inner, defaults_refused=refused or where.defaults_refused)
        values = place.element(others, path) if place else None
        found.add(_causes(others, f"{path}.additionalProperties", there, values))
    for name in sorted(properties):
        there = inner
        if name in _META and (where.root or schema.get("x-kubernetes-embedded-resource")):
            refused = f"in top-level {name}" if where.root else where.defaults_refused
            there = replace(inner, in_metadata=True, defaults_refused=refused)
        member = place.property(name, properties[name], path) if place else None
        found.add(_causes(properties[name], f"{path}.properties[{name}]", there, member))
    if "not" in schema:
        found.add(_causes(schema["not"], f"{path}.not", inner, None))
    for keyword in ("allOf", "oneOf", "anyOf"):
        for index, each in enumerate(schema.get(keyword) or []):
            found.add(_causes(each, f"{path}.{keyword}[{index}]", inner, None))
    items = schema.get("items")
    if isinstance(items, Mapping):
        element = place.element(items, path) if place else None
        found.add(_causes(items, f"{path}.items", inner, element))
    found.schema += _list_causes(schema, path) + _rule_causes(schema, path)
    if place is not None and schema.get(RULES) and not found.schema:
        found.rules += rule_checks.compile_causes(place, path)
    return found


def _keyword_causes(schema: Schema, path: str, where: _Where) -> Causes:
    causes: Causes = []
    type_ = schema.get("type") or ""
    if type_ and type_ not in _TYPES:
        causes.append(field.not_supported(f"{path}.type", type_, _TYPES))
    if schema.get("default") is not None and where.defaults_refused:
        causes.append(field.forbidden(f"{path}.default", f"must not be set {where.defaults_refused}"))
    for name in _UNSUPPORTED:
        if schema.get(name):
            causes.append(field.forbidden(f"{path}.{name}", f"{name} is not supported"))
    if type_ == "null":
        detail = "type cannot be set to null, use nullable as an alternative"
        causes.append(field.forbidden(f"{path}.type", detail))
    if isinstance(schema.get("items"), list):
        causes.append(field.forbidden(f"{path}.items", "items must be a schema object and not an array"))
    if where.in_metadata and schema.get("x-kubernetes-embedded-resource"):
        detail = "must not be used inside of resource meta"
        causes.append(field.forbidden(f"{path}.x-kubernetes-embedded-resource", detail))
    return causes


def _list_causes(schema: Schema, path: str) -> Causes:
    """Check x-kubernetes-map-type, -list-type and -list-map-keys."""
    causes: Causes = []
    map_type, list_type = schema.get("x-kubernetes-map-type"), schema.get("x-kubernetes-list-type")
    keys, items = schema.get("x-kubernetes-list-map-keys") or [], schema.get("items")
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        at = f"{path}.x-kubernetes-preserve-unknown-fields"
        causes.append(field.invalid(at, False, "must be true or undefined"))
    causes += _needs_type(schema, path, "object", "map-type")
    causes += _needs_type(schema, path, "array", "list-type")
    if map_type is not None and map_type not in ("atomic", "granular"):
        causes.append(field.not_supported(f"{path}.x-kubernetes-map-type", map_type, ("atomic", "granular")))
    if list_type is not None and list_type not in ("atomic", "set", "map"):
        kinds = ("atomic", "set", "map")
        causes.append(field.not_supported(f"{path}.x-kubernetes-list-type", list_type, kinds))
    if list_type == "set" and schema.get("type") == "array" and isinstance(items, Mapping):
        causes += _set_item_causes(items, f"{path}.items")
    if keys and list_type != "map":
        detail = "must be map if x-kubernetes-list-map-keys is non-empty"
        at = f"{path}.x-kubernetes-list-type"
        causes.append(
            field.required(at, detail) if list_type is None else field.invalid(at, list_type, detail)
        )
    if list_type == "map":
        causes += _map_causes(keys, items, path)
    if list_type in ("set", "map") and isinstance(items, Mapping):
        causes += _nullable_causes(str(list_type), keys, items, f"{path}.items")
    return causes


def _needs_type(schema: Schema, path: str, type_: str, extension: str) -> Causes:
    if schema.get(f"x-kubernetes-{extension}") is None or schema.get("type") == type_:
        return []
    detail = f"must be {type_} if x-kubernetes-{extension} is specified"
    if not schema.get("type"):
        return [field.required(f"{path}.type", detail)]
    return [field.invalid(f"{path}.type", schema["type"], detail)]


def _set_item_causes(items: Schema, path: str) -> Causes:
    detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
    list_type, map_type = items.get("x-kubernetes-list-type"), items.get("x-kubernetes-map-type")
    if items.get("type") == "array" and list_type not in (None, "atomic"):
        return [field.invalid(f"{path}.x-kubernetes-list-type", list_type, detail)]
    if items.get("type") == "object" and map_type != "atomic":
        return [field.invalid(f"{path}.x-kubernetes-map-type", list_type, detail)]
    return []


def _map_causes(keys: list[str], items: Any, path: str) -> Causes:
    causes: Causes = []
    at = f"{path}.x-kubernetes-list-map-keys"
    if not keys:
        causes.append(field.required(at, "must not be empty if x-kubernetes-list-type is map"))
    if items is None:
        detail = "must have a schema if x-kubernetes-list-type is map"
        return [*causes, field.required(f"{path}.items", detail)]
    if not isinstance(items, Mapping):
        return causes
    if items.get("type") != "object":
        detail = "must be object if parent array's x-kubernetes-list-type is map"
        return [*causes, field.invalid(f"{path}.items.type", items.get("type") or "", detail)]
    properties = items.get("properties") or {}
    for index, key in enumerate(keys):
        if key not in properties:
            causes.append(field.invalid(at, keys, "entries must all be names of item properties"))
        elif properties[key].get("type") in ("array", "object"):
            detail = "must be a scalar type if parent array's x-kubernetes-list-type is map"
            causes.append(field.invalid(f"{path}.items.properties[{key}].type", items["type"], detail))
        if key in keys[:index]:
            causes.append(field.invalid(at, keys, "must not contain duplicate entries"))
    return causes


def _nullable_causes(list_type: str, keys: list[str], items: Schema, path: str) -> Causes:
    causes: Causes = []
    if items.get("nullable"):
        detail = f"cannot be nullable when x-kubernetes-list-type is {list_type}"
        causes.append(field.forbidden(f"{path}.nullable", detail))
    properties = items.get("properties") or {}
    for key in keys if list_type == "map" else ():
        if key not in properties:
            continue
        at = f"{path}.properties[{key}]"
        if key not in (items.get("required") or ()) and properties[key].get("default") is None:
            detail = (
                "this property is in x-kubernetes-list-map-keys, "
                "so it must have a default or be a required property"
            )
            causes.append(field.required(f"{at}.default", detail))
        if properties[key].get("nullable"):
            detail = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"
            causes.append(field.forbidden(f"{at}.nullable", detail))
    return causes


def _rule_causes(schema: Schema, path: str) -> Causes:
    """Check the form of the rules; `rule_checks` looks at what they say."""
    causes: Causes = []
    for index, rule in enumerate(schema.get(RULES) or []):
        at = f"{path}.{RULES}[{index}]"
        text, message = rule.get("rule") or "", rule.get("message") or ""
        if not text.strip():
            causes.append(field.required(f"{at}.rule", "rule is not specified"))
        elif message and not message.strip():
            causes.append(field.invalid(f"{at}.message", message, "must be non-empty if specified"))
        elif _breaks(message.strip()):
            causes.append(field.invalid(f"{at}.message", message, "must not contain line breaks"))
        elif _breaks(text.strip()) and not message.strip():
            detail = "message must be specified if rule contains line breaks"
            causes.append(field.required(f"{at}.message", detail))
        expression = rule.get("messageExpression") or ""
        if expression and not expression.strip():
            detail = "messageExpression must be non-empty if specified"
            causes.append(field.required(f"{at}.messageExpression", detail))
        if rule.get("reason") is not None and rule["reason"] not in _REASONS:
            causes.append(field.not_supported(f"{at}.reason", rule["reason"], _REASONS))
        to = rule.get("fieldPath") or ""
        if to and not to.strip():
            causes.append(field.invalid(f"{at}.fieldPath", to, "must be non-empty if specified"))
        if _breaks(to):
            causes.append(field.invalid(f"{at}.fieldPath", to, "must not contain line breaks"))
        if to and not _leads_somewhere(to, schema):
            causes.append(field.invalid(f"{at}.fieldPath", to, "must be a valid path"))
    return causes


def _leads_somewhere(path: str, schema: Schema) -> bool:
    try:
        field_path(path, schema)
    except ValueError:
        return False
    return True


def _breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _default_causes(schema: Schema, path: str, *, in_metadata: bool) -> Causes:
    """Check that every default fits its own schema and would survive pruning."""
    causes: Causes = []
    in_metadata = in_metadata and not schema.get("x-kubernetes-embedded-resource")
    default = schema.get("default")
    if default is not None:
        at = f"{path}.default"
        pruned = copy.deepcopy(default)
        if not in_metadata and prune(schema, pruned):
            causes.append(field.invalid(at, default, "must not have unknown fields"))
        causes += embedded.causes_of(schema, default, at) or causes_of(schema, default, at)
    if isinstance(schema.get("items"), Mapping):
        causes += _default_causes(schema["items"], f"{path}.items", in_metadata=in_metadata)
    for name, each in sorted((schema.get("properties") or {}).items()):
        meta = in_metadata or (bool(schema.get("x-kubernetes-embedded-resource")) and name in _META)
        causes += _default_causes(each, f"{path}.properties[{name}]", in_metadata=meta)
    return causes
