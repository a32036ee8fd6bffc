"""The channel carries plain data as it is, objects as numbers, and nothing else."""

import json
import math
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.sandbox.inside import wire
from insideout.client import WatchEvent

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=12,
)


def refuse(value):
    raise AssertionError(f"{value!r} is not plain")


def across(value, **more):
    raw = json.loads(json.dumps(wire.encode(value, refuse, {WatchEvent: "WatchEvent"})))
    return wire.decode(raw, refuse, refuse, {"WatchEvent": WatchEvent})


@given(PLAIN)
def test_plain_data_arrives_as_it_was(value):
    got = across(value)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        {1: "a", (2, "b"): None, False: 3},
        {"s": {1, 2}, "f": frozenset({"x"})},
        [math.inf, -math.inf],
        WatchEvent("ADDED", {"kind": "Pod"}),
        {"d": 1, "h": 2, "o": [1, "x", True, []]},
    ],
    ids=["other keys", "sets", "infinities", "named tuple", "keys that are tags"],
)
def test_what_json_has_no_form_for_arrives_too(value):
    got = across(value)
    assert got == value
    assert type(got) is type(value)


def test_half_characters_are_replaced():
    assert across("a\ud800b") == "a�b"


@pytest.mark.parametrize(
    "kind", [type("Text", (str,), {}), type("Map", (dict,), {}), type("Seq", (list,), {})]
)
def test_a_subclass_is_no_plain_data(kind):
    references = []
    wire.encode(kind(), lambda value: references.append(value) or wire.Reference(0, "x", False, ()), {})
    assert len(references) == 1


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"d": 1},
        {"d": {}, "s": []},
        {"q": []},
        {"x": "1e5"},
        {"h": "0"},
        {"h": True},
        {"o": [0, "T", True]},
        {"o": ["0", "T", True, []]},
        {"o": [0, "T", 1, []]},
        {"o": [0, "T", True, ["not a name"]]},
        {"n": ["os.system", "true"]},
        {"n": []},
        {"m": [[[1], 2]]},
        {"m": [1]},
        {"s": [{"d": {}}]},
    ],
    ids=str,
)
def test_a_forged_value_is_refused(raw):
    def own(number):
        if type(number) is not int:
            raise wire.WireError

    with pytest.raises(wire.WireError):
        wire.decode(raw, lambda reference: reference, own, {"WatchEvent": WatchEvent})


def test_data_that_is_too_deep_is_refused_by_both_sides():
    deep: list = []
    for _ in range(wire.DEPTH_LIMIT + 5):
        deep = [deep]
    with pytest.raises(wire.Unsendable, match="levels deep"):
        wire.encode(deep, refuse, {})
    with pytest.raises(wire.WireError, match="too deep"):
        wire.decode(deep, refuse, refuse, {})


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(1)
        yield wire.Frames(ours, limit_bytes=10_000), theirs


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def test_frames_that_arrive_in_pieces_and_together_are_told_apart(ends):
    frames, other = ends
    data = frame(b'{"a": 1}') + frame(b'{"b": 2}')
    for byte in data[:9]:
        other.sendall(bytes([byte]))
    other.sendall(data[9:])
    assert [frames.receive(), frames.receive()] == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"1", b"{", b"\xff", b"[" * 9_000, b'{"a": ' + b"9" * 5_000 + b"}", b'"x"'],
    ids=["empty", "list", "number", "half", "no text", "deep", "long number", "string"],
)
def test_a_frame_that_is_no_json_object_ends_the_connection(ends, body):
    frames, other = ends
    other.sendall(frame(body))
    with pytest.raises(wire.WireError):
        frames.receive()


def test_a_frame_is_not_read_beyond_the_limit(ends):
    frames, other = ends
    other.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(wire.WireError, match="at most 10,000"):
        frames.receive()


def test_a_message_that_is_too_large_is_not_sent_at_all(ends):
    frames, other = ends
    with pytest.raises(wire.Unsendable, match="at most 10,000"):
        frames.send({"a": "x" * 20_000})
    with pytest.raises(wire.Unsendable):
        frames.send({"a": 10**5000})
    other.setblocking(False)
    with pytest.raises(BlockingIOError):
        other.recv(1)


def test_the_end_of_the_connection_is_an_error_of_the_channel(ends):
    frames, other = ends
    other.close()
    with pytest.raises(wire.WireError, match="ended"):
        frames.receive()
