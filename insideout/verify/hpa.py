"""Plays recorded syncs of a HorizontalPodAutoscaler: one at a time.

Source: what the fields mean is in insideout/records/README.md.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from insideout.apimachinery import quantity, timestamps
from insideout.controllers.podautoscaler.autoscaler import decide, tolerances
from insideout.controllers.podautoscaler.calculator import Target
from insideout.controllers.podautoscaler.memory import Memory, Recommendation, ScaleEvent
from insideout.controllers.podautoscaler.metrics import MetricError, NoMetrics, PodMetric, PodMetrics
from insideout.controllers.podautoscaler.sources import MetricFailed, Question, ask
from insideout.verify.normal import differences
from insideout.verify.outcome import Row

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMESPACE, SELECTOR = "ns", "app=web"


class Recorded(NoMetrics):
    """The metrics APIs as a row describes them."""

    def __init__(self, row: Row, now: datetime = NOW) -> None:
        self._row = row
        self._now = now

    def usage(self, namespace: str, selector: str) -> Sequence[Row]:
        """Return the usage of the Pods that have one."""
        return [
            {
                "metadata": {"name": pod["name"]},
                "timestamp": _ago(pod["metrics"]["age"], self._now),
                "window": f"{pod['metrics']['window']}s",
                "containers": [
                    {"name": name, "usage": usage} for name, usage in pod["metrics"]["usage"].items()
                ],
            }
            for pod in self._row["pods"]
            if "metrics" in pod
        ]

    def of_pods(self, namespace: str, selector: str, metric: Row) -> PodMetrics:
        """Return the custom values; MetricError when no Pod has one."""
        found = {
            pod["name"]: PodMetric(quantity.milli(pod["custom"]), self._now, 60.0)
            for pod in self._row["pods"]
            if pod.get("custom") is not None
        }
        return found or super().of_pods(namespace, selector, metric)

    def of_object(self, namespace: str, described: Row, metric: Row) -> int:
        """Return the object's value."""
        if self._row.get("object") is None:
            raise MetricError("unable to fetch metrics from custom metrics API: the metric is not there")
        return quantity.milli(self._row["object"])

    def external(self, namespace: str, metric: Row) -> Sequence[int]:
        """Return the values; MetricError when there is none."""
        found = [quantity.milli(text) for text in self._row.get("external") or ()]
        return found or super().external(namespace, metric)


def verify_syncs(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Decide in every recorded situation: proposals, decision, words and memory must be the recorded ones."""
    for row in rows:
        memory = _memory(row.get("history"))
        hpa, target, source = hpa_of(row["spec"]), _target(row), Recorded(row)
        proposals = [_proposal(metric, target, source, hpa["spec"]) for metric in row["spec"]["metrics"]]
        decision = decide(hpa, target, SELECTOR, source, memory)
        got = {
            "proposals": proposals,
            "desired": decision.desired,
            "conditions": {kind: [*words[:2]] for kind, words in decision.conditions.items()},
            "events": [_any_pod(" ".join(event)) for event in decision.events],
            "current_metrics": decision.metrics,
            "error": _any_pod(decision.error) or None,
        }
        if "recommendations_after" in row["want"]:
            got["recommendations_after"] = [
                [int((NOW - one.at).total_seconds()), one.replicas] for one in memory.recommendations or ()
            ]
        yield row["id"], list(differences(row["want"], got))


def _proposal(metric: Row, target: Target, source: Recorded, spec: Row) -> Row:
    question = Question(source, NAMESPACE, SELECTOR, target, tolerances(spec))
    try:
        return {"replicas": ask(metric, question).replicas}
    except MetricFailed as failure:
        return {"error": _any_pod(str(failure))}


def _any_pod(text: str) -> str:
    """Return a message without the Pod's name: upstream finds the Pods in Go's random order."""
    return re.sub(r"( of| in) Pod \S+", r"\1 Pod <pod>", text)


def hpa_of(spec: Row) -> Row:
    """Return the autoscaler of Deployment web with a spec."""
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return {
        "metadata": {"name": "web", "namespace": NAMESPACE},
        "spec": {"scaleTargetRef": reference, **spec},
    }


def _target(row: Row) -> Target:
    wanted, there = row["scale"]
    return Target([pod_of(pod, NOW) for pod in row["pods"]], wanted, there, NOW)


def pod_of(pod: Row, now: datetime) -> Row:
    """Return a Pod as the API has it; its ages are seconds before `now`."""
    status: Row = {"phase": pod.get("phase", "Running")}
    if pod.get("started") is not None:
        status["startTime"] = _ago(pod["started"], now)
    if pod.get("ready") is not None:
        ready = {
            "type": "Ready",
            "status": str(bool(pod["ready"])),
            "lastTransitionTime": _ago(pod["ready_since"], now),
        }
        status["conditions"] = [ready]
    metadata: Row = {"name": pod["name"]}
    if pod.get("deleting"):
        metadata["deletionTimestamp"] = _ago(0, now)
    sidecars = [{**_container(one), "restartPolicy": "Always"} for one in pod.get("sidecars", ())]
    spec: Row = {"containers": [_container(one) for one in pod["containers"]], "initContainers": sidecars}
    if pod.get("pod_requests"):
        spec["resources"] = {"requests": pod["pod_requests"]}
    return {"metadata": metadata, "spec": spec, "status": status}


def _container(container: Row) -> Row:
    return {"name": container["name"], "resources": {"requests": container.get("requests") or {}}}


def _memory(history: Row | None) -> Memory:
    if history is None:  # the controller has just started
        return Memory()
    at = {age: NOW - timedelta(seconds=age) for kind in history.values() for age, _ in kind}
    return Memory(
        [Recommendation(replicas, at[age]) for age, replicas in history["recommendations"]],
        *([ScaleEvent(change, at[age]) for age, change in history.get(way, ())] for way in ("up", "down")),
    )


def _ago(seconds: float, now: datetime) -> str:
    return timestamps.micros(now - timedelta(seconds=seconds))
