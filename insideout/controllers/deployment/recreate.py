"""Recreate: the old Pods go, all of them, before the first new one comes.

Source: pkg/controller/deployment/recreate.go@v1.36.2.
"""

from collections.abc import Iterable

from insideout.apimachinery import pods as podutil
from insideout.client import Object
from insideout.controllers.deployment.sizes import ReplicaSetSize, Scaling


def plan(replicas: int, replica_sets: list[ReplicaSetSize], *, old_pods_running: bool) -> list[Scaling]:
    """Return the writes of one sync: old ReplicaSets to 0 and, when their Pods are gone, the new one to full.

    The new ReplicaSet may be missing: it is created, at 0, only when the old Pods are gone.
    """
    down = [Scaling(rs.name, rs.spec, 0) for rs in replica_sets if not rs.is_new and rs.spec > 0]
    if down or old_pods_running:
        return down
    return [Scaling(rs.name, rs.spec, replicas) for rs in replica_sets if rs.is_new and rs.spec != replicas]


def old_pods_running(old_replica_sets: Iterable[Object], old_pods: Iterable[Object]) -> bool:
    """Tell whether an old Pod may still be at work: terminating counts, Succeeded and Failed do not."""
    if any((rs.get("status") or {}).get("replicas", 0) > 0 for rs in old_replica_sets):
        return True
    return any(not podutil.is_terminal(pod) for pod in old_pods)
