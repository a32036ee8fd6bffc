"""Arguments reach the learner's process in one piece, and nothing in that form is read on the way back."""

import math
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.sandbox.inside import packed, wire
from insideout.client import WatchEvent
from tests.course.sandbox.test_wire import PLAIN


@given(st.lists(PLAIN, max_size=3).map(tuple), st.dictionaries(st.text(max_size=4), PLAIN, max_size=2))
def test_plain_arguments_arrive_as_they_were(args, kwargs):
    arrived = packed.Pieces(packed.pack(args, kwargs))
    assert repr((tuple(arrived.args), arrived.kwargs)) == repr((args, kwargs))
    assert all(arrived.is_as_it_was(position) for position in range(len(args)))


def test_what_was_one_list_in_two_places_is_two_lists():
    shared: list = []
    first, (second, third) = packed.Pieces(packed.pack((shared, [shared, shared]), {})).args
    first.append(1)
    second.append(2)
    assert (first, second, third) == ([1], [2], [])


@pytest.mark.parametrize(
    "value",
    [print, WatchEvent("ADDED", {}), type("Map", (dict,), {})(), object()],
    ids=["a function", "a named tuple", "a subclass", "an object"],
)
def test_what_is_more_than_plain_data_is_not_packed(value):
    assert packed.pack(([{"a": value}],), {}) == b""
    assert packed.pack((), {"a": value}) == b""


@pytest.mark.parametrize(
    "change",
    [
        lambda pod: pod.update(a=True),
        lambda pod: pod["b"].append(3),
        lambda pod: pod["b"].append(print),
        lambda pod: pod.pop("a"),
        lambda pod: pod.update(c=math.nan),
    ],
    ids=["True for 1", "deep inside", "not plain any more", "removed", "nan"],
)
def test_a_change_is_seen_and_what_was_there_before_is_kept(change):
    arrived = packed.Pieces(packed.pack(({"a": 1, "b": [2]}, "x"), {}))
    change(arrived.args[0])
    assert not arrived.is_as_it_was(0)
    assert arrived.is_as_it_was(1)
    assert repr(arrived.encoded(0, lambda value: value)) == "{'a': 1, 'b': [2]}"


def test_the_trusted_end_does_not_read_packed_data():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        packed.Frames(theirs).send({"re": 1}, packed.pack((1,), {}))
        with pytest.raises(wire.WireError, match="not JSON"):
            wire.Frames(ours).receive()
        packed.Frames(ours).send({"do": "call"}, packed.pack((1,), {"a": 2}))
        message = packed.Frames(theirs).receive()
        assert (message["do"], message["packed"].args, message["packed"].kwargs) == ("call", [1], {"a": 2})
