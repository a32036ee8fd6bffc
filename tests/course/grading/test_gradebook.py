"""The open gradebook finds the rows that nbgrader's own finds."""

import pytest
from nbgrader.api import Gradebook, MissingEntry

from course.grading.gradebook import OpenGradebook


@pytest.fixture
def gradebook(tmp_path):
    """Return a gradebook in which two students submitted two notebooks, whose cells have the same names."""
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    OpenGradebook(url, "course").finish()
    with Gradebook(url, "course") as made:
        made.add_assignment("unit")
        for notebook in ("first", "second"):
            made.add_notebook(notebook, "unit")
            for name in ("test", "essay"):
                made.add_grade_cell(name, notebook, "unit", max_score=3, cell_type="code")
            for name in ("answer", "essay"):
                made.add_solution_cell(name, notebook, "unit")
            made.add_task_cell("task", notebook, "unit", max_score=2, cell_type="markdown")
        for student in ("ann", "bob", "eve"):
            made.add_student(student)
        for student in ("ann", "bob"):
            with made.db.no_autoflush:  # nbgrader builds the rows before it adds them
                made.add_submission("unit", student)
    found = OpenGradebook(url, "course")
    yield found
    found.finish()


@pytest.mark.parametrize(
    ("find", "cells"),
    [("find_grade", ("test", "essay", "task")), ("find_comment", ("answer", "essay", "task"))],
)
def test_it_finds_the_same_rows(gradebook, find, cells):
    places = [
        (cell, notebook, student)
        for cell in cells
        for notebook in ("first", "second")
        for student in ("ann", "bob")
    ]
    with gradebook.transaction():
        for cell, notebook, student in places:
            theirs = getattr(Gradebook, find)(gradebook, cell, notebook, "unit", student)
            assert getattr(gradebook, find)(cell, notebook, "unit", student) is theirs
    assert len(places) == 12


@pytest.mark.parametrize("find", ["find_grade", "find_comment"])
def test_a_cell_that_is_not_there_is_missing_as_before(gradebook, find):
    with gradebook.transaction(), pytest.raises(MissingEntry, match="unit/first/other for ann"):
        getattr(gradebook, find)("other", "first", "unit", "ann")


def test_a_row_that_comes_later_is_found_in_the_next_transaction(gradebook):
    with gradebook.transaction(), pytest.raises(MissingEntry):
        gradebook.find_grade("test", "first", "unit", "eve")
    with gradebook.transaction(), gradebook.db.no_autoflush:
        gradebook.add_submission("unit", "eve")
    with gradebook.transaction():
        assert gradebook.find_grade("test", "first", "unit", "eve").auto_score is None
