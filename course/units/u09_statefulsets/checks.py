"""Checks of unit 09: what one sync of a StatefulSet does, and who owns its pods' claims."""

from typing import Any

from course.checks import examples as learners_examples
from course.checks.place import Place
from course.checks.report import grade
from course.units.u09_statefulsets import cases, recorded, unseen
from course.units.u09_statefulsets.misconceptions import KNOWN
from course.units.u09_statefulsets.objects import show_sync

_OWNER_DOC = Place(
    "4. The claims", "pkg/controller/statefulset/stateful_set_utils.go (updateClaimOwnerRefForSetAndPod)"
)
_SYNC_DOC = Place("3. One sync", "pkg/controller/statefulset/stateful_set_control.go (updateStatefulSet)")


def owner_learners(examples: Any, *, points: float) -> float:
    """Check the learner's own examples of `pvc_owner`."""
    known = KNOWN["pvc_owner"]
    return learners_examples.grade(
        "owner_examples",
        examples,
        cases.pvc_owner,
        known,
        points=points,
        read=_OWNER_DOC,
        refuse=_no_question,
    )


def owner_examples(function: Any, *, points: float) -> float:
    """Check `pvc_owner(policy, in_range)`, a rule at a time."""
    return grade(
        "pvc_owner",
        function,
        cases.owner_cases(),
        points=points,
        read=_OWNER_DOC,
        show=cases.show_owner,
        misconceptions=KNOWN["pvc_owner"],
    )


def fill(function: Any, *, points: float) -> float:
    """Check the first phase of `sts_sync(sts, pods, now)`: every ordinal has its pod."""
    return _grade_sync(function, cases.fill_cases(), points)


def scale_down(function: Any, *, points: float) -> float:
    """Check the second phase of `sts_sync`: pods beyond the wanted number go."""
    return _grade_sync(function, cases.scale_cases(), points)


def update(function: Any, *, points: float) -> float:
    """Check the third phase of `sts_sync`: pods of another revision are replaced."""
    return _grade_sync(function, cases.update_cases(), points)


def sync_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `sts_sync` on random states drawn with `seed`."""
    return _grade_sync(function, unseen.sync_cases(seed), points)


def sync_at_work(function: Any, *, points: float) -> float:
    """Check `sts_sync` as a cluster's StatefulSet controller, against what a real one did."""
    driven = recorded.at_work(function) if callable(function) else function
    show = recorded.show_work
    return grade("sts_sync", driven, recorded.work_cases(), points=points, read=_SYNC_DOC, show=show)


def _grade_sync(function: Any, asked: Any, points: float) -> float:
    known = KNOWN["sts_sync"]
    return grade(
        "sts_sync", function, asked, points=points, read=_SYNC_DOC, show=show_sync, misconceptions=known
    )


def _no_question(policy: Any, in_range: Any) -> str | None:
    """Say why something is no question about claims."""
    if not isinstance(policy, dict) or not set(policy) <= {"whenDeleted", "whenScaled"}:
        return "policy is a dict with whenDeleted and whenScaled, or without"
    if not set(policy.values()) <= {"Retain", "Delete"}:
        return "a policy says Retain or Delete"
    return None if isinstance(in_range, bool) else "in_range is True or False"
