"""Plays the recorded node failure: what happens to a silent node and its Pods, and when.

Every recorded transition must happen within one monitor period of its recorded second.  Which of two Pods
of web is on the failing node is the scheduler's choice; both are one name here, as in the record.  The
recorder's nodes said nothing of a Pod before it ran, so what ours say is passed over; and it saw Events of an
earlier run too, so Events are compared by what they say, not counted.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apimachinery import conditions as condition_lists
from insideout.client import Object
from insideout.controllers.nodelifecycle.settings import Settings
from insideout.replay.cluster import ReplayCluster

NAMESPACE = "evict2"
FAILING, OTHER = "ev-a", "ev-b"
WATCHED_S = 400.0
BEFORE_S = 17.0
_UNREACHABLE = {
    "key": "node.kubernetes.io/unreachable",
    "operator": "Exists",
    "effect": "NoExecute",
}
_FROM_CONTROLLERS = ("node-controller", "taint-eviction-controller")


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play the record; return transitions that did not happen in time, and those nobody recorded."""
    ours = play()
    found = []
    if ours["added_tolerations"] != row["added_tolerations"]:
        found.append(f"tolerations: {ours['added_tolerations']}, recorded {row['added_tolerations']}")
    left = list(ours["log"])
    for entry in row["log"]:
        match = next((each for each in left if _what(each) == _what(entry)), None)
        if match is None:
            found.append(f"at {entry['t_s']} s: missing {_what(entry)}")
            continue
        left.remove(match)
        if abs(match["t_s"] - entry["t_s"]) > Settings().monitor_period_s:
            found.append(f"at {match['t_s']} s, recorded {entry['t_s']} s: {_what(entry)}")
    found += [f"at {entry['t_s']} s: not recorded: {_what(entry)}" for entry in left]
    recorded, events = _said(row["events"]), _said(ours["events"])
    if recorded != events:
        ours_only, recorded_only = sorted(events - recorded), sorted(recorded - events)
        found.append(f"events: only ours {ours_only}, only recorded {recorded_only}")
    return found


def play() -> dict[str, Any]:
    """Do what the recorder did; return what it would have written down."""
    cluster = ReplayCluster(0.2, 0.1)
    for name in (FAILING, OTHER):
        cluster.nodes.add(name, first_renewal_s=10.0)
    cluster.run(0.1)
    cluster.create_namespace(NAMESPACE)
    tolerate: dict[str, list[Object]] = {
        "default-tolerations": [],
        "tolerate-30s": [_UNREACHABLE | {"tolerationSeconds": 30}],
        "tolerate-forever": [_UNREACHABLE],
    }
    for name, tolerations in tolerate.items():
        cluster.client.create("pods", _pod(name, tolerations))
    cluster.client.create("deployments", _deployment())
    log = _Log(cluster)
    cluster.run(BEFORE_S)
    cluster.nodes.silence(FAILING)
    log.begin()
    pod = cluster.client.get("pods", "default-tolerations", NAMESPACE)
    cluster.run(WATCHED_S)
    return {
        "added_tolerations": pod["spec"].get("tolerations"),
        "log": log.entries,
        "events": _events(cluster),
    }


class _Log:
    """Every change of the failing node's taints and readiness, and of the Pods."""

    def __init__(self, cluster: ReplayCluster) -> None:
        self.entries: list[dict[str, Any]] = []
        self._cluster = cluster
        self._begin_s: float | None = None
        self._last: dict[str, Any] = {}
        cluster.follow("nodes", "", self._node)
        cluster.follow("pods", NAMESPACE, self._pod)

    def begin(self) -> None:
        """Write down what happens from now on, and count seconds from here."""
        self._begin_s = self._cluster.loop.now_s

    def _note(self, name: str, state: dict[str, Any], shown: dict[str, Any]) -> None:
        if self._last.get(name) != state:
            self._last[name] = state
            if self._begin_s is not None:
                t_s = round(self._cluster.loop.now_s - self._begin_s, 1)
                self.entries.append({"t_s": t_s} | shown | state)

    def _node(self, type_: str, node: Object) -> None:
        if node["metadata"]["name"] != FAILING or type_ != "MODIFIED":
            return
        ready = [c for c in node["status"].get("conditions") or () if c["type"] == "Ready"]
        state = {
            "taints": [[taint["key"], taint["effect"]] for taint in node["spec"].get("taints") or ()],
            "ready": [[condition["status"], condition["reason"]] for condition in ready],
        }
        self._note("node", state, {"node": FAILING})

    def _pod(self, type_: str, pod: Object) -> None:
        name = pod["metadata"]["name"]
        status = pod.get("status") or {}
        disruption = condition_lists.find(pod, "DisruptionTarget")
        ready = condition_lists.status_of(pod, "Ready")
        if ready == "False" and status.get("phase") == "Pending":
            return
        state = {
            "event": type_,
            "node": pod["spec"].get("nodeName"),
            "deleting": "deletionTimestamp" in pod["metadata"],
            "ready": [ready] if ready else [],
            "disruption": [[disruption["type"], disruption["reason"]]] if disruption else [],
            "phase": status.get("phase"),
        }
        self._note(name, state, {"pod": "web-*" if name.startswith("web") else name})


def _pod(name: str, tolerations: list[Object]) -> Object:
    spec: Object = {"nodeName": FAILING, "containers": [{"name": "c", "image": "nginx:1.27"}]}
    if tolerations:
        spec["tolerations"] = tolerations
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


def _deployment() -> Object:
    on_both = {"key": "kubernetes.io/hostname", "operator": "In", "values": [FAILING, OTHER]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [on_both]}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": NAMESPACE},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}},
                    "topologySpreadConstraints": [
                        {
                            "maxSkew": 1,
                            "topologyKey": "kubernetes.io/hostname",
                            "whenUnsatisfiable": "ScheduleAnyway",
                            "labelSelector": {"matchLabels": {"app": "web"}},
                        }
                    ],
                    "containers": [{"name": "c", "image": "nginx:1.27"}],
                },
            },
        },
    }


def _what(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "t_s"}


def _events(cluster: ReplayCluster) -> list[dict[str, str]]:
    return [
        {
            "reason": event["reason"],
            "message": event["message"],
            "source": (event.get("source") or {}).get("component") or event.get("reportingComponent", ""),
        }
        for event in cluster.client.list("events")["items"]
        if event["involvedObject"]["name"] == FAILING or event["metadata"]["namespace"] == NAMESPACE
    ]


def _said(events: list[dict[str, str]]) -> set[tuple[str, str]]:
    """Return what the node controllers' Events say; which Pod of web they name is chance."""
    return {
        (event["reason"], "web" if f"{NAMESPACE}/web" in event["message"] else event["message"])
        for event in events
        if event["source"] in _FROM_CONTROLLERS
    }
