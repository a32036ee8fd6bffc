"""Custom resources take the shape of their schema: unknown fields go, defaults come, stray nulls go.

A CRD's schema is *structural*: it says for every field what it is, outside of any anyOf or not.  So the
server can walk an object along its schema, and it does that to every custom resource that comes in:

- *defaulting* adds what is missing and has a default, from the outside in: a default may itself lack a
  default;
- *pruning* drops what no schema describes, except under x-kubernetes-preserve-unknown-fields;
- a null goes when the field is not nullable; where there is a default, the default takes its place.

An embedded resource (x-kubernetes-embedded-resource) keeps its apiVersion, kind and metadata, described or
not.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting}/*.go@v1.36.2.
"""

import copy
from collections.abc import Mapping
from typing import Any

from insideout.apiserver.crd.parts import Schema, below

_META = ("apiVersion", "kind", "metadata")
_EMPTY: Schema = {}


def shape(schema: Schema, obj: dict[str, Any]) -> list[str]:
    """Give `obj`, a whole custom resource, the shape of its schema, in place.

    Returns the paths of the fields that were dropped, sorted, such as "spec.extra".
    """
    drop_nulls(schema, obj)
    add_defaults(schema, obj)
    dropped: list[str] = []
    _prune({**schema, "x-kubernetes-embedded-resource": True}, obj, "", dropped)
    return sorted(dropped)


def prune(schema: Schema, value: Any) -> list[str]:
    """Drop what `schema` does not describe from a part of an object, in place; return what went."""
    dropped: list[str] = []
    _prune(schema, value, "", dropped)
    return sorted(dropped)


def _prune(schema: Schema | None, value: Any, path: str, dropped: list[str]) -> None:
    if schema is not None and schema.get("x-kubernetes-preserve-unknown-fields"):
        _prune_inside_preserved(schema, value, path, dropped)
    elif isinstance(value, list):
        items = schema.get("items") if schema is not None else None
        for index, item in enumerate(value):
            _prune(items, item, f"{path}[{index}]", dropped)
    elif isinstance(value, dict):
        embedded = schema is not None and schema.get("x-kubernetes-embedded-resource")
        for name in list(value):
            if embedded and name in _META:
                continue
            known, member = _member(schema or _EMPTY, name)
            if known:
                _prune(member, value[name], below(path, name), dropped)
            else:
                if path or name not in _META:
                    dropped.append(below(path, name))
                del value[name]


def _prune_inside_preserved(schema: Schema, value: Any, path: str, dropped: list[str]) -> None:
    """Keep what is unknown here, but prune again inside of what is described."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if schema.get("items") is not None:
                _prune_inside_preserved(schema["items"], item, f"{path}[{index}]", dropped)
    elif isinstance(value, dict):
        for name, item in value.items():
            if schema.get("x-kubernetes-embedded-resource") and name in _META:
                continue
            known, member = _member(schema, name)
            if known:
                _prune(member, item, below(path, name), dropped)


def add_defaults(schema: Schema | None, value: Any) -> None:
    """Add the defaults that `schema` has for what is missing, in place."""
    if schema is None:
        return
    if isinstance(value, list):
        items = schema.get("items")
        for index, item in enumerate(value):
            if item is None and items is not None and not items.get("nullable"):
                value[index] = copy.deepcopy(items.get("default"))
            add_defaults(items, value[index])
    elif isinstance(value, dict):
        for name, member in (schema.get("properties") or {}).items():
            if member.get("default") is not None and (
                name not in value or (value[name] is None and not member.get("nullable"))
            ):
                value[name] = copy.deepcopy(member["default"])
        for name in value:
            known, described = _member(schema, name)
            if not known or described is None:
                continue
            if name not in (schema.get("properties") or {}) and _is_stray_null(described, value[name]):
                value[name] = copy.deepcopy(described.get("default"))
            add_defaults(described, value[name])


def drop_nulls(schema: Schema | None, value: Any) -> None:
    """Remove each null that is neither allowed nor to be replaced by a default, in place."""
    if isinstance(value, list):
        for item in value:
            drop_nulls(schema.get("items") if schema is not None else None, item)
    elif isinstance(value, dict):
        for name in list(value):
            _, member = _member(schema or _EMPTY, name)
            if member is not None and _is_stray_null(member, value[name]) and member.get("default") is None:
                del value[name]
            else:
                drop_nulls(member, value[name])


def _is_stray_null(schema: Schema, value: Any) -> bool:
    return value is None and not schema.get("nullable")


def _member(schema: Schema, name: str) -> tuple[bool, Schema | None]:
    """Return whether the schema describes the field `name`, and its schema if it has one."""
    properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
    if name in properties:
        return True, properties[name]
    if isinstance(others, Mapping):
        return True, others
    return others is not None, None
