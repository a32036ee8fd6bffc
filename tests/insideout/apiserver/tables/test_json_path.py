"""Paths of printer columns: what each form finds, and what is not a path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.apiserver.tables.json_path import find, text

OBJECT: dict[str, Any] = {
    "metadata": {"annotations": {"example.com/a-b": "x"}, "labels": {"a.b": "y"}},
    "spec": {"ports": [{"port": 80, "name": "http"}, {"port": 443}], "foo-bar": 1, "size": 3},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Old", "status": "False"}]},
}
PATHS: dict[str, list[Any]] = {
    ".spec.size": [3],
    ".spec.foo-bar": [1],
    ".spec['foo-bar']": [1],
    r".metadata.annotations.example\.com/a-b": ["x"],
    ".metadata.labels['a.b']": ["y"],
    ".spec.ports[0].port": [80],
    ".spec.ports[-1].port": [443],
    ".spec.ports[5].port": [],
    ".spec.ports[*].port": [80, 443],
    ".spec.*": [OBJECT["spec"]["ports"], 1, 3],
    '.status.conditions[?(@.type=="Ready")].status': ["True"],
    ".status.conditions[?(@.type == 'Ready')].status": ["True"],
    ".status.conditions[?(@.type!='Ready')].status": ["False"],
    ".spec.ports[?(@.port==443)].port": [443],
    ".spec.ports[?(@.name)].name": ["http"],
    ".none.at.all": [],
    ".": [OBJECT],
}


@pytest.mark.parametrize("path", PATHS)
def test_paths(path: str) -> None:
    """Each path finds what kubectl finds."""
    assert find(path, OBJECT) == PATHS[path]


@pytest.mark.parametrize("path", ["spec", ".spec[", ".spec[0:2]", "..size", ".spec[?(@.a<1)]"])
def test_what_is_no_path(path: str) -> None:
    """What cannot be read raises ValueError that shows where."""
    with pytest.raises(ValueError, match="unrecognized JSONPath"):
        find(path, OBJECT)


@given(st.text(alphabet=".[]?()@'\"*=!a1\\ ", max_size=12))
def test_any_text_is_a_path_or_refused(path: str) -> None:
    """No text breaks the reader."""
    try:
        answer = find(path, OBJECT)
    except ValueError as refused:
        answer = [str(refused)]
    assert isinstance(answer, list)


def test_text() -> None:
    """Objects and lists are shown as JSON, anything else as it is."""
    assert [text(each) for each in ({"b": 1, "a": [2]}, "x", 3, True, None)] == [
        '{"a":[2],"b":1}',
        "x",
        "3",
        "true",
        "<nil>",
    ]
