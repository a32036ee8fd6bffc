"""One learner's own check of a unit: submit it to the private exchange, grade it, keep points and reports.

It is what a class gets from Submit and `course grade`, in one step.  The server runs it as a process of its
own, `course check`, which takes nbgrader's memory with it when it ends.
"""

import contextlib
import io
import json
import logging
import os
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbgrader import utils

from course.build.nbgrader_course import config
from course.keep.files import CHECKED
from course.lab.exchange import open_exchange
from course.lab.passed import keep_passed
from course.learn.keeping import kept, now
from course.sandbox import facade

REPORT_LIMIT = 6_000


class GradedTest(NamedTuple):
    """A test cell of a graded notebook: the exercise's cell above it, the points, and what was printed."""

    id: str
    exercise: str
    points: float
    most: float
    report: str


class Checked(NamedTuple):
    """A graded unit; `notes` are about the notebook as a whole."""

    unit: str
    points: float
    most: float
    tests: list[GradedTest]
    notes: list[str]

    def as_json(self) -> str:
        """Return it as one line."""
        return json.dumps({**self._asdict(), "tests": [test._asdict() for test in self.tests]})


def check(project: Path, unit: str, *, submitted: bool = False) -> Checked:
    """Submit (unless that is done) and grade the unit in work/; keep and return what came of it.

    RuntimeError with one line when a step fails.
    """
    notes = [] if submitted else [*_notes(project / "work" / unit / f"{unit}.ipynb")]
    open_exchange(project)
    if not submitted:
        _submit(project, unit)
    _grade(project, unit)
    found = read_graded(graded_notebook(project, unit), unit)
    notes += keep(project, unit)
    result = Checked(unit, sum(t.points for t in found), sum(t.most for t in found), found, notes)
    kept().put("checks", unit, entry_of(result))
    return result


def keep(project: Path, unit: str) -> list[str]:
    """Keep what passed the last check of a unit for later clusters; return a line when something is new."""
    try:
        passed = keep_passed(nbformat.read(graded_notebook(project, unit), as_version=4), unit, CHECKED)
    except (OSError, ValueError) as error:
        return [f"What passed could not be kept: {error}."]
    return [f"Kept for later clusters: {', '.join(passed.new)}."] if passed.new else []


def entry_of(result: Checked) -> dict[str, Any]:
    """Return what is kept of a check: points, and the reports of tests that did not get all of theirs."""
    reports = {test.id: test.report for test in result.tests if test.points < test.most}
    return {"points": result.points, "most": result.most, "at": now(), "reports": reports}


def graded_notebook(project: Path, unit: str) -> Path:
    """Return where the graded notebook of this learner is, or will be."""
    return project / "autograded" / me() / unit / f"{unit}.ipynb"


def me() -> str:
    """Return the name under which this learner submits; it is the account's, as nbgrader sees it."""
    return str(utils.get_username())


def read_graded(path: Path, unit: str) -> list[GradedTest]:
    """Return the test cells of a graded notebook; none when there is no such notebook."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError):
        return []
    tests, exercise = [], ""
    for cell in notebook.cells:
        if utils.is_solution(cell):
            exercise = cell.metadata.nbgrader.grade_id
        if utils.is_grade(cell) and cell.cell_type == "code":
            points, most = utils.determine_grade(cell, logging.getLogger(__name__))
            tests.append(
                GradedTest(
                    cell.metadata.nbgrader.grade_id, exercise, points or 0, most, _printed(cell.outputs)
                )
            )
    return tests


def _printed(outputs: list[Any]) -> str:
    parts = []
    for output in outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
    return "".join(parts).strip()[:REPORT_LIMIT]


def _notes(path: Path) -> list[str]:
    """Return what a learner should know before they ask why: imports that the grader does not have."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{path.name} cannot be read as a notebook: {error}") from error
    absent = [
        module
        for cell in notebook.cells
        if cell.cell_type == "code" and utils.is_solution(cell)
        for module in facade.absent(cell.source)
    ]
    return [
        f"{name} is not there while a test calls your function: the answer has to be your own."
        for name in absent
    ]


def _submit(project: Path, unit: str) -> None:
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError, ExchangeFactory

    settings = config(project)
    settings.CourseDirectory.assignment_id = unit
    settings.Exchange.assignment_dir = str(project / "work")
    settings.ExchangeSubmit.log_level = logging.ERROR
    step = ExchangeFactory(config=settings).Submit(
        coursedir=CourseDirectory(config=settings),
        authenticator=Authenticator(config=settings),
        config=settings,
    )
    try:
        step.start()
    except ExchangeError as error:
        raise RuntimeError(f"{unit} could not be submitted: {error}") from error


def _grade(project: Path, unit: str) -> None:
    from course.grading.batch import Options, grade

    os.environ["LOGNAME"] = me()  # so that the grader knows whose work this is, whatever the shell says
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = grade(project, Options(unit=unit, students=(me(),), workers=1))
    if code:
        raise RuntimeError(f"{unit} could not be graded: {said.getvalue().strip().splitlines()[-1]}")
