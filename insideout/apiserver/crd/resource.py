"""Custom resources as the server keeps them: shaped by their schema on the way in, then validated.

Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy,validator}.go,
pkg/apiserver/customresource_handler.go@v1.36.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from insideout.apimachinery import names
from insideout.apimachinery.copies import copied
from insideout.apiserver.cel.reading import ParserMissingError
from insideout.apiserver.crd import embedded, list_types
from insideout.apiserver.crd.parts import Schema
from insideout.apiserver.crd.rule_evaluation import rule_causes
from insideout.apiserver.crd.rules import compiled_rules
from insideout.apiserver.crd.schema_validation import causes_of
from insideout.apiserver.crd.structural import shape
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy
from insideout.apiserver.status import StatusError, invalid
from insideout.apiserver.warning import warn

Object = dict[str, Any]
Scale = Mapping[str, str]
_MOST_REPLICAS = 2**31 - 1
_BLOCKING = (
    "FieldValueNotSupported",
    "FieldValueRequired",
    "FieldValueTooLong",
    "FieldValueDuplicate",
    "FieldValueTypeInvalid",
)


def schema_of(kind: Kind) -> Schema:
    """Return the schema of a kind that a definition has brought, {} when it has none."""
    return _schema(kind.definition or {})


def _schema(version: Mapping[str, Any]) -> Schema:
    return (version.get("schema") or {}).get("openAPIV3Schema") or {}


def shape_resource(kind: Kind, obj: Object) -> list[str]:
    """Default and prune `obj` in place; return what strict decoding says of each field that was dropped."""
    schema = schema_of(kind)
    dropped = [f'unknown field "{path}"' for path in shape(schema, obj)]
    return [*dropped, *embedded.coerce(schema, obj)]


def check_type(kind: Kind, obj: Object) -> None:
    """Raise 422 for an object that says it is of another kind, before anything else is looked at."""
    found = obj.get("kind") or ""
    if found != kind.kind:
        cause = field.invalid("kind", found, f"must be {kind.kind}")
        raise invalid(replace(kind, kind=found), obj["metadata"].get("name", ""), [cause])


def as_read(kind: Kind, stored: Object) -> Object:
    """Return a stored object as a version of its kind shows it now; the stored object itself if that is it.

    A definition may have changed since the write: defaults it has learnt are filled in, fields it has dropped
    are left out.  An object of a version that the definition has no more cannot be shown: 500.
    """
    version = stored.get("apiVersion") or kind.api_version
    read = copied(stored)
    if version != kind.api_version:
        if version not in kind.versions:
            raise StatusError(500, "", f"request to convert CR from an invalid group/version: {version}")
        shape(_schema(kind.versions[version]), read)
        read["apiVersion"] = kind.api_version
    shape_resource(kind, read)
    return stored if read == stored else read


def as_stored(kind: Kind, obj: Object) -> Object:
    """Return an object in the version that its definition stores."""
    version = next((name for name, each in kind.versions.items() if each.get("storage")), kind.api_version)
    return obj if obj.get("apiVersion") == version else {**obj, "apiVersion": version}


@dataclass(frozen=True)
class ResourceStrategy(Strategy):
    """The particulars of one custom kind."""

    schema: Schema | None = None
    scale: Scale | None = None

    def create_rules(self, obj: Object) -> Causes:
        """Return what is wrong with a new custom resource."""
        causes = self.metadata_rules(obj)
        causes += causes_of(self.schema or {}, obj)
        causes += self._scale_causes(obj, "specReplicasPath") + self._scale_causes(obj, "statusReplicasPath")
        causes += embedded.causes_of(self.schema, obj) + list_types.causes_of(self.schema, obj)
        return causes + _ruled(self.schema, causes, obj, None)

    def update_rules(self, new: Object, old: Object) -> Causes:
        """Return what is wrong with a change; what was wrong before and is as it was, is let through."""
        causes = metadata.validate_update(new["metadata"], old["metadata"])
        causes += causes_of(self.schema or {}, new, old=old)
        causes += self._scale_causes(new, "specReplicasPath") + self._scale_causes(new, "statusReplicasPath")
        causes += embedded.causes_of(self.schema, new)
        if not list_types.causes_of(self.schema, old):
            causes += list_types.causes_of(self.schema, new)
        return causes + _ruled(self.schema, causes, new, old)

    def _scale_causes(self, obj: Object, which: str) -> Causes:
        return scale_causes(self.scale, obj, which)


def status_causes(schema: Schema, scale: Scale | None, new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of the status, the only part that its endpoint changes."""
    causes: Causes = []
    status_schema = (schema.get("properties") or {}).get("status") or {}
    if "status" in new:
        causes += causes_of(status_schema, new["status"], "status", old.get("status"))
    causes += scale_causes(scale, new, "statusReplicasPath")
    if not list_types.causes_of(schema, old):
        causes += list_types.causes_of(schema, new)
    return causes + _ruled(schema, causes, new, old)


def _ruled(schema: Schema | None, found: Causes, new: Object, old: Object | None) -> Causes:
    """Return what the schema's rules have against an object; of a wrong shape, it is not shown to them."""
    try:
        rules = compiled_rules(schema or {})
    except ParserMissingError as problem:
        warn(str(problem))
        return []
    if rules is None:
        return []
    if any(each.reason in _BLOCKING for each in found):
        detail = (
            "some validation rules were not checked because the object was invalid; "
            "correct the existing errors to complete validation"
        )
        return [field.invalid("<nil>", None, detail)]
    return rule_causes(rules, new, old)


def scale_causes(scale: Scale | None, obj: Object, which: str) -> Causes:
    """Return what is wrong with the number of replicas that the scale subresource shows."""
    if scale is None:
        return []
    path = scale[which]
    found = value_at(obj, path)
    if found is None:
        return []
    if not isinstance(found, int) or isinstance(found, bool):
        wanted = f"{path} accessor error: {found} is of the type {_go_type(found)}, expected int64"
        return [field.invalid(path, 0, wanted)]
    if found < 0:
        return [field.invalid(path, found, "should be a non-negative integer")]
    if found > _MOST_REPLICAS:
        return [field.invalid(path, found, f"should be less than or equal to {_MOST_REPLICAS}")]
    return []


def strategy_of(kind: Kind) -> ResourceStrategy:
    """Return the strategy of a kind that a definition has brought."""
    schema = schema_of(kind)
    scale = ((kind.definition or {}).get("subresources") or {}).get("scale")
    return ResourceStrategy(
        name_rule=names.dns_subdomain,
        validate_status=partial(status_causes, schema, scale),
        namespaced=kind.namespaced,
        counts_generation=True,
        has_status=kind.subresource("status") is not None,
        schema=schema,
        scale=scale,
    )


def value_at(obj: Any, path: str) -> Any:
    """Return what is at a simple path such as ".spec.replicas", None for nothing."""
    for name in path.strip(".").split("."):
        if not isinstance(obj, dict):
            return None
        obj = obj.get(name)
    return obj


def _go_type(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case float():
            return "float64"
        case str():
            return "string"
        case list():
            return "[]interface {}"
        case _:
            return "map[string]interface {}"
