"""What one sync of a StatefulSet does: create upwards, remove downwards, then replace from the top.

`plan` is the whole decision.  OrderedReady walks the ordinals and stops at the first Pod that is missing,
sick or on its way out; so it never reaches the update while one is, not even when the update would heal it.
Parallel waits for nobody, except that it too replaces one Pod at a time.

Left out: MaxUnavailableStatefulSet, beta in 1.36 and off.

Source: pkg/controller/statefulset/stateful_set_control.go:updateStatefulSet@v1.36.2.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from insideout.apimachinery import pods as podutil
from insideout.client import Object
from insideout.controllers.statefulset import identity


class Action(NamedTuple):
    """One write: `verb` is "create" or "delete"; a Pod is created at `revision`, "current" or "update"."""

    verb: str
    ordinal: int
    revision: str = ""


class Plan(NamedTuple):
    """What a sync does: its writes in order, and before them the Pods whose claims are given their owners."""

    actions: list[Action]
    claimants: list[Object]


Planner = Callable[[Object, Sequence[Object], str, datetime], list[Action]]
"""Decides the writes of one sync, those about claims left out."""


def plan(stateful_set: Object, pods: Sequence[Object], update: str, now: datetime) -> list[Action]:
    """Return the writes of one sync, those about claims left out."""
    return decide(stateful_set, pods, update, now).actions


def decide(stateful_set: Object, pods: Sequence[Object], update: str, now: datetime) -> Plan:
    """Return what one sync does.

    `pods` are the set's Pods, `update` the name of its update revision.  In a Parallel set creations
    come in ordinal order; the caller may make them in batches.
    """
    if "deletionTimestamp" in stateful_set["metadata"]:
        return Plan([], [])
    sync = _Sync(stateful_set, pods, update, now)
    return Plan(sync.actions(), sync.claimants)


class _Sync:
    def __init__(self, stateful_set: Object, pods: Sequence[Object], update: str, now: datetime) -> None:
        spec = stateful_set["spec"]
        self.set = stateful_set
        self.update = update
        self.now = now
        self.min_ready_s: int = spec.get("minReadySeconds", 0)
        self.ordered = spec.get("podManagementPolicy", "OrderedReady") != "Parallel"
        start = identity.start_ordinal(stateful_set)
        self.ordinals = range(start, start + spec["replicas"])
        by_ordinal = {identity.ordinal_of(pod): pod for pod in pods}
        self.replicas = [by_ordinal.get(ordinal) for ordinal in self.ordinals]
        self.condemned = [
            pod
            for ordinal, pod in sorted(by_ordinal.items(), reverse=True)
            if ordinal >= 0 and ordinal not in self.ordinals
        ]
        self.claimants: list[Object] = []
        self.current_replicas: int = (stateful_set.get("status") or {}).get("currentReplicas", 0)

    def actions(self) -> list[Action]:
        actions, blocked = self._fill()
        if blocked:
            return actions
        self.claimants += self.condemned
        removals, blocked = self._remove_condemned()
        actions += removals
        if blocked or self.set["spec"].get("updateStrategy", {}).get("type") == "OnDelete":
            return actions
        return actions + self._replace({action.ordinal for action in actions})

    def _fill(self) -> tuple[list[Action], bool]:
        """Make every ordinal's Pod exist; an ordered set stops at the first that is not well."""
        actions = []
        for ordinal, pod in zip(self.ordinals, self.replicas, strict=True):
            if pod is None:
                below = identity.is_below_partition(self.set, ordinal, self.current_replicas)
                actions.append(Action("create", ordinal, "current" if below else "update"))
            elif podutil.is_terminal(pod):
                if not podutil.is_terminating(pod):
                    actions.append(Action("delete", ordinal))
            elif self._is_well(pod) or not self.ordered:
                self.claimants.append(pod)
                continue
            if self.ordered:
                return actions, True
        return actions, False

    def _remove_condemned(self) -> tuple[list[Action], bool]:
        """Remove the Pods above the wanted number from the top down.

        In an ordered set one goes at a time, and a sick one only when it is the first sick Pod of all: two
        sick ones wait for each other.
        """
        sick = [pod for pod in [*self.replicas, *reversed(self.condemned)] if pod and not self._is_well(pod)]
        actions: list[Action] = []
        for pod in self.condemned:
            if podutil.is_terminating(pod):
                if self.ordered:
                    return actions, True
                continue
            if self.ordered and not self._is_healthy(pod) and pod is not sick[0]:
                return actions, True
            actions.append(Action("delete", identity.ordinal_of(pod)))
            if self.ordered:
                return actions, True
        return actions, False

    def _replace(self, touched: set[int]) -> list[Action]:
        """Delete the highest Pod of another revision, unless one above it is not available yet."""
        lowest = identity.partition_of(self.set) or 0
        for index in range(len(self.replicas) - 1, lowest - 1, -1):
            pod, ordinal = self.replicas[index], self.ordinals[index]
            if pod is None or ordinal in touched:
                # Created or deleted a moment ago, so not available.
                return []
            if identity.revision_of(pod) != self.update and not podutil.is_terminating(pod):
                return [Action("delete", ordinal)]
            if not self._is_well(pod):
                return []
        return []

    def _is_healthy(self, pod: Object) -> bool:
        return podutil.phase(pod) == "Running" and podutil.is_available(pod, self.min_ready_s, self.now)

    def _is_well(self, pod: Object) -> bool:
        return self._is_healthy(pod) and not podutil.is_terminating(pod)
