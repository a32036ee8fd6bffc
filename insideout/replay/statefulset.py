"""Plays recorded StatefulSets: in which order Pods are created, become ready, are deleted and go."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Object
from insideout.controllers.manager import ControllerManager
from insideout.controllers.statefulset.controller import StatefulSetController
from insideout.controllers.statefulset.sync import Planner
from insideout.replay.cluster import FAIL_ANNOTATION, ReplayCluster

NAMESPACE, NAME = "replay", "db"
QUIET_S = 2.5
LONGEST_S = 40.0
READY_DURING_S = 1.5
"""How long Pods need in cases in which something is done in the midst of something else."""
LINGER_S = 4.0
"""How long a deleted Pod stays where the recorder held it: longer than it waited for quiet, and not twice."""
WHOLE_SECONDS_S = 1.1
"""By how much a wait for minReadySeconds may be short: times have whole seconds."""
_STATUS = ("replicas", "readyReplicas", "availableReplicas", "currentReplicas", "updatedReplicas")


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play one recorded case; return where it went another way."""
    parallel = row["spec"].get("podManagementPolicy") == "Parallel"
    found = []
    for ours, recorded in zip(play(row), row["steps"], strict=True):
        for key in ("events", "status", "revisions_equal", "claims", "pods", "waited"):
            if key not in recorded:
                continue
            left: Any = ours.get(key)
            right: Any = recorded[key]
            if key == "events" and (parallel or recorded["do"][0] == "delete-set"):
                left, right = _unordered(left), _unordered(right)
            if left != right:
                found.append(f"after {recorded['do']}: {key}: {left}, recorded {right}")
    return found


def play(row: Mapping[str, Any], plan: Planner | None = None) -> list[dict[str, Any]]:
    """Do what the recorder did with one case; return what it would have written down after each action.

    With `plan` the controller decides by it.
    """
    during = any(step["do"][0] == "during" for step in row["steps"])
    ready_after_s = READY_DURING_S if during else 0.3
    cluster = ReplayCluster(ready_after_s, 0.3, change=None if plan is None else partial(_plan_by, plan))
    cluster.nodes.linger_s = LINGER_S if _was_held(row) else 0.0
    for index in range(3):
        cluster.nodes.add(f"s{index}", cpu="64", memory="256Gi")
    cluster.run(1)
    cluster.create_namespace(NAMESPACE)
    log = _Log(cluster, row["spec"].get("minReadySeconds", 0))
    cluster.client.create("statefulsets", _stateful_set(row))
    answers = [log.settled()]
    for step in row["steps"][1:]:
        _act(cluster, log, row, step["do"])
        answers.append(log.settled())
    return answers


def _plan_by(plan: Planner, manager: ControllerManager) -> None:
    own = manager.controllers["StatefulSetController"]
    other = StatefulSetController(own.client, own.loop, manager.informers, plan=plan)
    manager.controllers["StatefulSetController"] = other


def _was_held(row: Mapping[str, Any]) -> bool:
    """Tell whether deleted Pods lingered, which no row says: one was still going when a step ended."""
    going: set[str] = set()
    for step in row["steps"]:
        for what, name, _ in step["events"]:
            if what == "deleting":
                going.add(name)
            elif what == "gone":
                going.discard(name)
        if going:
            return True
    return False


class _Log:
    """What happens to the set's Pods, and what is known when nothing happens any more."""

    def __init__(self, cluster: ReplayCluster, min_ready_s: int) -> None:
        self._cluster = cluster
        self._min_ready_s = min_ready_s
        self._ready_s: float | None = None
        """When the latest Pod became ready."""
        self._shortest_s = math.inf
        """How soon after it a successor came or went at the earliest."""
        self._events: list[list[str]] = []
        self._last_s = 0.0
        self._ready: set[str] = set()
        self._going: set[str] = set()
        cluster.follow("pods", NAMESPACE, self._tell)

    def _tell(self, type_: str, pod: Object) -> None:
        uid = pod["metadata"]["uid"]
        what = ""
        if type_ == "ADDED":
            what = "created"
        elif type_ == "DELETED":
            what = "gone"
        elif podutil.is_terminating(pod):
            if uid not in self._going:
                what = "deleting"
                self._going.add(uid)
        elif podutil.is_ready(pod) and uid not in self._ready:
            what = "ready"
            self._ready.add(uid)
        if what:
            image = pod["spec"]["containers"][0]["image"]
            self._events.append([what, pod["metadata"]["name"], image])
            self._last_s = self._cluster.loop.now_s
            if what == "ready":
                self._ready_s = self._last_s
            elif what in ("created", "deleting") and self._ready_s is not None:
                self._shortest_s = min(self._shortest_s, self._last_s - self._ready_s)
                self._ready_s = None

    def saw(self, event: list[str]) -> bool:
        """Tell whether this has happened since the last action."""
        return event in self._events

    def settled(self) -> dict[str, Any]:
        """Let time pass until it is quiet; return what happened, and the set's status."""
        begin_s = self._last_s = self._cluster.loop.now_s
        while self._is_lively(begin_s):
            self._cluster.run(0.05)
        events, self._events = self._events, []
        answer: dict[str, Any] = {"events": events, "status": None, "claims": self._claims()}
        try:
            status = self._cluster.client.get("statefulsets", NAME, NAMESPACE)["status"]
        except ApiError:  # the set is gone
            pods = self._cluster.client.list("pods", NAMESPACE)["items"]
            owners = {pod["metadata"]["name"]: _owners(pod) for pod in pods}
            return answer | {"pods": [[name, [each[0] for each in owners[name]]] for name in sorted(owners)]}
        answer["status"] = {key: status.get(key) for key in _STATUS}
        answer["revisions_equal"] = status.get("currentRevision") == status.get("updateRevision")
        if self._min_ready_s:
            answer["waited"] = self._shortest_s >= self._min_ready_s - WHOLE_SECONDS_S
            self._shortest_s, self._ready_s = math.inf, None
        return answer

    def _claims(self) -> dict[str, Any]:
        claims = self._cluster.client.list("persistentvolumeclaims", NAMESPACE)["items"]
        return {claim["metadata"]["name"]: _owners(claim) for claim in claims}

    def _is_lively(self, begin_s: float) -> bool:
        now_s = self._cluster.loop.now_s
        quiet_s = QUIET_S + self._min_ready_s
        return now_s - self._last_s < quiet_s and now_s - begin_s < LONGEST_S + 10 * self._min_ready_s


