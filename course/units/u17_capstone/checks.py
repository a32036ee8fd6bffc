"""Checks of unit 17: who counts, what is broken, what led to what, and what held under chaos.

The learner's parts travel in their notebook: the cell `parts` holds their code, so that a grader who has
nothing but the notebook has all of it.  (The other ways were worse: files beside the notebook do not reach a
grader, and a text that is executed has no colours, no errors at its lines and no editor.)  While work is
graded the parts run in the learner's own process, as ever, and the cluster here, in plain data.

An hour gives its share when it holds with all parts of the learner's in one cluster, or, where another part
of theirs is in its way, with the parts that decide it.  Parts that are ours earn nothing.
"""

import contextlib
import io
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from course.checks import examples
from course.checks.call import Outcome, Raised, call
from course.checks.elsewhere import Elsewhere
from course.checks.place import Place
from course.checks.report import Case, grade, kept
from course.units.u17_capstone import cases, judged, unseen
from course.units.u17_capstone.day import SHIFTS, Day
from course.units.u17_capstone.hours.hour import Hour
from course.units.u17_capstone.misconceptions import KNOWN

_COUNTS_DOC = Place(
    "4. What must hold", "pkg/scheduler/framework/types.go, pkg/controller/controller_utils.go"
)
_VIOLATIONS_DOC = Place("Exercise: violations(moments, grace)")
_CHAIN_DOC = Place("5. The morning after")
_PARTS_DOC = Place("3. Graded: the three shifts")
SHIFT_S = 20.0
"""How long a shift may take, and an hour by itself."""
ELSEWHERE_S = 40.0
"""How long with parts in another process.

It takes some seconds; a machine that grades on all its cores needs ten times that.  There each call has a
limit of its own: a time limit around all of them would end the process, and with it what all parts are.
"""


def counts_told(told: Any, *, points: float) -> float:
    """Check the learner's examples of who counts for which rule."""
    return examples.grade(
        "my_counts",
        told,
        judged.counts,
        KNOWN["counts"],
        points=points,
        read=_COUNTS_DOC,
        refuse=_no_question,
    )


def violations_examples(function: Any, *, points: float) -> float:
    """Check `violations(moments, grace)`, a rule at a time."""
    return _violations(function, cases.violation_cases(), points)


def violations_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `violations` on moments drawn with `seed`."""
    return _violations(function, unseen.violation_cases(seed), points)


def chain_examples(function: Any, *, points: float) -> float:
    """Check `chain(events, links, last)`, a rule at a time."""
    show = cases.show_events
    return grade("chain", function, cases.chain_cases(), points=points, read=_CHAIN_DOC, show=show)


def morning(parts: Any, *, points: float) -> float:
    """Check the parts that decide who runs, in a morning of chaos."""
    return _shift("morning", parts, points)


def afternoon(parts: Any, *, points: float) -> float:
    """Check the parts of machines, in an afternoon of chaos."""
    return _shift("afternoon", parts, points)


def night(parts: Any, *, points: float) -> float:
    """Check the parts of the network, in a night of chaos."""
    return _shift("night", parts, points)


def _violations(function: Any, made: Any, points: float) -> float:
    asked = _in_order(function) if callable(function) else function
    return grade("violations", asked, made, points=points, read=_VIOLATIONS_DOC, show=cases.show_moments)


def _in_order(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with its answer in the order of time; what cannot be sorted stays as it is."""

    def ask(moments: list[Any], grace: float) -> Any:
        answer = function(moments, grace)
        if not isinstance(answer, list | tuple | set):
            return answer
        found = [list(one) if isinstance(one, tuple) else one for one in answer]
        try:
            return sorted(found, key=lambda one: (one[2], one[0], one[1]))
        except (TypeError, LookupError):
            return found

    return ask


def _no_question(rule: Any, phase: Any, leaving: Any, ready: Any) -> str | None:
    """Say why something is not asked about a pod."""
    rules = (*judged.ALWAYS, *judged.SOON)
    if rule not in rules:
        return f"rule is one of {', '.join(rules)}"
    if phase not in ("Pending", "Running", "Succeeded", "Failed"):
        return "phase is Pending, Running, Succeeded or Failed"
    if not isinstance(leaving, bool) or not isinstance(ready, bool):
        return "leaving and ready are True or False"
    return "a pod that does not run is not ready" if ready and phase != "Running" else None


def _shift(name: str, parts: Any, points: float) -> float:
    functions = _functions(parts)
    if not functions:
        print(_NO_PARTS + f"\n0 of {points:g} points")  # noqa: T201  the report is what the cell prints
        return 0
    work = _Work(SHIFTS[name], functions)
    work.limited(work.together)
    for hour in SHIFTS[name]:
        work.alone(hour)
    earned = grade("PARTS", work.hour, _cases(name), points=points, read=_PARTS_DOC, show=_show)
    if work.notes:
        print("\n".join(work.notes))  # noqa: T201  as above
    return earned


