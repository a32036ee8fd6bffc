"""Plays recorded scheduling scenarios and says where ours decides differently.

A scenario has nodes, and pods that come one after another: each is placed, or stays pending with a message,
before the next one comes.  A pending pod is tried again when a placed pod may have helped it, as on the
recorded scheduler, which was idle in between.

Where several nodes share the best total, the recorded scheduler's parallel search may have found them in
another order than ours; any of them then counts as the same decision.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from insideout.client import Object
from insideout.scheduler.attempt import Attempt, attempt
from insideout.scheduler.cycle import Cycle
from insideout.scheduler.events import POD, Action, ClusterEvent
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Preemption
from insideout.scheduler.queue import QueuedPod, SchedulingQueue
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.taints import UNSCHEDULABLE_KEY
from insideout.sim.loop import Loop

Table = dict[str, dict[str, int]]


def verify(rows: Iterable[Mapping[str, Any]]) -> list[tuple[int, list[str]]]:
    """Return each scenario's number with its differences; no differences for one that holds."""
    return [(row["scenario"], _differences(row)) for row in rows]


def _differences(row: Mapping[str, Any]) -> list[str]:
    replay = Replay(row["nodes"])
    found = []
    for step in row["steps"]:
        name = step["pod"]["metadata"]["name"]
        decided = replay.create(step["pod"])
        if decided.node_name != (step["node"] or "") and not _is_tie(decided, step["node"]):
            found.append(f"{name}: node {decided.node_name or 'none'}, recorded {step['node'] or 'none'}")
        if decided.message != step.get("message", ""):
            found.append(f"{name}: message {decided.message!r}, recorded {step.get('message', '')!r}")
        replay.settle(name, step["node"])
    for step in row["steps"]:
        name = step["pod"]["metadata"]["name"]
        scores = replay.scores.get(name, {})
        if scores != step.get("scores", {}):
            found.append(f"{name}: scores {scores}, recorded {step.get('scores', {})}")
    return found


def _is_tie(decided: Attempt, node: str | None) -> bool:
    scores = decided.outcome.scores if decided.outcome is not None else None
    if scores is None or node not in scores.nodes:
        return False
    return scores.totals[scores.nodes.index(node)] == max(scores.totals)


class Replay:
    """A scheduler without a cluster: pods come, and stand where they are said to stand."""

    def __init__(self, nodes: Iterable[Mapping[str, Any]]) -> None:
        self.scores: dict[str, Table] = {}
        self._loop = Loop()
        self.snapshot = Snapshot()
        self._cycle = Cycle(self.snapshot, Nominator())
        self._preemption = Preemption(self._cycle, self._loop.rng("preemption"), self._now)
        self._queue = SchedulingQueue(lambda: self._loop.now_s)
        self._tried: dict[str, QueuedPod] = {}
        for node in nodes:
            self.snapshot.set_node(_node(node))

    def create(self, pod: Object) -> Attempt:
        """Bring a pod and return what its first attempt decided; it is not placed yet."""
        self._queue.add(PodInfo(pod))
        return self._attempt()

    def settle(self, name: str, node_name: str | None) -> None:
        """Place the pod where the record has it, or leave it pending; then try those that it may help."""
        queued = self._tried.pop(name)
        if node_name:
            self._place(queued.pod, node_name)
        else:
            self._queue.put_back(queued, queued.plugins)
        while self._queue.is_ready():
            again = self._attempt()
            for each in list(self._tried):
                self.settle(each, again.node_name)

    def _attempt(self) -> Attempt:
        queued = self._queue.pop()
        assert queued is not None, "an attempt needs a pod that is ready"
        decided = attempt(self._cycle, self._preemption, queued.pod)
        queued.plugins = decided.plugins
        self._tried[queued.pod.name] = queued
        if decided.outcome is not None and decided.outcome.scores is not None:
            self.scores.setdefault(queued.pod.name, {}).update(decided.outcome.scores.table())
        return decided

    def _place(self, pod: PodInfo, node_name: str) -> None:
        self._queue.delete(pod.key)
        self.snapshot.add_pod(pod, node_name)
        placed = {**pod.pod, "spec": {**pod.pod["spec"], "nodeName": node_name}}
        self._queue.move(ClusterEvent(POD, Action.ADD, None, placed))

    def _now(self) -> datetime:
        return self._loop.time()


def _node(node: Mapping[str, Any]) -> Object:
    taints = list(node["taints"])
    if node["unschedulable"]:
        taints.append({"key": UNSCHEDULABLE_KEY, "effect": "NoSchedule"})
    return {
        "metadata": {"name": node["name"], "labels": node["labels"]},
        "spec": {"unschedulable": node["unschedulable"], "taints": taints},
        "status": {"allocatable": node["allocatable"]},
    }
