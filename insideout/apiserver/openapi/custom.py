"""The schema of a custom kind as the OpenAPI documents have it: its definition's, with what every object has.

Clients such as kubectl read version 2 with rules of their own, so that version leaves out what they would
misread: junctors, defaults, and the types of what may be null or unknown.

Source: k8s.io/apiextensions-apiserver/pkg/controller/openapi/{builder/builder,v2/conversion}.go,
pkg/apiserver/schema/unfold.go, k8s.io/kube-openapi/pkg/schemamutation@v1.36.2.
"""

from typing import Any

from insideout.apiserver.openapi.descriptions import descriptions

Schema = dict[str, Any]
PRESERVE, EMBEDDED, EITHER = (
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
)
_CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
METADATA = f"Standard object's metadata. More info: {_CONVENTIONS}#metadata"
LIST_METADATA = f"Standard list metadata. More info: {_CONVENTIONS}#types-kinds"
_EMBEDDED_TEXTS = {
    "apiVersion": "apiVersion defines the versioned schema of this representation of an object. "
    f"More info: {_CONVENTIONS}#resources",
    "kind": "kind is a string value representing the type of this object. In CamelCase. "
    f"More info: {_CONVENTIONS}#types-kinds",
}
_NUMBER_OR_TEXT = [{"type": "integer"}, {"type": "string"}]
_JUNCTORS = ("allOf", "anyOf", "oneOf", "not")


def published(schema: Schema, metadata: Schema, openapi_version: int) -> Schema:
    """Return the schema of a kind's objects; `metadata` is that of every object's metadata, described."""
    if openapi_version == 2 and schema.get(PRESERVE):
        return {"type": "object"}  # with any property, kubectl would know no others
    shape = _part(schema, metadata, openapi_version)
    properties = {**shape.get("properties", {}), **_type_meta(), "metadata": metadata}
    return {**shape, "properties": dict(sorted(properties.items()))}


def published_list(list_kind: str, kind: str, plural: str, item: Schema, metadata: Schema) -> Schema:
    """Return the schema of a list of a custom kind; `item` and `metadata` are those of its parts."""
    items = {
        "description": f"List of {plural}. More info: {_CONVENTIONS}",
        "type": "array",
        "items": item,
    }
    properties = {**_type_meta(), "items": items, "metadata": metadata}
    return {
        "description": f"{list_kind} is a list of {kind}",
        "type": "object",
        "required": ["items"],
        "properties": dict(sorted(properties.items())),
    }


def selectable(definition: Any) -> Schema:
    """Return what a schema says of the fields by which objects can be selected."""
    paths = [each["jsonPath"].removeprefix(".") for each in (definition or {}).get("selectableFields") or ()]
    return {"x-kubernetes-selectable-fields": [{"fieldPath": each} for each in paths]} if paths else {}


def _type_meta() -> dict[str, Schema]:
    texts = descriptions("V1Pod")
    return {name: {"description": texts[name], "type": "string"} for name in ("apiVersion", "kind")}


def _part(schema: Schema, metadata: Schema, openapi_version: int) -> Schema:
    result = _for_kubectl(schema) if openapi_version == 2 else dict(schema)
    if result.get(EITHER) and openapi_version == 3:
        result |= _unfolded(result)
    for name in ("items", "additionalProperties"):
        if isinstance(result.get(name), dict):
            result[name] = _part(result[name], metadata, openapi_version)
    if "properties" in result:
        result["properties"] = {
            name: _part(each, metadata, openapi_version) for name, each in result["properties"].items()
        }
    if result.get(EMBEDDED) and not (openapi_version == 2 and result.get(PRESERVE)):
        own = {name: {"description": text, "type": "string"} for name, text in _EMBEDDED_TEXTS.items()}
        result["properties"] = {**result.get("properties", {}), **own, "metadata": metadata}
        required = result.get("required") or []
        result["required"] = [
            *required,
            *(each for each in ("kind", "apiVersion") if each not in required),
        ]
    return result


def _unfolded(schema: Schema) -> Schema:
    """Return what says in OpenAPI's own words that a value is a number or a text, if that is not said."""
    all_of = schema.get("allOf") or []
    if _NUMBER_OR_TEXT in (schema.get("anyOf"), *(each.get("anyOf") for each in all_of[:1])):
        return {}
    if "anyOf" not in schema:
        return {"anyOf": _NUMBER_OR_TEXT}
    return {"allOf": [{"anyOf": _NUMBER_OR_TEXT}, *all_of]}


def _for_kubectl(schema: Schema) -> Schema:
    """Return a schema without what version 2 has no place for; its parts are as they were."""
    dropped = {*_JUNCTORS, "default", "nullable"}
    if schema.get("nullable"):
        dropped |= {"type", "items", "properties"}
    if schema.get(PRESERVE):
        dropped |= {"items", "properties"}
    result = {name: each for name, each in schema.items() if name not in dropped}
    if result.get("type") == "array" and "items" not in result:
        del result["type"]
    if schema.get(PRESERVE) and result.get("type") == "object":
        del result["type"]
    others = schema.get("additionalProperties")
    nullable = {name for name, each in result.get("properties", {}).items() if each.get("nullable")}
    required = [each for each in schema.get("required") or () if each not in nullable]
    if not required or (isinstance(others, dict) and others.get("nullable")):
        result.pop("required", None)
    else:
        result["required"] = required
    return result
