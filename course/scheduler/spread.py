"""Topology spread constraints as a pod names them.

Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go@v1.36.2.
"""

from dataclasses import dataclass

from course.client import Object
from course.scheduler.selectors import Labels, Selector, label_selector, set_selector


@dataclass(frozen=True, slots=True)
class SpreadConstraint:
    """Pods that `selector` selects may differ by `max_skew` between the values of `topology_key`."""

    max_skew: int
    topology_key: str
    hard: bool
    selector: Selector
    min_domains: int = 1
    honors_affinity: bool = True
    honors_taints: bool = False


def spread_constraint(obj: Object, labels: Labels) -> SpreadConstraint:
    """Read one of a pod's constraints; `labels` are the pod's, for `matchLabelKeys`."""
    same = {key: labels[key] for key in obj.get("matchLabelKeys") or () if key in labels}
    selector = label_selector(obj.get("labelSelector"))
    return SpreadConstraint(
        obj["maxSkew"],
        obj["topologyKey"],
        obj["whenUnsatisfiable"] == "DoNotSchedule",
        set_selector(same).adding(selector) if same else selector,
        obj.get("minDomains") or 1,
        obj.get("nodeAffinityPolicy", "Honor") == "Honor",
        obj.get("nodeTaintsPolicy", "Ignore") == "Honor",
    )
