"""What the scheduler writes: bindings, a pod's PodScheduled condition and nomination, evictions, events.

Source: pkg/scheduler/schedule_one.go (handleSchedulingFailure, updatePod, finishBinding),
framework/plugins/defaultbinder/default_binder.go and framework/preemption/executor.go@v1.36.2.
"""

from insideout.apimachinery import timestamps
from insideout.client import ApiError, Client, Object
from insideout.client.events import EventRecorder
from insideout.client.interface import sharing
from insideout.scheduler.messages import event_note
from insideout.scheduler.podinfo import PodInfo
from insideout.sim.loop import Loop


class Writer:
    """Writes in the name of the scheduler `name`; a pod that has gone meanwhile is no error."""

    def __init__(self, client: Client, loop: Loop, name: str) -> None:
        self._client = sharing(client)
        self._loop = loop
        self._name = name
        self._events = EventRecorder(client, loop, name, instance=f"{name}-control-plane")

    def bind(self, pod: PodInfo, node_name: str) -> None:
        """Bind the pod to the node; raises ApiError when the API server refuses."""
        metadata = {"name": pod.name, "namespace": pod.namespace, "uid": pod.pod["metadata"].get("uid", "")}
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": metadata,
            "target": {"apiVersion": "v1", "kind": "Node", "name": node_name},
        }
        self._client.create("pods", binding, pod.namespace, name=pod.name, subresource="binding")
        note = f"Successfully assigned {pod.namespace}/{pod.name} to {node_name}"
        self._events.action(pod.pod, "Normal", "Scheduled", "Binding", note)

    def report_failure(self, pod: PodInfo, reason: str, message: str, nominate: str | None) -> None:
        """Say why the pod could not be placed: an event, its condition, its nomination if that changes."""
        self._events.action(pod.pod, "Warning", "FailedScheduling", "Scheduling", event_note(message))
        condition = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
        status = self._condition_patch(pod.pod, condition)
        if nominate is not None and nominate != pod.nominated_node_name:
            status["nominatedNodeName"] = nominate or None
        self._patch_status(pod, status)

    def refuse_deleting(self, pod: PodInfo) -> None:
        """Say that a pod on its way out is not scheduled."""
        note = f"skip schedule deleting pod: {pod.namespace}/{pod.name}"
        self._events.action(pod.pod, "Warning", "FailedScheduling", "Scheduling", note)

    def take_back_nomination(self, pod: PodInfo) -> None:
        """Make the pod look for another node."""
        if pod.nominated_node_name:
            self._patch_status(pod, {"nominatedNodeName": None})

    def evict(self, victim: PodInfo, preemptor: PodInfo, node_name: str) -> None:
        """Delete a victim of preemption and say for whom; one that is going already is left alone."""
        if victim.deleting:
            return
        why = f"{self._name}: preempting to accommodate a higher priority pod"
        condition = {"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"}
        if not self._patch_status(victim, self._condition_patch(victim.pod, condition | {"message": why})):
            return
        try:
            self._client.delete("pods", victim.name, victim.namespace)
        except ApiError as problem:
            if problem.code != 404:
                raise
            return
        note = f"Preempted by pod {preemptor.uid} on node {node_name}"
        self._events.action(victim.pod, "Normal", "Preempted", "Preempting", note, related=preemptor.pod)

    def _condition_patch(self, pod: Object, condition: Object) -> Object:
        """Return the patch of the status that sets `condition`; empty when it stands there already."""
        old = next(
            (
                each
                for each in (pod.get("status") or {}).get("conditions") or ()
                if each["type"] == condition["type"]
            ),
            None,
        )
        if old is not None and all(old.get(key) == value for key, value in condition.items()):
            return {}
        since = timestamps.seconds(self._loop.time())
        if old is not None and old["status"] == condition["status"]:
            since = old.get("lastTransitionTime") or since
        written = {**condition, "lastProbeTime": None, "lastTransitionTime": since}
        if "generation" in pod["metadata"]:
            written["observedGeneration"] = pod["metadata"]["generation"]
        return {"conditions": [written]}

    def _patch_status(self, pod: PodInfo, status: Object) -> bool:
        """Patch the pod's status; return False when the pod has gone."""
        if not status:
            return True
        try:
            self._client.patch(
                "pods", pod.name, {"status": status}, pod.namespace, type="strategic", subresource="status"
            )
        except ApiError as problem:
            if problem.code != 404:
                raise
            return False
        return True
