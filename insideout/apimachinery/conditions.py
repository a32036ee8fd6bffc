"""Conditions: the list in an object's status in which each type occurs once.

Source: staging/src/k8s.io/apimachinery/pkg/api/meta/conditions.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any


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
