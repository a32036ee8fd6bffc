"""The parts of an nftables table: chains of rules, and sets and maps of elements.

Rules are kept as nft prints them, which is also a form that nft reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Element(NamedTuple):
    """One member of a set, or of a map when it has a value."""

    key: str
    value: str = ""
    comment: str = ""


@dataclass
class Container:
    """A set, or a map from a key to a verdict; `timeout_s` makes a set that rules fill and time empties."""

    kind: str
    name: str
    type: str
    comment: str = ""
    timeout_s: int = 0
    elements: dict[str, Element] = field(default_factory=dict)

    def add(self, element: Element) -> None:
        """Put `element` in; the last one for a key stays, as in a transaction."""
        self.elements[element.key] = element


@dataclass
class Chain:
    """A chain; a base chain has a hook, which is where the kernel starts it."""

    name: str
    hook: str = ""
    comment: str = ""
    rules: list[str] = field(default_factory=list)


@dataclass
class Table:
    """kube-proxy's table: containers and chains in the order they were made, which is that of listing."""

    containers: dict[str, Container] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)

    def container(self, kind: str, name: str, type: str, comment: str = "", timeout_s: int = 0) -> None:
        """Make a set or map, unless it is there."""
        self.containers.setdefault(name, Container(kind, name, type, comment, timeout_s))

    def put(self, container: str, key: str, value: str = "", comment: str = "") -> None:
        """Add an element to a set or map."""
        self.containers[container].add(Element(key, value, comment))

    def chain(self, name: str, *rules: str, hook: str = "", comment: str = "") -> None:
        """Make a chain, unless it is there, and append `rules` to it."""
        self.chains.setdefault(name, Chain(name, hook, comment)).rules.extend(rules)

    def rules(self) -> Iterator[str]:
        """Yield every rule of every chain."""
        for chain in self.chains.values():
            yield from chain.rules
