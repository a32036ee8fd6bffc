"""The status that a kubelet reports of a Pod, conditions included.

Source: pkg/kubelet/kubelet_pods.go:generateAPIPodStatus, pkg/kubelet/status/generate.go@v1.36.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from insideout.apimachinery import conditions as condition_lists
from insideout.apimachinery import timestamps
from insideout.client import Object
from insideout.kubelet.container import Container


class Verdict(NamedTuple):
    """A condition's status, and why it is not "True"."""

    status: str
    reason: str = ""
    message: str = ""


TRUE = Verdict("True")


def containers_ready(phase: str, containers: Iterable[Container]) -> Verdict:
    """Judge ContainersReady: all main containers and sidecars are."""
    if phase == "Succeeded":
        return Verdict("False", "PodCompleted")
    if phase == "Failed":
        return Verdict("False", "PodFailed")
    unready = [c.name for c in containers if c.role != "init" and not c.is_ready]
    if unready:
        listed = f"containers with unready status: [{' '.join(unready)}]"
        return Verdict("False", "ContainersNotReady", listed)
    return TRUE


def pod_ready(pod: Object, ready: Verdict) -> Verdict:
    """Judge Ready: the containers are, and so is every readiness gate."""
    if ready.status != "True":
        return ready
    messages = []
    for gate in pod["spec"].get("readinessGates") or ():
        type_ = gate["conditionType"]
        status = condition_lists.status_of(pod, type_)
        if not status:
            messages.append(f'corresponding condition of pod readiness gate "{type_}" does not exist.')
        elif status != "True":
            messages.append(f'the status of pod readiness gate "{type_}" is not "True", but {status}')
    return Verdict("False", "ReadinessGatesNotReady", ", ".join(messages)) if messages else TRUE


def initialized(phase: str, containers: Sequence[Container]) -> Verdict:
    """Judge Initialized: init containers succeeded and sidecars started, now or before."""
    if phase == "Succeeded":
        return Verdict("True", "PodCompleted")
    if any(c.role == "main" and c.runs for c in containers):
        return TRUE
    incomplete = [
        c.name
        for c in containers
        if (c.role == "init" and not c.is_ready) or (c.role == "sidecar" and not c.is_started)
    ]
    if incomplete:
        message = f"containers with incomplete status: [{' '.join(incomplete)}]"
        return Verdict("False", "ContainersNotInitialized", message)
    return TRUE


def pod_conditions(
    pod: Object,
    phase: str,
    containers: Sequence[Container],
    *,
    has_sandbox: bool,
    before: Iterable[Object],
    now: datetime,
) -> list[Object]:
    """Return the five conditions; one whose status is as in `before` keeps its time of transition."""
    ready = containers_ready(phase, containers)
    verdicts = {
        "PodReadyToStartContainers": TRUE if has_sandbox else Verdict("False"),
        "Initialized": initialized(phase, containers),
        "Ready": pod_ready(pod, ready),
        "ContainersReady": ready,
        "PodScheduled": TRUE,
    }
    earlier = {condition["type"]: condition for condition in before}
    generation = pod["metadata"].get("generation")
    result = []
    for type_, verdict in verdicts.items():
        condition: Object = {"type": type_, "status": verdict.status}
        if generation is not None:
            condition["observedGeneration"] = generation
        if verdict.reason:
            condition["reason"] = verdict.reason
        if verdict.message:
            condition["message"] = verdict.message
        same = type_ in earlier and earlier[type_]["status"] == verdict.status
        condition["lastTransitionTime"] = (
            earlier[type_]["lastTransitionTime"] if same else timestamps.seconds(now)
        )
        result.append(condition)
    return result


def status_patch(before: Object, status: Object) -> Object:
    """Return the strategic merge patch from one status to the next; conditions of others are not touched.

    What is no longer there is named with None, or it would stay: a condition's reason, for example.
    """
    patch: Object = {key: value for key, value in status.items() if value != before.get(key)}
    patch |= {key: None for key in before if key not in status}
    if "conditions" in patch:
        earlier = {condition["type"]: condition for condition in before.get("conditions") or ()}
        patch["conditions"] = [
            dict.fromkeys(earlier.get(condition["type"], ()), None) | condition
            for condition in status["conditions"]
            if condition != earlier.get(condition["type"])
        ]
    return patch


def pod_status(
    pod: Object,
    phase: str,
    conditions: Sequence[Object],
    containers: Mapping[Container, Object],
    *,
    started: str,
    ip: str,
    why: Mapping[str, str],
) -> Object:
    """Return a Pod's status from its parts: `containers` has each container's, `why` a failure's reason."""
    status: Object = {
        "phase": phase,
        "conditions": conditions,
        "startTime": started,
        "containerStatuses": [shown for each, shown in containers.items() if each.role == "main"],
    }
    if inits := [shown for each, shown in containers.items() if each.role != "main"]:
        status["initContainerStatuses"] = inits
    if ip:
        status |= {"podIP": ip, "podIPs": [{"ip": ip}]}
    status |= why
    if "generation" in pod["metadata"]:
        status["observedGeneration"] = pod["metadata"]["generation"]
    return status
