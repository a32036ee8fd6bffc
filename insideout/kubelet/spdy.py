"""SPDY/3.1 as a server of streams sees it: bytes in, what they mean out; and bytes for what it says.

kubectl port-forward speaks it, inside a WebSocket since v1.31.  Several streams share a connection; each
begins with headers, which are compressed with one dictionary that both sides know.  Left out: flow control
and settings, which spdystream, the library of clients and kubelets, reads and does nothing with; streams
that this side begins.

Source: SPDY Protocol Draft 3.1 (chromium.org), 2.2 to 2.6; moby/spdystream spdy/{types,read,write}.go@v0.5.1.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

LONGEST_FRAME_BYTES = 1024 * 1024
LONGEST_HEADERS_BYTES = 64 * 1024
VERSION = 3
SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY = 1, 2, 3, 6, 7
PROTOCOL_ERROR, REFUSED, CANCEL = 1, 3, 5
_CONTROL, _FIN = 0x80, 0x01
_HEAD_BYTES = 8

_WORDS = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges "
    "age allow authorization cache-control connection content-base content-encoding content-language "
    "content-length content-location content-md5 content-range content-type date etag expect expires from "
    "host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location "
    "max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer "
    "transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version "
    "HTTP/1.1 url public set-cookie keep-alive origin"
)
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = (
    b"".join(struct.pack(">I", len(word)) + word.replace("_", " ").encode() for word in _WORDS.split(" "))
    + _REST.encode()
)
"""The dictionary of draft 3.1, 2.6.10.1; its Adler-32 checksum, by which zlib names it, is 0xe3c6a7c2."""


class ProtocolError(Exception):
    """What came is not SPDY, or too long; the connection cannot go on."""


class Opened(NamedTuple):
    """The other side began a stream; with `is_last` it sends nothing more on it."""

    stream: int
    headers: Mapping[str, str]
    is_last: bool


class Data(NamedTuple):
    """The other side sent data on a stream."""

    stream: int
    data: bytes
    is_last: bool


class Reset(NamedTuple):
    """The other side ended a stream at once, in both directions."""

    stream: int


class Pinged(NamedTuple):
    """The other side asks whether anybody is there."""

    number: int


class Left(NamedTuple):
    """The other side begins no more streams."""


Event = Opened | Data | Reset | Pinged | Left


class Reader:
    """Turns bytes, in pieces of any size, into events."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._headers = zlib.decompressobj(zdict=DICTIONARY)

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield what the bytes so far say; raise ProtocolError when they make no sense."""
        self._waiting += data
        while len(self._waiting) >= _HEAD_BYTES:
            length = int.from_bytes(self._waiting[5:8], "big")
            if length > LONGEST_FRAME_BYTES:
                raise ProtocolError(f"a frame of {length} bytes")
            if len(self._waiting) < _HEAD_BYTES + length:
                return
            head = bytes(self._waiting[:_HEAD_BYTES])
            body = bytes(self._waiting[_HEAD_BYTES : _HEAD_BYTES + length])
            del self._waiting[: _HEAD_BYTES + length]
            event = self._control(head, body) if head[0] & _CONTROL else _data(head, body)
            if event is not None:
                yield event

    def _control(self, head: bytes, body: bytes) -> Event | None:
        version, kind, flags = struct.unpack(">HHB", head[:5])
        if version & 0x7FFF != VERSION:
            raise ProtocolError(f"version {version & 0x7FFF}")
        try:
            match kind:
                case 1:  # SYN_STREAM
                    (stream,) = struct.unpack_from(">I", body)
                    return Opened(_stream(stream), self._block(body[10:]), bool(flags & _FIN))
                case 3:  # RST_STREAM
                    stream, _ = struct.unpack(">II", body)
                    return Reset(_stream(stream))
                case 6:  # PING
                    return Pinged(*struct.unpack(">I", body))
                case 7:  # GOAWAY
                    return Left()
                case 8:  # HEADERS: read, for the compression goes on
                    self._block(body[4:])
        except (struct.error, zlib.error, UnicodeDecodeError) as problem:
            raise ProtocolError(f"a frame of type {kind}: {problem}") from None
        return None

    def _block(self, compressed: bytes) -> dict[str, str]:
        """Return the headers of a block; of a header that is given several times the first."""
        block = self._headers.decompress(compressed, LONGEST_HEADERS_BYTES)
        if self._headers.unconsumed_tail:
            raise ProtocolError(f"more than {LONGEST_HEADERS_BYTES} bytes of headers")
        (count,), at = struct.unpack_from(">I", block), 4
        texts: list[str] = []
        for _ in range(2 * min(count, LONGEST_HEADERS_BYTES)):
            (length,) = struct.unpack_from(">I", block, at)
            texts.append(block[at + 4 : at + 4 + length].decode())
            at += 4 + length
        pairs = zip(texts[::2], texts[1::2], strict=True)
        return {name: value.split("\x00")[0] for name, value in pairs}


def _data(head: bytes, body: bytes) -> Data:
    stream, flags = struct.unpack(">IB", head[:5])
    return Data(_stream(stream), body, bool(flags & _FIN))


def _stream(number: int) -> int:
    if not number & 0x7FFFFFFF:
        raise ProtocolError("stream 0")
    return number & 0x7FFFFFFF


class Writer:
    """Turns what this side says into bytes."""

    def __init__(self) -> None:
        self._headers = zlib.compressobj(9, zdict=DICTIONARY)

    def reply(self, stream: int) -> bytes:
        """Accept a stream, without headers."""
        block = self._headers.compress(struct.pack(">I", 0)) + self._headers.flush(zlib.Z_SYNC_FLUSH)
        return _frame(SYN_REPLY, struct.pack(">I", stream) + block)

    def data(self, stream: int, data: bytes, *, is_last: bool = False) -> bytes:
        """Send data on a stream; the last says that nothing follows on it."""
        return struct.pack(">II", stream, len(data) | (_FIN << 24 if is_last else 0)) + data

    def reset(self, stream: int, status: int) -> bytes:
        """End a stream at once."""
        return _frame(RST_STREAM, struct.pack(">II", stream, status))

    def ping(self, number: int) -> bytes:
        """Answer a ping."""
        return _frame(PING, struct.pack(">I", number))

    def leave(self, last: int) -> bytes:
        """Say that no further streams are taken; `last` is the last one that was."""
        return _frame(GOAWAY, struct.pack(">II", last, 0))


def _frame(kind: int, body: bytes) -> bytes:
    return struct.pack(">HHI", 0x8000 | VERSION, kind, len(body)) + body
