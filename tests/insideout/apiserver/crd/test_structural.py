"""Pruning, defaulting and nulls: what becomes of a custom resource on its way in."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.apiserver.crd.structural import shape

Object = dict[str, Any]
SCHEMA: Object = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "size": {"type": "integer", "default": 3},
                "note": {"type": "string", "nullable": True},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "sail": {
                    "type": "object",
                    "default": {},
                    "properties": {"colour": {"type": "string", "default": "white"}},
                },
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "crew": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                },
                "inner": {
                    "type": "object",
                    "x-kubernetes-embedded-resource": True,
                    "properties": {"spec": {"type": "object"}},
                },
            },
        }
    },
}

CASES: dict[str, tuple[Object, Object, list[str]]] = {
    "defaults": ({"spec": {}}, {"spec": {"size": 3, "sail": {"colour": "white"}}}, []),
    "no defaults without a parent": ({}, {}, []),
    "unknown fields": (
        {"apiVersion": "v1", "extra": 1, "spec": {"size": 1, "sail": {"x": 1}, "y": 2}},
        {"apiVersion": "v1", "spec": {"size": 1, "sail": {"colour": "white"}}},
        ["extra", "spec.sail.x", "spec.y"],
    ),
    "preserved": ({"spec": {"free": {"a": {"b": 1}}}}, {"spec": {"free": {"a": {"b": 1}}}}, []),
    "maps": ({"spec": {"labels": {"a": "b"}}}, {"spec": {"labels": {"a": "b"}}}, []),
    "lists": (
        {"spec": {"crew": [{"name": "a", "age": 1}]}},
        {"spec": {"crew": [{"name": "a"}]}},
        ["spec.crew[0].age"],
    ),
    "embedded metadata": (
        {"spec": {"inner": {"kind": "X", "metadata": {"name": "a"}, "other": 1}}},
        {"spec": {"inner": {"kind": "X", "metadata": {"name": "a"}}}},
        ["spec.inner.other"],
    ),
    "a null where a default is": ({"spec": {"size": None}}, {"spec": {"size": 3}}, []),
    "a null that is allowed": ({"spec": {"note": None}}, {"spec": {"note": None}}, []),
    "a null that is not": ({"spec": {"labels": None}}, {"spec": {}}, []),
}


@pytest.mark.parametrize("name", CASES)
def test_shapes(name: str) -> None:
    """Each object comes out with its schema's shape; what was dropped is named."""
    before, expected, dropped = CASES[name]
    obj = copy.deepcopy(before)
    assert shape(SCHEMA, obj) == dropped
    for path, value in expected.get("spec", {}).items():
        assert obj["spec"][path] == value
    assert obj.keys() == expected.keys()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from([*SCHEMA["properties"]["spec"]["properties"], "spec", "x"]), children
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["spec", "status", "metadata"]), JSON))
def test_shaping_twice_is_shaping_once(obj: Object) -> None:
    """An object that has its shape keeps it, and nothing more is dropped."""
    shape(SCHEMA, obj)
    again = copy.deepcopy(obj)
    assert shape(SCHEMA, again) == []
    assert again == obj
