"""Whether a CRD's schema is structural: every field described once, outside of anyOf, allOf, oneOf and not.

Only then can the server walk an object along it to prune and default (`structural.py`).  Inside of anyOf and
its like a schema may restrict values, but neither say what type a field has nor bring up a field that is not
described outside.  Two spellings of int-or-string are excepted.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{validation,complete}.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apimachinery import patterns
from insideout.apiserver.crd.parts import Schema
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_LEVELS = {"root": "at the root", "item": "for specified array items", "field": "for specified object fields"}


def structural_causes(schema: Schema, path: str) -> Causes:
    """Return why `schema`, of a whole custom resource, is not structural; sorted by what they say."""
    causes = _shape(schema, "root", path) + _completeness(schema, schema, path, path)
    return sorted(causes, key=lambda each: f"{each.field}: {each.message}")


def _shape(schema: Schema, level: str, path: str) -> Causes:
    """Check the describing part of a schema, and what restricts values in it."""
    causes: Causes = []
    type_, items, properties = schema.get("type") or "", schema.get("items"), schema.get("properties") or {}
    embedded = bool(schema.get("x-kubernetes-embedded-resource"))
    preserving = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    either = bool(schema.get("x-kubernetes-int-or-string"))
    if type_ == "array" and items is None:
        causes.append(field.required(f"{path}.items", "must be specified"))
    if isinstance(items, Mapping):
        causes += _shape(items, "item", f"{path}.items")
    for name in sorted(properties):
        causes += _shape(properties[name], "field", f"{path}.properties[{name}]")
    others = schema.get("additionalProperties")
    if others is not None:
        if level == "root":
            causes.append(field.forbidden(f"{path}.additionalProperties", "must not be used at the root"))
        if isinstance(others, Mapping):
            causes += _shape(others, "field", f"{path}.additionalProperties")
    for name, set_ in (("preserve-unknown-fields", preserving), ("embedded-resource", embedded)):
        if either and set_:
            detail = "must be false if x-kubernetes-int-or-string is true"
            causes.append(field.invalid(f"{path}.x-kubernetes-{name}", True, detail))
    causes += _restrictions(schema, level, path, in_root=True)
    causes += _type_rules(schema, level, path)
    if embedded and others is not None:
        detail = "must not be used if x-kubernetes-embedded-resource is set"
        causes.append(field.forbidden(f"{path}.additionalProperties", detail))
    causes += _meta_rules(properties, level, path, checked=level == "root" or embedded)
    if embedded and not preserving and not properties:
        detail = (
            "must not be empty if x-kubernetes-embedded-resource is true "
            "without x-kubernetes-preserve-unknown-fields"
        )
        causes.append(field.required(f"{path}.properties", detail))
    return causes


def _type_rules(schema: Schema, level: str, path: str) -> Causes:
    causes: Causes = []
    type_ = schema.get("type") or ""
    free = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if schema.get("x-kubernetes-embedded-resource") and type_ != "object":
        detail = "must be object if x-kubernetes-embedded-resource is true"
        wrong = (
            field.invalid(f"{path}.type", type_, detail) if type_ else field.required(f"{path}.type", detail)
        )
        causes.append(wrong)
    elif not type_ and not free:
        causes.append(field.required(f"{path}.type", f"must not be empty {_LEVELS[level]}"))
    if level == "root" and type_ and type_ != "object":
        causes.append(field.invalid(f"{path}.type", type_, "must be object at the root"))
    return causes


def _meta_rules(properties: Mapping[str, Any], level: str, path: str, *, checked: bool) -> Causes:
    """Check kind, apiVersion and metadata, which every resource has in a form of their own."""
    causes: Causes = []
    for name in ("kind", "apiVersion"):
        type_ = properties.get(name, {}).get("type") or ""
        if name in properties and checked and type_ != "string":
            causes.append(field.invalid(f"{path}.properties[{name}].type", type_, "must be string"))
    if "metadata" not in properties:
        return causes
    metadata, here = properties["metadata"], f"{path}.properties[metadata]"
    type_ = metadata.get("type") or ""
    if checked and type_ != "object":
        causes.append(field.invalid(f"{here}.type", type_, "must be object"))
    if level == "root":
        rest = {name: each for name, each in metadata.items() if name not in ("type", "default") and each}
        if set(rest.get("properties", ())) <= {"name", "generateName"}:
            rest.pop("properties", None)
        if rest:
            detail = (
                "must not specify anything other than name and generateName, "
                "but metadata is implicitly specified"
            )
            causes.append(field.forbidden(here, detail))
    return causes


def _restrictions(
    schema: Schema, level: str, path: str, *, in_root: bool, skip_any_of: bool = False
) -> Causes:
    """Check anyOf, allOf, oneOf, not and the pattern of a schema."""
    causes: Causes = []
    either = in_root and schema.get("anyOf") == _INT_OR_STRING
    all_of = schema.get("allOf") or []
    nested_either = in_root and bool(all_of) and all_of[0].get("anyOf") == _INT_OR_STRING
    if not (either or skip_any_of):
        for index, each in enumerate(schema.get("anyOf") or []):
            causes += _nested(each, level, f"{path}.anyOf[{index}]")
    for index, each in enumerate(all_of):
        skip = nested_either and index == 0
        causes += _nested(each, level, f"{path}.allOf[{index}]", skip_any_of=skip)
    for index, each in enumerate(schema.get("oneOf") or []):
        causes += _nested(each, level, f"{path}.oneOf[{index}]")
    if "not" in schema:
        causes += _nested(schema["not"], level, f"{path}.not")
    if schema.get("pattern"):
        try:
            patterns.compiled(schema["pattern"])
        except ValueError as error:
            detail = f"must be a valid regular expression, but isn't: {error}"
            causes.append(field.invalid(f"{path}.pattern", schema["pattern"], detail))
    return causes


_EMPTY_WHEN_NESTED = {
    "type": "must be empty to be structural",
    "additionalProperties": "must be undefined to be structural",
    "default": "must be undefined to be structural",
    "title": "must be empty to be structural",
    "description": "must be empty to be structural",
    "nullable": "must be false to be structural",
    "x-kubernetes-preserve-unknown-fields": "must be false to be structural",
    "x-kubernetes-embedded-resource": "must be false to be structural",
    "x-kubernetes-int-or-string": "must be false to be structural",
    "x-kubernetes-list-map-keys": "must be empty to be structural",
    "x-kubernetes-list-type": "must be undefined to be structural",
    "x-kubernetes-map-type": "must be undefined to be structural",
    "x-kubernetes-validations": "must be empty to be structural",
}


def _nested(schema: Schema, level: str, path: str, *, skip_any_of: bool = False) -> Causes:
    """Check a schema that only restricts values."""
    causes = _restrictions(schema, level, path, in_root=False, skip_any_of=skip_any_of)
    if isinstance(schema.get("items"), Mapping):
        causes += _nested(schema["items"], level, f"{path}.items")
    properties = schema.get("properties") or {}
    for name in sorted(properties):
        causes += _nested(properties[name], "field", f"{path}.properties[{name}]")
    for name, detail in _EMPTY_WHEN_NESTED.items():
        if schema.get(name) or (name == "additionalProperties" and schema.get(name) is not None):
            causes.append(field.forbidden(f"{path}.{name}", detail))
    if "metadata" in properties:
        detail = "must not be specified in a nested context"
        causes.append(field.forbidden(f"{path}.properties[metadata]", detail))
    return causes


def _completeness(restricting: Schema, describing: Schema | None, path: str, at: str) -> Causes:
    """Check that what `restricting` (found `at`) brings up is described by `describing` (at `path`)."""
    causes: Causes = []
    if "not" in restricting:
        causes += _described(restricting["not"], describing, path, f"{at}.not")
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, each in enumerate(restricting.get(keyword) or []):
            causes += _described(each, describing, path, f"{at}.{keyword}[{index}]")
    return causes


def _described(restricting: Schema, describing: Schema | None, path: str, at: str) -> Causes:
    if describing is None:
        return [field.required(path, f"because it is defined in {at}")]
    causes = _completeness(restricting, describing, path, at)
    if isinstance(restricting.get("items"), Mapping):
        causes += _described(restricting["items"], describing.get("items"), f"{path}.items", f"{at}.items")
    known = describing.get("properties") or {}
    for name, each in sorted((restricting.get("properties") or {}).items()):
        here, there = f"{path}.properties[{name}]", f"{at}.properties[{name}]"
        causes += _described(each, known.get(name), here, there)
    return causes
