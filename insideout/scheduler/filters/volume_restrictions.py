"""A claim with access mode ReadWriteOncePod serves one pod in the whole cluster.

Disks named in the pod itself (GCE, AWS, iSCSI, RBD) are left out.

Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go@v1.36.2.
"""

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable, unschedulable

NAME = "VolumeRestrictions"
IN_USE = unschedulable(
    NAME,
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use "
    "by another pod",
)


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Turn every node down while another pod uses one of the pod's exclusive claims."""
    exclusive = []
    for key in pod.claims:
        claim = snapshot.claims.get(key)
        if claim is None:
            return unresolvable(NAME, f'persistentvolumeclaim "{key.partition("/")[2]}" not found')
        if "ReadWriteOncePod" in (claim["spec"].get("accessModes") or ()):
            exclusive.append(key)
    if not any(snapshot.users_of(key) for key in exclusive):
        return None

    def check(node: NodeInfo) -> Status | None:
        return IN_USE

    return check
