"""Checks of unit 04: back-off, filters and their message, scores, preemption's choice, lease and sampling."""

from collections.abc import Callable
from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import grade, number
from course.units.u04_scheduling import (
    answers,
    cases,
    filter_cases,
    live,
    objects,
    recorded,
    score_cases,
    unseen,
)
from course.units.u04_scheduling.misconceptions import KNOWN

_BACK_OFF = Place("The rules that the records hold")
_FILTERS = Place("What each filter asks", "pkg/scheduler/framework/plugins")
_SCORES = Place("Three scores", "pkg/scheduler/framework/plugins/{noderesources,tainttoleration}")
_PICK = Place("The least harm", "pkg/scheduler/framework/preemption/preemption.go")
_LEASE = Place("Who leads", "k8s.io/client-go/tools/leaderelection/leaderelection.go")
_TARGET = Place("How many nodes are enough", "pkg/scheduler/schedule_one.go")
_SHOWN = {
    "restart_delays": objects.named("runs in seconds", "initial in seconds", "cap in seconds"),
    "fit_message": objects.named("n", "statuses"),
    "filters": objects.show,
    "score": objects.show,
    "pick_node": objects.named("candidates"),
    "may_acquire": objects.named("now", "seen_at", "duration", "holder", "me"),
    "feasible_target": objects.named("n", "pct"),
}


def restart_examples_first(written: Any, *, points: float) -> float:
    """Check the learner's own examples of (runs, cap, delays)."""

    def delays(runs: Any, cap: Any) -> list[float]:
        return answers.restart_delays(runs, cap=cap)

    def by(wrong: Callable[..., Any]) -> Callable[..., Any]:
        return lambda runs, cap: wrong(runs, 10, cap)

    known = {belief: by(wrong) for belief, wrong in KNOWN["restart_delays"].items()}
    return examples.grade(
        "my_delays", written, delays, known, points=points, read=_BACK_OFF, refuse=_no_example
    )


def _no_example(runs: Any, cap: Any) -> str | None:
    numbers = isinstance(runs, list) and all(type(run) in (int, float) and run >= 0 for run in runs)
    if not numbers or not runs:
        return "runs is a list of seconds, with at least one"
    if type(cap) not in (int, float) or not 10 <= cap <= 3600:
        return "cap is a number of seconds, 10 to 3600"
    return None


def restart_examples(function: Any, *, points: float) -> float:
    """Check `restart_delays(runs, initial=10, cap=300)`, a rule at a time."""
    return _grade("restart_delays", function, cases.restart_cases(), points, _BACK_OFF)


def restart_records(function: Any, *, points: float) -> float:
    """Check `restart_delays` on what the kubelet's own code did."""
    return _grade("restart_delays", function, recorded.restart_cases(), points, _BACK_OFF)


def restart_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `restart_delays` on runs drawn with `seed`."""
    return _grade("restart_delays", function, unseen.restart_cases(seed), points, _BACK_OFF)


def message_examples(function: Any, *, points: float) -> float:
    """Check `fit_message(n, statuses)`, a rule at a time."""
    return _grade("fit_message", function, cases.message_cases(), points, _FILTERS)


def filter_examples(function: Any, *, points: float) -> float:
    """Check `filters(pod, nodes)`, a rule at a time."""
    return _grade("filters", function, filter_cases.cases(), points, _FILTERS)


def filter_records(function: Any, *, points: float) -> float:
    """Check `filters` on recorded cycles: the nodes where a pod fitted, or the message that there was."""
    told = recorded.said(function) if callable(function) else function
    return grade("filters", told, recorded.filter_cases(), points=points, read=_FILTERS, show=objects.show)


def filters_unseen(function: Any, message: Any, *, seed: int, points: float) -> float:
    """Check `filters` and `fit_message` on what is drawn with `seed`; half the points each."""
    half = points / 2
    earned = _grade("filters", function, unseen.filter_cases(seed), half, _FILTERS)
    return number(earned + _grade("fit_message", message, unseen.message_cases(seed), half, _FILTERS))


def score_examples(function: Any, *, points: float) -> float:
    """Check `score(pod, nodes)`, a column at a time."""
    return _grade("score", function, score_cases.cases(), points, _SCORES)


def score_records(function: Any, *, points: float) -> float:
    """Check `score` on recorded cycles, whose scores are taken without their weights."""
    return _grade("score", function, recorded.score_cases(), points, _SCORES)


def score_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `score` on pods and nodes drawn with `seed`."""
    return _grade("score", function, unseen.score_cases(seed), points, _SCORES)


def score_at_work(filters: Any, score: Any, fit_message: Any, *, points: float) -> float:
    """Check all three as a cluster's scheduler, by where its pods are in the end."""
    functions = (filters, score, fit_message)
    missing = next((each for each in functions if not callable(each)), None)
    run = live.at_work(*functions) if missing is None else missing
    return grade("score", run, live.cases(), points=points, read=_SCORES, show=live.show)


def pick_examples(function: Any, *, points: float) -> float:
    """Check `pick_node(candidates)`, a rule at a time."""
    return _grade("pick_node", function, cases.pick_cases(), points, _PICK)


def pick_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `pick_node` on candidates drawn with `seed`."""
    return _grade("pick_node", function, unseen.pick_cases(seed), points, _PICK)


def scale_examples(may_acquire: Any, feasible_target: Any, *, points: float) -> float:
    """Check `may_acquire` and `feasible_target`, a rule at a time; half the points each."""
    half = points / 2
    earned = _grade("may_acquire", may_acquire, cases.lease_cases(), half, _LEASE)
    return number(earned + _grade("feasible_target", feasible_target, cases.target_cases(), half, _TARGET))


def scale_unseen(may_acquire: Any, feasible_target: Any, *, seed: int, points: float) -> float:
    """Check both on leases and clusters drawn with `seed`; half the points each."""
    half = points / 2
    earned = _grade("may_acquire", may_acquire, unseen.lease_cases(seed), half, _LEASE)
    return number(
        earned + _grade("feasible_target", feasible_target, unseen.target_cases(seed), half, _TARGET)
    )


def _grade(name: str, function: Any, cases: Any, points: float, read: Place) -> float:
    show, known = _SHOWN[name], KNOWN[name]
    return grade(name, function, cases, points=points, read=read, show=show, misconceptions=known)
