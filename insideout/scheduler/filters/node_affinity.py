"""A pod goes where its node selector and its required node affinity allow.

Affinity that is configured for a whole scheduler profile is left out.

Source: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go@v1.36.2.
"""

from insideout.scheduler.filters import OnlyNodes, Prepared
from insideout.scheduler.nodeaffinity import RequiredNodeAffinity
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable

NAME = "NodeAffinity"
NO_MATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector")
CONFLICT = unresolvable(NAME, "pod affinity terms conflict")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask whether the node matches; when every term names nodes, only of those."""
    affinity = pod.node_affinity
    if affinity.is_empty:
        return None

    def check(node: NodeInfo) -> Status | None:
        return None if affinity.matches(node.name, node.labels) else NO_MATCH

    names = _named(affinity)
    if names is None:
        return check
    return OnlyNodes(names, check) if names else CONFLICT


def _named(affinity: RequiredNodeAffinity) -> frozenset[str] | None:
    """Return the nodes that the terms name, or None when some term names none."""
    if not affinity.terms:
        return None
    named: frozenset[str] = frozenset()
    for term in affinity.terms:
        values = [
            frozenset(field.values)
            for field in term.fields.requirements
            if field.key == "metadata.name" and field.operator == "in"
        ]
        if not values:
            return None
        named |= frozenset.intersection(*values)
    return named
