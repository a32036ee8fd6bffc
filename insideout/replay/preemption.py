"""Plays recorded preemptions: whom the scheduler evicts for pods of high priority, and where it puts these.

As when they were recorded there are an API server and a scheduler and nothing else: nodes are objects, a pod
that is being deleted is gone GONE_AFTER_S later or, where it lingers, never.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apimachinery import conditions
from insideout.backends.embedded import EmbeddedBackend
from insideout.client import ApiError, Object, WatchEvent
from insideout.scheduler.scheduler import Scheduler

NAMESPACE = "replay"
GONE_AFTER_S = 0.3
REQUEST_S = 0.005
"""How long a request of the recorder took, about: what it created one by one did not come at one instant."""
SETTLED_S = 4.5
"""How long the recorder waited after the last thing that happened, and for as long as the pod was unbound."""
LONGEST_S = 40.5
CLASSES = {"p0": 0, "p5": 5, "p10": 10, "p100": 100, "p1000": 1000, "never1000": 1000}


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play one recorded case; return where it went another way."""
    steps, final = play(row)
    found = []
    for ours, recorded in zip(steps, row["steps"], strict=True):
        name = recorded["pod"]["name"]
        for key in ("log", "victims"):
            if ours[key] != recorded[key]:
                found.append(f"{name}: {key}: {ours[key]}, recorded {recorded[key]}")
    if final != row["final"]:
        found.append(f"final: {final}, recorded {row['final']}")
    return found


def play(row: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Do what the recorder did with one case; return its steps as it would have them, and who is where."""
    world = _World(lingers=row["linger"])
    for node in row["nodes"]:
        world.create("nodes", _node(node))
        world.client.patch("nodes", node["name"], {"spec": {"taints": None}})
    for filler in row["filler"]:
        world.create("pods", _filler(filler))
        world.set_status("pods", filler["name"], _running(filler))
    for budget in row["pdbs"]:
        world.create("poddisruptionbudgets", _budget(budget))
        world.set_status("poddisruptionbudgets", budget["app"], _allowed(budget))
    world.loop.run(0.7)
    steps = [world.wanted(step["pod"]) for step in row["steps"]]
    final: dict[str, list[str]] = {}
    for pod in world.client.list("pods", NAMESPACE)["items"]:
        final.setdefault(pod["spec"].get("nodeName", ""), []).append(pod["metadata"]["name"])
    return steps, {node: sorted(names) for node, names in final.items()}


class _World:
    """An API server, a scheduler, and what the recorder saw of a pod that it wanted to have a node."""

    def __init__(self, *, lingers: bool) -> None:
        backend = EmbeddedBackend()
        self.loop = backend.loop
        self.client = backend.client("recorder")
        self._lingers = lingers
        self._going: set[str] = set()
        self._wanted = ""
        self._log: list[dict[str, Any]] = []
        self._victims: dict[str, dict[str, Any]] = {}
        self._last_s = 0.0
        for name, value in CLASSES.items():
            self.create("priorityclasses", _priority_class(name, value))
        self.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        Scheduler(backend.client("kube-scheduler"), self.loop).start()
        self.client.watch("pods", self._see, NAMESPACE)

    def create(self, resource: str, obj: Object) -> None:
        """Create an object, which takes its time."""
        namespaced = "namespace" in obj["metadata"]
        self.client.create(resource, obj, NAMESPACE if namespaced else None)
        self.loop.run(REQUEST_S)

    def set_status(self, resource: str, name: str, status: Object) -> None:
        """Write an object's status in place of the kubelet or the controller that is not there."""
        self.client.patch(resource, name, {"status": status}, NAMESPACE, subresource="status")
        self.loop.run(REQUEST_S)

    def wanted(self, pod: Mapping[str, Any]) -> dict[str, Any]:
        """Create a pod of high priority; return its successive states, and who was deleted meanwhile."""
        self._wanted, self._log, self._victims = pod["name"], [], {}
        began_s = self._last_s = self.loop.now_s
        self.create("pods", _high(pod))
        while (
            self.loop.now_s - self._last_s < SETTLED_S - 0.5
            and self.loop.now_s - began_s < LONGEST_S - 0.5
            and not (self._log and self._log[-1].get("node"))
        ):
            self.loop.run(0.05)
        self.loop.run(0.5)
        return {"log": self._log, "victims": dict(sorted(self._victims.items()))}

    def _see(self, event: WatchEvent) -> None:
        pod, metadata = event.object, event.object["metadata"]
        if event.type == "MODIFIED" and "deletionTimestamp" in metadata:
            self._let_go(metadata["name"])
        if metadata["name"] == self._wanted:
            state = _state(pod)
            if any(state.values()) and self._log[-1:] != [state]:
                self._log.append(state)
                self._last_s = self.loop.now_s
        elif "deletionTimestamp" in metadata or event.type == "DELETED":
            if metadata["name"] not in self._victims:
                self._last_s = self.loop.now_s
            target = conditions.find(pod, "DisruptionTarget") or {}
            self._victims[metadata["name"]] = {key: target.get(key) for key in ("reason", "message")}

    def _let_go(self, name: str) -> None:
        if not self._lingers and name not in self._going:
            self._going.add(name)
            self.loop.call_later(GONE_AFTER_S, self._gone, name)

    def _gone(self, name: str) -> None:
        try:
            self.client.delete("pods", name, NAMESPACE, grace_period_s=0)
        except ApiError as problem:
            if problem.code != 404:  # one without a grace period went at once
                raise


def _state(pod: Object) -> dict[str, Any]:
    node = pod["spec"].get("nodeName")
    if node:
        return {"node": node}
    scheduled = conditions.find(pod, "PodScheduled") or {}
    nominated = (pod.get("status") or {}).get("nominatedNodeName")
    return {"message": scheduled.get("message"), "nominated": nominated, "node": None}


def _priority_class(name: str, value: int) -> Object:
    policy = {"preemptionPolicy": "Never"} if name.startswith("never") else {}
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": value,
        **policy,
    }


