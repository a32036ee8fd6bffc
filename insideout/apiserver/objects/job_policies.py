"""Rules for when a Job counts as failed or as done, and when a pod of it is replaced.

Source: pkg/apis/batch/validation/validation.go (validatePodFailurePolicy, validateSuccessPolicy)@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]

_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_MOST_RULES = 20
_MOST_CODES = 255
_OMITTED = "Invalid value"


def failure(spec: Object, path: str) -> Causes:
    """Return what is wrong with podFailurePolicy."""
    rules = (spec.get("podFailurePolicy") or {}).get("rules") or ()
    causes: Causes = []
    if len(rules) > _MOST_RULES:
        causes.append(field.too_many(f"{path}.rules", len(rules), _MOST_RULES))
    for index, rule in enumerate(rules):
        causes += _failure_rule(rule, spec, f"{path}.rules[{index}]")
    return causes


def success(spec: Object, path: str) -> Causes:
    """Return what is wrong with successPolicy."""
    policy = spec.get("successPolicy")
    if policy is None:
        return []
    rules = policy.get("rules") or ()
    if spec.get("completionMode") != "Indexed":
        shown = {"Rules": [_internal_rule(rule) for rule in rules] or None}
        return [field.invalid(path, shown, "requires indexed completion mode")]
    causes: Causes = []
    if not rules:
        detail = "at least one rules must be specified when the successPolicy is specified"
        causes.append(field.required(f"{path}.rules", detail))
    if len(rules) > _MOST_RULES:
        causes.append(field.too_many(f"{path}.rules", len(rules), _MOST_RULES))
    for index, rule in enumerate(rules):
        causes += _success_rule(rule, spec.get("completions") or 0, f"{path}.rules[{index}]")
    return causes


def replacement(spec: Object, path: str) -> Causes:
    """Return what is wrong with podReplacementPolicy."""
    policy = spec.get("podReplacementPolicy")
    if policy is None:
        return []
    known = ("Failed", "TerminatingOrFailed") if spec.get("podFailurePolicy") is None else ("Failed",)
    return field.one_of(path, policy, known)


def count_indexes(text: str, completions: int) -> int:
    """Return how many indexes "1,3-5" names.  Raises ValueError with upstream's words."""
    total, last = 0, -1
    for fragment in text.split(",") if text else ():
        limits = fragment.split("-")
        if len(limits) > 2:
            raise ValueError(
                f'the fragment "{fragment}" violates the requirement that an index interval can have '
                "at most two parts separated by '-'"
            )
        numbers = [_index(limit, completions) for limit in limits]
        first, end = numbers[0], numbers[-1]
        if len(numbers) == 2 and first >= end:
            raise ValueError(f"non-increasing order, previous: {first}, current: {end}")
        if total and last >= first:
            raise ValueError(f"non-increasing order, previous: {last}, current: {first}")
        total, last = total + end - first + 1, end
    return total


def _index(text: str, completions: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError(f'cannot convert string to integer for index: "{text}"')
    if int(text) >= completions:
        raise ValueError(f'too large index: "{text}"')
    return int(text)


def _failure_rule(rule: Object, spec: Object, path: str) -> Causes:
    causes: Causes = []
    action, codes = rule.get("action", ""), rule.get("onExitCodes")
    conditions = rule.get("onPodConditions") or ()
    if not action:
        causes.append(field.required(f"{path}.action", f"valid values: {_quoted(_ACTIONS)}"))
    elif action == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
        detail = "requires the backoffLimitPerIndex to be set"
        causes.append(field.invalid(f"{path}.action", action, detail))
    else:
        causes += field.one_of(f"{path}.action", action, _ACTIONS)
    if codes is not None:
        causes += _exit_codes(codes, spec, f"{path}.onExitCodes")
    if conditions:
        causes += _pod_conditions(conditions, f"{path}.onPodConditions")
    if (codes is not None) == bool(conditions):
        detail = (
            "specifying both OnExitCodes and OnPodConditions is not supported"
            if conditions
            else "specifying one of OnExitCodes and OnPodConditions is required"
        )
        causes.append(field.invalid(path, "", detail)._replace(message=f"{_OMITTED}: {detail}"))
    return causes


def _exit_codes(codes: Object, spec: Object, path: str) -> Causes:
    causes: Causes = []
    operator, values = codes.get("operator", ""), codes.get("values") or []
    if operator:
        causes += field.one_of(f"{path}.operator", operator, ("In", "NotIn"))
    else:
        causes.append(field.required(f"{path}.operator", f"valid values: {_quoted(('In', 'NotIn'))}"))
    pod = spec["template"].get("spec") or {}
    known = {each.get("name") for key in ("containers", "initContainers") for each in pod.get(key) or ()}
    name = codes.get("containerName")
    if name is not None and name not in known:
        detail = "must be one of the container or initContainer names in the pod template"
        causes.append(field.invalid(f"{path}.containerName", name, detail))
    if not values:
        causes.append(field.invalid(f"{path}.values", values or None, "at least one value is required"))
    elif len(values) > _MOST_CODES:
        causes.append(field.too_many(f"{path}.values", len(values), _MOST_CODES))
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            detail = "must not be 0 for the In operator"
            causes.append(field.invalid(f"{path}.values[{index}]", value, detail))
        if value in values[:index]:
            causes.append(field.duplicate(f"{path}.values[{index}]", value))
    if sorted(values) != values:
        causes.append(field.invalid(f"{path}.values", values, "must be ordered"))
    return causes


def _pod_conditions(conditions: list[Object], path: str) -> Causes:
    causes: Causes = []
    if len(conditions) > _MOST_RULES:
        causes.append(field.too_many(path, len(conditions), _MOST_RULES))
    known = ("False", "True", "Unknown")
    for index, pattern in enumerate(conditions):
        at, name, status = f"{path}[{index}]", pattern.get("type", ""), pattern.get("status", "")
        causes += field.each(f"{at}.type", name, names.label_key(name))
        if status:
            causes += field.one_of(f"{at}.status", status, known)
        else:
            causes.append(field.required(f"{at}.status", f"valid values: {_quoted(known)}"))
    return causes


def _success_rule(rule: Object, completions: int, path: str) -> Causes:
    causes: Causes = []
    count, indexes = rule.get("succeededCount"), rule.get("succeededIndexes")
    if count is None and indexes is None:
        detail = "at least one of succeededCount or succeededIndexes must be specified"
        causes.append(field.required(path, detail))
    total = 0
    if indexes is not None:
        try:
            total = count_indexes(indexes, completions)
        except ValueError as problem:
            detail = f"error parsing succeededIndexes: {problem}"
            causes.append(field.invalid(f"{path}.succeededIndexes", indexes, detail))
    if count is not None:
        at = f"{path}.succeededCount"
        causes += field.not_negative(at, count)
        if count > completions:
            detail = f"must be less than or equal to {completions} (the number of specified completions)"
            causes.append(field.invalid(at, count, detail))
        if indexes is not None and count > total:
            of = "the number of indexes in the specified succeededIndexes field"
            causes.append(field.invalid(at, count, f"must be less than or equal to {total} ({of})"))
    return causes


def _internal_rule(rule: Object) -> Object:
    return {
        "SucceededIndexes": rule.get("succeededIndexes"),
        "SucceededCount": rule.get("succeededCount"),
    }


def _quoted(values: tuple[str, ...]) -> str:
    """Return a list as Go's %q prints it."""
    return f"[{' '.join(field.show(value) for value in values)}]"
