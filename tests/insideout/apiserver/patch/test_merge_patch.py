"""JSON Merge Patch: RFC 7386's own examples, upstream's treatment of nulls in lists, and its refusals."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.apiserver.patch.merge_patch import apply_merge_patch
from insideout.apiserver.status import StatusError

MERGES: dict[str, tuple[Any, Any, Any]] = {
    "change": ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    "add": ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    "delete": ({"a": "b"}, {"a": None}, {}),
    "delete one of two": ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    "scalar for a list": ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    "list for a scalar": ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    "inside an object": ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    "list for a list of objects": ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    "null stays where the patch does not name it": ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    "nulls in a new object": ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    "nulls in a new list's objects": ({}, {"a": [{"b": None}, None]}, {"a": [{}, None]}),
}


@pytest.mark.parametrize("name", MERGES)
def test_merges(name: str) -> None:
    """The patch is merged into the object, and neither of the two is changed."""
    target, patch, expected = MERGES[name]
    before = copy.deepcopy((target, patch))
    assert apply_merge_patch(target, patch) == expected
    assert (target, patch) == before


UNDECODABLE = "error decoding patch: json: cannot unmarshal"


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (None, "Invalid JSON Patch"),
        ([], f"{UNDECODABLE} array into Go value of type map[string]interface {{}}"),
        ("x", f"{UNDECODABLE} string into Go value of type map[string]interface {{}}"),
    ],
)
def test_only_objects_are_patches(patch: Any, message: str) -> None:
    """Anything but an object is refused with 400."""
    with pytest.raises(StatusError) as refused:
        apply_merge_patch({}, patch)
    assert (refused.value.code, refused.value.status["message"]) == (400, message)


OBJECTS = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda children: st.lists(children, max_size=2) | st.dictionaries(st.sampled_from("abc"), children),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abc"), OBJECTS)


@given(DOCUMENTS, DOCUMENTS)
def test_merging_twice_is_merging_once(target: Any, patch: Any) -> None:
    """A merge patch says how things shall be, so applying it again changes nothing."""
    once = apply_merge_patch(target, patch)
    assert apply_merge_patch(once, patch) == once
