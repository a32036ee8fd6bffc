"""The HorizontalPodAutoscaler controller as a component: every 15 s it asks for metrics and sets sizes.

It needs metrics.k8s.io for resource metrics, as upstream does; where nobody serves it, autoscalers say so in
their conditions.  Left out: the custom and external metrics APIs, and the retry after a conflict:
the next sync is one.

Source: pkg/controller/podautoscaler/horizontal.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import conditions, selectors, timestamps
from insideout.client import ApiError, Client, Object
from insideout.client.informer import Key
from insideout.controllers import kinds
from insideout.controllers.controller import Controller
from insideout.controllers.podautoscaler.autoscaler import Decision, decide
from insideout.controllers.podautoscaler.calculator import Target
from insideout.controllers.podautoscaler.memory import Memory
from insideout.controllers.podautoscaler.metrics import NOT_FOUND, MetricError, NoMetrics

AUTOSCALERS = "horizontalpodautoscalers.autoscaling"
SYNC_PERIOD_S = 15.0
"""--horizontal-pod-autoscaler-sync-period"""


class ServedMetrics(NoMetrics):
    """The metrics that the cluster serves: metrics.k8s.io, through the API server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def usage(self, namespace: str, selector: str) -> Sequence[Object]:
        """Return the PodMetrics; MetricError where nobody serves them."""
        try:
            answer = self._client.list("pods.metrics.k8s.io", namespace, label_selector=selector)
        except (ApiError, LookupError) as error:
            why = str(error) if isinstance(error, ApiError) and error.code != 404 else ABSENT
            raise MetricError(f"unable to fetch metrics from resource metrics API: {why}") from None
        items: list[Object] = answer["items"]
        return items


ABSENT = f"{NOT_FOUND} (get pods.metrics.k8s.io)"


class HorizontalPodAutoscalerController(Controller):
    """Keeps sizes near what the metrics ask for."""

    name = "horizontal-pod-autoscaler"

    def watch(self) -> None:
        """Watch autoscalers and Pods."""
        self._memory: dict[Key, Memory] = {}
        self._source = ServedMetrics(self.client)
        self._autoscalers = self.on(AUTOSCALERS, add=self.enqueue, update=self._updated, delete=self._forget)
        self._pods = self.on("pods")

    def sync(self, key: Key) -> None:
        """Ask, decide and set the size, and come again after the sync period."""
        namespace, name = key
        hpa = self._autoscalers.get(name, namespace)
        if hpa is None:
            return
        self.queue.add_after(key, SYNC_PERIOD_S)
        reference = hpa["spec"]["scaleTargetRef"]
        made: Decision
        try:
            resource = _resource_of(reference)
            scale = self.client.get(resource, reference["name"], namespace, subresource="scale")
        except (ApiError, LookupError) as error:
            self.recorder.event(hpa, "Warning", "FailedGetScale", str(error))
            words = f"the HPA controller was unable to get the target's current scale: {error}"
            made = Decision(conditions={"AbleToScale": ("False", "FailedGetScale", words)})
            self._write_status(hpa, made, hpa.get("status") or {})
            return
        selector = (scale.get("status") or {}).get("selector", "")
        target = self._target(namespace, selector, scale)
        memory = self._memory.setdefault(key, Memory())
        made = decide(hpa, target, selector, self._source, memory)
        if made.rescale:
            body = scale | {"spec": (scale.get("spec") or {}) | {"replicas": made.desired}}
            self.client.update(resource, body, subresource="scale")
        for event in made.events:
            self.recorder.event(hpa, *event)
        self._write_status(hpa, made, _sizes(target, made, hpa))

    def _target(self, namespace: str, selector: str, scale: Object) -> Target:
        chosen = selectors.parse(selector)
        pods = [pod for pod in self._pods.list(namespace) if chosen.matches(pod["metadata"].get("labels"))]
        wanted, there = ((scale.get(part) or {}).get("replicas", 0) for part in ("spec", "status"))
        return Target(pods, wanted, there, self.loop.time())

    def _write_status(self, hpa: Object, made: Decision, sizes: Object) -> None:
        before = hpa.get("status") or {}
        now = timestamps.seconds(self.loop.time())
        kept = {one["type"]: one for one in before.get("conditions") or ()}
        for kind, (truth, reason, message) in made.conditions.items():
            old = conditions.find(hpa, kind)
            changed = now if old is None or old["status"] != truth else old["lastTransitionTime"]
            kept[kind] = {
                "type": kind,
                "status": truth,
                "lastTransitionTime": changed,
                "reason": reason,
                "message": message,
            }
        status = before | sizes | {"conditions": list(kept.values())}
        if made.rescale:
            status["lastScaleTime"] = now
        if status != before:
            self.client.update(AUTOSCALERS, hpa | {"status": status}, subresource="status")

    def _updated(self, before: Object, hpa: Object) -> None:
        if before["spec"] != hpa["spec"]:
            self.enqueue(hpa)

    def _forget(self, hpa: Object) -> None:
        self._memory.pop((hpa["metadata"]["namespace"], hpa["metadata"]["name"]), None)


def _sizes(target: Target, made: Decision, hpa: Object) -> dict[str, Any]:
    """Return what the status says of sizes and metrics; after a failure the wanted size stays as it was."""
    failed = made.conditions.get("ScalingActive", ("",))[0] == "False" and made.error
    before = (hpa.get("status") or {}).get("desiredReplicas", 0)
    return {
        "currentReplicas": target.spec_replicas,
        "desiredReplicas": before if failed else made.desired,
        "currentMetrics": made.metrics,
    }


def _resource_of(reference: Object) -> str:
    """Return the resource of a scale target's kind; LookupError when the server serves no such built-in."""
    group = reference.get("apiVersion", "").rpartition("/")[0]
    for resource in kinds.built_in():
        if resource.kind == reference["kind"] and resource.api_version.rpartition("/")[0] == group:
            return resource.resource
    raise LookupError(f'no matches for kind "{reference["kind"]}" in group "{group}"')
