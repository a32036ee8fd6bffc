"""A course's folders and gradebook, as nbgrader lays them out.

Only this module and `course.grading.gradebook` write to either.
"""

import contextlib
import logging
import os
import re
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
from nbgrader.exchange.default import Exchange
from nbgrader.utils import find_all_files, rmtree

from course.build.nbgrader_course import config
from course.grading import gradebook
from course.grading.beside import beside, is_own, other_notebooks
from course.grading.submission import Job
from course.grading.unit import UnitNotebook, load

FILES_LIMIT_BYTES = 50 * 2**20
"""Files beside the notebooks are copied up to this size together."""
_EXCEPTION = re.compile(r"[\w.]*(Error|Exception|Entry|Interrupt)\b: .")
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
            step = f"enter {unit} into the gradebook"
            demand(api.generate_assignment(unit, force=True), step, self._changed(unit))
        return load(self.gradebook, unit)

    def _changed(self, unit: str) -> str:
        """Return what to do when cells were added or removed after submissions were graded, "" otherwise."""
        try:
            known = load(self.gradebook, unit)
        except MissingEntry:
            return ""
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", unit))
        changed = [f"{source / one.name}.ipynb" for one in known if not self._is_current(one)]
        if not changed or not self.gradebook.assignment_submissions(unit):
            return ""
        return (
            f"{', '.join(changed)} has other cells than when submissions were graded. Take the change back, "
            "or release the changed notebook as a unit of its own; to start over and forget all points, run "
            f"`nbgrader db assignment remove {unit} --force`"
        )

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
        exchange = Exchange(coursedir=self.coursedir, config=self.settings)
        inbound = Path(exchange.root) / self.coursedir.course_id / "inbound"
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
        names = [notebook.name for notebook in notebooks]
        for number, notebook in enumerate(notebooks):
            folder = self.path("submitted", student, notebook.unit)
            source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", notebook.unit))
            data, fault, notes, used = _submitted_file(folder, notebook.name, only=len(notebooks) == 1)
            others = [each for each in other_notebooks(folder, names) if each != used]
            if others and number == 0:
                listed = " and ".join(f"{name}.ipynb" for name in names)
                notes = (*notes, f"{', '.join(others)} counts for nothing: the notebook is {listed}.")
            found = beside(folder, source, self.coursedir.ignore)
            yield Job(student, notebook, data, fault, (*notes, *found.notes), found.files, **more)

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
                if not is_own(file, folder) or (left := left - file.stat().st_size) < 0:
                    continue
                target = into / file.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)

    def score(self, student: str, unit: str) -> tuple[float, float]:
        """Return the points of a graded submission and the highest possible."""
        found = self.gradebook.find_submission(unit, student)
        penalty = sum(notebook.late_submission_penalty or 0 for notebook in found.notebooks)
        return found.score - penalty, found.max_score


def demand(result: dict[str, Any], step: str, advice: str = "") -> None:
    """Raise RuntimeError, in one line with nbgrader's last words, when one of its steps failed."""
    if not result["success"]:
        why = advice or _last_words(str(result.get("log") or "") + str(result.get("error") or ""))
        raise RuntimeError(f"nbgrader could not {step}: {why}")


def _last_words(log: str) -> str:
    """Return the line of a log that says what went wrong: that of the last exception, or the last at all."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    said = [line for line in lines if _EXCEPTION.match(line)]
    return (said or lines or ["it does not say why"])[-1]


def _submitted_file(folder: Path, name: str, *, only: bool) -> tuple[bytes, str, tuple[str, ...], str]:
    """Return the bytes of a submitted notebook or why there are none, notes for the learner, and its file."""
    file = folder / f"{name}.ipynb"
    notes: tuple[str, ...] = ()
    if not file.exists() and not file.is_symlink():
        others = [one for one in sorted(folder.glob("*.ipynb")) if is_own(one, folder)]
        if not (only and len(others) == 1):
            return b"", f"No file {name}.ipynb was submitted.", (), ""
        file = others[0]
        notes = (f"The notebook was submitted as {file.name}; it is graded as {name}.ipynb.",)
    if not is_own(file, folder):
        return b"", f"{name}.ipynb is not an ordinary file.", (), file.name
    try:
        return file.read_bytes(), "", notes, file.name
    except OSError as error:
        return b"", f"{name}.ipynb cannot be read: {error.strerror}.", (), file.name
