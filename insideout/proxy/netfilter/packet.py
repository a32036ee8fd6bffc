"""The first packet of a connection, and the node it passes.

Only the first packet matters: connection tracking carries the decision over to all that follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass


def address(text: str) -> int:
    """Return an IPv4 address as a number; raise ValueError, naming it, when it is none."""
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise ValueError(f"{text!r} is no IPv4 address")
    first, second, third, fourth = map(int, parts)
    return first << 24 | second << 16 | third << 8 | fourth


def dotted(number: int) -> str:
    """Return the number as an IPv4 address is written."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def is_loopback(number: int) -> bool:
    """Return whether the address is in 127.0.0.0/8."""
    return number >> 24 == 127


@dataclass(slots=True)
class Packet:
    """A packet on its way: rules change its destination and its mark."""

    source: int
    destination: int
    protocol: str
    port: int
    mark: int = 0
    in_interface: str | None = None
    rewritten: bool = False
    masqueraded: bool = False


class Host:
    """The node whose rules are walked, known by its own addresses; 127.0.0.0/8 is always its own."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._addresses = frozenset(map(address, addresses))

    def owns(self, number: int) -> bool:
        """Return whether the address is local to the node."""
        return is_loopback(number) or number in self._addresses
