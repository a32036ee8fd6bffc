"""Topology-aware routing: endpoints shared out to zones in proportion to the zones' CPU.

The annotation `service.kubernetes.io/topology-mode: Auto` asks for it.  Each zone should get as many
endpoints as its share of all ready nodes' CPU is worth; an endpoint beyond its zone's share is hinted for
another zone.  Where that would load some zone's endpoints by more than a fifth above the average there are no
hints at all.
Which endpoint of a zone is given away, and to which of two zones that want equally much, is open upstream
(Go walks maps at random); here it is the first one.

Source: staging/src/k8s.io/endpointslice/topologycache/{topologycache,sliceinfo,utils,event}.go@v1.36.2.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from insideout.apimachinery import pods as podutil
from insideout.apimachinery import quantity
from insideout.client import Object
from insideout.controllers.endpointslice.endpoint import ZONE_LABEL

OVERLOAD = 0.2
"""How much more than the average one zone's endpoints may have to carry."""
DISABLED, ENABLED = "TopologyAwareHintsDisabled", "TopologyAwareHintsEnabled"
_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_NO_NODE_INFO = "Insufficient node information: allocatable CPU or zone not specified on one or more nodes"
_TOO_FEW = "Insufficient number of endpoints"
_OVERLOADED = (
    "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold"
)
_NO_ZONE = "One or more endpoints do not have a zone specified"


class Said(NamedTuple):
    """An Event to record about a Service."""

    type: str
    reason: str
    message: str


class Share(NamedTuple):
    """How many endpoints a zone must have, may have, and would have if endpoints could be divided."""

    minimum: int
    maximum: int
    desired: float


@dataclass
class SliceChange:
    """One Service's slices of one family: what is about to be created, updated, and left alone."""

    create: list[Object]
    update: list[Object]
    unchanged: list[Object] = field(default_factory=list)

    def without_hints(self) -> None:
        """Take the hints out; an unchanged slice that has some becomes an update."""
        for slice_ in [*self.create, *self.update]:
            slice_["endpoints"] = [_bare(endpoint) for endpoint in slice_["endpoints"]]
        for slice_ in list(self.unchanged):
            if any("hints" in endpoint for endpoint in slice_.get("endpoints") or ()):
                changed = self.rewrite(slice_)
                changed["endpoints"] = [_bare(endpoint) for endpoint in changed["endpoints"]]

    def rewrite(self, slice_: Object) -> Object:
        """Turn an unchanged slice into an update and return the copy that may be changed."""
        copy = {**slice_, "endpoints": list(slice_.get("endpoints") or ())}
        self.unchanged.remove(slice_)
        self.update.append(copy)
        return copy

    def ready(self) -> int:
        """Count the ready endpoints."""
        slices = [*self.create, *self.update, *self.unchanged]
        return sum(is_ready(endpoint) for slice_ in slices for endpoint in slice_.get("endpoints") or ())


class Topology:
    """What the nodes' zones can carry, and which Services are shared out by that."""

    def __init__(self) -> None:
        self._ratios: dict[str, float] = {}
        self._hinted: dict[tuple[str, str], Counter[str]] = {}
        self._populated: set[str] = set()

    def set_nodes(self, nodes: Iterable[Object]) -> None:
        """Take note of the zones' CPU; one ready node without zone or CPU spoils it for all."""
        cpu: dict[str, float] = {}
        self._ratios = {}
        for node in nodes:
            labels = node["metadata"].get("labels") or {}
            status = node.get("status") or {}
            if any(label in labels for label in _CONTROL_PLANE) or not podutil.is_ready(node):
                continue
            milli = float(quantity.parse((status.get("allocatable") or {}).get("cpu", "0")) * 1000)
            zone = labels.get(ZONE_LABEL)
            if not zone or not milli:
                return
            cpu[zone] = cpu.get(zone, 0) + milli
        if len(cpu) >= 2:
            total = sum(cpu.values())
            self._ratios = {zone: cpu[zone] / total for zone in sorted(cpu)}

    def overloaded(self) -> list[str]:
        """Return the keys of the Services of which some zone now has too few endpoints."""
        return sorted({key for (key, _), zones in self._hinted.items() if self._is_overloaded(zones)})

    def forget(self, key: str, family: str) -> bool:
        """Drop a Service's hints; tell whether it had some."""
        had = key in self._populated
        self._hinted.pop((key, family), None)
        self._populated.discard(key)
        return had

    def add_hints(self, key: str, family: str, change: SliceChange) -> list[Said]:
        """Write hints into the slices that are written anyway, and into others where they must change."""
        shares = self.shares(change.ready())
        if isinstance(shares, str):
            return self._disable(key, family, change, shares)
        allocated = _kept(change, shares)
        for slice_ in [*change.create, *change.update]:
            for number, endpoint in enumerate(slice_["endpoints"]):
                if not is_ready(endpoint):
                    continue
                if not endpoint.get("zone"):
                    return self._disable(key, family, change, _NO_ZONE)
                allocated[endpoint["zone"]] += 1
                slice_["endpoints"][number] = _hinted(endpoint, endpoint["zone"])
        allocated.update(_redistribute([*change.create, *change.update], *_gifts(shares, allocated)))
        was_populated = key in self._populated
        self._hinted[key, family] = allocated
        self._populated.add(key)
        message = f"Topology Aware Hints has been enabled, addressType: {family}"
        return [] if was_populated else [Said("Normal", ENABLED, message)]

    def shares(self, endpoints: int) -> dict[str, Share] | str:
        """Return what each zone should get of so many ready endpoints, or why that cannot be."""
        zones = len(self._ratios)
        counts = f" ({endpoints} endpoints, {zones} zones)"
        if not zones:
            return _NO_NODE_INFO
        if zones > endpoints:
            return _TOO_FEW + counts
        desired = {zone: ratio * endpoints for zone, ratio in self._ratios.items()}
        minimum = {zone: math.ceil(wanted * (1 / (1 + OVERLOAD))) for zone, wanted in desired.items()}
        spare = endpoints - sum(minimum.values())
        if spare < 0:
            return _OVERLOADED + counts
        return {zone: Share(low, low + spare, max(desired[zone], low)) for zone, low in minimum.items()}

    def _is_overloaded(self, zones: Mapping[str, int]) -> bool:
        if not zones:
            return False
        if not self._ratios:
            return True
        total = sum(zones.values())
        return any(
            zone not in zones or zones[zone] < math.ceil(total * ratio * (1 / (1 + OVERLOAD)))
            for zone, ratio in self._ratios.items()
        )

    def _disable(self, key: str, family: str, change: SliceChange, why: str) -> list[Said]:
        self.forget(key, family)
        change.without_hints()
        return [Said("Warning", DISABLED, f"{why}, addressType: {family}")]


