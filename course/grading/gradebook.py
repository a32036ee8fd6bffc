"""The one writer to nbgrader's gradebook: a submission's rows in one transaction, by nbgrader's own code.

nbgrader's preprocessors open the database anew for each notebook and commit for each cell.  Here they get
the one that is open, and the commits between wait for the last; so a submission is in the gradebook whole or
not at all, and it takes milliseconds.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import api
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades, latesubmissions, saveautogrades
from nbgrader.utils import parse_utc
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from traitlets.config import Config


class _Session(Session):
    """A session whose commit waits for `keep`."""

    def commit(self) -> None:
        """Wait: the rows of a submission are written together."""

    def keep(self) -> None:
        super().commit()


class OpenGradebook(Gradebook):  # type: ignore[misc]  # nbgrader publishes no types
    """A gradebook that stays open, however often nbgrader's code closes it."""

    def __init__(self, url: str, course_id: str) -> None:
        with _version_read_here():
            super().__init__(url, course_id)
        self.db: Any
        self.db.remove()
        self.db = scoped_session(sessionmaker(bind=self.engine, class_=_Session, autoflush=True, future=True))
        self._rows: dict[tuple[type, str, str, str], dict[str, Any]] | None = None

    def close(self) -> None:
        """Do nothing; `finish` closes."""

    def finish(self) -> None:
        """Close the connection for good."""
        super().close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything done inside, or none of it."""
        self._rows = {}
        try:
            yield
            self.db().keep()
        except BaseException:
            self.db.rollback()
            raise
        finally:
            self._rows = None

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """Return a grade as nbgrader does, which asks the database for each anew."""
        found = self._row(Grade, grade_cell, (notebook, assignment, student))
        return found or super().find_grade(grade_cell, notebook, assignment, student)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Comment:
        """Return a comment as nbgrader does, which asks the database for each anew."""
        found = self._row(Comment, solution_cell, (notebook, assignment, student))
        return found or super().find_comment(solution_cell, notebook, assignment, student)

    def _row(self, kind: Any, cell: str, place: tuple[str, str, str]) -> Any:
        """Return the row of a cell; in a transaction, all of a submitted notebook are read together."""
        if self._rows is None:
            return None
        key = (kind, *place)
        if key not in self._rows:
            of_notebook = kind.notebook_id == self.find_submission_notebook(*place).id
            query = self.db.query(BaseCell.name, kind).join(kind, kind.cell_id == BaseCell.id)
            self._rows[key] = dict(query.filter(of_notebook).all())
        return self._rows[key].get(cell)


@contextlib.contextmanager
def _version_read_here() -> Iterator[None]:
    """Let a new gradebook learn its version here; nbgrader starts a program, which takes seconds."""
    before = api.get_alembic_version
    api.get_alembic_version = _newest_version
    try:
        yield
    finally:
        api.get_alembic_version = before


def _newest_version() -> str | None:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


def save(
    gradebook: OpenGradebook,
    settings: Config,
    student: str,
    unit: str,
    notebooks: dict[str, str],
    timestamp: str | None,
) -> None:
    """Enter a submission's results: `notebooks` are the executed ones, as text, by name."""
    with gradebook.transaction(), _shared(gradebook):
        gradebook.update_or_create_student(student)
        given = {"timestamp": parse_utc(timestamp)} if timestamp else {}
        gradebook.db.flush()
        with gradebook.db.no_autoflush:  # nbgrader builds the rows before it adds them
            gradebook.update_or_create_submission(unit, student, **given)
        gradebook.db.flush()
        for name, text in notebooks.items():
            nb = nbformat.v4.reads(text)
            resources: dict[str, Any] = {
                "nbgrader": {"student": student, "assignment": unit, "notebook": name, "db_url": ""}
            }
            with gradebook.db.no_autoflush:  # it looks for rows that are there, and changes each once
                SaveAutoGrades(config=settings).preprocess(nb, resources)
            gradebook.db.flush()
            gradebook.db.expire_all()  # the penalty depends on sums that the database computes
            AssignLatePenalties(config=settings).preprocess(nb, resources)


@contextlib.contextmanager
def _shared(gradebook: OpenGradebook) -> Iterator[None]:
    """Let nbgrader's two preprocessors find the open gradebook where they look for the class."""
    modules = (saveautogrades, latesubmissions)
    for module in modules:
        module.Gradebook = lambda url: gradebook
    try:
        yield
    finally:
        for module in modules:
            module.Gradebook = Gradebook


def timestamp_of(folder: Path, coursedir: CourseDirectory) -> str | None:
    """Return when a submission was made, as its timestamp.txt says; None when it says nothing sensible."""
    try:
        found = coursedir.get_existing_timestamp(str(folder))
    except (
        ValueError,
        OverflowError,
        AttributeError,
        OSError,
    ):  # nbgrader 0.9.6 fails while it reports a bad one
        return None
    return str(found) if found else None
