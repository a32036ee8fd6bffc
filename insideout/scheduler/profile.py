"""Which filters and scores a scheduler runs, in which order and with which weights.

Source: pkg/scheduler/apis/config/v1/default_plugins.go@v1.36.2.  NodeVolumeLimits and VolumeZone need
volumes that only some nodes reach, NodeDeclaredFeatures needs nodes that differ in features: for what this
cluster serves all three would let every node pass, so they are left out.  GangScheduling is alpha and off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insideout.scheduler.filters import (
    Filter,
    dynamic_resources,
    inter_pod_affinity,
    node_affinity,
    node_name,
    node_ports,
    node_resources_fit,
    node_unschedulable,
    pod_topology_spread,
    taint_toleration,
    volume_binding,
    volume_restrictions,
)
from insideout.scheduler.sampling import feasible_target
from insideout.scheduler.scores import (
    Score,
    image_locality,
    node_resources_balanced_allocation,
)
from insideout.scheduler.scores import dynamic_resources as dynamic_resources_score
from insideout.scheduler.scores import inter_pod_affinity as inter_pod_affinity_score
from insideout.scheduler.scores import node_affinity as node_affinity_score
from insideout.scheduler.scores import node_resources_fit as node_resources_fit_score
from insideout.scheduler.scores import pod_topology_spread as pod_topology_spread_score
from insideout.scheduler.scores import taint_toleration as taint_toleration_score

if TYPE_CHECKING:
    from insideout.scheduler.podinfo import PodInfo
    from insideout.scheduler.preemption import Candidate

    Pick = Callable[[Sequence[Candidate], Callable[[PodInfo], float]], Candidate]

DEFAULT_FILTERS: tuple[Filter, ...] = (
    node_unschedulable,
    node_name,
    taint_toleration,
    node_affinity,
    node_ports,
    node_resources_fit,
    volume_restrictions,
    volume_binding,
    pod_topology_spread,
    inter_pod_affinity,
    dynamic_resources,
)

DEFAULT_SCORES: tuple[tuple[Score, int], ...] = (
    (taint_toleration_score, 3),
    (node_affinity_score, 2),
    (node_resources_fit_score, 1),
    (pod_topology_spread_score, 2),
    (inter_pod_affinity_score, 2),
    (dynamic_resources_score, 2),
    (node_resources_balanced_allocation, 1),
    (image_locality, 1),
)


@dataclass(frozen=True)
class Profile:
    """What decides: filters in order, scores with weights, and the share of nodes to find.

    `percentage_of_nodes_to_score` 0 means that the cluster's size decides.  `pick` chooses a node to make
    room on, given the candidates and what tells when a pod started, in seconds; `message` says why a pod
    could not be placed, given the number of nodes and each node's reasons.  None leaves these to the
    scheduler.  `target` says after how many nodes that fit the search ends.
    """

    filters: tuple[Filter, ...] = DEFAULT_FILTERS
    scores: tuple[tuple[Score, int], ...] = DEFAULT_SCORES
    percentage_of_nodes_to_score: int = 0
    pick: "Pick | None" = None
    message: Callable[[int, dict[str, list[str]]], str] | None = None
    target: Callable[[int, int], int] = feasible_target
