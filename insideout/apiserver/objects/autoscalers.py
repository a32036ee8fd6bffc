"""HorizontalPodAutoscalers.

Source: pkg/apis/autoscaling/validation/validation.go, pkg/apis/autoscaling/v2/defaults.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import amount, names
from insideout.apiserver.objects import counts, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_TYPES = ("ContainerResource", "External", "Object", "Pods", "Resource")
_SOURCES = ("object", "external", "pods", "resource", "containerResource")
_MOST_PERIOD_S = 1800
_MOST_WINDOW_S = 3600


def defaults(obj: Object) -> None:
    """Fill in what an autoscaler leaves out: 80 % of the requested CPU is the goal."""
    spec = obj["spec"]
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = spec.get("behavior")
    if behavior is not None:
        by_percent = {"type": "Percent", "value": 100, "periodSeconds": 15}
        by_pods = {"type": "Pods", "value": 4, "periodSeconds": 15}
        up, down = behavior.get("scaleUp") or {}, behavior.get("scaleDown") or {}
        behavior["scaleUp"] = {
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": [by_pods, by_percent],
            **up,
        }
        behavior["scaleDown"] = {"selectPolicy": "Max", "policies": [dict(by_percent)], **down}


def validate(obj: Object) -> Causes:
    """Return what is wrong with an autoscaler."""
    return metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain) + _spec(obj["spec"], None)


def _spec(spec: Object, before: Object | None) -> Causes:
    causes: Causes = []
    least, most = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if least is not None and least < 1:
        causes.append(field.invalid("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most == 0:
        causes.append(field.required("spec.maxReplicas", "must be set and greater than 0"))
    elif most < 0:
        causes.append(field.invalid("spec.maxReplicas", most, "must be greater than or equal to 1"))
    if least is not None and most < least:
        detail = "must be greater than or equal to `minReplicas`"
        causes.append(field.invalid("spec.maxReplicas", most, detail))
    target: Object = spec.get("scaleTargetRef") or {}
    known = (before or {}).get("scaleTargetRef") or {}
    if any(target.get(name) != known.get(name) for name in ("apiVersion", "kind")):
        needs_group = target.get("kind") != "ReplicationController"
        causes += _reference(target, "spec.scaleTargetRef", needs_group=needs_group)
    else:
        causes += _reference({**target, "apiVersion": ""}, "spec.scaleTargetRef")
    metrics = spec.get("metrics") or ()
    for index, metric in enumerate(metrics):
        causes += _metric(metric, f"spec.metrics[{index}]")
    if least == 0 and not any(metric.get("type") in ("Object", "External") for metric in metrics):
        detail = "must specify at least one Object or External metric to support scaling to zero replicas"
        causes.append(field.forbidden("spec.metrics", detail))
    behavior = spec.get("behavior") or {}
    for name in ("scaleUp", "scaleDown"):
        if behavior.get(name) is not None:
            causes += _scaling_rules(behavior[name], f"spec.behavior.{name}")
    return causes


def _reference(ref: Object, path: str, *, needs_group: bool = False) -> Causes:
    causes: Causes = []
    for name in ("kind", "name"):
        given = ref.get(name, "")
        if given:
            causes += field.each(f"{path}.{name}", given, names.path_segment(given))
        else:
            causes.append(field.required(f"{path}.{name}"))
    version = ref.get("apiVersion", "")
    if version.count("/") > 1:
        detail = f"unexpected GroupVersion string: {version}"
        causes.append(field.invalid(f"{path}.apiVersion", version, detail))
    elif needs_group and "/" not in version:
        causes.append(field.invalid(f"{path}.apiVersion", version, "apiVersion must specify API group"))
    return causes


def _metric(metric: Object, path: str) -> Causes:
    kind = metric.get("type", "")
    causes: Causes = []
    if not kind:
        causes.append(field.required(f"{path}.type", "must specify a metric source type"))
    causes += field.one_of(f"{path}.type", kind, _TYPES)
    given = [name for name in _SOURCES if metric.get(name) is not None]
    if given:
        causes += _source(given[0], metric[given[0]], f"{path}.{given[0]}")
    due = kind[:1].lower() + kind[1:]
    if kind not in _TYPES:
        return [*causes, field.not_supported(f"{path}.type", kind, _TYPES)]
    if due not in given:
        detail = "must populate information for the given metric source"
        causes.append(field.required(f"{path}.{due}", detail))
    if len(given) != 1:
        detail = "must populate the given metric source only"
        causes += [field.forbidden(f"{path}.{name}", detail) for name in given if name != due]
    return causes


def _source(name: str, source: Object, path: str) -> Causes:
    target: Object = source.get("target") or {}
    at = f"{path}.target"
    causes: Causes = []
    if name in ("resource", "containerResource"):
        if not source.get("name"):
            causes.append(field.required(f"{path}.name", "must specify a resource name"))
        container = source.get("container", "")
        if name == "containerResource":
            if container:
                causes += field.each(f"{path}.container", container, names.dns_label(container))
            else:
                causes.append(field.required(f"{path}.container", "must specify a container"))
        causes += _target(target, at)
        pair = [target.get(key) is not None for key in ("averageUtilization", "averageValue")]
        if not any(pair):
            detail = "must set either a target raw value or a target utilization"
            causes.append(field.required(f"{at}.averageUtilization", detail))
        if all(pair):
            detail = "may not set both a target raw value and a target utilization"
            causes.append(field.forbidden(f"{at}.averageValue", detail))
        return causes
    if name == "object":
        causes += _reference(source.get("describedObject") or {}, f"{path}.describedObject")
    metric = (source.get("metric") or {}).get("name", "")
    if metric:
        causes += field.each(f"{path}.metric.name", metric, names.path_segment(metric))
    else:
        causes.append(field.required(f"{path}.metric.name", "must specify a metric name"))
    return causes + _target(target, at) + _metric_target(name, target, at)


def _metric_target(name: str, target: Object, path: str) -> Causes:
    value, average = target.get("value"), target.get("averageValue")
    if name == "pods":
        detail = "must specify a positive target averageValue"
        return [field.required(f"{path}.averageValue", detail)] if average is None else []
    if value is None and average is None:
        of = {"object": "value or averageValue", "external": "value for metric or a per-pod target"}[name]
        return [field.required(f"{path}.averageValue", f"must set either a target {of}")]
    if name == "external" and value is not None and average is not None:
        detail = "may not set both a target value for metric and a per-pod target"
        return [field.forbidden(f"{path}.value", detail)]
    return []


def _target(target: Object, path: str) -> Causes:
    kind = target.get("type", "")
    causes: Causes = []
    if not kind:
        causes.append(field.required(f"{path}.type", "must specify a metric target type"))
    if kind not in ("Utilization", "Value", "AverageValue"):
        detail = "must be either Utilization, Value, or AverageValue"
        causes.append(field.invalid(f"{path}.type", kind, detail))
    for name in ("value", "averageValue"):
        if target.get(name) is not None and amount.parse(target[name]).value <= 0:
            causes.append(field.invalid(f"{path}.{name}", target[name], "must be positive"))
    share = target.get("averageUtilization")
    if share is not None and share < 1:
        causes.append(field.invalid(f"{path}.averageUtilization", share, "must be greater than 0"))
    return causes


def _scaling_rules(rules: Object, path: str) -> Causes:
    causes: Causes = []
    window_s, at = rules.get("stabilizationWindowSeconds"), f"{path}.stabilizationWindowSeconds"
    if window_s is not None and window_s < 0:
        causes.append(field.invalid(at, window_s, "must be greater than or equal to zero"))
    if window_s is not None and window_s > _MOST_WINDOW_S:
        causes.append(field.invalid(at, window_s, f"must be less than or equal to {_MOST_WINDOW_S}"))
    select = rules.get("selectPolicy")
    if select is not None:
        causes += field.one_of(f"{path}.selectPolicy", select, ("Disabled", "Max", "Min"))
    policies = rules.get("policies") or ()
    if not policies:
        causes.append(field.required(f"{path}.policies", "must specify at least one Policy"))
    for index, policy in enumerate(policies):
        where = f"{path}.policies[{index}]"
        causes += field.one_of(f"{where}.type", policy.get("type", ""), ("Percent", "Pods"))
        for name in ("value", "periodSeconds"):
            given = policy.get(name, 0)
            if given <= 0:
                causes.append(field.invalid(f"{where}.{name}", given, "must be greater than zero"))
        if policy.get("periodSeconds", 0) > _MOST_PERIOD_S:
            detail = f"must be less than or equal to {_MOST_PERIOD_S}"
            causes.append(field.invalid(f"{where}.periodSeconds", policy["periodSeconds"], detail))
    tolerance = rules.get("tolerance")
    if tolerance is not None and amount.parse(tolerance).value < 0:
        causes.append(field.invalid(f"{path}.tolerance", tolerance, field.NOT_NEGATIVE))
    return causes


def _status(new: Object, old: Object) -> Causes:
    keys = ("currentReplicas", "desiredReplicas")
    return metadata_change(new, old) + counts.not_negative(new.get("status") or {}, keys, "status")


HORIZONTAL_POD_AUTOSCALER = Strategy(
    defaults=defaults,
    validate=validate,
    validate_update=lambda new, old: metadata_change(new, old) + _spec(new["spec"], old["spec"]),
    validate_status=_status,
    has_status=True,
)
