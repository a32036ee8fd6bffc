"""Checks of lesson 01_components: `works`, `bind`, `reconcile`, `three_way`, and examples for the last."""

from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import grade
from course.units.u01_components import cases, misconceptions
from course.units.u01_components import unseen as drawn

_KNOWN = misconceptions.KNOWN
_WORKS_DOC = Place("1. What each part is for", "kubernetes.io/docs/concepts/overview/components")
_BIND_DOC = Place(
    "Exercise: bind(pod, node, uid=None)", "pkg/registry/core/pod/storage/storage.go (setPodNodeAndMetadata)"
)
_RECONCILE_DOC = Place(
    "Exercise: reconcile(n, pods)",
    "pkg/controller/replicaset/replica_set.go (manageReplicas), pkg/controller/controller_utils.go",
)
_THREE_WAY_DOC = Place(
    "4. Many writers on one object",
    "kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config, section on merging",
)


def works_examples(function: Any, *, points: float) -> float:
    """Check `works(down, action)` with every set of components down."""
    show = cases.show_down
    return grade(
        "works",
        function,
        cases.works_cases(),
        points=points,
        read=_WORKS_DOC,
        show=show,
        misconceptions=_KNOWN["works"],
    )


def bind_examples(function: Any, *, points: float) -> float:
    """Check `bind(pod, node, uid=None)` on single pods, a rule at a time."""
    return grade(
        "bind",
        function,
        cases.bind_cases(),
        points=points,
        read=_BIND_DOC,
        arguments=("pod", "node", "uid"),
        misconceptions=_KNOWN["bind"],
    )


def reconcile_examples(function: Any, *, points: float) -> float:
    """Check `reconcile(n, pods)` on a few pods, a rule at a time."""
    show = cases.show_pods
    return grade(
        "reconcile",
        function,
        cases.reconcile_cases(),
        points=points,
        read=_RECONCILE_DOC,
        show=show,
        misconceptions=_KNOWN["reconcile"],
    )


def reconcile_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `reconcile(n, pods)` on pods drawn with `seed`."""
    drawn_cases, show = drawn.reconcile_cases(seed), cases.show_pods
    return grade(
        "reconcile",
        function,
        drawn_cases,
        points=points,
        read=_RECONCILE_DOC,
        show=show,
        misconceptions=_KNOWN["reconcile"],
    )


def three_way_told(told: Any, *, points: float) -> float:
    """Check the learner's examples of `three_way(last, live, new)`."""
    return examples.grade(
        "my_merges",
        told,
        misconceptions.three_way,
        _KNOWN["three_way"],
        points=points,
        read=_THREE_WAY_DOC,
    )


def three_way_examples(function: Any, *, points: float) -> float:
    """Check `three_way(last, live, new)` on flat maps, a rule at a time."""
    show = cases.show_maps
    return grade(
        "three_way",
        function,
        cases.three_way_cases(),
        points=points,
        read=_THREE_WAY_DOC,
        show=show,
        misconceptions=_KNOWN["three_way"],
    )


def three_way_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `three_way(last, live, new)` on maps drawn with `seed`."""
    drawn_cases, show = drawn.three_way_cases(seed), cases.show_maps
    return grade(
        "three_way",
        function,
        drawn_cases,
        points=points,
        read=_THREE_WAY_DOC,
        show=show,
        misconceptions=_KNOWN["three_way"],
    )
