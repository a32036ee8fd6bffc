"""The schemas of custom kinds in both documents, each as a real server publishes it."""

from typing import Any

import pytest

from insideout.apiserver.openapi import custom

Schema = dict[str, Any]
METADATA = {"$ref": "#/metadata"}
UNKNOWN = {custom.PRESERVE: True}
NUMBER_OR_TEXT = [{"type": "integer"}, {"type": "string"}]


def field(schema: Schema, openapi_version: int) -> Schema:
    """Return what becomes of a field's schema."""
    root = {"type": "object", "properties": {"field": schema}}
    found: Schema = custom.published(root, METADATA, openapi_version)["properties"]["field"]
    return found


@pytest.mark.parametrize(
    ("schema", "second"),
    [
        ({"type": "string", "nullable": True}, {}),
        ({"type": "object", "nullable": True, "properties": {"x": {"type": "integer"}}}, {}),
        ({"type": "object", "properties": {"y": {"type": "string"}}, **UNKNOWN}, UNKNOWN),
        ({"type": "array", "items": {"type": "string"}, **UNKNOWN}, UNKNOWN),
        ({"type": "array", "items": {"type": "string", "nullable": True}}, {"type": "array", "items": {}}),
        ({"type": "integer", "default": 3, "minimum": 1}, {"type": "integer", "minimum": 1}),
        ({"type": "string", "allOf": [{"maxLength": 5}], "not": {"pattern": "x"}}, {"type": "string"}),
        (
            {
                "type": "object",
                "required": ["a", "b"],
                "properties": {"a": {"type": "string", "nullable": True}, "b": {"type": "string"}},
            },
            {"type": "object", "required": ["b"], "properties": {"a": {}, "b": {"type": "string"}}},
        ),
        (
            {
                "type": "object",
                "required": ["a"],
                "additionalProperties": {"type": "string", "nullable": True},
            },
            {"type": "object", "additionalProperties": {}},
        ),
    ],
)
def test_version_2_leaves_out_what_kubectl_would_misread(schema: Schema, second: Schema) -> None:
    assert field(schema, 2) == second
    assert field(schema, 3) == schema


def test_a_root_that_takes_anything_is_an_object_in_version_2() -> None:
    root = {"type": "object", "description": "any", "properties": {"spec": {"type": "object"}}, **UNKNOWN}
    assert custom.published(root, METADATA, 2) == {"type": "object"}
    third = custom.published(root, METADATA, 3)
    assert list(third["properties"]) == ["apiVersion", "kind", "metadata", "spec"]
    assert third["properties"]["metadata"] is METADATA
    assert third["description"] == "any"


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ({}, {"anyOf": NUMBER_OR_TEXT}),
        ({"anyOf": NUMBER_OR_TEXT}, {}),
        ({"allOf": [{"anyOf": NUMBER_OR_TEXT}, {"pattern": "x"}]}, {}),
        (
            {"anyOf": [{"maximum": 3}], "allOf": [{"minimum": 1}]},
            {"allOf": [{"anyOf": NUMBER_OR_TEXT}, {"minimum": 1}]},
        ),
    ],
)
def test_a_number_or_a_text(given: Schema, added: Schema) -> None:
    schema = {custom.EITHER: True, **given}
    assert field(schema, 3) == schema | added
    assert field(schema, 2) == {custom.EITHER: True}


def test_an_embedded_resource_has_the_fields_of_every_object() -> None:
    embedded = {"type": "object", custom.EMBEDDED: True, "required": ["spec", "kind"]}
    for openapi_version in (2, 3):
        found = field(embedded, openapi_version)
        assert found["required"] == ["spec", "kind", "apiVersion"]
        assert set(found["properties"]) == {"apiVersion", "kind", "metadata"}
        assert found["properties"]["kind"]["description"].startswith("kind is a string value")
    assert field({**embedded, **UNKNOWN}, 2) == {
        custom.EMBEDDED: True,
        "required": ["spec", "kind"],
        **UNKNOWN,
    }
    assert "metadata" in field({**embedded, **UNKNOWN}, 3)["properties"]


def test_a_list_describes_itself() -> None:
    found = custom.published_list("BoatList", "Boat", "boats", {"$ref": "#/boat"}, METADATA)
    assert found["description"] == "BoatList is a list of Boat"
    assert found["properties"]["items"]["description"].startswith("List of boats. More info: https://")
    assert found["properties"]["items"]["items"] == {"$ref": "#/boat"}


def test_fields_to_select_by_are_told() -> None:
    assert custom.selectable({"selectableFields": [{"jsonPath": ".spec.color"}]}) == {
        "x-kubernetes-selectable-fields": [{"fieldPath": "spec.color"}]
    }
    assert custom.selectable({}) == {}
