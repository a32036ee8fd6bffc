"""Plays recorded StatefulSets: in which order Pods are created, become ready, are deleted and go."""

from collections.abc import Mapping
from typing import Any

from insideout.apimachinery import pods as podutil
from insideout.client import Object
from insideout.replay.cluster import FAIL_ANNOTATION, ReplayCluster

NAMESPACE, NAME = "replay", "db"
QUIET_S = 2.5
LONGEST_S = 40.0
_STATUS = ("replicas", "readyReplicas", "availableReplicas", "currentReplicas", "updatedReplicas")


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play one recorded case; return where it went another way."""
    parallel = row["spec"].get("podManagementPolicy") == "Parallel"
    found = []
    for ours, recorded in zip(play(row), row["steps"], strict=True):
        for key in ("events", "status", "revisions_equal"):
            left, right = ours[key], recorded[key]
            if key == "events" and parallel:
                left, right = _unordered(left), _unordered(right)
            if left != right:
                found.append(f"after {recorded['do']}: {key}: {left}, recorded {right}")
    return found


def play(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Do what the recorder did with one case; return what it would have written down after each action."""
    cluster = ReplayCluster(0.3, 0.3)
    for index in range(3):
        cluster.nodes.add(f"s{index}", cpu="64", memory="256Gi")
    cluster.run(1)
    cluster.create_namespace(NAMESPACE)
    log = _Log(cluster)
    cluster.client.create("statefulsets", _stateful_set(row))
    answers = [log.settled()]
    for step in row["steps"][1:]:
        _act(cluster, *step["do"])
        answers.append(log.settled())
    return answers


class _Log:
    """What happens to the set's Pods, and what is known when nothing happens any more."""

    def __init__(self, cluster: ReplayCluster) -> None:
        self._cluster = cluster
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

    def settled(self) -> dict[str, Any]:
        """Let time pass until it is quiet; return what happened, and the set's status."""
        begin_s = self._last_s = self._cluster.loop.now_s
        while self._is_lively(begin_s):
            self._cluster.run(0.05)
        status = self._cluster.client.get("statefulsets", NAME, NAMESPACE)["status"]
        events, self._events = self._events, []
        return {
            "events": events,
            "status": {key: status.get(key) for key in _STATUS},
            "revisions_equal": status.get("currentRevision") == status.get("updateRevision"),
        }

    def _is_lively(self, begin_s: float) -> bool:
        now_s = self._cluster.loop.now_s
        return now_s - self._last_s < QUIET_S and now_s - begin_s < LONGEST_S


def _stateful_set(row: Mapping[str, Any]) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {
            "serviceName": NAME,
            "replicas": row["replicas"],
            "selector": {"matchLabels": {"app": NAME}},
            "template": _template("v1", bad=False),
            **row["spec"],
        },
    }


def _template(image: str, *, bad: bool) -> Object:
    annotations = {FAIL_ANNOTATION: "never-ready"} if bad else {}
    return {
        "metadata": {"labels": {"app": NAME}, "annotations": annotations},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": [{"name": "c", "image": image}]},
    }


def _act(cluster: ReplayCluster, verb: str, value: Any) -> None:
    client = cluster.client
    if verb == "bad":
        client.patch("statefulsets", NAME, {"spec": {"template": _template(value, bad=True)}}, NAMESPACE)
    elif verb == "image":
        template = {
            "metadata": {"annotations": {FAIL_ANNOTATION: None}},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [{"name": "c", "image": value}]},
        }
        client.patch("statefulsets", NAME, {"spec": {"template": template}}, NAMESPACE)
    elif verb == "replicas":
        patch = {"spec": {"replicas": value}}
        client.patch("statefulsets", NAME, patch, NAMESPACE, subresource="scale")
    elif verb == "partition":
        strategy = {"updateStrategy": {"rollingUpdate": {"partition": value}}}
        client.patch("statefulsets", NAME, {"spec": strategy}, NAMESPACE)
    elif verb == "delete":
        client.delete("pods", f"{NAME}-{value}", NAMESPACE)
    else:
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
