"""Each kind of metric of a HorizontalPodAutoscaler: how it is asked for, reckoned, reported and refused.

Source: pkg/controller/podautoscaler/horizontal.go:computeReplicasForMetric and the computeStatusFor...
functions, metrics/client.go@v1.36.2.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from insideout.apimachinery import amount, quantity, timestamps
from insideout.controllers.podautoscaler import calculator
from insideout.controllers.podautoscaler.calculator import Proposal, Target, Tolerances
from insideout.controllers.podautoscaler.metrics import MetricError, MetricsSource, PodMetric, PodMetrics

Object = dict[str, Any]
NO_TARGET = "neither a value target nor an average value target was set"


class Question(NamedTuple):
    """What all metrics of one sync are asked with."""

    source: MetricsSource
    namespace: str
    selector: str
    target: Target
    tolerances: Tolerances


class Answer(NamedTuple):
    """A metric's answer: the size, the name for "above target", and its entry in status.currentMetrics."""

    replicas: int
    name: str
    status: Object


class MetricFailed(Exception):  # noqa: N818  it says what happened, and upstream's reasons say Failed
    """A metric gave no size: the Event's reason and message, and what the sync says of it."""

    def __init__(self, reason: str, message: str, whole: str) -> None:
        super().__init__(whole)
        self.reason = reason
        self.message = message


def ask(metric: Object, question: Question) -> Answer:
    """Return what one entry of spec.metrics asks for.  Raises MetricFailed."""
    return _KINDS[metric["type"]](metric, question)


def _resource(metric: Object, question: Question) -> Answer:
    spec = metric["resource"]
    try:
        proposal, name, current = _of_resource(spec, "", "resource", question)
    except MetricError as error:
        whole = f"failed to get {spec['name']} resource metric value: {error}"
        raise MetricFailed("FailedGetResourceMetric", str(error), whole) from None
    status = {"type": "Resource", "resource": {"name": spec["name"], "current": current}}
    return Answer(proposal.replicas, name, status)


def _container_resource(metric: Object, question: Question) -> Answer:
    spec = metric["containerResource"]
    try:
        proposal, name, current = _of_resource(spec, spec["container"], "container resource", question)
    except MetricError as error:
        whole = f"failed to get {spec['container']} container metric value: {error}"
        raise MetricFailed("FailedGetContainerResourceMetric", str(error), whole) from None
    told = {"name": spec["name"], "container": spec["container"], "current": current}
    return Answer(proposal.replicas, name, {"type": "ContainerResource", "containerResource": told})


def _of_resource(
    spec: Object, container: str, words: str, question: Question
) -> tuple[Proposal, str, Object]:
    """Return the proposal, the metric's name in words, and the load to report; MetricError."""
    resource, wanted = spec["name"], spec["target"]
    form: amount.Format = "BinarySI" if resource == "memory" else "DecimalSI"
    if wanted.get("averageValue") is not None:
        try:
            metrics = resource_metrics(question, resource, container)
            milli = quantity.milli(wanted["averageValue"])
            made = calculator.by_average(question.target, metrics, milli, resource, question.tolerances)
        except MetricError as error:
            raise MetricError(f"failed to get {resource} usage: {error}") from None
        return made, f"{resource} resource", {"averageValue": _text(made.milli, form)}
    if wanted.get("averageUtilization") is None:
        raise MetricError(
            "invalid resource metric source: neither an average utilization target nor an average value "
            "(usage) target was set"
        )
    try:
        metrics = resource_metrics(question, resource, container)
        percent = wanted["averageUtilization"]
        made = calculator.by_utilization(
            question.target, metrics, percent, resource, question.tolerances, container
        )
    except MetricError as error:
        raise MetricError(f"failed to get {resource} utilization: {error}") from None
    current = {"averageUtilization": made.percent, "averageValue": _text(made.milli, form)}
    return made, f"{resource} {words} utilization (percentage of request)", current


def resource_metrics(question: Question, resource: str, container: str) -> PodMetrics:
    """Return the usage of each Pod that has one; of all containers, or of one.

    Source: metrics/client.go:GetResourceMetric.
    """
    items = question.source.usage(question.namespace, question.selector)
    if not items:
        raise MetricError(
            f"unable to get metrics for resource {resource}: no metrics returned from resource metrics API"
        )
    found: PodMetrics = {}
    for item in items:
        usages = [one["usage"].get(resource) for one in item["containers"] if container in ("", one["name"])]
        if usages and None not in usages:
            milli = sum(map(quantity.milli, usages))
            found[item["metadata"]["name"]] = PodMetric(milli, *_measured(item))
    return found


def _measured(item: Object) -> tuple[datetime, float]:
    return timestamps.parse(item["timestamp"]), float(item["window"].removesuffix("s"))


