"""How pods that a spread constraint selects stand in its domains; both filter and score ask this.

Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go@v1.36.2.
"""

from collections.abc import Callable, Sequence

from insideout.apimachinery.selectors import LabelSelector
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.spread import SpreadConstraint, selects_all
from insideout.scheduler.taints import untolerated
from insideout.scheduler.tally import Tally

HOSTNAME = "kubernetes.io/hostname"


def tally_constraint(
    snapshot: Snapshot, pod: PodInfo, constraint: SpreadConstraint, keys: Sequence[str]
) -> Tally:
    """Return the running count of `constraint` for pods such as `pod`.

    Domains come from nodes that have all of `keys` and that the constraint's policies include.
    """
    affinity = pod.node_affinity if constraint.honors_affinity and not pod.node_affinity.is_empty else None
    tolerations = pod.tolerations if constraint.honors_taints else None
    labels_needed = tuple(keys)

    def covers(node: NodeInfo) -> bool:
        if any(key not in node.labels for key in labels_needed):
            return False
        if affinity is not None and not affinity.matches(node.name, node.labels):
            return False
        return tolerations is None or untolerated(node.hard_taints, tolerations) is None

    kin = (pod.namespace, constraint.selector)
    rule = ("spread", kin, constraint.topology_key, labels_needed, affinity, tolerations)
    return snapshot.tally(rule, constraint.topology_key, _kin(*kin), covers)


def count_by_node(snapshot: Snapshot, pod: PodInfo, selector: LabelSelector | None) -> dict[str, int]:
    """Return how many pods `selector` selects on each node that has any."""
    rule = ("spread", pod.namespace, selector)
    return snapshot.tally(rule, HOSTNAME, _kin(pod.namespace, selector), lambda _: False).by_node


def _kin(namespace: str, selector: LabelSelector | None) -> Callable[[PodInfo], bool]:
    """Return whether a pod counts: in the namespace, selected, and not on its way out."""

    def counts(pod: PodInfo) -> bool:
        if selector is None or pod.deleting or pod.namespace != namespace or selects_all(selector):
            return False
        return selector.matches(pod.labels)

    return counts
