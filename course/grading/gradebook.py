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
from nbgrader.api import Gradebook
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

    def close(self) -> None:
        """Do nothing; `finish` closes."""

    def finish(self) -> None:
        """Close the connection for good."""
        super().close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything done inside, or none of it."""
        try:
            yield
            self.db().keep()
        except BaseException:
            self.db.rollback()
            raise


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