def _pods(metric: Object, question: Question) -> Answer:
    spec = metric["pods"]
    try:
        try:
            metrics = question.source.of_pods(question.namespace, question.selector, spec["metric"])
        except MetricError as error:
            raise MetricError(f"unable to get metric {spec['metric']['name']}: {error}") from None
        milli = quantity.milli(spec["target"]["averageValue"])
        made = calculator.by_average(question.target, metrics, milli, "", question.tolerances)
    except MetricError as error:
        whole = f"failed to get pods metric value: {error}"
        raise MetricFailed("FailedGetPodsMetric", str(error), whole) from None
    current = {"metric": spec["metric"], "current": {"averageValue": _text(made.milli)}}
    return Answer(made.replicas, f"pods metric {spec['metric']['name']}", {"type": "Pods", "pods": current})


def _object(metric: Object, question: Question) -> Answer:
    spec = metric["object"]
    wanted, described, name = spec["target"], spec["describedObject"], spec["metric"]["name"]
    by_value = wanted["type"] == "Value" and wanted.get("value") is not None
    by_average = wanted["type"] == "AverageValue" and wanted.get("averageValue") is not None
    reason, begin = "FailedGetObjectMetric", "failed to get object metric value: "
    if not by_value and not by_average:
        message = f"invalid object metric source: {NO_TARGET}"
        raise MetricFailed(reason, message, begin + message)
    try:
        used = question.source.of_object(question.namespace, described, spec["metric"])
    except MetricError as error:
        # The order of upstream's words and that of its values differ.
        place = f"{described['kind']} on {question.namespace} {described['name']}/{error}"
        message = f"unable to get metric {name}: {place}"
        whole = begin + (message if by_value else f"failed to get {name} object metric: {message}")
        raise MetricFailed(reason, message, whole) from None
    status: Object = {"describedObject": described, "metric": spec["metric"]}
    try:
        if by_value:
            milli = quantity.milli(wanted["value"])
            made = calculator.by_value(question.target, used, milli, question.tolerances)
            words, status["current"] = f"{described['kind']} metric {name}", {"value": _text(made.milli)}
        else:
            milli = quantity.milli(wanted["averageValue"])
            made = calculator.by_value_per_pod(question.target, used, milli, question.tolerances)
            # Upstream calls it external here, too.
            words = f"external metric {name}({_selector(spec['metric'])})"
            status["current"] = {"averageValue": _text(made.milli)}
    except MetricError as error:
        raise MetricFailed(reason, str(error), f"{begin}{error}") from None
    return Answer(made.replicas, words, {"type": "Object", "object": status})


def _external(metric: Object, question: Question) -> Answer:
    spec = metric["external"]
    wanted, name = spec["target"], spec["metric"]["name"]
    reason, begin = "FailedGetExternalMetric", f"failed to get {name} external metric value: "
    by_average = wanted.get("averageValue") is not None
    if not by_average and wanted.get("value") is None:
        message = f"invalid external metric source: {NO_TARGET}"
        raise MetricFailed(reason, message, begin + message)
    try:
        try:
            used = sum(question.source.external(question.namespace, spec["metric"]))
        except MetricError as error:
            place = f"{question.namespace}/{name}/{_selector(spec['metric'], pointer=True)}"
            raise MetricError(f"unable to get external metric {place}: {error}") from None
        if by_average:
            milli = quantity.milli(wanted["averageValue"])
            made = calculator.by_value_per_pod(question.target, used, milli, question.tolerances)
        else:
            milli = quantity.milli(wanted["value"])
            made = calculator.by_value(question.target, used, milli, question.tolerances)
    except MetricError as error:
        middle = (
            f"failed to get {name} external metric" if by_average else f"failed to get external metric {name}"
        )
        raise MetricFailed(reason, str(error), f"{begin}{middle}: {error}") from None
    current = {"averageValue" if by_average else "value": _text(made.milli)}
    status = {"type": "External", "external": {"metric": spec["metric"], "current": current}}
    return Answer(made.replicas, f"external metric {name}({_selector(spec['metric'])})", status)


_KINDS: dict[str, Callable[[Object, Question], Answer]] = {
    "Resource": _resource,
    "ContainerResource": _container_resource,
    "Pods": _pods,
    "Object": _object,
    "External": _external,
}


def _selector(metric: Object, *, pointer: bool = False) -> str:
    """Return a metric's selector as Go prints it; there is none in nearly every metric."""
    selector = metric.get("selector")
    if selector is None:
        return "nil"
    labels = " ".join(
        f"{key}: {value}," for key, value in sorted((selector.get("matchLabels") or {}).items())
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        "MatchExpressions:[]LabelSelectorRequirement{},}"
    )


def _text(milli: int, form: amount.Format = "DecimalSI") -> str:
    """Return thousandths as the API server writes the quantity."""
    return amount.of(Decimal(milli) / 1000, form).text
