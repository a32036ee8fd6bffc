"""The queues of nodes to taint, one a zone, and how fast each moves as zones fail and come back.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go:handleDisruption, setLimiterInZone@v1.36.2.
"""

from collections.abc import Mapping
from enum import Enum

from insideout.controllers.nodelifecycle.ratelimit import RateLimitedQueue
from insideout.controllers.nodelifecycle.rules import TaintQps
from insideout.controllers.nodelifecycle.settings import Settings
from insideout.controllers.nodelifecycle.zones import ZoneState, zone_name, zone_qps, zone_state

Zones = Mapping[str, list[bool]]
"""Whether each node is ready, by zone."""


class Change(Enum):
    """What a look at all zones led to, beyond new rates."""

    NONE = "none"
    STOPPED = "stopped"
    """Every zone is dead: nobody is tainted any more, and taints are to be taken back."""
    RESUMED = "resumed"
    """Some node is ready again: the fault was here or in between, and everybody gets a new grace period."""


class ZoneQueues:
    """Nodes that wait for their NoExecute taint; with `taint_qps`, that function sets the rates."""

    def __init__(self, settings: Settings, taint_qps: TaintQps | None) -> None:
        self.by_zone: dict[str, RateLimitedQueue] = {}
        self._settings = settings
        self._taint_qps = taint_qps
        self._states: dict[str, ZoneState] = {}

    def __len__(self) -> int:
        return sum(map(len, self.by_zone.values()))

    def meet(self, zone: str, now_s: float) -> None:
        """Open the queue of a zone, if it is new."""
        if zone not in self.by_zone:
            self.by_zone[zone] = RateLimitedQueue(self._settings.eviction_qps, now_s)
            self._states[zone] = ZoneState.INITIAL

    def forget(self, node_name: str) -> None:
        """Take a node that is gone out of all queues."""
        for queue in self.by_zone.values():
            queue.remove(node_name)

    def look(self, zones: Zones, now_s: float) -> Change:
        """Judge all zones and set each one's rate."""
        states = {zone: zone_state(ready, self._settings) for zone, ready in zones.items()}
        for zone in [zone for zone in self._states if zone not in states]:
            del self._states[zone]
        decided = self._decided(zones)
        dead = _all_dead(states) and not any((decided or {}).values())
        were_dead = _all_dead(self._states)
        if dead and were_dead:
            return Change.NONE
        for zone, state in states.items():
            if decided is not None:
                qps = decided[zone]
            elif dead:
                qps = 0.0
            elif were_dead or self._states.get(zone) is not state:
                qps = zone_qps(state, len(zones[zone]), self._settings)
            else:
                continue
            self.by_zone[zone].set_rate(qps, now_s)
        self._states = states
        if dead:
            return Change.STOPPED
        return Change.RESUMED if were_dead else Change.NONE

    def _decided(self, zones: Zones) -> dict[str, float] | None:
        """Return the rates that the function given in our place decides on."""
        if self._taint_qps is None:
            return None
        rates = self._taint_qps({zone_name(zone): list(ready) for zone, ready in zones.items()})
        return {zone: float(rates[zone_name(zone)]) for zone in zones}


def _all_dead(states: Mapping[str, ZoneState]) -> bool:
    return all(state is ZoneState.FULL_DISRUPTION for state in states.values())
