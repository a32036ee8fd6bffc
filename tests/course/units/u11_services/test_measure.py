"""The size of an event of a watch, whatever the pieces in which it comes."""

import pytest

from course.units.u11_services.measure import ACCEPT, Fleet, _sizes

EVENTS = {
    "JSON": [b'{"type":"ADDED"}\n', b'{"type":"MODIFIED","object":{}}\n'],
    "protobuf": [b"\x00\x00\x00\x03abc", b"\x00\x00\x01\x00" + b"\n" * 256],
}


@pytest.mark.parametrize("encoding", ACCEPT)
@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
def test_an_event_is_measured_whole(encoding, piece_bytes):
    come = b"".join(EVENTS[encoding])
    pieces = (come[first : first + piece_bytes] for first in range(0, len(come), piece_bytes))
    assert list(_sizes(pieces, encoding)) == [len(event) for event in EVENTS[encoding]]


def test_flips_in_two_slices_are_two_events():
    fleet = Fleet(150)
    one, two = (
        {each.encoding: each.size_bytes for each in fleet.flip(*flips, endpoints=False)}
        for flips in ((1, 2), (3, 120))
    )
    assert all(one[encoding] < two[encoding] < 2 * one[encoding] for encoding in ACCEPT)