_NO_PARTS = (
    "No part in PARTS is yours. Check the units that you wrote, run the cell with `bring()`, "
    "and run it once more when it holds your code."
)


def _functions(parts: Any) -> dict[str, Callable[..., Any]]:
    if not isinstance(parts, Mapping):
        return {}
    return {str(name): function for name, function in parts.items() if callable(function)}


@kept
def _cases(shift: str) -> Iterator[Case]:
    for hour in SHIFTS[shift]:
        yield Case(f"{hour.name}: decided by {', '.join(hour.parts)}", (hour.name,), list(hour.holds))


def _show(hour: str) -> str:
    [parts] = [one.parts for hours in SHIFTS.values() for one in hours if one.name == hour]
    return f"the hour {hour!r}, with your {', '.join(parts)}"


class _Work:
    """Plays the hours of a shift, all with all parts, and those that did not hold with their own."""

    def __init__(self, hours: tuple[Hour, ...], functions: Mapping[str, Callable[..., Any]]) -> None:
        self.notes: list[str] = []
        self._hours = hours
        self._functions = functions
        self._said: dict[str, list[str]] = {}
        self._raised: dict[str, Exception] = {}
        self._elsewhere = any(isinstance(function, Elsewhere) for function in functions.values())

    def limited(self, play: Callable[[], Any]) -> Outcome:
        """Return what came of `play`, which may not take for ever."""
        if not self._elsewhere:
            return call(play, (), SHIFT_S)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                return Outcome(play(), None, "", ())
            except Raised as error:
                return Outcome(None, error, "", ())
            except Exception as error:
                return Outcome(None, Raised(type(error).__name__, str(error)), "", ())

    def _asked(self, names: Iterable[str]) -> dict[str, Callable[..., Any]]:
        """Return parts as they are asked in one play: not for ever."""
        end_s = time.monotonic() + (ELSEWHERE_S if self._elsewhere else math.inf)
        return {name: _tried_once(self._functions[name], end_s) for name in names}

    def together(self) -> None:
        """Play the whole shift in one cluster; keep what held."""
        day = Day(self._asked(self._functions), looks=False, all_day=False)
        try:
            for hour in self._hours:
                if day.hour(hour).holds:
                    self._said[hour.name] = list(hour.holds)
        finally:
            day.stage.stop()

    def alone(self, hour: Hour) -> None:
        """Play an hour with its own parts only, unless it held or ours decide."""
        missing = [part for part in hour.parts if part not in self._functions]
        if missing:
            what = f"write {', '.join(missing)}, check it, and bring it"
            self._said.pop(hour.name, None)
            self._raised[hour.name] = Raised("Ours decides here", what)
            return
        if hour.name in self._said:
            return
        outcome = self.limited(lambda: self._play(hour))
        if outcome.raised is not None:
            self._raised[hour.name] = outcome.raised
        else:
            self._said[hour.name] = outcome.value
            if outcome.value == list(hour.holds):
                alone = ", ".join(hour.parts)
                self.notes.append(f"{hour.name}: it holds with {alone} alone; with your other parts not.")

    def _play(self, hour: Hour) -> list[str]:
        failures: list[Exception] = []
        asked = self._asked(hour.parts)
        mine = {part: _remembering(asked[part], failures) for part in hour.parts}
        day = Day(mine, looks=False, all_day=False)
        try:
            played = day.hour(hour)
        finally:
            day.stage.stop()
        if failures:
            raise failures[0]
        return list(played.said)

    def hour(self, name: str) -> list[str]:
        """Return what came of an hour in sentences; the first error of its parts is raised."""
        if name in self._raised:
            raise self._raised[name]
        return self._said[name]


def _remembering(function: Callable[..., Any], failures: list[Exception]) -> Callable[..., Any]:
    """Return `function`, which notes what it raises: the cluster only starts a part again."""

    def remember(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            if not _is_answer(error):
                failures.append(error)
            raise

    return remember


def _tried_once(function: Callable[..., Any], end_s: float) -> Callable[..., Any]:
    """Return `function`, which is asked no more once it took too long, or when the clock is past `end_s`."""
    slow: list[Raised] = []

    def ask(*arguments: Any) -> Any:
        if not slow and time.monotonic() > end_s:
            slow.append(Raised("TooSlow", "the time for this shift is over; is there a loop without an end?"))
        if slow:
            raise slow[0]
        try:
            return function(*arguments)
        except Raised as error:
            if error.kind == "TooSlow":
                slow.append(error)
            raise

    return ask


def _is_answer(error: Exception) -> bool:
    """Whether an operator only lets out what the API server answered, or that it was killed."""
    names = (type(error).__name__, getattr(error, "kind", ""))
    return not {"ApiError", "UnreachableError", "OperatorGone"}.isdisjoint(names)
