"""Sets of fields: their algebra against plain sets of paths, their spelling, and how paths are printed."""

from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.apiserver.patch import field_set
from insideout.apiserver.patch.field_set import FieldSet, Path

STEPS = st.sampled_from(["f:a", "f:b", 'k:{"name":"x"}', 'v:"y"'])
PATHS = st.lists(STEPS, min_size=1, max_size=3).map(tuple)
PATH_SETS = st.frozensets(PATHS, max_size=8)


def tree(paths: frozenset[Path]) -> FieldSet:
    """Return the set that holds exactly `paths`."""
    fields: FieldSet = {}
    for path in sorted(paths):
        field_set.insert(fields, path)
    return fields


def flat(fields: FieldSet) -> frozenset[Path]:
    """Return the paths that a set holds."""
    return frozenset(field_set.paths(fields))


@given(PATH_SETS)
def test_a_tree_holds_what_was_inserted(paths: frozenset[Path]) -> None:
    """A set holds the paths put in, and nothing on the way to them."""
    fields = tree(paths)
    assert flat(fields) == paths
    assert all(field_set.contains(fields, path) for path in paths)
    assert all(
        field_set.contains(fields, path[:length]) == (path[:length] in paths)
        for path in paths
        for length in range(len(path))
    )


@given(PATH_SETS, PATH_SETS)
def test_algebra(one: frozenset[Path], other: frozenset[Path]) -> None:
    """Union, intersection and difference of trees are those of the sets of paths."""
    assert flat(field_set.union(tree(one), tree(other))) == one | other
    assert flat(field_set.intersection(tree(one), tree(other))) == one & other
    assert flat(field_set.difference(tree(one), tree(other))) == one - other


@given(PATH_SETS, PATH_SETS)
def test_without_removes_what_is_below(fields: frozenset[Path], roots: frozenset[Path]) -> None:
    """`without` removes each path that begins with one of the roots."""
    kept = {path for path in fields if not any(path[: len(root)] == root for root in roots)}
    assert flat(field_set.without(tree(fields), tree(roots))) == kept


@given(PATH_SETS)
def test_canonical_and_ordered_sets_are_the_same_sets(paths: frozenset[Path]) -> None:
    """Spelling and order do not change what a set holds."""
    fields = tree(paths)
    assert flat(field_set.canonical(fields)) == paths
    assert field_set.in_order(fields) == fields


def test_other_spellings_of_a_key_are_put_right() -> None:
    """Keys come in any order and with any spaces; steps of unknown kinds are dropped."""
    sent: dict[str, Any] = {"f:ports": {'k:{"protocol": "TCP", "containerPort": 80}': {}}, "x:future": {}}
    assert field_set.canonical(sent) == {"f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {}}}


@pytest.mark.parametrize("sent", [[], "x", {"f": {}}, {"f:a": 1}, {"k:{": {}}, {"k:1": {}}, {"v:": {}}])
def test_what_is_no_set_is_refused(sent: Any) -> None:
    """Anything that is not a tree of steps raises ValueError."""
    with pytest.raises(ValueError, match=r"."):
        field_set.canonical(sent)


def test_numbers_sort_by_size_and_leaves_come_first() -> None:
    """Port 80 comes before port 8080; on each level what ends there comes before what goes on."""
    steps = [field_set.key({"port": port}) for port in (8080, 80, 443)]
    fields: dict[str, Any] = {"f:a": {"f:b": {}}, "f:z": {}, **{step: {} for step in steps}}
    assert [field_set.printed(path) for path in field_set.paths(fields)] == [
        ".z",
        "[port=80]",
        "[port=443]",
        "[port=8080]",
        ".a.b",
    ]


def test_printing() -> None:
    """A path is printed as messages show it."""
    steps = ("f:spec", field_set.key({"name": "a", "port": 1}), field_set.value("x"), "i:3")
    assert field_set.printed(steps) == '.spec[name="a",port=1][="x"][3]'
    assert list(chain(field_set.paths({}))) == []
