"""Keys and ranges: etcd's are bytes from a key up to an end, a Store's are strings with a prefix.

A byte is a character (Latin-1), so the order is the same.  An end of one zero byte means all keys from the
first on; an end that is empty means the one key.

Source: server/etcdserver/txn/txn.go (mkGteRange) and client/v3/op.go (GetPrefixRangeEnd) in etcd 3.6.
"""

from typing import NamedTuple


def text(key: bytes) -> str:
    """Return a key as a Store has it."""
    return key.decode("latin-1")


def octets(key: str) -> bytes:
    """Return a Store's key as etcd has it."""
    return key.encode("latin-1")


class Span(NamedTuple):
    """A range of keys.

    All of its keys have `prefix` and are not before `first`.  `end` is the first key behind it, "" where
    every key with the prefix from `first` on is in it.
    """

    prefix: str
    first: str
    end: str

    @property
    def is_whole(self) -> bool:
        """Whether the prefix and the first key say it all."""
        return not self.end

    def holds(self, key: str) -> bool:
        """Tell whether a key is in it."""
        return key.startswith(self.prefix) and key >= self.first and (not self.end or key < self.end)


def span(key: bytes, range_end: bytes) -> Span:
    """Return the range that a request is about."""
    first, end = text(key), text(range_end)
    if not end:
        return Span(first, first, first + "\0")
    if end == "\0":
        return Span("", first, "")
    before_end = end[:-1] + chr(ord(end[-1]) - 1) if end[-1] > "\0" else end
    if first.startswith(before_end):  # the end of a prefix is the prefix with its last byte one higher
        return Span(before_end, first, "")
    return Span(_common(first, end), first, end)


def _common(one: str, other: str) -> str:
    """Return the characters that both begin with."""
    count = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return one[:count]
