"""Writes as the server does them, with the content of objects alone: no store, no HTTP."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import (
    decode,
    normalize,
    prepare_for_create,
    prepare_for_update,
    set_defaults,
    validate_create,
    validate_update,
)
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import Cause, invalid

Object = dict[str, Any]
NOW = "2026-01-01T00:00:00Z"
UID = "00000000-0000-4000-8000-000000000000"


class Writes:
    """Creation and update of one object, up to the moment it would be stored."""

    def __init__(self) -> None:
        self._registry = Registry()

    def kind(self, resource: str) -> Kind:
        """Return the kind that a resource such as "deployments.apps" holds."""
        kind = self._registry.named(resource)
        assert kind is not None
        return kind

    def create(self, resource: str, body: Object | bytes, field_validation: str = "Warn") -> Object:
        """Return the new object, or raise the server's refusal."""
        kind = self.kind(resource)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        obj, _ = decode(kind, data, "application/json", field_validation)
        set_defaults(kind, obj)
        meta = obj["metadata"]
        if kind.namespaced:
            meta.setdefault("namespace", "ns")
        if meta.get("generateName") and not meta.get("name"):
            meta["name"] = meta["generateName"] + "bbbbb"
        meta.update(uid=UID, creationTimestamp=NOW)
        prepare_for_create(kind, obj)
        causes = validate_create(kind, obj)
        if causes:
            raise invalid(kind, meta.get("name", ""), causes)
        meta["resourceVersion"] = "1"
        return obj

    def update(
        self, resource: str, old: Object, change: Callable[[Object], Any], subresource: str = ""
    ) -> Object:
        """Return the object as `change` makes it, or raise the server's refusal; `old` stays as it is."""
        kind = self.kind(resource)
        kept = copy.deepcopy(old)
        changed = copy.deepcopy(old)
        changed = change(changed) or changed
        new, _ = normalize(kind, changed)
        set_defaults(kind, new)
        prepare_for_update(kind, new, old, subresource)
        assert old == kept
        causes = validate_update(kind, new, old, subresource)
        if causes:
            raise invalid(kind, old["metadata"]["name"], causes)
        return new

    def causes(self, resource: str, body: Object) -> list[Cause]:
        """Return what is wrong with a new object."""
        kind = self.kind(resource)
        obj, _ = normalize(kind, body)
        set_defaults(kind, obj)
        obj["metadata"].setdefault("name", "x")
        obj["metadata"].update(uid=UID, creationTimestamp=NOW)
        if kind.namespaced:
            obj["metadata"].setdefault("namespace", "ns")
        prepare_for_create(kind, obj)
        return validate_create(kind, obj)


@pytest.fixture(scope="session")
def writes() -> Writes:
    """Return what writes objects of every kind."""
    return Writes()
