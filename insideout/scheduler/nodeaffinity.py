"""Where a pod may run: its node selector and required node affinity, compiled once per pod.

They are values: comparable, so that pods with equal rules share one count.

Source: k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go@v1.36.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from insideout.apimachinery.selectors import EVERYTHING, LabelSelector, Requirement, from_labels
from insideout.client import Object

Labels = Mapping[str, str]
_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!", "Gt": "gt", "Lt": "lt"}
_INTEGER = re.compile(r"^[+-]?\d+$")


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """One term of a node selector: conditions on labels and on the node's name.

    `well_formed` is False when some condition makes no sense; such a term matches no node.
    """

    labels: LabelSelector
    fields: LabelSelector
    well_formed: bool = True

    def matches(self, name: str, labels: Labels) -> bool:
        """Return whether the node meets every condition."""
        if not self.well_formed:
            return False
        return self.labels.matches(labels) and self.fields.matches({"metadata.name": name})


def node_term(term: Object) -> NodeTerm | None:
    """Compile a NodeSelectorTerm; an empty one matches no node and is None."""
    labels = tuple(_requirement(each) for each in term.get("matchExpressions") or ())
    fields = tuple(_requirement(each) for each in term.get("matchFields") or ())
    if not (labels or fields):
        return None
    sensible = all(map(_on_label, labels)) and all(map(_on_field, fields))
    return NodeTerm(LabelSelector(labels), LabelSelector(fields), sensible)


def _requirement(expression: Object) -> Requirement:
    operator = _OPERATORS.get(expression["operator"], "")
    return Requirement(expression["key"], operator, tuple(expression.get("values") or ()))


def _on_label(requirement: Requirement) -> bool:
    values = requirement.values
    match requirement.operator:
        case "in" | "notin":
            return len(values) > 0
        case "exists" | "!":
            return not values
        case "gt" | "lt":
            return len(values) == 1 and bool(_INTEGER.match(values[0]))
    return False


def _on_field(requirement: Requirement) -> bool:
    return requirement.operator in ("in", "notin") and len(requirement.values) == 1


@dataclass(frozen=True, slots=True)
class RequiredNodeAffinity:
    """A pod's `nodeSelector` and, when it has required node affinity, that affinity's terms."""

    selector: LabelSelector = EVERYTHING
    terms: tuple[NodeTerm, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether every node will do."""
        return self.terms is None and not self.selector.requirements

    def matches(self, name: str, labels: Labels) -> bool:
        """Return whether the node `name` with `labels` meets the selector and one of the terms."""
        if not self.selector.matches(labels):
            return False
        return self.terms is None or any(term.matches(name, labels) for term in self.terms)


def required_node_affinity(spec: Object) -> RequiredNodeAffinity:
    """Compile a pod spec's node selector and required node affinity."""
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    terms = None
    if required is not None:
        compiled = (node_term(term) for term in required.get("nodeSelectorTerms") or ())
        terms = tuple(term for term in compiled if term is not None)
    return RequiredNodeAffinity(from_labels(spec.get("nodeSelector") or {}), terms)
