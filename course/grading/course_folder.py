"""A course's folders and gradebook, as nbgrader lays them out.

Only this module and `course.grading.gradebook` write to either.
"""

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files, rmtree

from course.build.nbgrader_course import config
from course.grading import gradebook
from course.grading.submission import Job
from course.grading.unit import UnitNotebook, load

FILES_LIMIT_BYTES = 50 * 2**20
"""Files beside the notebooks are copied up to this size together."""
MANAGED = ("grade", "solution", "locked", "task")
"""nbgrader enters a cell into the gradebook when its metadata say one of these."""


class CourseFolder:
    """The course in the folder `root`; its gradebook is open while this is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = config(root)
        self.coursedir = CourseDirectory(config=self.settings)
        self.api = NbGraderAPI(
            coursedir=self.coursedir,
            authenticator=Authenticator(config=self.settings),
            config=self.settings,
            log_level=logging.ERROR,
        )
        self.gradebook = gradebook.OpenGradebook(self.coursedir.db_url, self.coursedir.course_id)

    def close(self) -> None:
        """Close the gradebook."""
        self.gradebook.finish()

    def before_fork(self) -> None:
        """Close the connections of the gradebook, which two processes must not share; it opens new ones."""
        self.gradebook.db.remove()
        self.gradebook.engine.dispose()

    def path(self, step: str, student: str, unit: str) -> Path:
        """Return the folder of a submission at a step: "submitted", "autograded" or "feedback"."""
        directory = getattr(self.coursedir, f"{step}_directory")
        return Path(self.coursedir.format_path(directory, student, unit))

    def register(self, unit: str) -> tuple[UnitNotebook, ...]:
        """Return the unit's notebooks, after entering them into the gradebook if source/ differs from it.

        release/ is not touched: a learner may work in it.
        """
        with contextlib.suppress(MissingEntry):
            known = load(self.gradebook, unit)
            if known and all(self._is_current(one) for one in known):
                return known
        self.gradebook.db.remove()
        with tempfile.TemporaryDirectory(prefix="course-release-") as folder:
            settings = config(self.root)
            settings.CourseDirectory.release_directory = folder
            settings.CourseDirectory.db_url = self.coursedir.db_url
            api = NbGraderAPI(
                coursedir=CourseDirectory(config=settings), config=settings, log_level=logging.ERROR
            )
            demand(api.generate_assignment(unit, force=True), f"enter {unit} into the gradebook")
        return load(self.gradebook, unit)

    def _is_current(self, notebook: UnitNotebook) -> bool:
        """Whether the gradebook has all cells of source/, and the locked ones as they are there."""
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", notebook.unit))
        try:
            nb = nbformat.read(source / f"{notebook.name}.ipynb", as_version=4)
        except OSError:
            return True  # an instructor may grade without the sources at hand
        managed = [cell for cell in nb.cells if any(map(cell.metadata.get("nbgrader", {}).get, MANAGED))]
        there = {
            cell.metadata.nbgrader.grade_id: (cell.source, cell.metadata.nbgrader.get("points"))
            if cell.metadata.nbgrader.get("locked")
            else None
            for cell in managed
        }
        here = {cell.name: (cell.source, cell.points) if cell.locked else None for cell in notebook.cells}
        return there == here

    def collect(self, unit: str) -> bool:
        """Collect what was submitted through the exchange; return whether there is an exchange with such."""
        root = Path(self.settings.Exchange.root)
        inbound = root / self.coursedir.course_id / "inbound"
        if not inbound.is_dir() or not any(f"+{unit}+" in name for name in os.listdir(inbound)):
            return False
        demand(self.api.collect(unit), f"collect {unit}")
        return True

    def students(self, unit: str) -> list[str]:
        """Return who submitted the unit."""
        return sorted(self.api.get_submitted_students(unit))

    def is_graded(self, student: str, unit: str) -> bool:
        """Whether the submission was graded and no newer one came since; nbgrader's own rule."""
        there = self.path("autograded", student, unit)
        if not there.is_dir():
            return False
        new = gradebook.timestamp_of(self.path("submitted", student, unit), self.coursedir)
        old = gradebook.timestamp_of(there, self.coursedir)
        return not (new and old and new > old)

    def jobs(self, student: str, notebooks: tuple[UnitNotebook, ...], **more: Any) -> Iterator[Job]:
        """Yield a job for each notebook of a submission, also for one that is not there."""
        for notebook in notebooks:
            folder = self.path("submitted", student, notebook.unit)
            data, fault, notes = _submitted_file(folder, notebook.name, only=len(notebooks) == 1)
            yield Job(student, notebook, data, fault, notes, **more)

    def keep(self, student: str, unit: str, notebooks: dict[str, str]) -> None:
        """Enter a graded submission into the gradebook and put its files below autograded/.

        The folder appears last and at once, so a submission whose folder is there was graded to the end; one
        whose folder is not there is graded again, whenever this was killed.
        """
        submitted, graded = self.path("submitted", student, unit), self.path("autograded", student, unit)
        hidden = f".{unit}.partial"
        partial = self.path("autograded", student, hidden)
        old = self.path("autograded", student, f".{unit}.old")
        for folder in (partial, old):
            if folder.exists():
                rmtree(str(folder))
        partial.mkdir(parents=True)
        self._copy_files(submitted, unit, partial)
        for name, text in notebooks.items():
            (partial / f"{name}.ipynb").write_text(text + "\n", "utf-8")
        Autograde(coursedir=self.coursedir, parent=self.api).set_permissions(hidden, student)
        stamp = gradebook.timestamp_of(submitted, self.coursedir)
        if graded.exists():
            graded.rename(old)
        try:
            gradebook.save(self.gradebook, self.settings, student, unit, notebooks, stamp)
        except BaseException:
            rmtree(str(partial))
            if old.exists():
                old.rename(graded)
            raise
        if old.exists():
            rmtree(str(old))
        partial.rename(graded)

    def is_feedback_due(self, student: str, unit: str) -> bool:
        """Whether a graded submission has no feedback, or only that of an earlier grading."""
        page = self.path("feedback", student, unit)
        graded = self.path("autograded", student, unit)
        return not page.is_dir() or page.stat().st_mtime_ns < graded.stat().st_mtime_ns

    def _copy_files(self, submitted: Path, unit: str, into: Path) -> None:
        """Copy the other files of a submission, then those of source/ over them; never through a link."""
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", unit))
        left = FILES_LIMIT_BYTES
        for folder in (submitted, source):
            if not folder.is_dir():
                continue
            for name in sorted(find_all_files(str(folder), [*self.coursedir.ignore, "*.ipynb"])):
                file = Path(name)
                if not _is_own_file(file, folder) or (left := left - file.stat().st_size) < 0:
                    continue
                target = into / file.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)

    def score(self, student: str, unit: str) -> tuple[float, float]:
        """Return the points of a graded submission and the highest possible."""
        found = self.gradebook.find_submission(unit, student)
        penalty = sum(notebook.late_submission_penalty or 0 for notebook in found.notebooks)
        return found.score - penalty, found.max_score


