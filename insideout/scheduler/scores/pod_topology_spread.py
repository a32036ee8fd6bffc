"""Better the fewer of the pod's kin stand in the node's domains: soft spread constraints.

Each constraint adds  pods in the domain * log(domains + 2) + maxSkew - 1, so that many small domains weigh as
much as few large ones; the sum is turned round into 0 to 100.  A pod without constraints of its own spreads
over nodes (maxSkew 3) and zones (maxSkew 5) from the pods of its Services and its controller.

Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go and plugin.go@v1.36.2.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from operator import add

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
        more = _costs(pod, each, keys, chosen, snapshot)
        if more is not None:
            costs = list(map(add, costs, more))
    shares = _normalized(costs)
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
) -> list[float] | None:
    """Return what one constraint charges each node, None for nothing because no node has its label."""
    key, extra = constraint.topology_key, float(constraint.max_skew - 1)
    if not snapshot.labelled_nodes[key]:
        return None
    if key == HOSTNAME:
        weight = math.log(len(chosen) + 2)
        by_node = count_by_node(snapshot, pod, constraint.selector)
        here = [by_node.get(node.name, 0) for node in chosen]
        charge = {count: count * weight + extra for count in set(here)}  # few: pods spread evenly
        if snapshot.labelled_nodes[key] == len(snapshot.nodes):
            return [charge[count] for count in here]
        return [
            charge[count] if key in node.labels else 0.0 for node, count in zip(chosen, here, strict=True)
        ]
    values = [node.labels.get(key) for node in chosen]
    domains = set(values)
    weight = math.log(len(domains) + 2)
    counts = tally_constraint(snapshot, pod, constraint, keys).domains
    cost_of = {value: counts.get(value, 0) * weight + extra for value in domains if value is not None}
    return [0.0 if value is None else cost_of[value] for value in values]


def _normalized(costs: Sequence[float]) -> list[int]:
    """Return each cost turned round into 0 to 100, after rounding it half away from zero, as Go does.

    Costs are never negative, and few are different.
    """
    rounded = {cost: math.floor(cost + 0.5) for cost in set(costs)}
    most, least = max(rounded.values(), default=0), min(rounded.values(), default=0)
    if most == 0:
        return [MAX_SCORE] * len(costs)
    share = {cost: MAX_SCORE * (most + least - each) // most for cost, each in rounded.items()}
    return [share[cost] for cost in costs]
