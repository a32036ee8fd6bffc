"""What a DaemonSet creates and deletes: first what nodes need, then what an update replaces.

Source: pkg/controller/daemon/daemon_controller.go:podsShouldBeOnNode, update.go:rollingUpdate@v1.36.2.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from insideout.apimachinery import pods as podutil
from insideout.apimachinery.intstr import scaled
from insideout.client import Object
from insideout.controllers.daemonset.placement import REVISION_LABEL, Fit

PodsByNode = Mapping[str, Sequence[Object]]


class Changes(NamedTuple):
    """Nodes that need a Pod, and Pods to delete; of those, `failed` ended by themselves."""

    create: list[str]
    delete: list[Object]
    failed: list[Object]


class Limits(NamedTuple):
    """How many nodes may have two Pods during an update, and how many none that is available."""

    surge: int
    unavailable: int


def limits(daemon_set: Object, desired: int) -> Limits:
    """Return what an update may do on `desired` nodes; both round up, and one of them is at least 1."""
    strategy = daemon_set["spec"].get("updateStrategy") or {}
    if strategy.get("type") != "RollingUpdate":
        return Limits(0, 0)
    rolling = strategy.get("rollingUpdate") or {}
    surge = scaled(rolling.get("maxSurge", 0), desired, round_up=True)
    unavailable = scaled(rolling.get("maxUnavailable", 1), desired, round_up=True)
    if desired and not surge and not unavailable:
        unavailable = 1
    return Limits(surge, unavailable)


def manage(
    fits: Mapping[str, Fit],
    pods: PodsByNode,
    revision_hash: str,
    *,
    surges: bool,
    is_available: Callable[[Object], bool],
    backs_off: Callable[[str], bool],
) -> Changes:
    """Return what the nodes need, each judged in `fits`; a failed Pod goes unless its node backs off."""
    changes = Changes([], [], [])
    for node, fit in fits.items():
        here = pods.get(node, ())
        if fit.should_run and not here:
            changes.create.append(node)
        elif fit.may_stay:
            running = _clean_up(node, here, changes, backs_off)
            if surges:
                if fit.should_run and not running:
                    changes.create.append(node)
                changes.delete.extend(_surplus_when_surging(running, revision_hash, is_available))
            else:
                changes.delete.extend(by_age(running)[1:])
        else:
            changes.delete.extend(pod for pod in here if not podutil.is_terminating(pod))
    for node, here in pods.items():
        if node not in fits:
            # Nobody will ever bind a Pod that was made for a node which is gone.
            changes.delete.extend(pod for pod in here if not pod["spec"].get("nodeName"))
    return changes


def rolling_update(
    pods: PodsByNode,
    revision_hash: str,
    allowed: Limits,
    is_available: Callable[[Object], bool],
    may_run: Callable[[str], bool],
) -> Changes:
    """Return what an update replaces now; `pods` has an entry for every node that should run one."""
    if allowed.surge:
        return _surge(pods, revision_hash, allowed.surge, is_available, may_run)
    unavailable, sick, candidates = 0, [], []
    for here in pods.values():
        new, old, usable = _new_and_old(here, revision_hash)
        if not usable or bool(new) == bool(old):
            unavailable += 1
        elif new is not None:
            unavailable += not is_available(new)
        elif old is not None and not is_available(old):
            sick.append(old)
            unavailable += 1
        elif old is not None and unavailable < allowed.unavailable:
            candidates.append(old)
    room = max(0, allowed.unavailable - unavailable)
    return Changes([], sick + candidates[:room], [])


def by_age(pods: Sequence[Object]) -> list[Object]:
    """Sort Pods: bound ones first, then the oldest."""
    return sorted(
        pods,
        key=lambda pod: (
            not pod["spec"].get("nodeName"),
            pod["metadata"].get("creationTimestamp", ""),
            pod["metadata"]["name"],
        ),
    )


def is_available_at(now: datetime, min_ready_s: int) -> Callable[[Object], bool]:
    """Return how to tell whether a Pod counts as available."""
    return lambda pod: podutil.is_available(pod, min_ready_s, now)


def _clean_up(
    node: str, here: Sequence[Object], changes: Changes, backs_off: Callable[[str], bool]
) -> list[Object]:
    """Delete Pods that have ended; return those that run."""
    running = []
    for pod in here:
        if podutil.is_terminating(pod):
            continue
        if podutil.phase(pod) == "Failed":
            if not backs_off(node):
                changes.delete.append(pod)
                changes.failed.append(pod)
        elif podutil.phase(pod) == "Succeeded":
            changes.delete.append(pod)
        else:
            running.append(pod)
    return running


def _surplus_when_surging(
    running: Sequence[Object], revision_hash: str, is_available: Callable[[Object], bool]
) -> list[Object]:
    """Return the Pods to delete on a node where an old and a new one may stand side by side."""
    new = [pod for pod in by_age(running) if _hash_of(pod) == revision_hash]
    old = [pod for pod in by_age(running) if _hash_of(pod) != revision_hash]
    surplus = new[1:] + old[1:]
    if new and old and (not podutil.is_ready(old[0]) or is_available(new[0])):
        surplus.append(old[0])
    return surplus


def _surge(
    pods: PodsByNode,
    revision_hash: str,
    surge: int,
    is_available: Callable[[Object], bool],
    may_run: Callable[[str], bool],
) -> Changes:
    """Put new Pods beside old ones, at most `surge` beside available ones, and take old ones away."""
    used, delete, sick_nodes, candidates = 0, [], [], []
    for node, here in pods.items():
        new, old, usable = _new_and_old(here, revision_hash)
        if not usable:
            used += 1
        elif old is None:
            continue
        elif new is not None:
            if is_available(new):
                delete.append(old)
            else:
                used += 1
        elif not may_run(node):
            continue
        elif not is_available(old):
            sick_nodes.append(node)
        else:
            candidates.append(node)
    room = max(0, surge - used)
    return Changes(sick_nodes + candidates[:room], delete, [])


def _new_and_old(here: Sequence[Object], revision_hash: str) -> tuple[Object | None, Object | None, bool]:
    """Return a node's new and old Pod, and False when it has too many to tell."""
    new, old = None, None
    for pod in here:
        if podutil.is_terminating(pod):
            continue
        if _hash_of(pod) == revision_hash:
            if new is not None:
                return new, old, False
            new = pod
        else:
            if old is not None:
                return new, old, False
            old = pod
    return new, old, True


def _hash_of(pod: Object) -> str:
    return str((pod["metadata"].get("labels") or {}).get(REVISION_LABEL, ""))
