"""The Warning header: once each, no control characters, and cut when there is too much of it."""

import pytest

from insideout.apiserver import warning
from insideout.apiserver.warning import header

CASES = {
    "none": ([], ""),
    "escaped": (['a "b" \\'], '299 - "a \\"b\\" \\\\"'),
    "once": (["a", "b", "a"], '299 - "a", 299 - "b"'),
    "what a header cannot hold": (["a\nb", "c"], '299 - "c"'),
    "lines of a YAML reader": (
        ["yaml: unmarshal errors:\n  line 1: x\n  line 2: y"],
        '299 - "line 1: x", 299 - "line 2: y"',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_headers(name: str) -> None:
    texts, expected = CASES[name]
    assert header(texts) == expected


def test_too_many_are_cut_each_and_in_all() -> None:
    """Up to 4,096 characters they are whole; beyond, 256 of each, until 4,096 are full."""
    whole = ["x" * 2_000, "y" * 2_096]
    assert header(whole) == f'299 - "{whole[0]}", 299 - "{whole[1]}"'
    many = [f"{number:03d}" + "x" * 500 for number in range(50)]
    cut = header(many).split(", ")
    assert len(cut) == 16
    assert cut[0] == f'299 - "{many[0][:256]}"'


def test_warnings_from_inside_reach_whoever_listens() -> None:
    warning.warn("nobody listens")
    with warning.collected() as outer:
        warning.warn("a")
        with warning.collected() as inner:
            warning.warn("b")
        warning.warn("c")
        warning.warn_first(["before"])
    assert (outer, inner) == (["before", "a", "c"], ["b"])
