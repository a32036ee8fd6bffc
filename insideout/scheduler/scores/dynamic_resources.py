"""Dynamic resource allocation: 0 for every node, since claims for devices are left out.

The plugin is on by default in v1.36 and speaks for every pod, so that it shows up in every score table.

Source: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go@v1.36.2 (Score).
"""

from collections.abc import Sequence

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot

NAME = "DynamicResources"


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return 0 for each node: a pod without claims fares equally well everywhere."""
    return [0] * len(nodes)
