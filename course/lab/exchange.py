"""One learner on one machine: an exchange to submit to, without a class around it."""

import logging
from pathlib import Path
from typing import Any

from course.build.nbgrader_course import config


def open_exchange(project: Path) -> list[str]:
    """Release every unit that the exchange does not have yet, so that Submit works; return their names."""
    settings = config(project)
    outbound = Path(settings.Exchange.root) / settings.CourseDirectory.course_id / "outbound"
    units = [path.parent.name for path in sorted((project / "release").glob("*/*.ipynb"))]
    missing = [unit for unit in units if not (outbound / unit).exists()]
    if missing:
        Path(settings.Exchange.root).mkdir(parents=True, exist_ok=True)
        from course.grading.course_folder import demand

        api = _api(settings)
        for unit in missing:
            demand(api.release_assignment(unit), f"release {unit}")
    return missing


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
