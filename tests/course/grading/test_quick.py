"""What is left out to start quickly is not missed."""

import os
import sys
from pathlib import Path

from nbgrader.api import get_alembic_version
from sqlalchemy import text

from course.grading.gradebook import OpenGradebook


def test_a_new_gradebook_has_the_version_that_nbgrader_gives_it(tmp_path, monkeypatch):
    programs = Path(sys.executable).parent  # nbgrader calls alembic by name
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    gradebook = OpenGradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "course")
    versions = gradebook.db.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    gradebook.finish()
    assert versions == [get_alembic_version()]
