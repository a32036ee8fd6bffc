"""The right answers for a rollout's sizes: the package's own Deployment controller, asked in plain data."""

from insideout.controllers.deployment import scaling
from insideout.controllers.deployment.plandata import Sizes
from insideout.controllers.deployment.sizes import ReplicaSetSize


def scaled(rss: Sizes, replicas: int, surge: int, status_replicas: int) -> dict[str, int]:
    """Return every ReplicaSet's size after the Deployment was scaled to `replicas`."""
    sizes = [
        ReplicaSetSize(rs["name"], rs["created"], rs["replicas"], max_replicas=rs["max_replicas"])
        for rs in rss
    ]
    answer = {rs.name: rs.spec for rs in sizes}
    alone = scaling.active_or_latest(sizes)
    if alone is not None:
        return answer | {alone.name: replicas}
    return answer | scaling.scale_proportionally(sizes, replicas, surge, status_replicas)
