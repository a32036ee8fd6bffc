"""Scaling in the middle of a rollout: every ReplicaSet takes its share, so that a bad template gains nothing.

Source: pkg/controller/deployment/sync.go:scale, util/deployment_util.go:GetReplicaSetProportion,
getReplicaSetFraction, FindActiveOrLatest, IsSaturated@v1.36.2.
"""

import math

from insideout.controllers.deployment.sizes import ReplicaSetSize, oldest_first, total


def active_or_latest(replica_sets: list[ReplicaSetSize]) -> ReplicaSetSize | None:
    """Return the ReplicaSet that takes everything: the only one with Pods or, when none has any, the newest.

    None when several have Pods, or when there is no ReplicaSet.
    """
    active = [rs for rs in replica_sets if rs.spec > 0]
    if len(active) > 1 or not replica_sets:
        return None
    if active:
        return active[0]
    new = [rs for rs in replica_sets if rs.is_new]
    return new[0] if new else oldest_first(replica_sets)[-1]


def is_saturated(replicas: int, new: ReplicaSetSize | None, desired_replicas: int | None) -> bool:
    """Tell whether the new ReplicaSet has all the Pods, available, and was sized for so many."""
    return new is not None and new.spec == desired_replicas == new.available == replicas


def scale_proportionally(
    replica_sets: list[ReplicaSetSize], replicas: int, surge: int, status_replicas: int
) -> dict[str, int]:
    """Return the size of each active ReplicaSet after the Deployment was scaled to `replicas`.

    Larger ones take their share first; of equal ones the newer when growing, the older when shrinking.  What
    rounding leaves over goes to the first, which may overshoot until the next sync trims it.
    `status_replicas` stands in for a missing `max_replicas`.  The answer is in the order of the writes.
    """
    active = [rs for rs in replica_sets if rs.spec > 0]
    allowed = replicas + surge if replicas > 0 else 0
    to_add = allowed - total(active)
    if to_add == 0:
        return {rs.name: rs.spec for rs in active}
    by_age = oldest_first(active)
    ordered = sorted(by_age[::-1] if to_add > 0 else by_age, key=lambda rs: -rs.spec)
    sizes, added = {}, 0
    for rs in ordered:
        share = _share(rs, replicas, surge, status_replicas, to_add - added)
        sizes[rs.name] = rs.spec + share
        added += share
    first = ordered[0].name
    sizes[first] = max(0, sizes[first] + to_add - added)
    return sizes


def _share(rs: ReplicaSetSize, replicas: int, surge: int, status_replicas: int, remaining: int) -> int:
    """Return by how much `rs` changes: its fraction of the whole, not more than what `remaining` allows."""
    if remaining == 0:
        return 0
    if replicas == 0:
        fraction = -rs.spec
    else:
        before = rs.max_replicas or status_replicas
        if before == 0:
            return 0
        fraction = round_half_away(rs.spec * (replicas + surge) / before) - rs.spec
    return min(fraction, remaining) if remaining > 0 else max(fraction, remaining)


def round_half_away(value: float) -> int:
    """Round as Kubernetes does, 2.5 to 3; Python's own round gives 2."""
    return math.floor(value + 0.5) if value >= 0 else math.ceil(value - 0.5)
