"""HorizontalPodAutoscalers of autoscaling/v1, which know CPU only; annotations carry what else v2 says.

Source: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/annotations.go@v1.36.2.
"""

import json
from collections.abc import Callable
from typing import Any

Object = dict[str, Any]

_PREFIX = "autoscaling.alpha.kubernetes.io/"
METRICS, STATUSES = f"{_PREFIX}metrics", f"{_PREFIX}current-metrics"
BEHAVIOR, CONDITIONS = f"{_PREFIX}behavior", f"{_PREFIX}conditions"
_ANNOTATIONS = (METRICS, STATUSES, BEHAVIOR, CONDITIONS)
_RESOURCES = ("Resource", "ContainerResource")


def from_v2(obj: Object) -> Object:
    """Return an autoscaler as autoscaling/v1 shows it."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    metrics, statuses = spec.get("metrics") or [], status.get("currentMetrics") or []
    shown = {key: value for key, value in spec.items() if key not in ("metrics", "behavior")}
    known = [each for each in metrics if _is_cpu(each, "target")]
    if known:
        shown["targetCPUUtilizationPercentage"] = known[0]["resource"]["target"]["averageUtilization"]
    carried = {
        METRICS: [_flat(each, "target") for each in metrics if not _is_cpu(each, "target")],
        STATUSES: [_flat(each, "current") for each in statuses],
        BEHAVIOR: _capitals(spec.get("behavior") or {}),
        CONDITIONS: status.get("conditions") or [],
    }
    state = {key: value for key, value in status.items() if key not in ("currentMetrics", "conditions")}
    state.setdefault("currentReplicas", 0)
    measured = [each for each in statuses if _is_cpu(each, "current")]
    if measured:
        state["currentCPUUtilizationPercentage"] = measured[0]["resource"]["current"]["averageUtilization"]
    notes = {name: value for name, value in _notes(obj).items() if name not in _ANNOTATIONS}
    notes |= {name: json.dumps(value, separators=(",", ":")) for name, value in carried.items() if value}
    return {
        **obj,
        "apiVersion": "autoscaling/v1",
        "metadata": _with_notes(obj["metadata"], notes),
        "spec": shown,
        "status": state,
    }


def to_v2(obj: Object) -> Object:
    """Return an autoscaler of autoscaling/v1 as it is stored; annotations that no one can read go."""
    spec, status = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    notes = _notes(obj)
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    metrics = [_deep(each, "target") for each in _read(notes, METRICS, list)]
    if percent is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if metrics:
        spec["metrics"] = metrics
    behavior = _smalls(_read(notes, BEHAVIOR, dict))
    if behavior:
        spec["behavior"] = behavior
    measured = status.pop("currentCPUUtilizationPercentage", None)
    statuses = [_deep(each, "current") for each in _read(notes, STATUSES, list)]
    if not statuses and measured is not None:
        current = {"averageUtilization": measured}
        statuses = [{"type": "Resource", "resource": {"name": "cpu", "current": current}}]
    if statuses:
        status["currentMetrics"] = statuses
    conditions = _read(notes, CONDITIONS, list)
    if conditions:
        status["conditions"] = conditions
    left = {name: value for name, value in notes.items() if name not in _ANNOTATIONS}
    made = {
        **obj,
        "apiVersion": "autoscaling/v2",
        "metadata": _with_notes(obj["metadata"], left),
        "spec": spec,
    }
    return {**made, "status": status} if status else made


def _notes(obj: Object) -> dict[str, str]:
    return dict(obj["metadata"].get("annotations") or {})


def _with_notes(metadata: Object, notes: dict[str, str]) -> Object:
    kept = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**kept, "annotations": notes} if notes else kept


def _read(notes: dict[str, str], name: str, form: type) -> Any:
    try:
        found = json.loads(notes.get(name, "null"))
    except ValueError:
        return form()
    return found if isinstance(found, form) else form()


def _is_cpu(metric: Object, part: str) -> bool:
    source = metric.get("resource") or {}
    value = (source.get(part) or {}).get("averageUtilization")
    return metric.get("type") == "Resource" and source.get("name") == "cpu" and value is not None


def _capitals(value: Any) -> Any:
    """Return JSON with Go's field names: upstream writes the behaviour's internal form."""
    return _renamed(value, lambda key: key[:1].upper() + key[1:])


def _smalls(value: Any) -> Any:
    return _renamed(value, lambda key: key[:1].lower() + key[1:])


def _renamed(value: Any, name: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name(key): _renamed(each, name) for key, each in value.items() if each is not None}
    return [_renamed(each, name) for each in value] if isinstance(value, list) else value


def _source(metric: Object) -> str:
    kind = str(metric.get("type", ""))
    return kind[:1].lower() + kind[1:]


def _flat(metric: Object, part: str) -> Object:
    """Return a v2 metric in v1's form: its `target` or `current` value spread over the source."""
    kind, key = metric.get("type", ""), _source(metric)
    source = dict(metric.get(key) or {})
    value, named = source.pop(part, None) or {}, source.pop("metric", None) or {}
    flat: Object = {}
    if kind in _RESOURCES:
        flat = {**source, f"{part}AverageUtilization": value.get("averageUtilization")}
        flat[f"{part}AverageValue"] = value.get("averageValue")
    elif kind == "Pods":
        flat = {"metricName": named.get("name", ""), f"{part}AverageValue": value.get("averageValue", "0")}
        flat["selector"] = named.get("selector")
    elif kind == "Object":
        flat = {"target": source.get("describedObject") or {}, "metricName": named.get("name", "")}
        flat |= {f"{part}Value": value.get("value", "0"), "selector": named.get("selector")}
        flat["averageValue"] = value.get("averageValue")
    elif kind == "External":
        flat = {"metricName": named.get("name", ""), "metricSelector": named.get("selector")}
        flat |= {f"{part}Value": value.get("value"), f"{part}AverageValue": value.get("averageValue")}
    return {"type": kind, key: {name: each for name, each in flat.items() if each is not None}}


def _deep(metric: Object, part: str) -> Object:
    """Return a metric of v1's form in v2's."""
    kind, key = metric.get("type", ""), _source(metric)
    flat = metric.get(key) or {}
    value = {
        "averageUtilization": flat.get(f"{part}AverageUtilization"),
        "averageValue": flat.get(f"{part}AverageValue", flat.get("averageValue")),
        "value": flat.get(f"{part}Value"),
    }
    if kind == "Object" and value["averageValue"] is not None and value["value"] == "0":
        value["value"] = None  # v1 cannot leave it out
    given = {name: each for name, each in value.items() if each is not None}
    if part == "target":
        types = {"averageUtilization": "Utilization", "value": "Value", "averageValue": "AverageValue"}
        order = (
            ("averageValue", "value") if kind == "Object" else ("averageUtilization", "value", "averageValue")
        )
        given = {"type": next((types[each] for each in order if each in given), "AverageValue"), **given}
    if kind in _RESOURCES:
        source = {name: flat[name] for name in ("name", "container") if name in flat}
        return {"type": kind, key: {**source, part: given}}
    selector = flat.get("metricSelector", flat.get("selector"))
    named = {"name": flat.get("metricName", ""), **({} if selector is None else {"selector": selector})}
    described = {"describedObject": flat.get("target") or {}} if kind == "Object" else {}
    return {"type": kind, key: {**described, "metric": named, part: given}}
