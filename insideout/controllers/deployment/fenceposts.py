"""maxSurge and maxUnavailable: how far a rolling update may stray from the number of replicas asked for.

Source: pkg/controller/deployment/util/deployment_util.go:ResolveFenceposts, MaxSurge, MaxUnavailable@v1.36.2.
"""

from typing import NamedTuple

from insideout.apimachinery.intstr import IntOrPercent, scaled
from insideout.client import Object


class Fenceposts(NamedTuple):
    """How many Pods may exist above `replicas`, and how many may be missing below it."""

    surge: int
    unavailable: int


def resolve(max_surge: IntOrPercent, max_unavailable: IntOrPercent, replicas: int) -> Fenceposts:
    """Round surge up, unavailable down; if both come to 0 one Pod may be missing, or nothing could move."""
    surge = scaled(max_surge, replicas, round_up=True)
    unavailable = scaled(max_unavailable, replicas, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Fenceposts(surge, unavailable)


def of(deployment: Object) -> Fenceposts:
    """Return a Deployment's fenceposts: none unless it rolls, and never more missing than it has."""
    spec = deployment["spec"]
    if spec["strategy"]["type"] != "RollingUpdate":
        return Fenceposts(0, 0)
    rolling = spec["strategy"].get("rollingUpdate") or {}
    replicas: int = spec["replicas"]
    surge, unavailable = resolve(rolling.get("maxSurge", 0), rolling.get("maxUnavailable", 0), replicas)
    return Fenceposts(surge, min(unavailable, replicas))
