"""How much of an exercise's solution its checks hold: `python -m tests.course.units.mutation 06_qos`.

Each mutant of a solution must lose points in a test cell of its exercise, hidden part included, or be listed
in the unit's `equivalent.py` with the reason why nobody could tell it from the solution.  All of it runs in
this process; a mutant without an end is stopped by the time that it takes of the processor.
"""

import argparse
import ast
import contextlib
import importlib
import io
import signal
import sys
import time
import types
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

from course.build.clear_solutions import makes_data
from course.build.lesson import Cell
from course.checks import call, report
from tests.course.units.graded import GradedLesson, is_given
from tests.course.units.mutants import Mutant, mutants

CALL_S = 2.0
"""One call of a mutant, in seconds of the processor; every solution takes a tenth of it or less.

On the wall they would make a busy machine kill what nothing else does.
"""
MUTANT_S = 20.0
"""All test cells of a mutant, in seconds of the processor; a solution's take a tenth of it."""
WALL_S = 600.0
"""All test cells of a mutant that waits for something without an end."""
AGAIN_S = 0.2
AT_WORK = ("-at-work", "-work")
"""Ends the names of test cells that run a whole cluster: CALL_S would stop those on a busy machine."""


class OutOfTime(BaseException):
    """A mutant took too long; it is raised again and again, for a check survives what it calls."""


class Score(NamedTuple):
    """What became of an exercise's mutants; `stale` are listed as equivalent and are none, or lose points."""

    exercise: str
    mutants: int
    killed: int
    equivalent: int
    survivors: tuple[str, ...]
    stale: tuple[str, ...]
    wall_s: float

    @property
    def is_whole(self) -> bool:
        """Whether every mutant is killed or known to be equivalent."""
        return not self.survivors and not self.stale


def scores(unit: str, only: str = "") -> Iterator[Score]:
    """Yield the score of each exercise of `unit`, or of the one called `only`."""
    lesson = GradedLesson(unit)
    known = equivalents(unit)
    cells = [
        cell for cell in lesson.cells.values() if cell.role == "exercise" and not makes_data(cell.source)
    ]
    for cell in cells:
        if only in ("", cell.id):
            with quick(unit):
                score = _score(lesson, cell, known)
            yield score


def equivalents(unit: str) -> dict[str, str]:
    """Return the unit's list of mutants that nobody could tell from the solution, with the reasons."""
    try:
        module = importlib.import_module(f"tests.course.units.u{unit}.equivalent")
    except ModuleNotFoundError:
        return {}
    known: dict[str, str] = module.EQUIVALENT
    return known


@contextlib.contextmanager
def quick(unit: str) -> Iterator[None]:
    """Let the unit's checks stop where the first point is lost, if its tests know how: `quick.py` there."""
    try:
        module = importlib.import_module(f"tests.course.units.u{unit}.quick")
    except ModuleNotFoundError:
        yield
        return
    with module.quick():
        yield


def _score(lesson: GradedLesson, cell: Cell, known: dict[str, str]) -> Score:
    started_s = time.monotonic()
    base = _Names(lesson, cell)
    made = mutants(cell.source)
    lost = {mutant.name: base.is_killed(mutant) for mutant in made}
    lost = {name: killed for name, killed in lost.items() if killed is not None}
    alive = [name for name, killed in lost.items() if not killed]
    survivors = tuple(name for name in alive if name not in known)
    top = tuple({mutant.name.split(":")[0].split(".")[0] for mutant in made})
    listed = [name for name in known if name.startswith(tuple(f"{one}{end}" for one in top for end in ":."))]
    stale = tuple(name for name in listed if name not in alive)
    return Score(
        cell.id,
        len(lost),
        sum(lost.values()),
        len(alive) - len(survivors),
        survivors,
        stale,
        time.monotonic() - started_s,
    )


