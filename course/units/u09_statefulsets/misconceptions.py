"""What is often believed about StatefulSets, each as a function that answers by it."""

from collections.abc import Callable, Mapping
from typing import Any

from course.units.u09_statefulsets.cases import pvc_owner
from insideout.apimachinery.copies import copied
from insideout.controllers.statefulset.plandata import sts_sync

Object = dict[str, Any]
Known = Mapping[str, Callable[..., Any]]


def _changed(change: Callable[[Object], object]) -> Callable[..., Any]:
    """Return a sync that takes the set for another one."""

    def wrong(sts: Object, pods: list[Object], now: str) -> Any:
        other = copied(sts)
        change(other["spec"])
        return sts_sync(other, pods, now)

    return wrong


def _ascending(sts: Object, pods: list[Object], now: str) -> Any:
    """Update from the bottom."""
    actions = sts_sync(sts, pods, now)
    old = [pod for pod in pods if _revision(pod) != sts["status"]["updateRevision"]]
    if [action[0] for action in actions] == ["delete"] and _ordinal(old[-1] if old else {}) >= 0:
        in_range = [one for one in sorted(map(_ordinal, old)) if one in _range(sts)]
        if actions[0][1] in in_range:
            return [("delete", in_range[0])]
    return actions


def _all_at_once(sts: Object, pods: list[Object], now: str) -> Any:
    """Update all pods of a Parallel set together."""
    actions = sts_sync(sts, pods, now)
    if sts["spec"].get("podManagementPolicy") != "Parallel":
        return actions
    deleted = {action[1] for action in actions if action[0] == "delete"}
    old = [_ordinal(pod) for pod in pods if _revision(pod) != sts["status"]["updateRevision"]]
    more = [one for one in sorted(old, reverse=True) if one in _range(sts) and one not in deleted]
    rolls = sts["spec"]["updateStrategy"]["type"] != "OnDelete" and (deleted & set(old))
    return actions + [("delete", one) for one in more if rolls]


def _unsticks(sts: Object, pods: list[Object], now: str) -> Any:
    """Delete a broken pod of a revision that nobody wants any more."""
    actions = sts_sync(sts, pods, now)
    broken = [
        _ordinal(pod)
        for pod in pods
        if _revision(pod) not in sts["status"].values()
        and not _is_ready(pod)
        and _ordinal(pod) in _range(sts)
    ]
    return actions or [("delete", one) for one in broken[-1:]]


def _below_new(sts: Object, pods: list[Object], now: str) -> Any:
    """Create every pod at the update revision."""
    return [
        ("create", action[1], "update") if action[0] == "create" else action
        for action in sts_sync(sts, pods, now)
    ]


def _by_ordinal(sts: Object, pods: list[Object], now: str) -> Any:
    """Compare the partition with the ordinal."""
    start = (sts["spec"].get("ordinals") or {}).get("start", 0)

    def shift(spec: Object) -> None:
        rolling = spec["updateStrategy"].get("rollingUpdate") or {}
        if "partition" in rolling:
            rolling["partition"] = max(0, rolling["partition"] - start)

    return _changed(shift)(sts, pods, now)


def _max_unavailable(sts: Object, pods: list[Object], now: str) -> Any:
    """Replace as many at once as maxUnavailable says."""
    most = (sts["spec"]["updateStrategy"].get("rollingUpdate") or {}).get("maxUnavailable", 1)
    found = sts_sync(sts, pods, now)
    left = [pod for pod in pods if ["delete", _ordinal(pod)] not in [list(action) for action in found]]
    wanted = sts["status"]["updateRevision"]
    old = sorted((_ordinal(pod) for pod in left if _revision(pod) != wanted), reverse=True)
    return found + [("delete", one) for one in old[: most - 1]]


def _ordinal(pod: Object) -> int:
    return int(pod["metadata"]["name"].rpartition("-")[2]) if pod else -1


def _revision(pod: Object) -> str:
    return str(pod["metadata"]["labels"]["controller-revision-hash"])


def _is_ready(pod: Object) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"]["conditions"])


def _range(sts: Object) -> range:
    start = (sts["spec"].get("ordinals") or {}).get("start", 0)
    return range(start, start + sts["spec"]["replicas"])


KNOWN: Mapping[str, Known] = {
    "pvc_owner": {
        "claims always go with the set": lambda policy, in_range: "set",
        "claims are never deleted": lambda policy, in_range: None,
        "whenScaled: Delete ties every claim to its pod": lambda policy, in_range: (
            "pod" if policy.get("whenScaled") == "Delete" else pvc_owner(policy, in_range)
        ),
        "what is left out is Delete": lambda policy, in_range: pvc_owner(
            {"whenDeleted": "Delete", "whenScaled": "Delete"} | policy, in_range
        ),
        "whenDeleted is about pods beyond the wanted number too, and comes first": lambda policy, in_range: (
            "set" if policy.get("whenDeleted") == "Delete" else pvc_owner(policy, in_range)
        ),
    },
    "sts_sync": {
        "updates go from the lowest ordinal up": _ascending,
        "a Parallel set is updated all at once": _all_at_once,
        "the partition is compared with the ordinal": _by_ordinal,
        "Ready is enough, minReadySeconds does not matter here": _changed(
            lambda spec: spec.pop("minReadySeconds", None)
        ),
        "a revert heals a stuck update": _unsticks,
        "maxUnavailable is honoured": _max_unavailable,
        "every missing pod comes back at the new revision": _below_new,
    },
}
