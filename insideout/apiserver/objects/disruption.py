"""PodDisruptionBudgets: how many pods may be missing at once by intention.

Source: pkg/apis/policy/validation/validation.go, pkg/registry/policy/poddisruptionbudget/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apiserver.objects import counts, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]


def validate(budget: Object) -> Causes:
    """Return what is wrong with a PodDisruptionBudget; upstream does not look at its name here."""
    spec = budget.get("spec") or {}
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    policy = spec.get("unhealthyPodEvictionPolicy")
    causes: Causes = []
    if least is not None and most is not None:
        shown = {
            "MinAvailable": least,
            "Selector": metadata.shown_selector(spec.get("selector")),
            "MaxUnavailable": most,
            "UnhealthyPodEvictionPolicy": policy,
        }
        causes.append(field.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set"))
    for name in ("minAvailable", "maxUnavailable"):
        causes += counts.int_or_percent(spec.get(name), f"spec.{name}")
        causes += counts.at_most_100_percent(spec.get(name), f"spec.{name}")
    causes += metadata.label_selector(spec.get("selector"), "spec.selector")
    if policy is not None:
        known = ("AlwaysAllow", "IfHealthyBudget")
        causes += field.one_of("spec.unhealthyPodEvictionPolicy", policy, known)
    return causes


def validate_status(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of its status."""
    status = new.get("status") or {}
    causes: Causes = []
    seen: set[str] = set()
    for index, condition in enumerate(status.get("conditions") or ()):
        at, name = f"status.conditions[{index}]", condition.get("type", "")
        if name in seen:
            causes.append(field.duplicate(f"{at}.type", name))
        seen.add(name)
        causes += metadata.condition(condition, at)
    keys = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    return causes + counts.not_negative(status, keys, "status")


POD_DISRUPTION_BUDGET = Strategy(
    validate=validate,
    validate_update=lambda new, old: validate(new),
    validate_status=validate_status,
    counts_generation=True,
    has_status=True,
)
