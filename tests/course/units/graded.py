"""A lesson's test cells, run as the grader runs them."""

import ast
import contextlib
import io
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pytest

from course.build.lesson import paths, read
from course.checks.report import Case
from course.project import PROJECT

Names = dict[str, Any]


class Wrong(NamedTuple):
    """A misconception: in which exercise, in one sentence, the test cells meant for it, and its code."""

    exercise: str
    belief: str
    caught_by: tuple[str, ...]
    code: str


def is_given(cell_id: str) -> bool:
    """Tell whether a cell is given to the learner for use in exercises: the imports, and "given-..."."""
    return cell_id == "imports" or cell_id.startswith("given-")


class GradedLesson:
    """The lesson of a unit, such as "06_qos"; `cells` are all by their ids, `tests` those with points."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        lesson = read(paths(PROJECT)[unit])
        self.cells = {cell.id: cell for cell in lesson.cells}
        self.tests = {id: cell for id, cell in self.cells.items() if cell.role == "test"}

    def score(self, cell_id: str, names: Names) -> float:
        """Run a test cell, hidden part included, and return its value."""
        *statements, last = ast.parse(self.tests[cell_id].source).body
        assert isinstance(last, ast.Expr)
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(record=True):
            warnings.simplefilter("default")  # as in a notebook
            exec(compile(ast.Module(statements, []), cell_id, "exec"), names)
            return eval(compile(ast.Expression(last.value), cell_id, "eval"), names)

    def lost(self, names: Names, exercise: str = "") -> tuple[str, ...]:
        """Return the test cells, those of one exercise or all, that do not give all their points."""
        prefix = f"{exercise}-" if exercise else ""
        cells = [cell for id, cell in self.tests.items() if id.startswith(prefix)]
        assert cells, f"{exercise} has no test cell"
        return tuple(cell.id for cell in cells if self.score(cell.id, names) != cell.points)


def solution_tests(
    lesson: GradedLesson, right: Mapping[str, Mapping[str, str]], wrong: Iterable[Wrong]
) -> tuple[Callable[..., None], Callable[..., None]]:
    """Return the two tests of a unit's solutions; `right` are cells by name and exercise."""

    @pytest.mark.parametrize("wrong", wrong, ids=lambda wrong: f"{wrong.exercise}: {wrong.belief}")
    def a_misconception(wrong: Wrong, solutions: Callable[[str], Names]) -> None:
        """Take points in the cells that are meant for it, and in no other."""
        names = solutions(lesson.unit)
        exec(wrong.code, names)
        assert lesson.lost(names, wrong.exercise) == wrong.caught_by

    @pytest.mark.parametrize("name", right)
    def a_right_solution(name: str, solutions: Callable[[str], Names]) -> None:
        """Give every point of the unit."""
        names = solutions(lesson.unit)
        for code in right[name].values():
            exec(code, names)
        assert lesson.lost(names) == ()

    return a_misconception, a_right_solution


def rules_with_one_answer(cases: Iterable[Case]) -> list[str]:
    """Return the rules that a constant would satisfy."""
    answers: dict[str, set[str]] = {}
    for case in cases:
        answers.setdefault(case.rule, set()).add(str(case.expected))
    return [rule for rule, expected in answers.items() if len(expected) < 2]
