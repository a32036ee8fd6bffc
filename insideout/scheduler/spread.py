"""Topology spread constraints as a pod names them.

Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go@v1.36.2.
"""

from dataclasses import dataclass

from insideout.apimachinery.selectors import EVERYTHING, LabelSelector, from_labels, from_object
from insideout.client import Object
from insideout.scheduler.nodeaffinity import Labels


@dataclass(frozen=True, slots=True)
class SpreadConstraint:
    """Pods that `selector` selects may differ by `max_skew` between the values of `topology_key`.

    A selector that is None selects nothing.
    """

    max_skew: int
    topology_key: str
    hard: bool
    selector: LabelSelector | None
    min_domains: int = 1
    honors_affinity: bool = True
    honors_taints: bool = False


def spread_constraint(obj: Object, labels: Labels) -> SpreadConstraint:
    """Read one of a pod's constraints; `labels` are the pod's, for `matchLabelKeys`."""
    same = {key: labels[key] for key in obj.get("matchLabelKeys") or () if key in labels}
    selector = from_object(obj.get("labelSelector"))
    if same and selector is not None:
        selector = both(from_labels(same), selector)
    return SpreadConstraint(
        obj["maxSkew"],
        obj["topologyKey"],
        obj["whenUnsatisfiable"] == "DoNotSchedule",
        selector,
        obj.get("minDomains") or 1,
        obj.get("nodeAffinityPolicy", "Honor") == "Honor",
        obj.get("nodeTaintsPolicy", "Ignore") == "Honor",
    )


def both(first: LabelSelector, second: LabelSelector) -> LabelSelector:
    """Return the selector that demands what either demands."""
    return LabelSelector(tuple(dict.fromkeys((*first.requirements, *second.requirements))))


def selects_all(selector: LabelSelector | None) -> bool:
    """Return whether the selector sets no condition; spreading counts no pods for such a selector."""
    return selector == EVERYTHING
