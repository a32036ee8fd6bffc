"""Checks of unit 10: `set_condition` and `reconcile`."""

from collections.abc import Callable
from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import grade
from course.units.u10_operators import atwork, cases, misconceptions, unseen
from course.units.u10_operators.judge import judged
from insideout.apimachinery.conditions import after

Object = dict[str, Any]
_CONDITION_DOC = Place("3. Conditions", "k8s.io/apimachinery/pkg/api/meta/conditions.go (SetStatusCondition)")
_RECONCILE_DOC = Place(
    "Exercise: reconcile(api, key)", "k8s.io/client-go/util/retry/util.go (RetryOnConflict)"
)
_FAULTS_DOC = Place(
    "What can go wrong, and what holds against it",
    "sigs.k8s.io/controller-runtime FAQ on idempotent reconcilers",
)


def condition_first(examples_given: Any, *, points: float) -> float:
    """Check the learner's own examples of what `set_condition` makes of a list."""

    def conditions_after(conds: list[Object], new: Object, now: str) -> list[Object]:
        return after(conds, new, now)[1]

    return examples.grade(
        "condition_examples",
        examples_given,
        conditions_after,
        misconceptions.CONDITIONS_AFTER,
        points=points,
        read=_CONDITION_DOC,
    )


def condition_cases(function: Any, *, points: float) -> float:
    """Check `set_condition(conds, new, now)`, a rule at a time."""
    return _conditions(function, cases.condition_cases(), points)


def condition_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `set_condition` on conditions drawn with `seed`."""
    return _conditions(function, unseen.condition_cases(seed), points)


def _conditions(function: Any, made: Any, points: float) -> float:
    return grade(
        "set_condition",
        set_by(function) if callable(function) else function,
        made,
        points=points,
        read=_CONDITION_DOC,
        show=cases.show_conditions,
        misconceptions={belief: set_by(wrong) for belief, wrong in misconceptions.SET_CONDITION.items()},
    )


def set_by(function: Callable[..., Any]) -> Callable[..., Object]:
    """Return a function that says what `function` returned, and what it made of its list."""

    def run(conds: list[Object], new: Object, now: str) -> Object:
        given = dict(new)
        returned = function(conds, new, now)
        told = {"returned": returned, "conditions": cases.shown(conds)}
        return told if new == given else {**told, "the argument new": "was changed"}

    return run


def reconcile_children(function: Any, *, points: float) -> float:
    """Check `reconcile(api, key)` by the children and the status that there are when nothing goes wrong."""
    return _reconcile(function, cases.children_cases(), points, _RECONCILE_DOC)


def reconcile_bucket(function: Any, *, points: float) -> float:
    """Check `reconcile` by its bucket and the finalizers."""
    return _reconcile(function, cases.bucket_cases(), points, _RECONCILE_DOC)


def reconcile_faults(function: Any, *, points: float) -> float:
    """Check `reconcile` by what the explorer finds, a property at a time."""
    return _reconcile(function, cases.fault_cases(), points, _FAULTS_DOC)


def reconcile_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `reconcile` in situations drawn with `seed`, in which anything may go wrong."""
    return _reconcile(function, unseen.situation_cases(seed), points, _FAULTS_DOC)


def reconcile_at_work(function: Any, *, points: float) -> float:
    """Check `reconcile` in a cluster where children vanish and the operator is killed again and again."""
    live = atwork.at_work(function) if callable(function) else function
    return grade("reconcile", live, atwork.cases(), points=points, read=_FAULTS_DOC, show=atwork.show)


def _reconcile(function: Any, made: Any, points: float, read: Place) -> float:
    tried = judged(function) if callable(function) else function
    return grade("reconcile", tried, made, points=points, read=read, show=cases.show_situation)
