"""PriorityClasses.

Source: pkg/apis/scheduling/validation/validation.go, pkg/apis/scheduling/v1/helpers.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

HIGHEST_USER_PRIORITY = 1_000_000_000
SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}
"""The classes that every cluster has."""


def validate(obj: Object) -> Causes:
    """Return what is wrong with a PriorityClass."""
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    name, value = obj["metadata"].get("name", ""), obj.get("value", 0)
    if name.startswith("system-"):
        problem = _system_problem(name, value, bool(obj.get("globalDefault")))
        if problem:
            reserved = "priority class names with 'system-' prefix are reserved for system use only."
            causes.append(field.forbidden("metadata.name", f"{reserved} error: {problem}"))
    elif value > HIGHEST_USER_PRIORITY:
        detail = f"maximum allowed value of a user defined priority is {HIGHEST_USER_PRIORITY}"
        causes.append(field.forbidden("value", detail))
    policy = obj.get("preemptionPolicy")
    if policy == "":
        causes.append(field.required("preemptionPolicy"))
    elif policy is not None:
        causes += field.one_of("preemptionPolicy", policy, ("PreemptLowerPriority", "Never"))
    return causes


def _system_problem(name: str, value: int, is_default: bool) -> str:
    if name not in SYSTEM:
        return f"{name} is not a known system priority class"
    if value != SYSTEM[name]:
        return f"value of {name} PriorityClass must be {SYSTEM[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if is_default else ""


def _change(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    if new.get("value", 0) != old.get("value", 0):
        causes.append(field.forbidden("value", "may not be changed in an update."))
    return causes + field.immutable(
        "preemptionPolicy", new.get("preemptionPolicy"), old.get("preemptionPolicy")
    )


PRIORITY_CLASS = Strategy(
    defaults=lambda obj: obj.setdefault("preemptionPolicy", "PreemptLowerPriority"),
    on_create=lambda obj: obj["metadata"].update(generation=1),
    validate=validate,
    validate_update=_change,
)
