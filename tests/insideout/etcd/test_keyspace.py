import pytest

from insideout.etcd.keyspace import Span, span

CASES = {
    "one key": (b"/a", b"", Span("/a", "/a", "/a\0")),
    "a prefix": (b"/a/", b"/a0", Span("/a/", "/a/", "")),
    "a prefix from a key on": (b"/a/m", b"/a0", Span("/a/", "/a/m", "")),
    "all from a key on": (b"/m", b"\0", Span("", "/m", "")),
    "between two keys": (b"/a/b", b"/a/x", Span("/a/", "/a/b", "/a/x")),
    "the wrong way round": (b"/b", b"/a", Span("/", "/b", "/a")),
    "bytes that are no text": (b"\xff\x01", b"\xff\x02", Span("\xff\x01", "\xff\x01", "")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_range_of_etcds_is_a_prefix_and_where_it_begins_and_ends(case):
    key, end, expected = CASES[case]
    assert span(key, end) == expected


def test_a_span_holds_what_is_in_it():
    keys = ["/a", "/a/b", "/a/c", "/a/x", "/b"]
    assert [key for key in keys if span(b"/a/b", b"/a/x").holds(key)] == ["/a/b", "/a/c"]
    assert [key for key in keys if span(b"/a", b"").holds(key)] == ["/a"]
    assert [key for key in keys if span(b"/a/c", b"\0").holds(key)] == ["/a/c", "/a/x", "/b"]
