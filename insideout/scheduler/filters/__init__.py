"""Filters: which nodes a pod fits on at all, one rule a file.

A filter has a NAME and a function `prepare(pod, snapshot)` that reads the pod once and returns

- None when it has nothing to ask of any node (upstream's Skip),
- a `Check`, which is then asked about each node and returns None or why the pod does not fit,
- `OnlyNodes`, a check together with the only nodes worth asking about,
- a `Status` when no node will do (a PreFilter that fails).

A check sees the snapshot as it is when asked, so preemption can take pods away, prepare again and look.

Source: the PreFilter and Filter extension points of k8s.io/kube-scheduler/framework/interface.go@v1.36.2.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status

Check = Callable[[NodeInfo], Status | None]
"""One question about a node: None when the pod fits, otherwise why not."""


class OnlyNodes(NamedTuple):
    """A check that only these nodes can pass."""

    names: frozenset[str]
    check: Check


Prepared = Check | OnlyNodes | Status | None


class Filter(Protocol):
    """A filter; the modules of this package are some, and a learner's class may be another."""

    @property
    def NAME(self) -> str:  # noqa: N802 - the modules' constant
        """The plugin's name."""

    def prepare(self, pod: PodInfo, snapshot: Snapshot) -> Prepared:
        """Read what the filter needs of the pod, once per cycle."""
