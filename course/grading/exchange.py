"""One learner on one machine: an exchange to submit to, and grading without a class around it.

Instructors use nbgrader's own commands; this does the same steps in one go.
"""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course.grading.nbgrader_course import config


def open_exchange(project: Path) -> list[str]:
    """Release every unit that the exchange does not have yet, so that Submit works; return their names."""
    settings = config(project)
    outbound = Path(settings.Exchange.root) / settings.CourseDirectory.course_id / "outbound"
    units = [path.parent.name for path in sorted((project / "release").glob("*/*.ipynb"))]
    missing = [unit for unit in units if not (outbound / unit).exists()]
    if missing:
        Path(settings.Exchange.root).mkdir(parents=True, exist_ok=True)
        api = _api(settings)
        for unit in missing:
            _demand(api.release_assignment(unit), f"release {unit}")
    return missing


def grade(project: Path, unit: str) -> Iterator[str]:
    """Collect, autograde and write feedback for what was submitted of `unit`; yield a line a step.

    Raises RuntimeError, with nbgrader's words, when a step fails.
    """
    settings = config(project)
    _register(project, unit)
    api = _api(settings)
    _demand(api.collect(unit), f"collect {unit}")
    students = sorted(api.get_submitted_students(unit))
    if not students:
        raise RuntimeError(
            f"nobody has submitted {unit} yet: open Nbgrader > Assignment List and press Submit"
        )
    for student in students:
        _demand(api.autograde(unit, student, force=True), f"autograde {unit} of {student}")
        _demand(api.generate_feedback(unit, student, force=True), f"write feedback for {student}")
        submission = api.get_submission(unit, student)
        yield f"{student}: {submission['score']:g} of {submission['max_score']:g} points"
    _demand(api.release_feedback(unit), f"release the feedback of {unit}")
    yield f"feedback: feedback/<student>/{unit}/{unit}.html, and Fetch Feedback in the Assignment List"


def _register(project: Path, unit: str) -> None:
    """Enter the unit's tests into the gradebook; release/ is not touched, a learner may work in it."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    with tempfile.TemporaryDirectory(prefix="course-release-") as folder:
        settings = config(project)
        settings.CourseDirectory.release_directory = folder
        settings.CourseDirectory.db_url = f"sqlite:///{project / 'gradebook.db'}"
        api = NbGraderAPI(
            coursedir=CourseDirectory(config=settings), config=settings, log_level=logging.ERROR
        )
        _demand(api.generate_assignment(unit, force=True), f"enter {unit} into the gradebook")


def _api(settings: Any) -> Any:
    from nbgrader.apps import NbGraderAPI
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory

    return NbGraderAPI(
        coursedir=CourseDirectory(config=settings),
        authenticator=Authenticator(config=settings),
        config=settings,
        log_level=logging.ERROR,
    )


def _demand(result: dict[str, Any], step: str) -> None:
    if not result["success"]:
        raise RuntimeError(f"nbgrader could not {step}:\n{result.get('log') or result.get('error', '')}")