def is_ready(endpoint: Object) -> bool:
    """Tell whether the controllers count an endpoint as ready: only if it says so."""
    return endpoint["conditions"].get("ready") is True


def _bare(endpoint: Object) -> Object:
    return {key: value for key, value in endpoint.items() if key != "hints"}


def _hinted(endpoint: Object, zone: str) -> Object:
    return {**endpoint, "hints": {"forZones": [{"name": zone}]}}


def _kept(change: SliceChange, shares: Mapping[str, Share]) -> Counter[str]:
    """Count the hints of slices whose hints can stay; the others become updates."""
    allocated: Counter[str] = Counter()
    for slice_ in list(change.unchanged):
        zones = _zones(slice_)
        fits = zones is not None and all(
            zone in shares and allocated[zone] + count <= shares[zone].maximum
            for zone, count in zones.items()
        )
        if zones is None or not fits:
            change.rewrite(slice_)
        else:
            allocated.update(zones)
    return allocated


def _zones(slice_: Object) -> Counter[str] | None:
    """Count a slice's hints by zone; None when a ready endpoint has none."""
    zones: Counter[str] = Counter()
    for endpoint in slice_.get("endpoints") or ():
        if is_ready(endpoint):
            hinted = (endpoint.get("hints") or {}).get("forZones")
            if not hinted:
                return None
            zones.update(zone["name"] for zone in hinted)
    return zones


def _gifts(shares: Mapping[str, Share], allocated: Mapping[str, int]) -> tuple[Counter[str], Counter[str]]:
    """Return how many endpoints zones give away, and how many zones receive."""
    surplus = {zone: allocated.get(zone, 0) - share.desired for zone, share in shares.items()}
    gifts = {zone: more for zone, more in surplus.items() if more > 0}
    needs = {zone: -more for zone, more in surplus.items() if more < 0}
    giving: Counter[str] = Counter()
    receiving: Counter[str] = Counter()
    while gifts and needs:
        giver, taker = max(gifts, key=gifts.__getitem__), max(needs, key=needs.__getitem__)
        gift, need = gifts[giver], needs[taker]
        if gift < 0.5 or need < 0.5 or (gift < 1 and need < 1):
            break
        giving[giver] += 1
        receiving[taker] += 1
        gifts[giver] -= 1
        needs[taker] -= 1
    return giving, receiving


def _redistribute(slices: list[Object], giving: Counter[str], receiving: Counter[str]) -> Counter[str]:
    """Hint endpoints of giving zones for receiving ones; return by how much each zone's number changed."""
    moved: Counter[str] = Counter()
    for slice_ in slices:
        for number, endpoint in enumerate(slice_["endpoints"]):
            if not is_ready(endpoint) or giving[endpoint["zone"]] <= 0:
                continue
            taker = next((zone for zone in sorted(receiving) if receiving[zone] > 0), None)
            if taker is None:
                return moved
            slice_["endpoints"][number] = _hinted(endpoint, taker)
            giving[endpoint["zone"]] -= 1
            receiving[taker] -= 1
            moved[taker] += 1
            moved[endpoint["zone"]] -= 1
    return moved
