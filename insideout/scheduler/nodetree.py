"""The order in which nodes are looked at: one of each zone in turn, so that a sample spans the zones.

Zones stand in the order in which they were first seen, nodes in the order in which they came.

Source: pkg/scheduler/backend/cache/node_tree.go and
k8s.io/component-helpers/node/topology/helpers.go@v1.36.2.
"""

from collections.abc import Mapping

_ZONE = ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone")
_REGION = ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region")


def zone_of(labels: Mapping[str, str]) -> tuple[str, str]:
    """Return a node's region and zone; the older label of each wins where both are set."""
    return _first(labels, _REGION), _first(labels, _ZONE)


def _first(labels: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((labels[key] for key in keys if key in labels), "")


class NodeTree:
    """Node names by zone."""

    def __init__(self) -> None:
        self._zones: dict[tuple[str, str], dict[str, None]] = {}
        self._zone_of: dict[str, tuple[str, str]] = {}

    def put(self, name: str, labels: Mapping[str, str]) -> bool:
        """Add a node or move it to its present zone; return whether the order changed."""
        zone = zone_of(labels)
        if self._zone_of.get(name) == zone:
            return False
        self.remove(name)
        self._zones.setdefault(zone, {})[name] = None
        self._zone_of[name] = zone
        return True

    def remove(self, name: str) -> None:
        """Take a node out; a zone without nodes loses its place."""
        zone = self._zone_of.pop(name, None)
        if zone is None:
            return
        del self._zones[zone][name]
        if not self._zones[zone]:
            del self._zones[zone]

    def names(self) -> list[str]:
        """Return all names, one of each zone in turn."""
        lanes = [list(names) for names in self._zones.values()]
        longest = max((len(lane) for lane in lanes), default=0)
        return [lane[turn] for turn in range(longest) for lane in lanes if turn < len(lane)]
