"""RollingUpdate: one sync moves one thing, up first, then down, inside the fenceposts.

A sync that changed the new ReplicaSet stops there.  Otherwise it may shrink the old ones: first by Pods that
are not available anyway, which costs nothing, then by available ones as far as availability allows.  The
limits count what ReplicaSets are asked for, so Pods that are still terminating come on top.

Source: pkg/controller/deployment/rolling.go, util/deployment_util.go:NewRSNewReplicas@v1.36.2.
"""

from collections.abc import Callable

from insideout.controllers.deployment.fenceposts import Fenceposts
from insideout.controllers.deployment.sizes import ReplicaSetSize, Scaling, oldest_first, total

Plan = Callable[[int, Fenceposts, list[ReplicaSetSize]], list[Scaling]]
"""From replicas, fenceposts and sizes to the writes of one sync: `plan`, or a learner's."""


def plan(replicas: int, fenceposts: Fenceposts, replica_sets: list[ReplicaSetSize]) -> list[Scaling]:
    """Return the writes of one sync; `replica_sets` holds the new ReplicaSet and all old ones."""
    new = next(rs for rs in replica_sets if rs.is_new)
    old = [rs for rs in replica_sets if not rs.is_new and rs.spec > 0]
    size = new_size(replicas, fenceposts.surge, total(replica_sets), new.spec)
    if size != new.spec:
        return [Scaling(new.name, new.spec, size)]
    return shrink_old(replicas, fenceposts.unavailable, new, old)


def new_size(replicas: int, surge: int, pods: int, size: int) -> int:
    """Return what the new ReplicaSet may grow to while all ReplicaSets ask for `pods` Pods.

    One that is larger than the Deployment, because that was scaled down, is cut at once.
    """
    if size > replicas:
        return replicas
    room = max(0, replicas + surge - pods)
    return size + min(room, replicas - size)


def shrink_old(
    replicas: int, unavailable: int, new: ReplicaSetSize, old: list[ReplicaSetSize]
) -> list[Scaling]:
    """Return how old ReplicaSets shrink, the oldest first; one may occur twice, for sick and healthy Pods.

    The gate does not count the new ReplicaSet's Pods that are not available: while they are on their way, or
    stuck, no old Pod goes to make room for more of them.
    """
    min_available = replicas - unavailable
    budget = total(old) + new.spec - min_available - (new.spec - new.available)
    if total(old) == 0 or budget <= 0:
        return []
    unhealthy, remaining = _remove_unhealthy(old, budget)
    if remaining is None:
        return unhealthy
    return unhealthy + _remove_available(remaining, new.available, min_available)


def _remove_unhealthy(
    old: list[ReplicaSetSize], budget: int
) -> tuple[list[Scaling], list[ReplicaSetSize] | None]:
    """Return the writes and the sizes after them; None for the sizes ends the sync.

    A ReplicaSet with more available Pods than it asks for has not reported since it was last shrunk: its
    availability must not be spent twice, so the sync stops and waits for the report.
    """
    scalings: list[Scaling] = []
    remaining = []
    for rs in oldest_first(old):
        if budget > 0 and rs.available > rs.spec:
            return scalings, None
        removed = min(budget, rs.spec - rs.available) if budget > 0 else 0
        if removed:
            scalings.append(Scaling(rs.name, rs.spec, rs.spec - removed))
            budget -= removed
        remaining.append(rs._replace(spec=rs.spec - removed))
    return scalings, remaining


def _remove_available(old: list[ReplicaSetSize], new_available: int, min_available: int) -> list[Scaling]:
    spare = sum(rs.available for rs in old) + new_available - min_available
    scalings = []
    for rs in oldest_first(old):
        removed = min(rs.spec, spare)
        if removed <= 0:
            continue
        scalings.append(Scaling(rs.name, rs.spec, rs.spec - removed))
        spare -= removed
    return scalings
