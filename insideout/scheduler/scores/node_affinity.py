"""Better the more the pod's preferred node affinity terms weigh that the node matches.

Source: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go@v1.36.2.
"""

from collections.abc import Sequence

from insideout.scheduler.nodeaffinity import node_term
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import by_share
from insideout.scheduler.snapshot import Snapshot

NAME = "NodeAffinity"


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return each node's sum of matched weights as a share of the largest sum."""
    affinity = (pod.pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    preferred = affinity.get("preferredDuringSchedulingIgnoredDuringExecution")
    if not preferred:
        return None
    terms = [(node_term(each["preference"]), each["weight"]) for each in preferred]
    weights = [
        sum(weight for term, weight in terms if term is not None and term.matches(node.name, node.labels))
        for node in nodes
    ]
    return by_share(weights)
