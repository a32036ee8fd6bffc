"""Schemas as types and sizes; names that expressions cannot write; JSON seen through a schema."""

from typing import Any

import pytest

from insideout.apiserver.cel.declared import at_path, declared, named, structs_of
from insideout.apiserver.cel.escaping import escape, unescape
from insideout.apiserver.cel.objects import value_of
from insideout.apiserver.cel.values import Duration, EvaluationError, Timestamp, equal

_TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "type_", "most"),
    [
        ({"type": "string", "maxLength": 5}, "string", 20),
        (_TEXT, "string", 3145726),
        ({"type": "string", "enum": ["a", "abc"]}, "string", 3),
        ({"type": "string", "format": "byte"}, "bytes", 3145726),
        ({"type": "string", "format": "date-time"}, "timestamp", 32),
        ({"type": "string", "format": "ipv4"}, "string", 3145726),
        ({"x-kubernetes-int-or-string": True}, "dyn", 3145726),
        ({"type": "array", "items": _TEXT}, "list(string)", 1048575),
        (
            {"type": "array", "maxItems": 3, "items": {"type": "array", "items": _TEXT}},
            "list(list(string))",
            3,
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "map(string, int)", 449389),
        ({"type": "object", "properties": {}}, "object", 0),
    ],
)
def test_what_a_schema_declares(schema: dict[str, Any], type_: str, most: int) -> None:
    found = declared(schema)
    assert found is not None
    assert (str(found.type), found.most) == (type_, most)


def test_what_has_no_type_is_left_out() -> None:
    schema = {
        "type": "object",
        "properties": {"any": {"x-kubernetes-preserve-unknown-fields": True}, "a": _TEXT},
    }
    found = declared(schema)
    assert found is not None
    assert list(found.fields) == ["a"]
    assert declared({"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}}) is None


def test_a_whole_object_has_its_name() -> None:
    found = declared({"type": "object"}, root=True)
    assert found is not None
    own = named(found, "boat")
    assert set(structs_of(own)) == {"boat", "boat.metadata"}
    name = at_path(own, ["self", "metadata", "name"])
    assert name is not None
    assert str(name.type) == "string"


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("plain", "plain"),
        ("namespace", "__namespace__"),
        ("a-b.c/d", "a__dash__b__dot__c__slash__d"),
        ("a__b", "a__underscores__b"),
        ("_x_", "_x_"),
        ("1st", None),
        ("a b", None),
        ("", None),
    ],
)
def test_names(name: str, escaped: str | None) -> None:
    assert escape(name) == escaped
    if escaped is not None:
        assert unescape(escaped) == name


def test_an_unknown_escape_is_no_field() -> None:
    assert unescape("__nothing__") is None


def test_parts_become_values_when_they_are_asked_for() -> None:
    schema = {
        "type": "object",
        "properties": {
            "when": {"type": "string", "format": "date-time"},
            "long": {"type": "string", "format": "duration"},
            "namespace": _TEXT,
            "none": {"type": "string", "nullable": True},
            "bad": {"type": "string", "format": "date"},
        },
    }
    raw = {
        "when": "1970-01-01T00:00:01Z",
        "long": "2 days",
        "namespace": "a",
        "none": None,
        "bad": "x",
        "more": 1,
    }
    found = value_of(raw, schema)
    assert found["when"] == Timestamp(10**9)
    assert found["long"] == Duration(48 * 3600 * 10**9)
    assert found["__namespace__"] == "a"
    assert "none" not in found
    assert "more" not in found
    with pytest.raises(EvaluationError, match="Invalid date formatted string x"):
        _ = found["bad"]


def list_of(kind: str, *items: Any, **more: Any) -> Any:
    item = {"type": "object", "properties": {"k": _TEXT, "v": _TEXT}} if kind == "map" else _TEXT
    schema = {"type": "array", "items": item, "x-kubernetes-list-type": kind, **more}
    return value_of(list(items), schema)


def test_sets_and_maps_are_equal_in_any_order_and_merge() -> None:
    assert equal(list_of("set", "a", "b"), list_of("set", "b", "a"))
    assert not equal(list_of("atomic", "a", "b"), list_of("atomic", "b", "a"))
    assert list_of("set", "a", "b").plus(list_of("set", "b", "c")).raw == ["a", "b", "c"]
    keys = {"x-kubernetes-list-map-keys": ["k"]}
    one = list_of("map", {"k": "x", "v": "1"}, {"k": "y"}, **keys)
    other = list_of("map", {"k": "z"}, {"k": "x", "v": "2"}, **keys)
    assert one.plus(other).raw == [{"k": "x", "v": "2"}, {"k": "y"}, {"k": "z"}]
    assert equal(one, list_of("map", {"k": "y"}, {"k": "x", "v": "1"}, **keys))
    assert not equal(one, list_of("map", {"k": "y"}, {"k": "x", "v": "9"}, **keys))


def test_data_that_no_schema_describes_counts_only_when_it_is_compared() -> None:
    schema = {"type": "object", "properties": {"a": _TEXT}}
    assert equal(value_of({"a": "x", "b": 1}, schema), value_of({"a": "x", "b": 1}, schema))
    assert not equal(value_of({"a": "x", "b": 1}, schema), value_of({"a": "x", "b": 2}, schema))