def _node(node: Mapping[str, Any]) -> Object:
    amounts = {"cpu": f"{node['cpu']}m", "memory": "64Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node["name"], "labels": {"kubernetes.io/hostname": node["name"]}},
        "status": {
            "capacity": amounts,
            "allocatable": amounts,
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def _pod(name: str, cpu_milli: int, priority_class: str, app: str, **spec: Any) -> Object:
    container = {"name": "c", "image": "v1", "resources": {"requests": {"cpu": f"{cpu_milli}m"}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"app": app}},
        "spec": {"priorityClassName": priority_class, "containers": [container], **spec},
    }


def _filler(filler: Mapping[str, Any]) -> Object:
    return _pod(
        filler["name"],
        filler["cpu"],
        filler["class"],
        filler["app"],
        nodeName=filler["node"],
        terminationGracePeriodSeconds=filler["grace"],
    )


def _high(pod: Mapping[str, Any]) -> Object:
    spec: Object = {}
    if "nodes" in pod:
        expression = {"key": "kubernetes.io/hostname", "operator": "In", "values": pod["nodes"]}
        terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
        spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    return _pod(pod["name"], pod["cpu"], pod["class"], "x", **spec)


def _running(filler: Mapping[str, Any]) -> Object:
    true = [{"type": kind, "status": "True"} for kind in ("Ready", "PodScheduled")]
    return {"phase": "Running", "startTime": filler["start"], "conditions": true}


def _budget(budget: Mapping[str, Any]) -> Object:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": budget["app"], "namespace": NAMESPACE},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": budget["app"]}}},
    }


def _allowed(budget: Mapping[str, Any]) -> Object:
    counts = dict.fromkeys(("currentHealthy", "desiredHealthy", "expectedPods", "observedGeneration"), 1)
    return {"disruptionsAllowed": budget["allowed"], **counts}