def demand(result: dict[str, Any], step: str) -> None:
    """Raise RuntimeError with nbgrader's words when one of its steps failed."""
    if not result["success"]:
        raise RuntimeError(f"nbgrader could not {step}:\n{result.get('log') or result.get('error', '')}")


def _is_own_file(file: Path, folder: Path) -> bool:
    """Whether `file` is an ordinary file that is really below `folder`."""
    return file.is_file() and not file.is_symlink() and file.resolve().is_relative_to(folder.resolve())


def _submitted_file(folder: Path, name: str, *, only: bool) -> tuple[bytes, str, tuple[str, ...]]:
    """Return the bytes of a submitted notebook, or why there are none, and notes for the learner."""
    file = folder / f"{name}.ipynb"
    notes: tuple[str, ...] = ()
    if not file.exists() and not file.is_symlink():
        others = [one for one in sorted(folder.glob("*.ipynb")) if _is_own_file(one, folder)]
        if not (only and len(others) == 1):
            return b"", f"No file {name}.ipynb was submitted.", ()
        file = others[0]
        notes = (f"The notebook was submitted as {file.name}; it is graded as {name}.ipynb.",)
    if not _is_own_file(file, folder):
        return b"", f"{name}.ipynb is not an ordinary file.", ()
    try:
        return file.read_bytes(), "", notes
    except OSError as error:
        return b"", f"{name}.ipynb cannot be read: {error.strerror}.", ()
