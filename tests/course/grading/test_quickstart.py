"""nbgrader's own first assignment, made by `nbgrader quickstart`, gets the points that stock nbgrader gives.

Its submissions come with nbgrader, as the example of its user guide.  The points are those of `nbgrader
autograde` of the pinned version; `make nightly` asks it again.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import nbgrader
import pytest
from nbgrader.api import Gradebook

GUIDE = Path(nbgrader.__file__).parent / "docs/source/user_guide"
ALL = {
    "correct_squares": 1,
    "squares_invalid_input": 1,
    "correct_sum_of_squares": 0.5,
    "sum_of_squares_uses_squares": 0.5,
}
POINTS = {
    "bitdiddle": {**ALL, "correct_squares": 0, "correct_sum_of_squares": 0},
    "hacker": ALL,
    "reference": ALL,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a course as `nbgrader quickstart` makes it, with two submissions and its own solution."""
    root = tmp_path / "course101"
    command = [sys.executable, "-m", "nbgrader", "quickstart", str(root)]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    shutil.copytree(GUIDE / "submitted", root / "submitted")
    shutil.copytree(root / "source/ps1", root / "submitted/reference/ps1")
    return root


def points(root: Path) -> dict[str, dict[str, float]]:
    with Gradebook(f"sqlite:///{root}/gradebook.db", "course101") as gradebook:
        return {
            one.student.id: {
                grade.name: grade.auto_score
                for notebook in one.notebooks
                for grade in notebook.grades
                if grade.auto_score is not None
            }
            for one in gradebook.assignment_submissions("ps1")
        }


def run(root: Path, *command: str) -> None:
    subprocess.run([sys.executable, "-m", *command], check=True, cwd=root, capture_output=True)


def test_the_first_assignment_gets_stock_points(folder: Path) -> None:
    run(folder, "course.cli", "grade", "ps1", "--root", str(folder), "--no-feedback")
    found = points(folder)
    for student, expected in POINTS.items():
        assert {name: found[student][name] for name in expected} == expected


@pytest.mark.slow
def test_stock_nbgrader_gives_the_same(folder: Path, tmp_path: Path) -> None:
    stock = shutil.copytree(folder, tmp_path / "stock")
    run(folder, "course.cli", "grade", "ps1", "--root", str(folder), "--no-feedback")
    run(stock, "nbgrader", "generate_assignment", "ps1")
    run(stock, "nbgrader", "autograde", "ps1")
    assert points(folder) == points(stock)
