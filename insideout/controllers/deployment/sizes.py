"""What the strategies see of a ReplicaSet, and what they answer.

Source: pkg/controller/controller_utils.go:ReplicaSetsByCreationTimestamp@v1.36.2.
"""

from typing import NamedTuple


class ReplicaSetSize(NamedTuple):
    """A ReplicaSet as a rollout sees it.

    `created` sorts by age: a timestamp, or any number.  `spec` is how many Pods are asked of it, `available`
    how many of its Pods are available.  `max_replicas` is what the Deployment allowed in total (replicas +
    surge) when it last sized this ReplicaSet, None when nobody wrote that down.
    """

    name: str
    created: str | float
    spec: int
    available: int = 0
    is_new: bool = False
    max_replicas: int | None = None


class Scaling(NamedTuple):
    """One write: this ReplicaSet goes from one size to another."""

    name: str
    before: int
    after: int


def oldest_first(replica_sets: list[ReplicaSetSize]) -> list[ReplicaSetSize]:
    """Sort by age, names breaking ties: creation timestamps have whole seconds only."""
    return sorted(replica_sets, key=lambda rs: (rs.created, rs.name))


def total(replica_sets: list[ReplicaSetSize]) -> int:
    """Return how many Pods are asked for altogether."""
    return sum(rs.spec for rs in replica_sets)
