"""One sync of a HorizontalPodAutoscaler, without an API server: what is measured in, the decision out.

Left out: scaling to zero, whose feature gate is off by default.

Source: pkg/controller/podautoscaler/horizontal.go:reconcileAutoscaler, computeReplicasForMetrics@v1.36.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from insideout.apimachinery import quantity
from insideout.controllers.podautoscaler import limits, sources
from insideout.controllers.podautoscaler.calculator import Target, Tolerances
from insideout.controllers.podautoscaler.memory import Memory
from insideout.controllers.podautoscaler.metrics import MetricsSource
from insideout.controllers.podautoscaler.sources import MetricFailed, Question

Object = dict[str, Any]

_FAILED = "the HPA was unable to compute the replica count: "


class Event(NamedTuple):
    """An Event to record on the autoscaler."""

    type: str
    reason: str
    message: str


@dataclass
class Decision:
    """What a sync decided.

    `desired` is the size to set where `rescale` holds, else the current one.  `conditions` are [status,
    reason, message] by type; a type that is missing is left as it was.  `metrics` is status.currentMetrics,
    None where no metric was asked.  `error` is what the sync ended with, "" when all was well.
    """

    desired: int = 0
    rescale: bool = False
    conditions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    metrics: list[Object] | None = None
    error: str = ""


def tolerances(spec: Object) -> Tolerances:
    """Return the tolerances of a HorizontalPodAutoscaler's spec."""
    behavior = spec.get("behavior") or {}

    def of(way: str, default: float) -> float:
        own = (behavior.get(way) or {}).get("tolerance")
        return default if own is None else float(quantity.parse(own))

    plain = Tolerances()
    return Tolerances(of("scaleDown", plain.down), of("scaleUp", plain.up))


def decide(hpa: Object, target: Target, selector: str, source: MetricsSource, memory: Memory) -> Decision:
    """Return what to do now; `memory` is read and written."""
    spec, current, now = hpa["spec"], target.spec_replicas, target.now
    made = Decision()
    lowest = spec["minReplicas"] if spec.get("minReplicas") is not None else 1
    highest = spec["maxReplicas"]
    behavior = limits.with_defaults(spec.get("behavior"))
    _able(made, ("SucceededGetScale", "the HPA controller was able to get the target's current scale"))
    memory.begin(current, now)
    reason = ""
    if current == 0:
        why = "scaling is disabled since the replica count of the target is zero"
        made.conditions["ScalingActive"] = ("False", "ScalingDisabled", why)
        return made
    if current > highest:
        made.desired, made.rescale, reason = (
            highest,
            True,
            "Current number of replicas above Spec.MaxReplicas",
        )
    elif current < lowest:
        made.desired, made.rescale, reason = lowest, True, "Current number of replicas below Spec.MinReplicas"
    else:
        question = Question(source, hpa["metadata"]["namespace"], selector, target, tolerances(spec))
        wanted, name = _ask_all(made, spec["metrics"], question)
        if wanted is None:
            made.events.append(Event("Warning", "FailedComputeMetricsReplicas", made.error))
            reference = (
                f"{spec['scaleTargetRef']['kind']}/{question.namespace}/{spec['scaleTargetRef']['name']}"
            )
            words = "failed to compute desired number of replicas based on listed metrics for"
            made.error = f"{words} {reference}: {made.error}"
            made.desired = current
            return made
        if wanted > current:
            reason = f"{name} above target"
        elif wanted < current:
            reason = "All metrics below target"
        bounds = (lowest, highest)
        if behavior is None:
            limited = limits.plain(memory, current, wanted, bounds, now)
        else:
            limited = limits.by_behavior(memory, behavior, current, wanted, bounds, now)
        _able(made, limited.able)
        made.conditions["ScalingLimited"] = ("True" if limited.is_limited else "False", *limited.limit)
        made.desired, made.rescale = limited.replicas, limited.replicas != current
    if made.rescale:
        _able(
            made,
            ("SucceededRescale", f"the HPA controller was able to update the target scale to {made.desired}"),
        )
        message = f"New size: {made.desired}; reason: {reason}"
        made.events.append(Event("Normal", "SuccessfulRescale", message))
        memory.scaled(behavior, current, made.desired, now)
    return made


def _able(made: Decision, why: tuple[str, str]) -> None:
    made.conditions["AbleToScale"] = ("True", *why)


def _ask_all(made: Decision, metrics: Sequence[Object], question: Question) -> tuple[int | None, str]:
    """Return the largest size that a metric asks for and that metric; None when the failures forbid to act.

    Failures forbid it when all metrics failed, or when the others would scale down.
    """
    replicas, name = 0, ""
    failures: list[MetricFailed] = []
    made.metrics = []
    for metric in metrics:
        try:
            answer = sources.ask(metric, question)
        except MetricFailed as failure:
            failures.append(failure)
            made.metrics.append({"type": ""})
            made.events.append(Event("Warning", failure.reason, failure.message))
            continue
        made.metrics.append(answer.status)
        if not replicas or answer.replicas > replicas:
            replicas, name = answer.replicas, answer.name
    if failures:
        counts = f"{len(failures)} invalid out of {len(metrics)}"
        made.error = f"invalid metrics ({counts}), first error is: {failures[0]}"
    if len(failures) == len(metrics) or (failures and replicas < question.target.spec_replicas):
        first = failures[0]
        made.conditions["ScalingActive"] = ("False", first.reason, _FAILED + first.message)
        return None, ""
    found = f"the HPA was able to successfully calculate a replica count from {name}"
    made.conditions["ScalingActive"] = ("True", "ValidMetricFound", found)
    return replicas, name
