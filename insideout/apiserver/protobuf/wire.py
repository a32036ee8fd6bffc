"""Protobuf's wire format: a message is a row of fields, each a number, a wire type and a value.

Source: protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and the raw value of each field; raise ValueError when the bytes are no message."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        value: int | bytes
        if wire_type == _VARINT:
            value, at = varint(data, at)
        elif wire_type in (_FIXED64, _FIXED32, _BYTES):
            if wire_type == _BYTES:
                length, at = varint(data, at)
            else:
                length = 8 if wire_type == _FIXED64 else 4
            value = data[at : at + length]
            at += length
            if len(value) != length:
                raise ValueError("unexpected EOF")
        else:
            raise ValueError(f"proto: illegal wireType {wire_type}")
        if number == 0:
            raise ValueError("proto: illegal tag 0")
        yield number, value


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at `at`, seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("unexpected EOF")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), at
        shift += 7
        if shift >= 64:
            raise ValueError("proto: integer overflow")


def varint_bytes(value: int) -> bytes:
    """Return a number that is not negative as a varint."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def tag(number: int, wire_type: int) -> bytes:
    """Return what stands before the value of a field."""
    return varint_bytes(number << 3 | wire_type)


def signed(value: int) -> int:
    """Return a varint as the signed number that int32 and int64 mean by it."""
    return value - 2**64 if value >= 2**63 else value
