"""Feedback pages, made by nbgrader, several students at a time."""

import functools
import logging
from pathlib import Path
from typing import Any, NamedTuple

from course.grading.nbgrader_course import config


class FeedbackJob(NamedTuple):
    """Whose feedback to write."""

    root: Path
    unit: str
    student: str


def write(job: FeedbackJob) -> str:
    """Write feedback/<student>/<unit>; return an empty string, or nbgrader's words when it failed."""
    result = _api(job.root).generate_feedback(job.unit, job.student, force=True)
    return "" if result["success"] else f"{job.student}: {result.get('error') or result.get('log', '')}"


@functools.cache
def _api(root: Path) -> Any:
    """Return this process's nbgrader; making one takes longer than a page of feedback."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    settings = config(root)
    return NbGraderAPI(coursedir=CourseDirectory(config=settings), config=settings, log_level=logging.ERROR)
