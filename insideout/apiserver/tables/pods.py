"""The row of a Pod: how many containers are ready, how often they restarted, and one word for its state.

The word is not in the object.  It is worked out from the phase, the states of the init containers in order
("Init:1/2"), the states of the containers from the last to the first ("CrashLoopBackOff", "Completed"), and
whether the Pod is being deleted ("Terminating").

Source: pkg/printers/internalversion/printers.go (printPod)@v1.36.2.
"""

from datetime import datetime
from typing import Any

from insideout.apiserver.tables.ages import age
from insideout.apiserver.tables.columns import AGE, NAME, Column, Object, Printer, Row, created, name_of, part

_COLUMNS = (
    NAME,
    Column("Ready", "The aggregate readiness state of this pod for accepting traffic."),
    Column("Status", "The aggregate status of the containers in this pod."),
    Column(
        "Restarts",
        "The number of times the containers in this pod have been restarted and when the last container in "
        "this pod has restarted.",
    ),
    AGE,
    Column("IP", "V1PodStatus.podIP", priority=1),
    Column("Node", "V1PodSpec.nodeName", priority=1),
    Column("Nominated Node", "V1PodStatus.nominatedNodeName", priority=1),
    Column("Readiness Gates", "V1PodSpec.readinessGates", priority=1),
)
_COMPLETED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


def _row(pod: Object, now: datetime) -> Row:
    spec, status = part(pod, "spec"), part(pod, "status")
    view = _View(pod)
    addresses = status.get("podIPs") or [{}]
    cells = [
        name_of(pod),
        f"{view.ready}/{view.total}",
        view.word,
        view.restarts_text(now),
        age(created(pod), now),
        addresses[0].get("ip") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        _readiness_gates(spec, status),
    ]
    phase = status.get("phase")
    if phase not in _COMPLETED:
        return Row(cells)
    condition = {"type": "Completed", "status": "True", "reason": phase, "message": _COMPLETED[phase]}
    return Row(cells, [condition])


class _View:
    """What is counted while the containers' states are gone through."""

    def __init__(self, pod: Object) -> None:
        self._spec, self._status = part(pod, "spec"), part(pod, "status")
        inits = self._spec.get("initContainers") or []
        self._sidecars = {each["name"] for each in inits if each.get("restartPolicy") == "Always"}
        self.total = len(self._spec.get("containers") or []) + len(self._sidecars)
        self.ready = 0
        self.restarts = self._sidecar_restarts = 0
        self._last_restart = self._last_sidecar_restart = ""
        self.word = self._status.get("reason") or self._status.get("phase") or ""
        if any(
            each.get("type") == "PodScheduled" and each.get("reason") == "SchedulingGated"
            for each in self._conditions()
        ):
            self.word = "SchedulingGated"
        if not self._see_init_containers() or self._has_condition("Initialized"):
            self._see_containers()
        metadata = pod["metadata"]
        if metadata.get("deletionTimestamp"):
            if self._status.get("reason") == "NodeLost":
                self.word = "Unknown"
            elif self._status.get("phase") not in ("Succeeded", "Failed"):
                self.word = "Terminating"

    def restarts_text(self, now: datetime) -> str:
        """Return the number of restarts, and when the last one was."""
        if self.restarts and self._last_restart:
            return f"{self.restarts} ({age(self._last_restart, now)} ago)"
        return str(self.restarts)

    def _conditions(self) -> list[Object]:
        return self._status.get("conditions") or []

    def _has_condition(self, type_: str) -> bool:
        found = next((each for each in self._conditions() if each.get("type") == type_), {})
        return found.get("status") == "True"

    def _see_init_containers(self) -> bool:
        """Go through the init containers up to the one under way; tell whether there is one."""
        for index, container in enumerate(self._status.get("initContainerStatuses") or []):
            sidecar = container.get("name") in self._sidecars
            self._count(container, sidecar=sidecar)
            state = part(container, "state")
            ended, waiting = state.get("terminated"), state.get("waiting") or {}
            if ended is not None and not ended.get("exitCode"):
                continue
            if sidecar and container.get("started"):
                self.ready += bool(container.get("ready"))
                continue
            if ended is not None:
                self.word = f"Init:{_ending(ended)}"
            elif waiting.get("reason") and waiting["reason"] != "PodInitializing":
                self.word = f"Init:{waiting['reason']}"
            else:
                self.word = f"Init:{index}/{len(self._spec.get('initContainers') or [])}"
            return True
        return False

    def _count(self, container: Object, *, sidecar: bool) -> None:
        finished = _finished(container)
        self.restarts += container.get("restartCount", 0)
        self._last_restart = max(self._last_restart, finished)
        if sidecar:
            self._sidecar_restarts += container.get("restartCount", 0)
            self._last_sidecar_restart = max(self._last_sidecar_restart, finished)

    def _see_containers(self) -> None:
        """Go through the containers from the last to the first, so that the first has the last word."""
        self.restarts, self._last_restart = self._sidecar_restarts, self._last_sidecar_restart
        running, failure = False, ""
        for container in reversed(self._status.get("containerStatuses") or []):
            self._count(container, sidecar=False)
            state = part(container, "state")
            ended, waiting = state.get("terminated"), state.get("waiting") or {}
            if waiting.get("reason"):
                self.word = waiting["reason"]
            elif ended is not None:
                self.word = _ending(ended)
                failure = self.word if ended.get("exitCode") else failure
            elif container.get("ready") and state.get("running") is not None:
                running = True
                self.ready += 1
        if self.word == "Completed":
            if running and self._has_condition("Ready"):
                self.word = "Running"
            elif failure:
                self.word = failure
            elif running:
                self.word = "NotReady"


def _ending(ended: Object) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _finished(container: Object) -> str:
    """Return when the container's last run ended, "" if there was none; such texts sort as the times do."""
    return str(part(part(container, "lastState"), "terminated").get("finishedAt") or "")


def _readiness_gates(spec: Object, status: Object) -> str:
    gates = spec.get("readinessGates") or []
    if not gates:
        return "<none>"
    states: dict[str, Any] = {}
    for condition in status.get("conditions") or []:
        states.setdefault(condition.get("type", ""), condition.get("status"))
    return f"{sum(states.get(each.get('conditionType', '')) == 'True' for each in gates)}/{len(gates)}"


PODS = Printer(_COLUMNS, _row)
