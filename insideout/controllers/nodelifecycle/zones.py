"""How fast nodes may be tainted, zone by zone: when much fails at once, the fault is more likely in between.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go:ComputeZoneState, handleDisruption,
ReducedQPSFunc; staging/src/k8s.io/component-helpers/node/topology/helpers.go
:GetZoneKey@v1.36.2.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from insideout.client import Object
from insideout.controllers.nodelifecycle.settings import Settings

DEFAULTS = Settings()

EXCLUDE_LABEL = "node.kubernetes.io/exclude-disruption"


class ZoneState(Enum):
    """What a zone looks like from its nodes' condition Ready."""

    INITIAL = "Initial"
    NORMAL = "Normal"
    PARTIAL_DISRUPTION = "PartialDisruption"
    FULL_DISRUPTION = "FullDisruption"


def zone_of(node: Object) -> str:
    """Return the key of a node's zone, region and zone; "" when it has neither label."""
    labels = node["metadata"].get("labels") or {}
    region = labels.get(
        "topology.kubernetes.io/region", labels.get("failure-domain.beta.kubernetes.io/region")
    )
    zone = labels.get("topology.kubernetes.io/zone", labels.get("failure-domain.beta.kubernetes.io/zone"))
    return f"{region or ''}:\x00:{zone or ''}" if region or zone else ""


def zone_name(key: str) -> str:
    """Return a zone's key as one writes it: "region/zone", "zone" where no region is given."""
    return key.replace(":\x00:", "/").strip("/")


def zone_state(ready: Sequence[bool], settings: Settings = DEFAULTS) -> ZoneState:
    """Judge a zone: dead without any ready node, disrupted when more than two and 55 % are not ready."""
    not_ready = sum(not node for node in ready)
    if not_ready and not_ready == len(ready):
        return ZoneState.FULL_DISRUPTION
    if not_ready > 2 and not_ready / len(ready) >= settings.unhealthy_zone_threshold:
        return ZoneState.PARTIAL_DISRUPTION
    return ZoneState.NORMAL


def zone_qps(state: ZoneState, size: int, settings: Settings = DEFAULTS) -> float:
    """Return how many nodes of a zone may be tainted a second while not every zone is dead."""
    if state is ZoneState.PARTIAL_DISRUPTION:
        return settings.secondary_eviction_qps if size > settings.large_cluster_nodes else 0.0
    return settings.eviction_qps


def taint_qps(zones: Mapping[str, Sequence[bool]], settings: Settings = DEFAULTS) -> dict[str, float]:
    """Return how many nodes a second may be tainted in each zone; nowhere any when every zone is dead."""
    states = {zone: zone_state(ready, settings) for zone, ready in zones.items()}
    if all(state is ZoneState.FULL_DISRUPTION for state in states.values()):
        return dict.fromkeys(zones, 0.0)
    return {zone: zone_qps(state, len(zones[zone]), settings) for zone, state in states.items()}
