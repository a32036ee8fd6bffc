"""Better the fewer of the pod's kin stand in the node's domains: soft spread constraints.

Each constraint adds  pods in the domain * log(domains + 2) + maxSkew - 1, so that many small domains weigh as
much as few large ones; the sum is turned round into 0 to 100.  A pod without constraints of its own spreads
over nodes (maxSkew 3) and zones (maxSkew 5) from the pods of its Services and its controller.

Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go and plugin.go@v1.36.2.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import MAX_SCORE
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.spread import SpreadConstraint
from insideout.scheduler.spreading import HOSTNAME, count_by_node, tally_constraint

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
    chosen = [node for node in nodes if all(key in node.labels for key in keys)] if keys else nodes
    costs = [0.0] * len(chosen)
    for each in constraints:
        added = _costs(pod, each, keys, chosen, snapshot)
        costs = [cost + more for cost, more in zip(costs, added, strict=True)]
    # Rounded half away from zero, as Go does; costs are never negative.
    shares = _normalized([math.floor(cost + 0.5) for cost in costs])
    if len(chosen) == len(nodes):
        return shares
    share_of = {node.name: share for node, share in zip(chosen, shares, strict=True)}
    return [share_of.get(node.name, 0) for node in nodes]


def _costs(
    pod: PodInfo,
    constraint: SpreadConstraint,
    keys: Sequence[str],
    chosen: Sequence[NodeInfo],
    snapshot: Snapshot,
) -> list[float]:
    """Return what one constraint charges each node."""
    key, extra = constraint.topology_key, float(constraint.max_skew - 1)
    if key == HOSTNAME:
        weight = math.log(len(chosen) + 2)
        by_node = count_by_node(snapshot, pod, constraint.selector)
        return [by_node.get(node.name, 0) * weight + extra if key in node.labels else 0.0 for node in chosen]
    values = [node.labels.get(key) for node in chosen]
    domains = set(values)
    weight = math.log(len(domains) + 2)
    counts = tally_constraint(snapshot, pod, constraint, keys).domains
    cost_of = {value: counts.get(value, 0) * weight + extra for value in domains if value is not None}
    return [0.0 if value is None else cost_of[value] for value in values]


def _normalized(costs: list[int]) -> list[int]:
    most, least = max(costs, default=0), min(costs, default=0)
    if most == 0:
        return [MAX_SCORE] * len(costs)
    return [MAX_SCORE * (most + least - cost) // most for cost in costs]
