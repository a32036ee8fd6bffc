"""Conditions: the list in an object's status in which each type occurs once.

Source: staging/src/k8s.io/apimachinery/pkg/api/meta/conditions.go@v1.36.2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Condition = dict[str, Any]


def find(obj: Mapping[str, Any], type_: str) -> dict[str, Any] | None:
    """Return the condition of this type in an object's status, or None."""
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if condition["type"] == type_:
            found: dict[str, Any] = condition
            return found
    return None


def status_of(obj: Mapping[str, Any], type_: str) -> str:
    """Return "True", "False" or "Unknown", or "" when the condition is not there."""
    condition = find(obj, type_)
    return str(condition["status"]) if condition else ""


def after(conds: Sequence[Condition], new: Condition, now: str) -> tuple[bool, list[Condition]]:
    """Return whether conditions change by a new one (SetStatusCondition), and what they are then."""
    then = [dict(each) for each in conds]
    found = next((each for each in then if each["type"] == new["type"]), None)
    if found is None:
        then.append({**new, "lastTransitionTime": new.get("lastTransitionTime") or now})
        return True, then
    changed = False
    if found["status"] != new["status"]:
        found["lastTransitionTime"] = new.get("lastTransitionTime") or now
    for field in ("status", "reason", "message", "observedGeneration"):
        if (found.get(field) or "") != (new.get(field) or ""):
            changed = True
            if field in new:
                found[field] = new[field]
            else:
                found.pop(field, None)
    return changed, then
