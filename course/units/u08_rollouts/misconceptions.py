"""What people believe about the exercises of unit 08, each with a function that answers by it."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from course.units.u08_rollouts.scaling_beliefs import SCALING
from course.units.u08_rollouts.switch_beliefs import SWITCHING
from insideout.controllers.deployment import fenceposts as right
from insideout.controllers.deployment.plandata import Sizes

Object = dict[str, Any]
IntOrPercent = int | str


def fenceposts(replicas: int, max_surge: IntOrPercent, max_unavailable: IntOrPercent) -> tuple[int, int]:
    """Return (surge, unavailable) as the Deployment controller resolves them."""
    surge, unavailable = right.resolve(max_surge, max_unavailable, replicas)
    return surge, unavailable


def _fenceposts(
    replicas: int,
    max_surge: IntOrPercent,
    max_unavailable: IntOrPercent,
    *,
    surge_by: Callable[..., int] = math.ceil,
    unavailable_by: Callable[..., int] = math.floor,
    both_zero: Callable[[int, int], tuple[int, int]] = lambda surge, gone: (surge, gone or int(not surge)),
    exact: bool = True,
    most: bool = False,
) -> tuple[int, int]:
    """Resolve as the controller does, but for what the keywords say."""

    def pods(amount: IntOrPercent, rounded: Callable[..., int]) -> int:
        if isinstance(amount, int):
            return amount
        percent = int(amount.rstrip("%"))
        return rounded(Fraction(percent * replicas, 100) if exact else replicas * (percent / 100))

    surge = pods(max_surge, surge_by)
    return both_zero(min(surge, replicas) if most else surge, pods(max_unavailable, unavailable_by))


def _resolving(**how: Any) -> Callable[..., tuple[int, int]]:
    return lambda replicas, max_surge, max_unavailable: _fenceposts(
        replicas, max_surge, max_unavailable, **how
    )


def _step(
    replicas: int,
    surge: int,
    unavailable: int,
    rss: Sizes,
    *,
    ends: bool = True,
    stuck_make_room: bool = False,
    asked_is_available: bool = False,
    cleanup: bool = True,
    both_cuts: bool = True,
    order: Callable[[Object], int] = lambda rs: int(rs["created"]),
    cut: bool = True,
    at_once: int | None = None,
    surge_for_new: bool = True,
) -> Sizes:
    """Take one step as the controller does, but for what the keywords say."""
    sizes = {rs["name"]: rs["spec"] for rs in rss}
    new = next(rs for rs in rss if rs["is_new"])
    old = sorted((rs for rs in rss if not rs["is_new"]), key=order)
    total, least = sum(sizes.values()), replicas - unavailable
    room = max(0, replicas + (surge if surge_for_new else 0) - total)
    grown = min(new["spec"] + (room if at_once is None else min(at_once, room)), replicas)
    sizes[new["name"]] = max(grown, new["spec"]) if not cut else grown
    budget = total - least
    budget -= 0 if stuck_make_room or asked_is_available else new["spec"] - new["available"]
    if (ends and sizes[new["name"]] != new["spec"]) or budget <= 0:
        return [{**rs, "spec": sizes[rs["name"]]} for rs in rss]
    spare = sum(rs["available"] for rs in rss) - least
    spare += new["spec"] - new["available"] if asked_is_available else 0
    for rs in old if cleanup else []:
        sick = min(budget, rs["spec"] - rs["available"])
        sizes[rs["name"]] -= sick
        budget -= sick
    cleaned = any(sizes[rs["name"]] != rs["spec"] for rs in old)
    for rs in old if both_cuts or not cleaned else []:
        gone = max(0, min(spare, sizes[rs["name"]]))
        sizes[rs["name"]] -= gone
        spare -= gone
    return [{**rs, "spec": sizes[rs["name"]]} for rs in rss]


def _stepping(**how: Any) -> Callable[..., Sizes]:
    return lambda replicas, surge, unavailable, rss: _step(replicas, surge, unavailable, rss, **how)


def _canary(
    ready: dict[str, int],
    weights: dict[str, int | None] | None = None,
    *,
    by_deployment: bool = False,
    per_cent: bool = False,
    times_pods: bool = False,
    default: int = 1,
    zero: int = 0,
    outside: int = 0,
    needs_pods: bool = False,
) -> dict[str, list[int]]:
    """Share out as kube-proxy or a route does, but for what the keywords say."""

    def weight(name: str) -> int:
        assert weights is not None
        if name not in weights:
            return outside
        given = weights[name]
        return default if given is None else given or zero

    if weights is None:
        parts = {name: min(pods, 1) if by_deployment else pods for name, pods in ready.items()}
    else:
        parts = {name: weight(name) * (ready[name] if times_pods else 1) for name in ready}
        parts = {name: 0 if needs_pods and not ready[name] else part for name, part in parts.items()}
    total = (100 if per_cent and weights is not None else sum(parts.values())) or 1
    shares = {name: Fraction(part, total) for name, part in parts.items()}
    return {name: [share.numerator, share.denominator] for name, share in shares.items()}


def _sharing(**how: Any) -> Callable[..., dict[str, list[int]]]:
    return lambda ready, weights=None: _canary(ready, weights, **how)


def _effect(
    pod_spec: Object,
    configmap: str,
    key: str,
    *,
    sub_path: str = "restart",
    any_sub_path: bool = False,
    items: bool = True,
    paths: bool = True,
    rank: tuple[str, ...] = ("restart", "live"),
    projected: bool = True,
    inits: bool = True,
    any_key: bool = False,
    env_from: bool = True,
    any_map: bool = False,
) -> dict[str, str]:
    """Say what containers see as the kubelet makes it, but for what the keywords say."""
    shown: dict[str, list[str]] = {}
    for volume in pod_spec.get("volumes", []):
        sources = [volume, *(volume.get("projected", {}).get("sources", []) if projected else [])]
        maps = [source["configMap"] for source in sources if "configMap" in source]
        shown[volume["name"]] = [
            item["path"] if paths else key
            for one in maps
            if any_map or one["name"] == configmap
            for item in (one.get("items") if items else None) or [{"key": key, "path": key}]
            if item["key"] == key
        ]

    def effects(container: Object) -> set[str]:
        found = set()
        for entry in container.get("env", []):
            ref = entry.get("valueFrom", {}).get("configMapKeyRef")
            if ref and ref["name"] == configmap and (any_key or ref["key"] == key):
                found.add("restart")
        for entry in container.get("envFrom", []) if env_from else []:
            if entry.get("configMapRef", {}).get("name") == configmap:
                found.add("restart")
        for mount in container.get("volumeMounts", []):
            files = shown.get(mount["name"], [])
            if "subPath" not in mount:
                found |= {"live"} if files else set()
            elif files if any_sub_path else mount["subPath"] in files:
                found.add(sub_path)
        return found

    containers = (pod_spec.get("initContainers", []) if inits else []) + pod_spec["containers"]
    return {one["name"]: next((e for e in rank if e in effects(one)), "none") for one in containers}


def _seeing(**how: Any) -> Callable[..., dict[str, str]]:
    return lambda pod_spec, configmap, key: _effect(pod_spec, configmap, key, **how)


KNOWN: dict[str, dict[str, Callable[..., Any]]] = {
    "fenceposts": {
        "both round up": _resolving(unavailable_by=math.ceil),
        "both round down": _resolving(surge_by=math.floor),
        "both round to the nearest": _resolving(surge_by=round, unavailable_by=round),
        "each is at least 1": _resolving(both_zero=lambda surge, gone: (max(1, surge), max(1, gone))),
        "where both come to 0, both stay 0": _resolving(both_zero=lambda surge, gone: (surge, gone)),
        "where both come to 0, the surge becomes 1": _resolving(
            both_zero=lambda surge, gone: (surge or int(not gone), gone)
        ),
        "floating point is exact": _resolving(exact=False),
        "a surge is at most replicas": _resolving(most=True),
    },
    "rolling_step": {
        "one step moves up and down": _stepping(ends=False),
        "new pods that are stuck make room": _stepping(stuck_make_room=True),
        "a new pod counts as available once it is asked for": _stepping(asked_is_available=True),
        "sick old pods need no cleanup": _stepping(cleanup=False),
        "after the cleanup of sick pods the step is over": _stepping(both_cuts=False),
        "the youngest ReplicaSet goes first": _stepping(order=lambda rs: -int(rs["created"])),
        "ReplicaSets go in the order of the list": _stepping(order=lambda rs: 0),
        "a new ReplicaSet that is too large waits": _stepping(cut=False),
        "pods are replaced one at a time": _stepping(at_once=1),
        "the surge is not for the new ReplicaSet": _stepping(surge_for_new=False),
    },
    "scale_proportionally": SCALING,
    "switch_service": SWITCHING,
    "canary_weights": {
        "each Deployment gets the same share": _sharing(by_deployment=True),
        "weights are per cent": _sharing(per_cent=True),
        "weights count for each pod": _sharing(times_pods=True),
        "a weight that is not given is 0": _sharing(default=0),
        "a weight of 0 was not given": _sharing(zero=1),
        "a name that is not in the route has weight 1": _sharing(outside=1),
        "a backend without ready pods loses its share": _sharing(needs_pods=True),
    },
    "config_effect": {
        "a file mounted by subPath follows": _seeing(sub_path="live"),
        "any subPath of the volume needs a restart": _seeing(any_sub_path=True),
        "items do not matter": _seeing(items=False),
        "files are named by their keys": _seeing(paths=False),
        "where both ways are used, the live one wins": _seeing(rank=("live", "restart")),
        "projected volumes do not follow": _seeing(projected=False),
        "init containers do not count": _seeing(inits=False),
        "any variable from the ConfigMap counts": _seeing(any_key=True),
        "envFrom is no use of a key": _seeing(env_from=False),
        "the ConfigMap's name does not matter": _seeing(any_map=True),
    },
}
