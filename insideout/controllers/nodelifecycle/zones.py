"""How fast nodes may be tainted, zone by zone: when much fails at once, the fault is more likely in between.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go:ComputeZoneState, handleDisruption,
ReducedQPSFunc; config/v1alpha1/defaults.go; staging/src/k8s.io/component-helpers/node/topology/helpers.go
:GetZoneKey@v1.36.2.
"""

from collections.abc import Sequence
from enum import Enum

from insideout.client import Object

EVICTION_QPS = 0.1
SECONDARY_EVICTION_QPS = 0.01
LARGE_CLUSTER_NODES = 50
UNHEALTHY_ZONE_THRESHOLD = 0.55
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


def zone_state(ready: Sequence[bool]) -> ZoneState:
    """Judge a zone: dead without any ready node, disrupted when more than two and 55 % are not ready."""
    not_ready = sum(not node for node in ready)
    if not_ready and not_ready == len(ready):
        return ZoneState.FULL_DISRUPTION
    if not_ready > 2 and not_ready / len(ready) >= UNHEALTHY_ZONE_THRESHOLD:
        return ZoneState.PARTIAL_DISRUPTION
    return ZoneState.NORMAL


def zone_qps(state: ZoneState, size: int) -> float:
    """Return how many nodes of a zone may be tainted a second while not every zone is dead."""
    if state is ZoneState.PARTIAL_DISRUPTION:
        return SECONDARY_EVICTION_QPS if size > LARGE_CLUSTER_NODES else 0.0
    return EVICTION_QPS
