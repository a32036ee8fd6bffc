"""Scores: which of the nodes that a pod fits on it would best go to, one rule a file.

A score has a NAME and a function `score(pod, nodes, snapshot)` that returns a number from 0 to 100 for each
of the nodes, in their order, or None when it has no opinion about this pod (upstream's Skip).  The profile
multiplies it by the plugin's weight.

Source: the PreScore, Score and NormalizeScore extension points of
k8s.io/kube-scheduler/framework/interface.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Protocol

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot

MAX_SCORE = 100
"""The best score of one plugin, before its weight."""


class Score(Protocol):
    """A score; the modules of this package are some, and a learner's class may be another."""

    @property
    def NAME(self) -> str:  # noqa: N802 - the modules' constant
        """The plugin's name."""

    def score(self, pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
        """Score each of `nodes` from 0 to 100, or return None to say nothing."""


def by_share(counts: list[int]) -> list[int]:
    """Return each count as its share of the largest, from 0 to 100.

    Source: pkg/scheduler/framework/plugins/helper/normalize_score.go@v1.36.2 (DefaultNormalizeScore).
    """
    most = max(counts, default=0)
    return [MAX_SCORE * count // most for count in counts] if most else counts
