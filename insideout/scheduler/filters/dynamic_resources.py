"""A pod that claims devices fits nowhere: no driver here offers any.

So it is in every cluster without a driver.  Left out: the allocation of devices that ResourceSlices offer,
the claims that upstream makes from templates, and what is said of a claim or a class that is not there.

Source: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go@v1.36.2 (Filter).
"""

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable

NAME = "DynamicResources"
NO_DEVICES = unresolvable(NAME, "cannot allocate all claims")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Turn away a pod that has claims."""
    return _none_here if pod.pod["spec"].get("resourceClaims") else None


def _none_here(node: NodeInfo) -> Status | None:
    return NO_DEVICES
