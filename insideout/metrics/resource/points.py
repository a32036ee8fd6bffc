"""Two measurements of everything: usage is how much more CPU the last one counts than the one before it.

A container needs two measurements of one run.  One that began between two scrapes needs only the last, as
at its start it had used nothing; but not before it is ten seconds old, for so short a time says little.

Upstream leaves out what has used no CPU or no memory, because there it was not measured; here a program may
really use nothing, and 0 is its usage.

Source: metrics-server pkg/storage/{node,pod,types}.go@v0.8.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

FRESH_AT_LEAST_S = 10.0
"""How old a container must be to be measured from its start."""


class Point(NamedTuple):
    """A measurement: since when CPU is counted, when it was made, CPU seconds, and bytes of memory."""

    start_s: float
    at_s: float
    cpu_used_s: float
    memory_bytes: int


class Usage(NamedTuple):
    """What is used: cores on average over the window that ends at `at_s`, and bytes at its end."""

    at_s: float
    window_s: float
    cores: float
    memory_bytes: int


PodKey = tuple[str, str]
"""Namespace and name."""
Containers = dict[str, Point]


@dataclass
class Batch:
    """One scrape of all nodes: a point for each node, and for each container of each Pod."""

    nodes: dict[str, Point] = field(default_factory=dict)
    pods: dict[PodKey, Containers] = field(default_factory=dict)


class Points:
    """The last two measurements of everything that was there at the last scrape."""

    def __init__(self, resolution_s: float) -> None:
        self._resolution_s = resolution_s
        self._both = Batch(), Batch()  # the last and the one before, changed at once: any thread may ask

    @property
    def is_ready(self) -> bool:
        """Whether the usage of any node is known."""
        return bool(self._both[1].nodes)

    def store(self, new: Batch) -> None:
        """Take in a scrape; what it does not have is forgotten."""
        last, before = self._both[0], Batch()
        for name, point in new.nodes.items():
            if name in last.nodes and point.at_s > last.nodes[name].at_s:
                before.nodes[name] = last.nodes[name]
        for key, containers in new.pods.items():
            earlier = last.pods.get(key, {})
            found = {name: self._earlier(point, earlier.get(name)) for name, point in containers.items()}
            before.pods[key] = {name: point for name, point in found.items() if point is not None}
        self._both = new, before

    def _earlier(self, point: Point, last: Point | None) -> Point | None:
        """Return what a container's new point is compared with."""
        if FRESH_AT_LEAST_S <= point.at_s - point.start_s < self._resolution_s:
            return point._replace(at_s=point.start_s, cpu_used_s=0.0)
        if last is not None and point.start_s < last.at_s < point.at_s:
            return last
        return None

    def node(self, name: str) -> Usage | None:
        """Return the usage of a node, None while it is not known."""
        last, before = (batch.nodes.get(name) for batch in self._both)
        return _usage(last, before) if last is not None and before is not None else None

    def pod(self, key: PodKey) -> Mapping[str, Usage] | None:
        """Return the usage of each container of a Pod; None while that of any is not known."""
        last, before = (batch.pods.get(key, {}) for batch in self._both)
        if not last or any(name not in before for name in last):
            return None
        usages = {name: _usage(point, before[name]) for name, point in last.items()}
        return {name: usage for name, usage in usages.items() if usage is not None}


def _usage(last: Point, before: Point) -> Usage | None:
    """Return what was used between two points; None when CPU was counted anew."""
    if last.cpu_used_s < before.cpu_used_s:
        return None
    window_s = last.at_s - before.at_s
    return Usage(last.at_s, window_s, (last.cpu_used_s - before.cpu_used_s) / window_s, last.memory_bytes)
