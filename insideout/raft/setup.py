"""The circumstances of one run: how many nodes, which network, which disks and clocks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from insideout.raft.network import CALM, Profile


class Setup(NamedTuple):
    """What a scenario asks for.

    `alone`: only n0 is a real node, and the scenario speaks for its peers.  `disk_s`: seconds a write takes;
    `slow_disks` and `skew` (0.1 = ticks 10 % too slow) name single nodes.  `compact_every`: the application
    hands over a snapshot after so many entries; 0 for never.  `watch_disk`: also check what is saved when.
    `max_messages` may be sent, and `max_bytes` of them and of logs that changed be kept.  `term` is what the
    disks hold at first, for a group that goes on from an earlier one's data.
    """

    nodes: int = 3
    alone: bool = False
    profile: Profile = CALM
    disk_s: float = 0.001
    slow_disks: Mapping[str, float] = MappingProxyType({})
    skew: Mapping[str, float] = MappingProxyType({})
    compact_every: int = 0
    watch_disk: bool = False
    max_messages: int = 8_000
    max_bytes: int = 32 * 2**20
    term: int = 0

    @property
    def members(self) -> list[str]:
        """The ids of the group's nodes."""
        return [f"n{i}" for i in range(self.nodes)]
