"""Label selectors as objects hold them: `matchLabels` and `matchExpressions`, all of which must hold.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go:LabelSelectorAsSelector@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str] | None) -> bool:
    """Tell whether a LabelSelector holds; a missing one selects nothing, an empty one everything."""
    if selector is None:
        return False
    labels = labels or {}
    if not matches_labels(selector.get("matchLabels") or {}, labels):
        return False
    return all(_holds(expression, labels) for expression in selector.get("matchExpressions") or ())


def matches_labels(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Tell whether `labels` has every pair of `wanted`, the selector of a Service."""
    return all(labels.get(key) == value for key, value in wanted.items())


def is_empty(selector: Mapping[str, Any] | None) -> bool:
    """Tell whether a selector has no requirement at all."""
    return not selector or not (selector.get("matchLabels") or selector.get("matchExpressions"))


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression["values"]
        case "NotIn":
            return value not in expression["values"]
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise ValueError(
        f"{expression['operator']!r} is not a label selector operator; use In, NotIn, Exists or DoesNotExist"
    )
