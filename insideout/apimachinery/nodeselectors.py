"""Which nodes a Pod's own words allow: nodeSelector and required node affinity.

The scheduler asks this of thousands of nodes for each Pod, and compiles the words first
(insideout.scheduler.nodeaffinity); here one Pod and one node are compared as they are.

Source: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apimachinery.selectors import Requirement

_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!", "Gt": "gt", "Lt": "lt"}


def allows(pod_spec: Mapping[str, Any], node: Mapping[str, Any]) -> bool:
    """Tell whether a Pod's nodeSelector and its required affinity allow a node."""
    labels = node["metadata"].get("labels") or {}
    if not (pod_spec.get("nodeSelector") or {}).items() <= labels.items():
        return False
    affinity = (pod_spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or selects(required, node)


def selects(selector: Mapping[str, Any], node: Mapping[str, Any]) -> bool:
    """Tell whether a NodeSelector selects a node: one of its terms must hold."""
    labels = node["metadata"].get("labels") or {}
    return any(_term_holds(term, node, labels) for term in selector["nodeSelectorTerms"])


def _term_holds(term: Mapping[str, Any], node: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Tell whether all of a term holds; an empty one holds for no node."""
    expressions = term.get("matchExpressions") or ()
    fields = term.get("matchFields") or ()
    name = {"metadata.name": node["metadata"]["name"]}
    return bool(expressions or fields) and all(
        [_holds(each, labels) for each in expressions] + [_holds(each, name) for each in fields]
    )


def _holds(expression: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    operator = _OPERATORS[expression["operator"]]
    return Requirement(expression["key"], operator, tuple(expression.get("values") or ())).matches(values)
