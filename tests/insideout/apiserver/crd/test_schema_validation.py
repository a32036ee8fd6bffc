"""Values against OpenAPI schemas: each keyword's words, what a failed anyOf reports, and ratcheting."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.apiserver.crd.schema_validation import causes_of

Schema = dict[str, Any]
CASES: dict[str, tuple[Schema, Any, list[str]]] = {
    "fits": ({"type": "integer", "minimum": 1}, 3, []),
    "type": (
        {"type": "integer"},
        "3",
        ['Invalid value: "string": f in body must be of type integer: "string"'],
    ),
    "null": ({"type": "string"}, None, ['Invalid value: "null": f in body must be of type string: "null"']),
    "nullable": ({"type": "string", "nullable": True}, None, []),
    "a whole float is an integer": ({"type": "integer"}, 3.0, []),
    "a fraction is not": (
        {"type": "integer"},
        3.5,
        [
            'Invalid value: "number": f in body must be of type integer: "number"',
            'Invalid value: "": Checked value must be of type integer (default format) in f',
        ],
    ),
    "an integer is a number": ({"type": "number"}, 3, []),
    "int or string": ({"x-kubernetes-int-or-string": True}, "3", []),
    "neither int nor string": (
        {"x-kubernetes-int-or-string": True},
        True,
        ['Invalid value: "boolean": f in body must be of type integer,string: "boolean"'],
    ),
    "int32": (
        {"type": "integer", "format": "int32"},
        2**31,
        ['Invalid value: "": Checked value must be of type integer with format int32 in f'],
    ),
    "minimum": (
        {"type": "integer", "minimum": 1},
        0,
        ["Invalid value: 0: f in body should be greater than or equal to 1"],
    ),
    "exclusive maximum": (
        {"type": "number", "maximum": 2.5, "exclusiveMaximum": True},
        2.5,
        ["Invalid value: 2.5: f in body should be less than 2.5"],
    ),
    "multiple": (
        {"type": "integer", "multipleOf": 3},
        4,
        ["Invalid value: 4: f in body should be a multiple of 3"],
    ),
    "enum": (
        {"type": "string", "enum": ["a", "b"]},
        "c",
        ['Unsupported value: "c": supported values: "a", "b"'],
    ),
    "enum of numbers": (
        {"type": "integer", "enum": [1, 2]},
        3,
        ['Unsupported value: 3: supported values: "1", "2"'],
    ),
    "longest": ({"type": "string", "maxLength": 2}, "abc", ["Too long: may not be more than 2 bytes"]),
    "shortest": (
        {"type": "string", "minLength": 2},
        "a",
        ['Invalid value: "a": f in body should be at least 2 chars long'],
    ),
    "pattern": (
        {"type": "string", "pattern": "^a+$"},
        "b",
        ["Invalid value: \"b\": f in body should match '^a+$'"],
    ),
    "format": (
        {"type": "string", "format": "ipv4"},
        "1.2.3",
        ['Invalid value: "1.2.3": f in body must be of type ipv4: "1.2.3"'],
    ),
    "date-time": ({"type": "string", "format": "date-time"}, "2026-01-01T00:00:00Z", []),
    "unknown format": ({"type": "string", "format": "poem"}, "x", []),
    "too many items": (
        {"type": "array", "items": {"type": "string"}, "maxItems": 1},
        ["a", "b"],
        ["Too many: 2: must have at most 1 item"],
    ),
    "too few items": (
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        [],
        ["Invalid value: 0: f in body should have at least 1 items"],
    ),
    "too many properties": (
        {"type": "object", "maxProperties": 1},
        {"a": 1, "b": 1},
        ["Too many: 2: must have at most 1 item"],
    ),
    "any of": (
        {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 3}]},
        "ab",
        [
            'Invalid value: "": "f" must validate at least one schema (anyOf)',
            'Invalid value: "ab": f in body should be at least 3 chars long',
        ],
    ),
    "one of several": (
        {"oneOf": [{"minimum": 1}, {"maximum": 5}]},
        3,
        ['Invalid value: "": "f" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ),
    "one of none": (
        {"oneOf": [{"minimum": 5}, {"minimum": 6}]},
        3,
        [
            'Invalid value: "": "f" must validate one and only one schema (oneOf). Found none valid',
            "Invalid value: 3: f in body should be greater than or equal to 5",
        ],
    ),
    "all of": (
        {"allOf": [{"minimum": 1}, {"maximum": 2}]},
        3,
        [
            "Invalid value: 3: f in body should be less than or equal to 2",
            'Invalid value: "": "f" must validate all the schemas (allOf)',
        ],
    ),
    "not": (
        {"not": {"enum": ["a"]}},
        "a",
        ['Invalid value: "": "f" must not validate the schema (not)'],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_keywords(name: str) -> None:
    """Each violated keyword is reported in upstream's words."""
    schema, value, expected = CASES[name]
    causes = causes_of({"type": "object", "properties": {"f": schema}}, {"f": value})
    assert [cause.message for cause in causes] == expected


def test_reasons_and_fields() -> None:
    """Fields of objects come before what is missing, and each cause has its reason and path."""
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "sail": {"type": "string", "enum": ["white"]},
                    "crew": {"type": "array", "items": {"type": "string"}},
                    "size": {"type": "integer"},
                },
                "additionalProperties": {"type": "integer"},
            }
        },
    }
    value = {"spec": {"crew": ["a", 1], "other": "x", "sail": "blue"}}
    assert [(cause.reason, cause.field) for cause in causes_of(schema, value)] == [
        ("FieldValueTypeInvalid", "spec.other"),
        ("FieldValueTypeInvalid", "spec.crew[1]"),
        ("FieldValueNotSupported", "spec.sail"),
        ("FieldValueRequired", "spec.size"),
    ]
    assert causes_of({"type": "object", "required": ["size"]}, {}, "status")[0].field == "status.size"


RATCHETED: Schema = {
    "type": "object",
    "properties": {
        "size": {"type": "integer", "maximum": 9},
        "crew": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 18}},
            },
        },
    },
}


def test_what_was_wrong_and_has_not_changed_is_let_through() -> None:
    """An update is not refused for a part that was invalid already and is left alone."""
    old = {"size": 30, "crew": [{"name": "a", "age": 7}]}
    assert causes_of(RATCHETED, old)
    assert causes_of(RATCHETED, {**old, "note": 1}, old=old) == []
    assert causes_of(RATCHETED, {**old, "size": 31}, old=old)[0].field == "size"
    moved = {"crew": [{"name": "b", "age": 20}, {"name": "a", "age": 7}]}
    assert causes_of(RATCHETED, moved, old=old) == []
    assert causes_of(RATCHETED, {"crew": [{"name": "c", "age": 7}]}, old=old)[0].field == "crew[0].age"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(["size", "crew", "name"]), children)
    ),
    max_leaves=8,
)


@given(JSON)
def test_an_unchanged_value_is_always_let_through(value: Any) -> None:
    """Whatever the value, leaving it alone is never refused."""
    assert causes_of(RATCHETED, value, old=value) == []
