"""The decisions of the node lifecycle controller as plain functions that others may take in its place.

Each may be None: then the controller decides as upstream does.  All of them get and return plain data and
are given copies, so that nothing they do to it matters.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from insideout.client import Object

TaintsFor = Callable[[list[Object], bool], Iterable[tuple[str, str]]]
"""From a node's conditions and whether it is cordoned to its taints (key, effect) that follow at once."""
UnknownAt = Callable[[list[float], float, float], float]
"""From a node's renewals, the period of the polls and the grace to the poll at which it becomes Unknown.

All in seconds; renewals and answer count from the first poll."""
TaintQps = Callable[[dict[str, list[bool]]], Mapping[str, float]]
"""From the readiness of each zone's nodes to how many nodes a second may be tainted in each zone.

A zone is named "zone", or "region/zone" where it is in a region."""


@dataclass(frozen=True)
class Rules:
    """Who decides; what is None is decided by the controller itself."""

    taints_for: TaintsFor | None = None
    unknown_at: UnknownAt | None = None
    taint_qps: TaintQps | None = None
