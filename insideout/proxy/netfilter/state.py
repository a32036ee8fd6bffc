"""What a walk carries along: the packet, the node, the clock, the choices of chance, the trail of rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from insideout.proxy.netfilter.packet import Host, Packet
from insideout.proxy.netfilter.recent import Recent


@dataclass(slots=True)
class Walking:
    """One walk under way.

    `chance` decides a random match of the given probability.  `rules` are those that matched, in order, and
    `visited` counts all that were looked at.  `lasting` is False when only a question is asked, and the lists
    of addresses seen must stay as they are.
    """

    packet: Packet
    host: Host
    recent: Recent
    now_s: float
    chance: Callable[[Fraction], bool]
    lasting: bool
    rules: list[str] = field(default_factory=list)
    visited: int = 0

    def remember(self, name: str, source: int) -> None:
        """Note the packet's sender on a list of addresses seen."""
        if self.lasting:
            self.recent.remember(name, source, self.now_s)

    def forget(self, name: str, source: int) -> None:
        """Take the packet's sender off a list."""
        if self.lasting:
            self.recent.forget(name, source)
