"""What people believe about the exercises of unit 01, each with a function that answers by it."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from course.units.u01_components.cases import NEEDS

Object = dict[str, Any]
Map = dict[str, str]


class Conflict(Exception):  # noqa: N818  the API's word
    """The API server answers 409."""


def three_way(last: Map, live: Map, new: Map) -> Map:
    """Return the data after an apply of `new`, when `last` was applied before and `live` is stored."""
    return {**{key: value for key, value in live.items() if key not in last}, **new}


def _only_changes(last: Map, live: Map, new: Map) -> Map:
    changed = {key: value for key, value in new.items() if last.get(key) != value}
    return {**{key: value for key, value in live.items() if key not in last or key in new}, **changed}


def _live_wins(last: Map, live: Map, new: Map) -> Map:
    return {key: value for key, value in {**new, **live}.items() if key in new or key not in last}


def _empty_is_none(last: Map, live: Map, new: Map) -> Map:
    return {key: value for key, value in three_way(last, live, new).items() if value}


def _drift_stays(last: Map, live: Map, new: Map) -> Map:
    theirs = {key: value for key, value in live.items() if key not in last or last[key] != value}
    return {**theirs, **new}


def works(down: set[str], action: str, needs: Mapping[str, frozenset[str]] = NEEDS) -> bool:
    """Return whether `action` succeeds while every component in `down` is down."""
    return not needs[action] & down


def _needing(**others: frozenset[str]) -> Callable[..., bool]:
    return lambda down, action: works(down, action, {**NEEDS, **others})


def _bind(
    pod: Object,
    node: str,
    uid: str | None = None,
    *,
    again: bool = False,
    over: bool = False,
    gates: bool = True,
    phase: bool = False,
    keep_reason: bool = False,
    nominated: bool = True,
) -> Object:
    """Bind as the API server does, but for what the keywords say."""
    metadata, spec = pod["metadata"], pod["spec"]
    has_node = bool(spec.get("nodeName")) and not over and not (again and spec.get("nodeName") == node)
    refused = (
        (uid is not None and uid != metadata["uid"])
        or "deletionTimestamp" in metadata
        or has_node
        or bool(gates and spec.get("schedulingGates"))
        or (phase and pod["status"]["phase"] != "Pending")
    )
    if refused:
        raise Conflict
    bound = copy.deepcopy(pod)
    bound["spec"]["nodeName"] = node
    conditions = {one["type"]: one for one in bound["status"].get("conditions", [])}
    old = conditions.get("PodScheduled", {}) if keep_reason else {}
    conditions["PodScheduled"] = {**old, "type": "PodScheduled", "status": "True"}
    bound["status"]["conditions"] = list(conditions.values())
    if nominated:
        bound["status"].pop("nominatedNodeName", None)
    return bound


def _binding(**how: bool) -> Callable[..., Object]:
    return lambda pod, node, uid=None: _bind(pod, node, uid, **how)


def _bound_runs(pod: Object, node: str, uid: str | None = None) -> Object:
    bound = _bind(pod, node, uid)
    bound["status"]["phase"] = "Running"
    return bound


_PHASES = ["Pending", "Unknown", "Running"]


def _facts(pod: Object, active: list[Object]) -> Object:
    """Return what can decide about a pod, by name; lower goes first."""
    status, node = pod["status"], pod["spec"].get("nodeName", "")
    annotations = pod["metadata"].get("annotations", {})
    return {
        "node": bool(node),
        "phase": _PHASES.index(status["phase"]) if status["phase"] in _PHASES else -1,
        "ready": any(
            one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", [])
        ),
        "cost": int(annotations.get("controller.kubernetes.io/pod-deletion-cost", "0")),
        "siblings": -[one["spec"].get("nodeName", "") for one in active].count(node),
        "restarts": -max((one["restartCount"] for one in status.get("containerStatuses", [])), default=0),
    }


def _reconciling(
    *keys: str,
    deleting: bool = False,
    ended: tuple[str, ...] = ("Succeeded", "Failed"),
    newest: bool = True,
    limit: int = 500,
) -> Callable[..., tuple[int, list[str]]]:
    def reconcile(n: int, pods: list[Object]) -> tuple[int, list[str]]:
        active = [
            pod
            for pod in pods
            if pod["status"].get("phase") not in ended
            and (deleting or "deletionTimestamp" not in pod["metadata"])
        ]
        missing = n - len(active)
        if missing >= 0:
            return min(missing, limit), []
        active.sort(key=lambda pod: pod["metadata"]["creationTimestamp"], reverse=newest)
        facts = {id(pod): _facts(pod, active) for pod in active}
        active.sort(key=lambda pod: [facts[id(pod)][key] for key in keys])
        return 0, [pod["metadata"]["name"] for pod in active[: min(-missing, limit)]]

    return reconcile


_KEYS = ("node", "phase", "ready", "cost", "siblings", "restarts")


def _without(key: str) -> Callable[..., tuple[int, list[str]]]:
    return _reconciling(*(one for one in _KEYS if one != key))


KNOWN: dict[str, dict[str, Callable[..., Any]]] = {
    "works": {
        "the controller manager restarts containers": _needing(restart_crashed_container=frozenset({"kcm"})),
        "a static pod needs the API server and the scheduler": _needing(
            start_static_pod=frozenset({"apiserver", "etcd", "scheduler", "kubelet", "runtime"})
        ),
        "the API server works without etcd": _needing(create_pod_object=frozenset({"apiserver"})),
        "traffic to a Service passes through kube-proxy": _needing(
            existing_service_traffic=frozenset({"kube-proxy"})
        ),
        "the kubelet reports that its node is gone": _needing(
            mark_node_unknown=frozenset({"apiserver", "etcd", "kubelet"})
        ),
        "a replica's object is made only when it can run": _needing(
            replace_deleted_replica=NEEDS["replace_deleted_replica"] | {"scheduler", "kubelet", "runtime"}
        ),
    },
    "bind": {
        "binding again to the same node succeeds": _binding(again=True),
        "a binding overwrites the node": _binding(over=True),
        "gates are only for the scheduler": _binding(gates=False),
        "only a pending pod can be bound": _binding(phase=True),
        "the condition keeps its reason and message": _binding(keep_reason=True),
        "a nominated node stays": _binding(nominated=False),
        "a bound pod runs": _bound_runs,
    },
    "reconcile": {
        "pods that are being deleted count": _reconciling(*_KEYS, deleting=True),
        "failed pods count": _reconciling(*_KEYS, ended=("Succeeded",)),
        "the oldest pod goes first": _reconciling(*_KEYS, newest=False),
        "any pods may go": _reconciling(),
        "there is no limit to what is done at once": _reconciling(*_KEYS, limit=10**9),
        "a pod without a node is like any other": _without("node"),
        "readiness does not matter": _without("ready"),
        "the deletion cost does not matter": _without("cost"),
        "how the pods are spread does not matter": _without("siblings"),
        "restarts do not matter": _without("restarts"),
    },
    "three_way": {
        "the object becomes what the new configuration says, nothing else": lambda last, live, new: dict(new),
        "a key that the new configuration lacks stays": lambda last, live, new: {**live, **new},
        "what is live wins over what is new": _live_wins,
        "only what changed since the last apply is written": _only_changes,
        "a removed key that somebody changed meanwhile stays": _drift_stays,
        "an empty value is the same as no key": _empty_is_none,
    },
}
