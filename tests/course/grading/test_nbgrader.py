"""nbgrader's real commands, from release to feedback, on lesson 06: every solution gets what it deserves."""

import copy
import csv
import functools
import getpass
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.build.lesson import paths, read
from course.project import PROJECT
from tests import nbgrader_command
from tests.course.units.u06_qos import solutions
from tests.course.units.u06_qos.solutions import RIGHT

UNIT = "06_qos"
POINTS = {cell.id: cell.points for cell in read(paths(PROJECT)["06_qos"]).cells if cell.points}
WRONG = [
    wrong
    for number, wrong in enumerate(solutions.WRONG)
    if "COURSE_EVERY_STUDENT" in os.environ or number % 8 == 0 or wrong.belief.startswith("BestEffort first")
]
"""Each takes nbgrader seconds: `make nightly` grades all, `make test` every eighth, of each exercise one."""
STUDENTS = {
    "reference": {},
    "blank": {},
    **{f"right-{number}": cells for number, cells in enumerate(RIGHT.values())},
    **{f"wrong-{number}": {wrong.exercise: wrong.code} for number, wrong in enumerate(WRONG)},
}


@pytest.fixture(scope="module")
def course(protection, tmp_path_factory) -> Path:
    """Return a course folder where every student of STUDENTS went through nbgrader."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    shutil.copytree(PROJECT / "source" / UNIT, root / "source" / UNIT)
    nbgrader = commands_in(root)
    nbgrader("generate_assignment", UNIT)
    nbgrader("release_assignment", UNIT)

    # One student goes through the exchange, the others' notebooks are put where collect would put them.
    shutil.rmtree(root / "release" / UNIT)
    nbgrader("fetch_assignment", UNIT)
    nbgrader("submit", UNIT)
    nbgrader("collect", UNIT)
    released = nbformat.read(root / "work" / UNIT / f"{UNIT}.ipynb", as_version=4)
    solved = nbformat.read(root / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    for student, cells in STUDENTS.items():
        submit(root, student, released, answers(released, solved, student, cells))
    nbgrader("autograde", UNIT)
    nbgrader("generate_feedback", UNIT)
    nbgrader("release_feedback", UNIT, "--student", getpass.getuser())
    nbgrader("fetch_feedback", UNIT)
    nbgrader("export", "--to", "grades.csv")
    return root


def commands_in(root: Path) -> Callable[..., str]:
    # nbgrader keeps what was submitted in Jupyter's folder.
    return functools.partial(nbgrader_command.nbgrader, root, JUPYTER_DATA_DIR=str(root / "jupyter"))


def answers(released, solved, student: str, cells: dict[str, str]) -> dict[str, str]:
    """Return what each exercise's cell holds: the solution, unless the student wrote something else."""
    if student == "blank":
        return {}
    solution = {
        cell.id: cell.source for cell in solved.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    return {**solution, **cells}


def submit(root: Path, student: str, released, written: dict[str, str]) -> None:
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        cell.source = written.get(cell.id, cell.source)
    path = root / "submitted" / student / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def scores(course) -> dict[str, dict[str, float]]:
    """Return each student's points by test cell, as the gradebook has them."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "kubernetes-inside-out") as gradebook:
        return {
            student: {
                grade.name: grade.score
                for grade in gradebook.find_submission_notebook(UNIT, UNIT, student).grades
            }
            for student in STUDENTS
        }


def feedback(course: Path, student: str) -> str:
    return (course / "feedback" / student / UNIT / f"{UNIT}.html").read_text("utf-8")


def test_the_reference_solution_earns_every_point(scores):
    assert scores["reference"] == POINTS


def test_the_blank_release_earns_none(scores):
    assert scores["blank"] == dict.fromkeys(POINTS, 0)


@pytest.mark.parametrize("number", range(len(RIGHT)), ids=list(RIGHT))
def test_a_differently_written_right_solution_earns_every_point(number, scores):
    assert scores[f"right-{number}"] == POINTS


@pytest.mark.parametrize("number", range(len(WRONG)), ids=[wrong.belief for wrong in WRONG])
def test_a_misconception_loses_points_in_the_cells_meant_for_it(number, scores):
    mine = {name: points for name, points in scores[f"wrong-{number}"].items() if points < POINTS[name]}
    others = (
        ("oom-adj-examples", "oom-adj-unseen") if WRONG[number].exercise == "qos" else ()
    )  # they call qos
    assert set(mine) - set(others) == set(WRONG[number].caught_by)


def test_every_student_is_in_the_export_with_the_same_score(course, scores):
    with (course / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    for student, points in scores.items():
        assert float(rows[student]["raw_score"]) == pytest.approx(sum(points.values()))
        assert float(rows[student]["max_score"]) == sum(POINTS.values())


def test_the_feedback_shows_the_report_of_a_broken_rule(course):
    number = next(number for number, wrong in enumerate(WRONG) if wrong.belief.startswith("BestEffort first"))
    page = feedback(course, f"wrong-{number}")
    assert "Broken rule: among pods on the same side, lower priority goes first" in page
    assert "expected: " in page


def test_the_feedback_of_the_one_who_submitted_through_the_exchange_comes_back(course):
    fetched = list((course / "work" / UNIT / "feedback").rglob("*.html"))
    assert len(fetched) == 1
    assert "is not written yet" in fetched[0].read_text("utf-8")