def _owners(obj: Object) -> list[list[Any]]:
    """Return an object's owners as records write them."""
    keys = ("kind", "name", "controller", "blockOwnerDeletion")
    return [[each.get(key) for key in keys] for each in obj["metadata"].get("ownerReferences") or ()]


def _stateful_set(row: Mapping[str, Any], image: str = "v1") -> Object:
    claims = {"volumeClaimTemplates": [_CLAIM]} if "claims" in row["steps"][0] else {}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {
            "serviceName": NAME,
            "replicas": row["replicas"],
            "selector": {"matchLabels": {"app": NAME}},
            "template": _template(image, bad=False),
            **claims,
            **row["spec"],
        },
    }


def _template(image: str, *, bad: bool) -> Object:
    annotations = {FAIL_ANNOTATION: "never-ready"} if bad else {}
    return {
        "metadata": {"labels": {"app": NAME}, "annotations": annotations},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": [{"name": "c", "image": image}]},
    }


_CLAIM: Object = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def _act(cluster: ReplayCluster, log: _Log, row: Mapping[str, Any], do: Sequence[Any]) -> None:
    match do:
        case "during", first, event, second:
            _act(cluster, log, row, first)
            cluster.wait(lambda: log.saw(event), LONGEST_S)
            _act(cluster, log, row, second)
        case "hold", seconds:
            cluster.nodes.linger_s = float(seconds)
        case "wait", seconds:
            cluster.run(float(seconds))
        case "create-set", image:
            cluster.client.create("statefulsets", _stateful_set(row, image))
        case "delete-set", propagation:
            cluster.client.delete("statefulsets", NAME, NAMESPACE, propagation_policy=propagation)
        case "delete", ordinal:
            cluster.client.delete("pods", f"{NAME}-{ordinal}", NAMESPACE)
        case "fail", ordinal:
            patch: Object = {"status": {"phase": "Failed"}}
            cluster.client.patch("pods", f"{NAME}-{ordinal}", patch, NAMESPACE, subresource="status")
        case "replicas", count:
            patch = {"spec": {"replicas": count}}
            cluster.client.patch("statefulsets", NAME, patch, NAMESPACE, subresource="scale")
        case verb, value:
            cluster.client.patch("statefulsets", NAME, {"spec": _spec_change(verb, value)}, NAMESPACE)
        case _:
            raise ValueError(f"{do!r} is not an action of a StatefulSet record")


def _spec_change(verb: str, value: Any) -> Object:
    """Return the part of the set's spec that an action changes."""
    match verb:
        case "bad":
            return {"template": _template(value, bad=True)}
        case "image":
            spec = {"terminationGracePeriodSeconds": 1, "containers": [{"name": "c", "image": value}]}
            return {"template": {"metadata": {"annotations": {FAIL_ANNOTATION: None}}, "spec": spec}}
        case "partition":
            return {"updateStrategy": {"rollingUpdate": {"partition": value}}}
        case "strategy":
            return {"updateStrategy": {"type": value}}
        case "start":
            return {"ordinals": {"start": value}}
        case "policy":
            deleted, scaled = value
            policy = {"whenDeleted": deleted, "whenScaled": scaled}
            return {"persistentVolumeClaimRetentionPolicy": policy}
    raise ValueError(f"{verb!r} is not an action of a StatefulSet record")


def _unordered(events: list[list[str]]) -> list[list[str]]:
    """Sort events of one kind that follow each other: Pods of a Parallel set come and go in any order."""
    result: list[list[str]] = []
    run: list[list[str]] = []
    for event in events:
        if run and run[0][0] != event[0]:
            result += sorted(run)
            run = []
        run.append(event)
    return result + sorted(run)
