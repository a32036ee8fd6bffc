"""Better where pods stand that the newcomer likes or that like it, worse where dislike stands.

Every term adds its weight for each pod in the node's domain: the newcomer's preferred terms about pods
already placed, their preferred terms about the newcomer, and with weight 1 their required affinity.

Source: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go@v1.36.2.
"""

from collections.abc import Mapping, Sequence

from insideout.scheduler.affinity import means, resolved
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import AffinityTerm, PodInfo
from insideout.scheduler.scores import MAX_SCORE
from insideout.scheduler.snapshot import Snapshot

NAME = "InterPodAffinity"


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return each node's sum of weights, spread out between the least (0) and the greatest (100)."""
    opinions = _opinions(pod, snapshot)
    if not opinions:
        return None
    sums = [
        sum(
            weight * counts.get(node.labels[key], 0) for key, counts, weight in opinions if key in node.labels
        )
        for node in nodes
    ]
    least, greatest = min(sums), max(sums)
    spread = greatest - least
    # Upstream computes in float64, and so must we: 100 * (x / y) is not always 100 * x // y.
    return [int(MAX_SCORE * ((each - least) / spread)) if spread else 0 for each in sums]


def _opinions(pod: PodInfo, snapshot: Snapshot) -> list[tuple[str, Mapping[str, int], int]]:
    """Return what applies: a topology key, pods by its value, and the weight of each pod."""
    namespace_labels = snapshot.namespaces.get(pod.namespace, {})
    found: list[tuple[str, Mapping[str, int], int]] = [
        (weighted.term.topology_key, domains, weighted.weight)
        for weighted, domains in snapshot.attracting.items()
        if weighted.term.matches(pod, namespace_labels)
    ]
    for weighted in pod.preferred_terms:
        term = resolved(weighted.term, snapshot)
        domains = _count(term, snapshot)
        if any(domains.values()):
            found.append((term.topology_key, domains, weighted.weight))
    return found


def _count(term: AffinityTerm, snapshot: Snapshot) -> Mapping[str, int]:
    key = term.topology_key
    rule = ("affinity", (term,), key)
    return snapshot.tally(rule, key, lambda other: means(term, other), lambda _: True).domains
