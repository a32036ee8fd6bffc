"""maxSurge and maxUnavailable: how far a rolling update may stray from the number of replicas asked for.

Source: pkg/controller/deployment/util/deployment_util.go:ResolveFenceposts, MaxSurge, MaxUnavailable@v1.36.2.
"""

from typing import NamedTuple

from course.client import Object

IntOrPercent = int | str


class Fenceposts(NamedTuple):
    """How many Pods may exist above `replicas`, and how many may be missing below it."""

    surge: int
    unavailable: int


def scaled_value(value: IntOrPercent, total: int, *, round_up: bool) -> int:
    """Return a number as it is, or a percentage such as "25%" of `total`, rounded up or down.

    Source: staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go:GetScaledValueFromIntOrPercent@v1.36.2.
    """
    if isinstance(value, int):
        return value
    if not value.endswith("%") or not value[:-1].isdigit():
        raise ValueError(f"{value!r} is neither a number nor a percentage such as '25%'")
    product = int(value[:-1]) * total
    return -(-product // 100) if round_up else product // 100


def resolve(max_surge: IntOrPercent, max_unavailable: IntOrPercent, replicas: int) -> Fenceposts:
    """Round surge up, unavailable down; if both come to 0 one Pod may be missing, or nothing could move."""
    surge = scaled_value(max_surge, replicas, round_up=True)
    unavailable = scaled_value(max_unavailable, replicas, round_up=False)
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
