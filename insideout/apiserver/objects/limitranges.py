"""LimitRanges: the least and the most that containers, pods and claims of a namespace may ask for.

Source: pkg/apis/core/validation/validation.go (ValidateLimitRange), pkg/apis/core/v1/defaults.go
(SetDefaults_LimitRangeItem)@v1.36.2.
"""

from decimal import Decimal
from typing import Any

from insideout.apimachinery import names, resources
from insideout.apimachinery.amount import Amount
from insideout.apimachinery.resources import Amounts
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import requirements
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

TYPES = ("Pod", "Container", "PersistentVolumeClaim")
_LISTS = ("max", "min", "default", "defaultRequest")


def defaults(obj: Object) -> None:
    """Let what is said of containers say the rest: the most is the default limit, that the request."""
    for item in (obj.get("spec") or {}).get("limits") or ():
        if item.get("type") != "Container":
            continue
        limit = {**(item.get("max") or {}), **(item.get("default") or {})}
        request = {**(item.get("min") or {}), **limit, **(item.get("defaultRequest") or {})}
        for name, values in (("default", limit), ("defaultRequest", request)):
            if values:
                item[name] = values


def validate(obj: Object) -> Causes:
    """Return what is wrong with a LimitRange."""
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    seen: set[str] = set()
    for index, item in enumerate(obj["spec"].get("limits") or ()):
        at, type_ = f"spec.limits[{index}]", item.get("type", "")
        causes += _type(type_, f"{at}.type")
        if type_ in seen:
            causes.append(field.duplicate(f"{at}.type", type_))
        seen.add(type_)
        causes += _item(item, type_, at)
    return causes


def _type(type_: str, path: str) -> Causes:
    if reasons := names.label_key(type_):
        return field.each(path, type_, reasons)
    if "/" not in type_ and type_ not in TYPES:
        return [field.invalid(path, type_, "must be a standard limit type or fully qualified")]
    return []


def _item(item: Object, type_: str, path: str) -> Causes:
    causes: Causes = []
    amounts = {name: resources.amounts(item.get(name)) for name in (*_LISTS, "maxLimitRequestRatio")}
    rule = requirements.container_resource_name if type_ in TYPES[:2] else requirements.resource_name
    for name in _LISTS:
        if type_ == "Pod" and name in ("default", "defaultRequest"):
            if amounts[name]:
                causes.append(field.forbidden(f"{path}.{name}", "may not be specified when `type` is 'Pod'"))
            amounts[name] = {}
            continue
        for key in sorted(amounts[name]):
            causes += rule(key, f"{path}.{name}[{key}]")
    if type_ == "PersistentVolumeClaim" and not any("storage" in amounts[name] for name in ("min", "max")):
        detail = "either minimum or maximum storage value is required, but neither was provided"
        causes.append(field.required(f"{path}.limits", detail))
    for key in sorted(amounts["maxLimitRequestRatio"]):
        causes += rule(key, f"{path}.maxLimitRequestRatio[{key}]")
    for key in sorted({key for name in _LISTS for key in amounts[name]}):
        causes += _order(key, {name: each.get(key) for name, each in amounts.items()}, path)
    return causes


_ORDER = (
    ("min", "max", "min", "min value {} is greater than max value {}"),
    ("min", "defaultRequest", "defaultRequest", "min value {} is greater than default request value {}"),
    ("defaultRequest", "max", "defaultRequest", "default request value {} is greater than max value {}"),
    (
        "defaultRequest",
        "default",
        "defaultRequest",
        "default request value {} is greater than default limit value {}",
    ),
    ("min", "default", "default", "min value {} is greater than default value {}"),
    ("default", "max", "default", "default value {} is greater than max value {}"),
)
"""What must not be greater than what, where that is said, and how."""


def _order(key: str, given: dict[str, Amount | None], path: str) -> Causes:
    causes: Causes = []
    for less, more, where, text in _ORDER:
        one, other = given[less], given[more]
        if one is not None and other is not None and one.value > other.value:
            shown = {"min": one, "max": other}.get(where, given[where]) or one
            if where == "default":
                shown = one if less == "min" else other
            causes.append(field.invalid(f"{path}.{where}[{key}]", shown.text, text.format(one, other)))
    causes += _ratio(key, given, path)
    limit, request = given["default"], given["defaultRequest"]
    differ = limit is not None and request is not None and limit.value != request.value
    if differ and request is not None and not requirements.allows_overcommit(key):
        detail = f"default value {limit} must equal to defaultRequest value {request} in {key}"
        causes.append(field.invalid(f"{path}.defaultRequest[{key}]", request.text, detail))
    return causes


def _ratio(key: str, given: dict[str, Amount | None], path: str) -> Causes:
    ratio, least, most = (given[name] for name in ("maxLimitRequestRatio", "min", "max"))
    if ratio is None:
        return []
    at = f"{path}.maxLimitRequestRatio[{key}]"
    causes: Causes = []
    if ratio.value < 1:
        causes.append(field.invalid(at, ratio.text, f"ratio {ratio} is less than 1"))
    if least is not None and most is not None and least.value:
        highest = most.value / least.value
        if ratio.value > highest:
            detail = f"ratio {ratio} is greater than max/min = {highest:.6f}"
            causes.append(field.invalid(at, ratio.text, detail))
    return causes


def defaults_of(limit_range: Object) -> tuple[Amounts, Amounts]:
    """Return the requests and limits that containers get which say none."""
    requests: Amounts = {}
    limits: Amounts = {}
    for item in limit_range["spec"].get("limits") or ():
        if item.get("type") == "Container":
            requests |= resources.amounts(item.get("defaultRequest"))
            limits |= resources.amounts(item.get("default"))
    return requests, limits


def ratio_of(limit: Amount | None, request: Amount | None) -> Decimal:
    """Return how many times a limit is its request; 0 without both."""
    if limit is None or request is None or not request.value:
        return Decimal(0)
    return limit.value / request.value


LIMIT_RANGE = Strategy(
    defaults=defaults,
    validate=validate,
    validate_update=lambda new, old: validate(new),
)
