"""Feedback pages, made by nbgrader, several students at a time.

A page is made below feedback/.partial and moved when it is whole and released, so that a submission whose
feedback is there has all of it.
"""

import contextlib
import functools
import logging
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from course.build.nbgrader_course import config

PARTIAL = ".partial"


class FeedbackJob(NamedTuple):
    """Whose feedback to write."""

    root: Path
    unit: str
    student: str


class Written(NamedTuple):
    """What came of a job: `words` are nbgrader's when it failed, else empty."""

    job: FeedbackJob
    words: str


def write(job: FeedbackJob) -> Written:
    """Write the pages of a student, where nobody looks yet."""
    result = _api(job.root).generate_feedback(job.unit, job.student, force=True)
    failed = "" if result["success"] else f"{job.student}: {result.get('error') or result.get('log', '')}"
    return Written(job, failed)


def release(job: FeedbackJob) -> bool:
    """Give written pages back through the exchange; return whether that went well."""
    return bool(_api(job.root).release_feedback(job.unit, job.student)["success"])


def show(job: FeedbackJob, coursedir: Any) -> None:
    """Move written pages to their place in the course folder `coursedir`, in place of earlier ones."""
    place = _pages(job, coursedir)
    written = _pages(job, _api(job.root).coursedir)
    old = written.with_name(f".{job.unit}.old")
    place.parent.mkdir(parents=True, exist_ok=True)
    if coursedir.groupshared:
        GenerateFeedback(coursedir=coursedir, parent=_api(job.root)).set_permissions(job.unit, job.student)
    if old.exists():
        shutil.rmtree(old)
    if place.exists():
        place.rename(old)  # at once: a page of which a part is gone would look like a new one
        shutil.rmtree(old)
    written.rename(place)


def tidy(coursedir: Any) -> None:
    """Remove the folders in which pages were written; another command may have pages in some."""
    partial = Path(coursedir.root, coursedir.feedback_directory, PARTIAL)
    for folder in (*sorted(partial.rglob("*"), reverse=True), partial):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _pages(job: FeedbackJob, coursedir: Any) -> Path:
    return Path(coursedir.format_path(coursedir.feedback_directory, job.student, job.unit))


@functools.cache
def _api(root: Path) -> Any:
    """Return this process's nbgrader; making one takes longer than a page of feedback."""
    settings = config(root)
    coursedir = CourseDirectory(config=settings)
    coursedir.feedback_directory = str(Path(coursedir.feedback_directory) / PARTIAL)
    return NbGraderAPI(coursedir=coursedir, config=settings, log_level=logging.ERROR)
