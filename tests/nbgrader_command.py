"""nbgrader's own command, in a course folder."""

import os
import subprocess
import sys
from pathlib import Path

from course.project import PROJECT


def nbgrader(root: Path, *arguments: str, **environment: str) -> str:
    """Run an nbgrader command in the course folder `root`, and return what it wrote to stderr."""
    whole = {
        **os.environ,
        "COURSE_EXCHANGE": str(root / "exchange"),
        "PYTHONPATH": str(PROJECT),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        **environment,
    }
    whole.pop("PYTEST_CURRENT_TEST", None)  # with it a kernel leaves what is written below Python alone
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=root,
        env=whole,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr
