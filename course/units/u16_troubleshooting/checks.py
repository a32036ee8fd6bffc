"""Checks of unit 16: `next_look`, `diagnose` and `repair`."""

from collections.abc import Callable
from typing import Any

from course.checks import examples
from course.checks.call import call
from course.checks.place import Place
from course.checks.report import Cases, grade
from course.units.u16_troubleshooting import answers, cases, looks, night, unseen
from course.units.u16_troubleshooting.judge import judged
from course.units.u16_troubleshooting.misconceptions import LOOKS
from course.units.u16_troubleshooting.objects import Object

_PAGE = Place("3. The first five minutes")
_DIAGNOSE = Place("4. From the evidence to the cause")
_REPAIR = Place("5. Repair that, and nothing else")
_NIGHT = Place("6. A night")


def page_first(given: Any, *, points: float) -> float:
    """Check the learner's own rows of the page, before `next_look` is written."""
    return examples.grade("page", given, _next_look, LOOKS, points=points, read=_PAGE, refuse=_no_row)


def look_examples(function: Any, *, points: float) -> float:
    """Check `next_look(obj)`, a rule at a time."""
    return _looks(function, looks.look_cases(), points)


def look_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `next_look` on objects drawn with `seed`."""
    return _looks(function, looks.unseen_looks(seed), points)


def diagnose_cases(function: Any, group: str, *, points: float) -> float:
    """Check `diagnose(snapshot)` on the causes of a group: conditions, fields or others."""
    return _diagnose(function, lambda: cases.diagnose_cases(group), points)


def diagnose_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `diagnose` on clusters drawn with `seed`."""
    return _diagnose(function, lambda: unseen.diagnose_cases(seed), points)


def repair_cases(function: Any, group: str, *, points: float) -> float:
    """Check `repair(api)` on the causes of a group, by what there is afterwards and by its writes."""
    return _repair(function, cases.repair_cases(group), points)


def repair_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `repair` on clusters drawn with `seed`."""
    return _repair(function, unseen.repair_cases(seed), points)


def repair_at_work(function: Any, *, points: float) -> float:
    """Check `repair` in a cluster in which one thing after the other breaks."""
    work = night.at_work(function) if callable(function) else function
    return grade("repair", work, night.cases(), points=points, read=_NIGHT, arguments=("what breaks", "seed"))


def _looks(function: Any, made: Any, points: float) -> float:
    return grade(
        "next_look", function, made, points=points, read=_PAGE, arguments=("obj",), misconceptions=LOOKS
    )


def _diagnose(function: Any, make: Callable[[], Cases], points: float) -> float:
    """Grade it on the clusters that `make` opens; for a function that is not written one is enough."""
    first = cases.one_case()
    raised = call(function, first.arguments).raised if callable(function) else None
    made = [first] if raised and raised.kind == "NotImplementedError" else make()
    return grade("diagnose", function, made, points=points, read=_DIAGNOSE, show=cases.show_snapshot)


def _repair(function: Any, made: Any, points: float) -> float:
    tried = judged(function) if callable(function) else function
    return grade("repair", tried, made, points=points, read=_REPAIR, show=cases.show_repair)


def _next_look(obj: Object) -> str | None:
    return answers.next_look(obj)


def _no_row(obj: Object) -> str | None:
    """Say why an object is none that the page is about."""
    if type(obj) is not dict or type(obj.get("kind")) is not str:
        return "it is no object: it needs a kind"
    if obj["kind"] == "Status":
        return None if type(obj.get("code")) is int else "a Status has a code, a number"
    for one in (obj.get("status") or {}).get("conditions") or []:
        if {"type", "status"} - set(one):
            return "a condition has a type and a status"
    return None
