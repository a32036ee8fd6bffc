"""Taints and tolerations: which taints of a node a Pod puts up with.

Left out: the operators Lt and Gt, alpha in 1.36 and off.

Source: staging/src/k8s.io/api/core/v1/toleration.go:ToleratesTaint@v1.36.2.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Taint = Mapping[str, Any]
Toleration = Mapping[str, Any]


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Tell whether a toleration matches a taint; an empty key or effect in it matches any."""
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    match toleration.get("operator") or "Equal":
        case "Equal":
            return bool(toleration.get("value", "") == taint.get("value", ""))
        case "Exists":
            return True
    return False


def first_toleration(taint: Taint, tolerations: Iterable[Toleration]) -> Toleration | None:
    """Return the first listed toleration that matches, or None: later ones never count."""
    return next((toleration for toleration in tolerations if tolerates(toleration, taint)), None)
