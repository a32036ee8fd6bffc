"""nbgrader's own steps, run in a course folder of our choice.

The configuration is that of the folder, else the project's, so what is built here is what an instructor gets
from the same command.
"""

import logging
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course.project import PROJECT


def config(root: Path) -> Config:
    """Return nbgrader's configuration for the course folder `root`: its own file's, else the project's."""
    folder = root if (root / "nbgrader_config.py").exists() else PROJECT
    loaded: Config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    loaded.CourseDirectory.root = str(root)
    return loaded


def generate_assignment(root: Path, unit: str) -> None:
    """Make `root`/release/`unit` from `root`/source/`unit` as `nbgrader generate_assignment` does.

    Raises RuntimeError with nbgrader's log when it fails.
    """
    from nbgrader.apps import NbGraderAPI  # takes seconds, and only building needs it
    from nbgrader.coursedir import CourseDirectory

    settings = config(root)
    settings.GenerateAssignment.no_database = True
    settings.SaveCells.enabled = False
    api = NbGraderAPI(coursedir=CourseDirectory(config=settings), config=settings, log_level=logging.WARNING)
    result = api.generate_assignment(unit, force=True)
    if not result["success"]:
        raise RuntimeError(f"nbgrader could not make the release of {unit}:\n{result.get('log', '')}")
