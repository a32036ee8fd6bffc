"""Better the fewer PreferNoSchedule taints of the node the pod does not tolerate.

Source: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go@v1.36.2.
"""

from collections.abc import Sequence

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import MAX_SCORE, by_share
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.taints import tolerated

NAME = "TaintToleration"


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return 100 for the node with the fewest untolerated taints down to 0 for that with the most."""
    if not any(node.soft_taints for node in nodes):
        return [MAX_SCORE] * len(nodes)
    tolerations = [each for each in pod.tolerations if each.effect in ("", "PreferNoSchedule")]
    disliked = [sum(not tolerated(tolerations, taint) for taint in node.soft_taints) for node in nodes]
    return [MAX_SCORE - share for share in by_share(disliked)]
