"""What people believe about the exercises of unit 06, each with a function that answers by it."""

from collections.abc import Callable
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from insideout.apimachinery.qos import qos_class
from insideout.kubelet.eviction import PodMemory, rank_memory

Object = dict[str, Any]
Pods = list[Object]


def _qos(
    pod: Object,
    *,
    inits: bool = True,
    names: tuple[str, ...] = ("cpu", "memory"),
    zero_is_set: bool = False,
    zero_is_filled: bool = False,
    pod_level: bool = True,
    empty_replaces: bool = True,
    limit_is_default: bool = False,
    fill: bool = True,
    as_text: bool = False,
    only_limits: bool = False,
    how_many: Callable[..., bool] = all,
) -> str:
    """Class a pod as the API server does, but for what the keywords say."""
    spec = pod["spec"]
    containers = spec["containers"] + (spec.get("initContainers", []) if inits else [])

    def filled(resources: Object) -> Object:
        asked = resources.get("requests", {})
        if zero_is_filled:
            asked = {name: amount for name, amount in asked.items() if parse_quantity(amount) > 0}
        return {**(resources.get("limits", {}) if fill else {}), **asked}

    def positive(amounts: Object) -> Object:
        found = {name: amounts[name] for name in names if name in amounts}
        found = {name: amount for name, amount in found.items() if zero_is_set or parse_quantity(amount) > 0}
        return {name: str(one) if as_text else parse_quantity(one) for name, one in found.items()}

    each = [one.get("resources", {}) for one in containers]
    pairs = [(filled(resources), resources.get("limits", {})) for resources in each]
    own = spec.get("resources")
    if pod_level and own is not None and (own or empty_replaces):
        limits, requests = own.get("limits", {}), dict(own.get("requests", {}))
        for name in limits:
            asked = [filled(one)[name] for one in each if name in filled(one)]
            total = sum(map(parse_quantity, asked))
            requests.setdefault(name, limits[name] if limit_is_default or not asked else str(total))
        pairs = [(requests, limits)]
    if not any(positive(requests) or positive(limits) for requests, limits in pairs):
        return "BestEffort"
    guaranteed = how_many(
        len(positive(limits)) >= 2 and (only_limits or positive(requests) == positive(limits))
        for requests, limits in pairs
    )
    return "Guaranteed" if guaranteed else "Burstable"


def _classing(**how: Any) -> Callable[[Object], str]:
    return lambda pod: _qos(pod, **how)


def oom_adj(
    pod: Object,
    name: str,
    capacity: int,
    qos: Callable[[Object], str] = qos_class,
    *,
    field: str = "requests",
    sidecars: str = "lower",
    shared: bool = True,
    among: str = "all",
    floor: int = 3,
    ceiling: int = 999,
    guaranteed: int = -997,
    critical: bool = True,
) -> int:
    """Return the number that the kubelet gives, with the classes of `qos`, but for what the keywords say."""
    spec = pod["spec"]
    mains, inits = spec["containers"], spec.get("initContainers", [])

    def memory(resources: Object) -> int:
        amount = resources.get(field, {}).get("memory", resources.get("requests", {}).get("memory", 0))
        return int(parse_quantity(amount))

    def request(container: Object) -> int:
        return memory(container.get("resources", {}))

    if critical and spec.get("priorityClassName") == "system-node-critical":
        return -997
    if qos(pod) != "Burstable":
        return {"Guaranteed": guaranteed, "BestEffort": 1000}[qos(pod)]
    beside = most = 0
    for init in inits:
        most = max(most, beside + request(init))
        beside += request(init) if init.get("restartPolicy") == "Always" else 0
    together = max(most, beside + sum(map(request, mains)))
    own = memory(spec.get("resources", {})) if shared else 0
    share = (own - together) // len(mains if among == "mains" else mains + inits) if own else 0
    container = next(one for one in [*mains, *inits] if one["name"] == name)
    mine = request(container)
    if container in inits and container.get("restartPolicy") == "Always" and sidecars != "alone":
        mine = max(mine, (max if sidecars == "largest" else min)(map(request, mains)))
    return min(max(1000 - 1000 * (mine + share) // capacity, floor), ceiling)


def _scoring(**how: Any) -> Callable[[Object, str, int], int]:
    return lambda pod, name, capacity: oom_adj(pod, name, capacity, **how)


def evict_order(pods: Pods) -> list[str]:
    """Return the names in the order of the course's kubelet."""
    ranked = rank_memory(
        PodMemory(pod["name"], pod["priority"], pod["usage"], pod["request"], pod["critical"]) for pod in pods
    )
    return [pod.name for pod in ranked if not pod.critical]


def _by(key: Callable[[Object], Any], *, critical: bool = False) -> Callable[[Pods], list[str]]:
    return lambda pods: [pod["name"] for pod in sorted(pods, key=key) if critical or not pod["critical"]]


def _excess(pod: Object) -> int:
    return (pod["usage"] or 0) - int(pod["request"])


def _rank(pod: Object) -> int:
    return 0 if pod["usage"] is None else 1 if _excess(pod) > 0 else 2


KNOWN: dict[str, dict[str, Callable[..., Any]]] = {
    "qos": {
        "init containers do not count": _classing(inits=False),
        "one container with requests equal to limits is enough": _classing(how_many=any),
        "ephemeral storage counts like memory": _classing(names=("cpu", "memory", "ephemeral-storage")),
        "a limit of zero counts as set": _classing(zero_is_set=True),
        "a request of zero takes the limit": _classing(zero_is_filled=True),
        "`resources: {}` on the pod is the same as none": _classing(empty_replaces=False),
        "resources on the pod are ignored": _classing(pod_level=False),
        "limits without requests are not Guaranteed": _classing(fill=False),
        "a request missing on the pod is its limit": _classing(limit_is_default=True),
        "requests and limits are equal when their texts are": _classing(as_text=True),
        "limits everywhere are enough for Guaranteed": _classing(only_limits=True),
    },
    "oom_adj": {
        "a sidecar is scored alone": _scoring(sidecars="alone"),
        "a sidecar takes the largest main request": _scoring(sidecars="largest"),
        "the memory limit counts, not the request": _scoring(field="limits"),
        "the pod's own request is ignored": _scoring(shared=False),
        "only main containers share the pod's request": _scoring(among="mains"),
        "Guaranteed is -998": _scoring(guaranteed=-998),
        "there is no lower bound": _scoring(floor=-1000),
        "Burstable without a request is 1000": _scoring(ceiling=1000),
        "the priority class does not matter": _scoring(critical=False),
    },
    "evict_order": {
        "BestEffort goes first, then Burstable, then Guaranteed": _by(
            lambda pod: (pod["request"] > 0, -(pod["usage"] or 0))
        ),
        "the largest usage goes first": _by(lambda pod: (_rank(pod), pod["priority"], -(pod["usage"] or 0))),
        "usage equal to the request is above it": _by(
            lambda pod: (_rank(pod) if _excess(pod) else min(_rank(pod), 1), pod["priority"], -_excess(pod))
        ),
        "priority counts before the request": _by(
            lambda pod: (pod["usage"] is not None, pod["priority"], -_excess(pod))
        ),
        "the higher priority goes first": _by(lambda pod: (_rank(pod), -pod["priority"], -_excess(pod))),
        "a pod without statistics uses nothing": _by(
            lambda pod: (1 if _excess(pod) > 0 else 2, pod["priority"], -_excess(pod))
        ),
        "critical pods go last": _by(
            lambda pod: (pod["critical"], _rank(pod), pod["priority"], -_excess(pod)), critical=True
        ),
    },
}
