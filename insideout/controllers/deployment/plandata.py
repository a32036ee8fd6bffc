"""A rolling update's plan in plain data: dicts go in, dicts with new sizes come out.

So the strategy can be written without this package's types, as learners do.
"""

from collections.abc import Callable
from typing import Any

from insideout.controllers.deployment import rolling
from insideout.controllers.deployment.fenceposts import Fenceposts
from insideout.controllers.deployment.sizes import ReplicaSetSize, Scaling, oldest_first

Sizes = list[dict[str, Any]]
RollingStep = Callable[[int, int, int, Sizes], Sizes]
"""From replicas, surge, unavailable and ReplicaSets to the ReplicaSets after one sync."""


def rolling_step(replicas: int, surge: int, unavailable: int, rss: Sizes) -> Sizes:
    """Return `rss`, in its order, as one sync of this package's rolling update leaves it.

    A ReplicaSet is a dict with name, created, spec, available and is_new.
    """
    sizes = [ReplicaSetSize(**rs) for rs in rss]
    after = {
        scaling.name: scaling.after
        for scaling in rolling.plan(replicas, Fenceposts(surge, unavailable), sizes)
    }
    return [rs | {"spec": after.get(rs["name"], rs["spec"])} for rs in rss]


def plan_by(step: RollingStep) -> rolling.Plan:
    """Return a plan for the Deployment controller that asks `step`."""

    def plan(replicas: int, fenceposts: Fenceposts, sizes: list[ReplicaSetSize]) -> list[Scaling]:
        line = oldest_first(sizes)
        # Ages as places in line: timestamps have whole seconds, so two can be equal.
        rss = [
            {
                "name": rs.name,
                "created": line.index(rs),
                "spec": rs.spec,
                "available": rs.available,
                "is_new": rs.is_new,
            }
            for rs in sizes
        ]
        after = {rs["name"]: rs["spec"] for rs in step(replicas, *fenceposts, rss)}
        missing = [rs.name for rs in sizes if rs.name not in after]
        if missing:
            raise ValueError(f"rolling_step left out {', '.join(missing)}; give back every ReplicaSet")
        changed = [rs for rs in sizes if after[rs.name] != rs.spec]
        return [Scaling(rs.name, rs.spec, after[rs.name]) for rs in changed]

    return plan