class _Names:
    """The names of the lesson's own solutions, made anew for each mutant."""

    def __init__(self, lesson: GradedLesson, cell: Cell) -> None:
        self.lesson = lesson
        self.cell = cell
        self.before, self.after = [], []
        for one in lesson.cells.values():
            if is_given(one.id) or one.role == "exercise":
                place = self.after if self.before and one.line > cell.line else self.before
                if one.id != cell.id:
                    place.append(compile(one.source, one.id, "exec"))

    def is_killed(self, mutant: Mutant) -> bool | None:
        """Whether the mutant loses points; None when it cannot: it was to change what nobody could."""
        module = types.ModuleType("__main__")
        names: dict[str, Any] = vars(module)
        with _limits(), contextlib.redirect_stdout(io.StringIO()):
            try:
                for code in self.before:
                    exec(code, names)
                exec(compile(mutant.source, "mutant", "exec"), names)
                for code in self.after:
                    exec(code, names)
                killed = self._loses(names)
            except (Exception, OutOfTime):
                return True
        if "changes its argument" in mutant.name and not names.get("_was_spoilt"):
            return None
        return killed

    def _loses(self, names: dict[str, Any]) -> bool:
        judges = [cell for cell in self.lesson.tests.values() if not cell.id.endswith(AT_WORK)]
        for exercise in (self.cell.id, *_built_on(self.lesson, self.cell)):
            for cell in judges:
                of_it = _exercise_of(self.lesson, cell) == exercise
                if of_it and self.lesson.score(cell.id, names) != cell.points:
                    return True
        return False


def _exercise_of(lesson: GradedLesson, test: Cell) -> str:
    """Return which exercise a test judges: "commit-index-cases" is one of "commit-index", not of "commit"."""
    ids = [one.id for one in lesson.cells.values() if one.role == "exercise"]
    return max((id for id in ids if test.id.startswith(f"{id}-")), key=len, default="")


def _built_on(lesson: GradedLesson, cell: Cell) -> list[str]:
    """Return the later exercises whose classes inherit from this one, mistakes included."""
    made = {node.name for node in ast.parse(cell.source).body if isinstance(node, ast.ClassDef)}
    found = []
    for later in lesson.cells.values():
        if later.role != "exercise" or later.line <= cell.line:
            continue
        for node in ast.parse(later.source).body:
            if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & made:
                made.add(node.name)
                found.append(later.id)
    return found


@contextlib.contextmanager
def _limits() -> Iterator[None]:
    """Give the code inside CALL_S a call, MUTANT_S in all, and WALL_S where it only waits."""

    def expire(signum: int, frame: types.FrameType | None) -> None:
        raise OutOfTime

    def processor() -> tuple[int, int]:
        return signal.ITIMER_PROF, signal.SIGPROF

    timers = {
        signal.SIGVTALRM: (signal.ITIMER_VIRTUAL, MUTANT_S),
        signal.SIGALRM: (signal.ITIMER_REAL, WALL_S),
    }
    before = {number: signal.signal(number, expire) for number in timers}
    for timer, seconds in timers.values():
        signal.setitimer(timer, seconds, AGAIN_S)
    try:
        with (
            patch.object(call, "LIMIT_S", CALL_S),
            patch.object(call, call.clock.__name__, processor),
            patch.object(report, "CHECK_S", WALL_S),
        ):
            yield
    finally:
        for number, (timer, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def main(arguments: list[str] | None = None) -> int:
    """Print a unit's table, and its survivors as `equivalent.py` wants them; return 1 when there are any."""
    parser = argparse.ArgumentParser(prog="python -m tests.course.units.mutation", description=__doc__)
    parser.add_argument("unit", help="such as 06_qos")
    parser.add_argument("exercise", nargs="?", default="", help="only this one, by its cell's id")
    given = parser.parse_args(arguments)
    is_whole = True
    print(f"{'exercise':28} mutants  killed  equivalent  survivors  seconds")
    for score in scores(given.unit, given.exercise):
        is_whole = is_whole and score.is_whole
        print(
            f"{score.exercise:28} {score.mutants:7}  {score.killed:6}  {score.equivalent:10}  "
            f"{len(score.survivors):9}  {score.wall_s:7.1f}",
            flush=True,
        )
        for name in score.survivors:
            print(f"    {name!r}:")
        for name in score.stale:
            print(f"  listed as equivalent, and it loses points or is gone: {name}")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
