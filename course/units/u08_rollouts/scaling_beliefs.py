"""What people believe about scaling in the middle of a rollout, each with a function that answers by it."""

import math
from collections.abc import Callable
from typing import Any

from insideout.controllers.deployment.plandata import Sizes


def _half_away(share: float) -> int:
    return math.floor(share + 0.5)


def _scale(
    rss: Sizes,
    replicas: int,
    surge: int,
    status_replicas: int,
    *,
    rounded: Callable[[float], int] = _half_away,
    by_size: bool = True,
    newer_first: bool = False,
    leftover: str = "first",
    at_most_replicas: bool = False,
    with_surge: bool = True,
    alone_with_surge: bool = False,
    from_status: bool = True,
    from_what_is_there: bool = False,
    held_back: bool = True,
    one_way: bool = False,
) -> dict[str, int]:
    """Scale as the Deployment controller does, but for what the keywords say."""
    sizes = {rs["name"]: rs["replicas"] for rs in rss}
    active = [rs for rs in rss if rs["replicas"]]
    if len(active) < 2:
        alone = active[0] if active else max(rss, key=lambda rs: rs["created"])
        return sizes | {alone["name"]: replicas + (surge if alone_with_surge and replicas else 0)}
    target = replicas + (surge if with_surge else 0) if replicas else 0
    left = target - sum(sizes.values())
    growing = left > 0
    active.sort(key=lambda rs: -rs["created"] if growing or newer_first else rs["created"])
    if by_size:
        active.sort(key=lambda rs: -rs["replicas"])
    there = sum(rs["replicas"] for rs in active)
    for rs in active:
        before = (
            there if from_what_is_there else rs["max_replicas"] or (status_replicas if from_status else 0)
        )
        share = -rs["replicas"] if not replicas else 0
        if replicas and before:
            share = rounded(rs["replicas"] * (replicas + surge) / before) - rs["replicas"]
        if held_back:
            share = min(share, left) if growing else max(share, left)
            share = share if left else 0
        if one_way:
            share = max(0, share) if growing else min(0, share)
        sizes[rs["name"]] += share
        left -= share
    newest = max(active, key=lambda rs: rs["created"])
    takes = {"first": active[0], "last": active[-1], "newest": newest}.get(leftover)
    if takes is not None:
        sizes[takes["name"]] = max(0, sizes[takes["name"]] + left)
    return {name: min(size, replicas) for name, size in sizes.items()} if at_most_replicas else sizes


def _scaling(**how: Any) -> Callable[..., dict[str, int]]:
    return lambda rss, replicas, surge, status_replicas: _scale(rss, replicas, surge, status_replicas, **how)


SCALING: dict[str, Callable[..., Any]] = {
    "halves round as Python's round does": _scaling(rounded=round),
    "shares are rounded down": _scaling(rounded=math.floor),
    "only the age says who is first": _scaling(by_size=False),
    "the newer goes first, also when removing": _scaling(newer_first=True),
    "what is left over goes to the last": _scaling(leftover="last"),
    "what is left over goes to the newest": _scaling(leftover="newest"),
    "what is left over is lost": _scaling(leftover=""),
    "no ReplicaSet passes `replicas`": _scaling(at_most_replicas=True),
    "the target has no surge": _scaling(with_surge=False),
    "a sole ReplicaSet gets the surge, too": _scaling(alone_with_surge=True),
    "a missing max_replicas is no change": _scaling(from_status=False),
    "max_replicas is what is there now": _scaling(from_what_is_there=True),
    "a share may take more than is left": _scaling(held_back=False),
    "a share goes one way only": _scaling(one_way=True),
}
