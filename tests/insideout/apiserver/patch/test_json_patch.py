"""JSON Patch: what each operation does, where upstream leaves the RFC, and what is refused how."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.apiserver.patch.json_patch import MAX_COPIED_BYTES, MAX_OPERATIONS, apply_json_patch
from insideout.apiserver.status import StatusError

DOCUMENT = {"spec": {"replicas": 2, "items": ["a", "b"]}, "metadata": {"labels": {"x/y": "1"}}}

CHANGES: dict[str, tuple[list[Any] | None, Any]] = {
    "add a member": ([{"op": "add", "path": "/spec/new", "value": 1}], ("spec", "new", 1)),
    "add replaces a member": ([{"op": "add", "path": "/spec/replicas", "value": 1}], ("spec", "replicas", 1)),
    "append": ([{"op": "add", "path": "/spec/items/-", "value": "c"}], ("spec", "items", ["a", "b", "c"])),
    "insert": ([{"op": "add", "path": "/spec/items/1", "value": "c"}], ("spec", "items", ["a", "c", "b"])),
    "insert from the end": (
        [{"op": "add", "path": "/spec/items/-1", "value": "c"}],
        ("spec", "items", ["a", "b", "c"]),
    ),
    "remove from the end": ([{"op": "remove", "path": "/spec/items/-1"}], ("spec", "items", ["a"])),
    "replace adds a missing member": (
        [{"op": "replace", "path": "/spec/new", "value": 1}],
        ("spec", "new", 1),
    ),
    "a missing value is null": ([{"op": "add", "path": "/spec/new"}], ("spec", "new", None)),
    "test of a missing member for null": (
        [{"op": "test", "path": "/spec/none", "value": None}, {"op": "add", "path": "/spec/new", "value": 1}],
        ("spec", "new", 1),
    ),
    "escaped slash": (
        [{"op": "replace", "path": "/metadata/labels/x~1y", "value": "2"}],
        ("metadata", "labels", {"x/y": "2"}),
    ),
    "move": ([{"op": "move", "from": "/spec/replicas", "path": "/spec/old"}], ("spec", "old", 2)),
    "copy": ([{"op": "copy", "from": "/spec/items", "path": "/spec/new"}], ("spec", "new", ["a", "b"])),
    "text before the first slash is ignored": (
        [{"op": "replace", "path": "x/spec/replicas", "value": 3}],
        ("spec", "replicas", 3),
    ),
}

REFUSALS: dict[str, tuple[Any, int, str]] = {
    "test fails": (
        [{"op": "test", "path": "/spec/replicas", "value": 7}],
        422,
        "the server rejected our request",
    ),
    "remove nothing": ([{"op": "remove", "path": "/spec/none"}], 422, "the server rejected our request"),
    "no parent": ([{"op": "add", "path": "/no/where", "value": 1}], 422, "the server rejected our request"),
    "beyond the list": ([{"op": "add", "path": "/spec/items/9", "value": 1}], 422, "the server rejected"),
    "before the list": ([{"op": "remove", "path": "/spec/items/-3"}], 422, "the server rejected"),
    "unknown operation": ([{"op": "bless", "path": "/spec"}], 422, "the server rejected our request"),
    "no path": ([{"op": "add", "value": 1}], 422, "the server rejected our request"),
    "no operation": ([None], 422, "the server rejected our request"),
    "add the whole document": (
        [{"op": "add", "path": "", "value": {}}],
        422,
        "the server rejected our request",
    ),
    "into a scalar": ([{"op": "add", "path": "/spec/replicas/x", "value": 1}], 422, "the server rejected"),
    "a document that is no object": ([{"op": "replace", "path": "", "value": 1}], 422, "the server rejected"),
    "an object": (
        {"op": "add"},
        400,
        "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    ),
    "text in the list": (
        ["add"],
        400,
        "error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp",
    ),
    "a number as path": (
        [{"op": "add", "path": 1}],
        400,
        "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.path"
        " of type string",
    ),
    "too many": (
        [{"op": "test", "path": "/none", "value": None}] * (MAX_OPERATIONS + 1),
        413,
        "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_operation_changes(name: str) -> None:
    """Each operation does what upstream's library does."""
    operations, (outer, inner, expected) = CHANGES[name]
    before = copy.deepcopy(DOCUMENT)
    assert apply_json_patch(DOCUMENT, operations)[outer][inner] == expected
    assert before == DOCUMENT


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(name: str) -> None:
    """Each patch that cannot be carried out is refused with upstream's code and words."""
    operations, code, message = REFUSALS[name]
    with pytest.raises(StatusError) as refused:
        apply_json_patch(DOCUMENT, operations)
    assert refused.value.code == code
    assert refused.value.status["message"].startswith(message)


def test_failure_leaves_nothing_behind() -> None:
    """When the second operation fails, the first has changed nothing either."""
    before = copy.deepcopy(DOCUMENT)
    with pytest.raises(StatusError):
        apply_json_patch(DOCUMENT, [{"op": "remove", "path": "/spec"}, {"op": "remove", "path": "/none"}])
    assert before == DOCUMENT


def test_copies_are_limited() -> None:
    """Copies that would add more than three megabytes in all are refused."""
    big = {"text": "x" * (MAX_COPIED_BYTES // 2)}
    copies = [{"op": "copy", "from": "/text", "path": f"/copy{number}"} for number in range(3)]
    assert apply_json_patch(big, copies[:1])["copy0"] == big["text"]
    with pytest.raises(StatusError) as refused:
        apply_json_patch(big, copies)
    assert refused.value.code == 422


def test_null_changes_nothing() -> None:
    """A patch that is null is an empty list of operations."""
    assert apply_json_patch(DOCUMENT, None) == DOCUMENT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=3), children, max_size=3)
    ),
    max_leaves=8,
)
PATHS = st.lists(st.sampled_from(["spec", "items", "0", "-1", "-", "x~1y", "", "~2", "9" * 40]), max_size=4)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "append"]) | JSON},
    optional={"path": PATHS.map("/".join) | JSON, "from": PATHS.map("/".join) | JSON, "value": JSON},
)


@given(st.lists(OPERATIONS | JSON, max_size=4) | JSON)
def test_any_json_is_applied_or_refused(operations: Any) -> None:
    """Whatever JSON comes, the answer is a document or a Status."""
    try:
        answer = apply_json_patch(DOCUMENT, operations)
    except StatusError as refused:
        answer = refused.code
    assert answer in (400, 413, 422) or isinstance(answer, dict | list)
