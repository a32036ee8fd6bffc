"""Selectors compiled once per pod, because a cycle asks them about thousands of nodes and pods.

`course.apimachinery` reads selectors straight from objects; here they are values: comparable, so that pods
with equal rules share one count, and fast.

Source: k8s.io/apimachinery/pkg/labels/selector.go and
k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go@v1.36.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course.client import Object

Labels = Mapping[str, str]
_INTEGER = re.compile(r"^[+-]?\d+$")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one label."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def holds(self, labels: Labels) -> bool:
        """Return whether `labels` meet it; Gt and Lt compare whole numbers and fail on anything else."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value is not None and value in self.values
            case "NotIn":
                return value is None or value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
            case "Gt" | "Lt":
                return self._compares(value)
        return False

    def _compares(self, value: str | None) -> bool:
        if value is None or len(self.values) != 1:
            return False
        if not (_INTEGER.match(value) and _INTEGER.match(self.values[0])):
            return False
        have, bound = int(value), int(self.values[0])
        return have > bound if self.operator == "Gt" else have < bound


@dataclass(frozen=True, slots=True)
class Selector:
    """Conditions that must all hold: pairs that must be equal, and requirements.

    Without conditions it selects everything; `nothing` selects nothing.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    requirements: tuple[Requirement, ...] = ()
    nothing: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether it sets no condition, and so selects everything."""
        return not (self.pairs or self.requirements or self.nothing)

    def matches(self, labels: Labels) -> bool:
        """Return whether an object with `labels` is selected."""
        if self.nothing:
            return False
        for key, value in self.pairs:
            if labels.get(key) != value:
                return False
        return all(requirement.holds(labels) for requirement in self.requirements)

    def adding(self, other: "Selector") -> "Selector":
        """Return the selector that demands both."""
        pairs = tuple(dict.fromkeys((*self.pairs, *other.pairs)))
        requirements = tuple(dict.fromkeys((*self.requirements, *other.requirements)))
        return Selector(pairs, requirements, self.nothing or other.nothing)


NOTHING = Selector(nothing=True)


def label_selector(selector: Mapping[str, Any] | None) -> Selector:
    """Compile a LabelSelector; a missing one selects nothing, an empty one everything."""
    if selector is None:
        return NOTHING
    return Selector(
        tuple(sorted((selector.get("matchLabels") or {}).items())),
        tuple(_requirement(each) for each in selector.get("matchExpressions") or ()),
    )


def set_selector(labels: Labels | None) -> Selector:
    """Compile a plain map such as `nodeSelector`; every pair must be there."""
    return Selector(tuple(sorted((labels or {}).items())))


def _requirement(expression: Object) -> Requirement:
    return Requirement(expression["key"], expression["operator"], tuple(expression.get("values") or ()))


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """One term of a node selector: conditions on labels and on the node's name."""

    labels: tuple[Requirement, ...]
    fields: tuple[Requirement, ...]

    def matches(self, name: str, labels: Labels) -> bool:
        """Return whether the node meets every condition; a malformed one is never met."""
        for requirement in self.fields:
            well_formed = requirement.operator in ("In", "NotIn") and len(requirement.values) == 1
            if not (well_formed and requirement.holds({"metadata.name": name})):
                return False
        return all(_well_formed(each) and each.holds(labels) for each in self.labels)


def _well_formed(requirement: Requirement) -> bool:
    match requirement.operator:
        case "In" | "NotIn":
            return len(requirement.values) > 0
        case "Exists" | "DoesNotExist":
            return not requirement.values
        case "Gt" | "Lt":
            return len(requirement.values) == 1 and bool(_INTEGER.match(requirement.values[0]))
    return False


def node_term(term: Object) -> NodeTerm | None:
    """Compile a NodeSelectorTerm; an empty one matches no node and is None."""
    labels = tuple(_requirement(each) for each in term.get("matchExpressions") or ())
    fields = tuple(_requirement(each) for each in term.get("matchFields") or ())
    return NodeTerm(labels, fields) if labels or fields else None


@dataclass(frozen=True, slots=True)
class RequiredNodeAffinity:
    """Where a pod may run: its `nodeSelector` and, when given, one of the affinity's terms."""

    selector: Selector
    terms: tuple[NodeTerm, ...] | None

    @property
    def is_empty(self) -> bool:
        """Return whether every node will do."""
        return self.terms is None and self.selector.is_empty

    def matches(self, name: str, labels: Labels) -> bool:
        """Return whether the node `name` with `labels` will do."""
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
    return RequiredNodeAffinity(set_selector(spec.get("nodeSelector")), terms)
