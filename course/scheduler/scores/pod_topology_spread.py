"""Better the fewer of the pod's kin stand in the node's domains: soft spread constraints.

Each constraint adds  pods in the domain * log(domains + 2) + maxSkew - 1, so that many small domains weigh as
much as few large ones; the sum is turned round into 0 to 100.  A pod without constraints of its own spreads
over nodes (maxSkew 3) and zones (maxSkew 5) from the pods of its Services and its controller.

Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go and plugin.go@v1.36.2.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from course.scheduler.nodeinfo import NodeInfo
from course.scheduler.podinfo import PodInfo
from course.scheduler.scores import MAX_SCORE
from course.scheduler.snapshot import Snapshot
from course.scheduler.spread import SpreadConstraint
from course.scheduler.spreading import HOSTNAME, count_by_node, tally_constraint

NAME = "PodTopologySpread"
SYSTEM_DEFAULTS = (
    SpreadConstraint(3, HOSTNAME, False, None),
    SpreadConstraint(5, "topology.kubernetes.io/zone", False, None),
)


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return how empty of kin each node's domains are; nothing for a pod without soft constraints."""
    constraints = [each for each in pod.spread if not each.hard]
    if not pod.spread:
        kin = snapshot.workloads.selector_of(pod)
        if kin.requirements:
            constraints = [replace(each, selector=kin) for each in SYSTEM_DEFAULTS]
    if not constraints:
        return None
    # The defaults also compare nodes without a zone; a pod's own constraints leave such nodes out.
    keys = [each.topology_key for each in constraints] if pod.spread else []
    scored = [all(key in node.labels for key in keys) for node in nodes]
    chosen = [node for node, counts in zip(nodes, scored, strict=True) if counts]
    costs = [0.0] * len(chosen)
    for each in constraints:
        cost = _cost(pod, each, keys, chosen, snapshot)
        costs = [total + cost(node) for total, node in zip(costs, chosen, strict=True)]
    shares = iter(_normalized([_round(total) for total in costs]))
    return [next(shares) if counts else 0 for counts in scored]


def _cost(
    pod: PodInfo,
    constraint: SpreadConstraint,
    keys: Sequence[str],
    chosen: Sequence[NodeInfo],
    snapshot: Snapshot,
) -> Callable[[NodeInfo], float]:
    """Return what one constraint charges a node."""
    key, extra = constraint.topology_key, float(constraint.max_skew - 1)
    counts: Mapping[str, int]
    if key == HOSTNAME:
        weight = math.log(len(chosen) + 2)
        counts = count_by_node(snapshot, pod, constraint.selector)
        return lambda node: counts.get(node.name, 0) * weight + extra if key in node.labels else 0.0
    weight = math.log(len({node.labels.get(key, "") for node in chosen}) + 2)
    counts = tally_constraint(snapshot, pod, constraint, keys).domains

    def cost(node: NodeInfo) -> float:
        value = node.labels.get(key)
        return 0.0 if value is None else counts.get(value, 0) * weight + extra

    return cost


def _round(value: float) -> int:
    """Round half away from zero, as Go does; costs are never negative."""
    return math.floor(value + 0.5)


def _normalized(costs: list[int]) -> list[int]:
    most, least = max(costs, default=0), min(costs, default=0)
    if most == 0:
        return [MAX_SCORE] * len(costs)
    return [MAX_SCORE * (most + least - cost) // most for cost in costs]
