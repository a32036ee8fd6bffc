"""A StatefulSet's sync in plain data: API objects go in, actions as lists come out.

So the sync can be written without this package's types, as learners do.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from insideout.apimachinery import timestamps
from insideout.client import Object
from insideout.controllers.statefulset import sync
from insideout.controllers.statefulset.sync import Action

Sync = Callable[[Object, list[Object], str], Any]
"""From a set with the names of its revisions in its status, its Pods and the time to actions.

An action is ("create", ordinal, "current" or "update") or ("delete", ordinal).
"""


def sts_sync(sts: Object, pods: list[Object], now: str) -> list[tuple[Any, ...]]:
    """Return what one sync of this package's controller does; `now` is written as in API objects."""
    actions = sync.plan(sts, pods, sts["status"]["updateRevision"], timestamps.parse(now))
    return [(a.verb, a.ordinal, a.revision) if a.revision else (a.verb, a.ordinal) for a in actions]


def plan_by(step: Sync) -> sync.Planner:
    """Return a planner for the StatefulSet controller that asks `step`."""

    def plan(sts: Object, pods: Sequence[Object], update: str, now: datetime) -> list[Action]:
        answer = step(sts, [_complete(pod) for pod in pods], timestamps.seconds(now))
        if not isinstance(answer, list | tuple):
            raise ValueError(f"the sync gave {answer!r}; give a list of actions")
        actions = [_action(one) for one in answer]
        there = {int(pod["metadata"]["name"].rpartition("-")[2]) for pod in pods}
        for action in actions:
            if action.verb == "delete" and action.ordinal not in there:
                raise ValueError(f"the sync deletes the Pod at {action.ordinal}, which is not there")
        return actions

    return plan


def _complete(pod: Object) -> Object:
    """Return a Pod with the list of conditions that a new one does not have yet."""
    status = pod.get("status") or {}
    return {**pod, "status": {"phase": "", **status, "conditions": status.get("conditions") or []}}


def _action(one: Any) -> Action:
    match one:
        case ["delete", int() as ordinal]:
            return Action("delete", ordinal)
        case ["create", int() as ordinal, "current" | "update" as revision]:
            return Action("create", ordinal, revision)
    raise ValueError(
        f"{one!r} is no action: give ('create', ordinal, 'current' or 'update') or ('delete', ordinal)"
    )
