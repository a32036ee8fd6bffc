"""SPDY as the other side writes it is read, in pieces of any size; what makes no sense ends it."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.kubelet import spdy


class Client:
    """The other side: its headers share one compression, as a connection's do."""

    def __init__(self) -> None:
        self._compressor = zlib.compressobj(9, zdict=spdy.DICTIONARY)

    def block(self, headers: dict[str, str]) -> bytes:
        pairs = [part for pair in headers.items() for part in pair]
        texts = b"".join(struct.pack(">I", len(text.encode())) + text.encode() for text in pairs)
        plain = struct.pack(">I", len(headers)) + texts
        return self._compressor.compress(plain) + self._compressor.flush(zlib.Z_SYNC_FLUSH)

    def open(self, stream: int, headers: dict[str, str], *, flags: int = 0) -> bytes:
        return frame(1, struct.pack(">IIH", stream, 0, 0) + self.block(headers), flags)


def frame(kind: int, body: bytes, flags: int = 0, version: int = 3) -> bytes:
    return struct.pack(">HHI", 0x8000 | version, kind, flags << 24 | len(body)) + body


def data(stream: int, body: bytes, flags: int = 0) -> bytes:
    return struct.pack(">II", stream, flags << 24 | len(body)) + body


def test_the_dictionary_is_the_one_that_zlib_streams_name() -> None:
    assert (len(spdy.DICTIONARY), zlib.adler32(spdy.DICTIONARY)) == (1423, 0xE3C6A7C2)


def conversation() -> tuple[bytes, list[spdy.Event]]:
    client = Client()
    sent = client.open(1, {"streamtype": "error", "port": "80"}, flags=1)
    sent += client.open(3, {"streamtype": "data", "port": "80", "requestid": "0"})
    sent += data(3, b"GET") + frame(4, struct.pack(">I", 0)) + frame(9, struct.pack(">II", 3, 100))
    sent += frame(6, struct.pack(">I", 1)) + data(3, b"", flags=1) + frame(3, struct.pack(">II", 1, 5))
    sent += frame(7, struct.pack(">II", 0, 0))
    return sent, [
        spdy.Opened(1, {"streamtype": "error", "port": "80"}, True),
        spdy.Opened(3, {"streamtype": "data", "port": "80", "requestid": "0"}, False),
        spdy.Data(3, b"GET", False),
        spdy.Pinged(1),
        spdy.Data(3, b"", True),
        spdy.Reset(1),
        spdy.Left(),
    ]


@given(st.lists(st.integers(0, 300), max_size=6))
def test_a_conversation_is_read_in_pieces_of_any_size(cuts: list[int]) -> None:
    sent, expected = conversation()
    ends = [*sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    reader, got, begin = spdy.Reader(), [], 0
    for end in ends:
        got += list(reader.feed(sent[begin:end]))
        begin = end
    assert got == expected


def test_headers_go_on_after_a_frame_that_only_has_headers() -> None:
    """It says nothing here, but the compression of the next block builds on it."""
    client, reader = Client(), spdy.Reader()
    headers = frame(8, struct.pack(">I", 1) + client.block({"a": "b"}))
    assert list(reader.feed(headers + client.open(5, {"c": "d"}))) == [spdy.Opened(5, {"c": "d"}, False)]


BROKEN = {
    "another version": frame(6, struct.pack(">I", 1), version=2),
    "a frame that is too long": struct.pack(">HHI", 0x8003, 6, 0xFFFFFF),
    "a frame that is too short": frame(3, b"\0"),
    "stream 0": data(0, b"x"),
    "headers that are not compressed": frame(1, struct.pack(">IIH", 1, 0, 0) + b"port: 80"),
    "more headers than there are": frame(
        1, struct.pack(">IIH", 1, 0, 0) + zlib.compress(struct.pack(">I", 9), 9)
    ),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_what_is_no_spdy_is_refused(sent: bytes) -> None:
    with pytest.raises(spdy.ProtocolError):
        list(spdy.Reader().feed(sent))


def test_headers_that_grow_out_of_little_are_refused() -> None:
    """A megabyte of zeros is a kilobyte when it is compressed."""
    with pytest.raises(spdy.ProtocolError, match="more than 65536 bytes of headers"):
        list(spdy.Reader().feed(Client().open(1, {"port": "0" * 1_000_000})))


def test_what_is_said_is_read_by_the_other_side() -> None:
    writer, headers = spdy.Writer(), zlib.decompressobj(zdict=spdy.DICTIONARY)
    for stream in (1, 3):  # the second block builds on the first
        reply = writer.reply(stream)
        assert struct.unpack(">HHII", reply[:12]) == (0x8003, 2, len(reply) - 8, stream)
        assert headers.decompress(reply[12:]) == struct.pack(">I", 0)
    assert list(spdy.Reader().feed(writer.data(3, b"hi", is_last=True))) == [spdy.Data(3, b"hi", True)]
    assert list(spdy.Reader().feed(writer.reset(3, spdy.CANCEL))) == [spdy.Reset(3)]
    assert list(spdy.Reader().feed(writer.ping(7))) == [spdy.Pinged(7)]
