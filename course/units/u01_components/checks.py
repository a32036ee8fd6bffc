"""Checks of lesson 01_components: `works`, `bind`, `reconcile` and `three_way`."""

from typing import Any

from course.checks.report import grade
from course.units.u01_components import cases
from course.units.u01_components import unseen as drawn

_WORKS_DOC = "kubernetes.io/docs/concepts/overview/components"
_BIND_DOC = "pkg/registry/core/pod/storage/storage.go (setPodNodeAndMetadata)"
_RECONCILE_DOC = (
    "pkg/controller/replicaset/replica_set.go (manageReplicas), pkg/controller/controller_utils.go"
)
_THREE_WAY_DOC = "kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config, section on merging"


def works_examples(function: Any, *, points: float) -> float:
    """Check `works(down, action)` with every set of components down."""
    show = cases.show_down
    return grade("works", function, cases.works_cases(), points=points, read=_WORKS_DOC, show=show)


def bind_examples(function: Any, *, points: float) -> float:
    """Check `bind(pod, node, uid=None)` on single pods, a rule at a time."""
    return grade("bind", function, cases.bind_cases(), points=points, read=_BIND_DOC)


def reconcile_examples(function: Any, *, points: float) -> float:
    """Check `reconcile(n, pods)` on a few pods, a rule at a time."""
    show = cases.show_pods
    return grade(
        "reconcile", function, cases.reconcile_cases(), points=points, read=_RECONCILE_DOC, show=show
    )


def reconcile_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `reconcile(n, pods)` on pods drawn with `seed`."""
    drawn_cases, show = drawn.reconcile_cases(seed), cases.show_pods
    return grade("reconcile", function, drawn_cases, points=points, read=_RECONCILE_DOC, show=show)


def three_way_examples(function: Any, *, points: float) -> float:
    """Check `three_way(last, live, new)` on flat maps, a rule at a time."""
    show = cases.show_maps
    return grade(
        "three_way", function, cases.three_way_cases(), points=points, read=_THREE_WAY_DOC, show=show
    )


def three_way_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `three_way(last, live, new)` on maps drawn with `seed`."""
    drawn_cases, show = drawn.three_way_cases(seed), cases.show_maps
    return grade("three_way", function, drawn_cases, points=points, read=_THREE_WAY_DOC, show=show)
