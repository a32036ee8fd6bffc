"""`course grade`: collect, grade and give feedback for a unit, for one learner as well as for a class."""

import getpass
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.grading import feedback, pool, submission
from course.grading.alone import alone
from course.grading.course_folder import CourseFolder
from course.grading.progress import Progress, Row, table
from course.grading.submission import Graded, Job
from course.grading.unit import UnitNotebook
from course.sandbox import protection
from course.sandbox.limits import Limits


@dataclass(frozen=True)
class Options:
    """What an instructor can ask for; `students` None means everyone."""

    unit: str
    students: tuple[str, ...] | None = None
    regrade: bool = False
    workers: int = 0
    dask: str = ""
    unsafe: bool = False
    feedback: bool = True
    report: Path | None = None
    limits: Limits = field(default_factory=Limits)


def grade(root: Path, options: Options) -> int:
    """Grade a unit of the course in `root`; return 0, or 1 when something needs the instructor.

    Raises protection.Unprotected where other people's work would run without a whole sandbox, RuntimeError
    with nbgrader's words when one of its steps fails.
    """
    with alone(root, _say):
        folder = CourseFolder(root)
        try:
            return _Batch(folder, options).run()
        finally:
            folder.close()


class _Batch:
    def __init__(self, folder: CourseFolder, options: Options) -> None:
        self._folder = folder
        self._options = options
        self._workers = options.workers or os.cpu_count() or 1
        self._rows: list[Row] = []
        self._report: list[dict[str, Any]] = []

    def run(self) -> int:
        notebooks = self._folder.register(self._options.unit)
        collected = self._folder.collect(self._options.unit)
        students = self._students()
        if not students:
            raise RuntimeError(
                f"nobody has submitted {self._options.unit} yet: "
                "open Nbgrader > Assignment List and press Submit"
            )
        found = protection.probe()
        own = set(students) <= {_me()}
        if not self._options.dask:  # Dask's workers look for themselves
            protection.demand(found, unsafe=self._options.unsafe or own)
            for reason in found.weaker:
                _say(f"weaker: {reason}")
        unsafe = self._options.unsafe or own
        todo = [
            student
            for student in students
            if self._options.regrade or not self._folder.is_graded(student, self._options.unit)
        ]
        if len(todo) < len(students):
            _say(
                f"{len(students) - len(todo)} of {len(students)} are graded already; "
                "--regrade grades them again"
            )
        self._grade(todo, notebooks, unsafe)
        if self._options.feedback:
            self._give_feedback(students, release=collected)
        if self._options.report:
            self._options.report.write_text("".join(json.dumps(one) + "\n" for one in self._report), "utf-8")
        print(table(self._rows))  # noqa: T201  the command's answer
        return int(any(row.failed or row.remark.startswith("CHECK") for row in self._rows))

    def _students(self) -> list[str]:
        there = self._folder.students(self._options.unit)
        if self._options.students is None:
            return there
        for student in self._options.students:
            if student not in there:
                raise RuntimeError(f"{student} has not submitted {self._options.unit}")
        return sorted(self._options.students)

    def _grade(self, students: list[str], notebooks: tuple[UnitNotebook, ...], unsafe: bool) -> None:
        seed = os.environ.get("COURSE_HIDDEN_SEED", "0")

        def jobs() -> Iterator[Job]:
            for student in students:
                yield from self._folder.jobs(
                    student, notebooks, seed=seed, limits=self._options.limits, unsafe=unsafe
                )

        def failed(job: Job, why: str) -> Graded:
            return Graded(job.student, job.unit.name, "", error=why)

        progress = Progress(len(students), sys.stderr)
        parts: dict[str, list[Graded]] = {}
        for graded in pool.run_all(submission.grade, jobs(), self._executor, self._window(), failed):
            mine = parts.setdefault(graded.student, [])
            mine.append(graded)
            if len(mine) == len(notebooks):
                row = self._finish(graded.student, parts.pop(graded.student))
                self._rows.append(row)
                progress.count(failed=row.failed)

    def _finish(self, student: str, parts: list[Graded]) -> Row:
        """Enter a submission whose notebooks are all graded; one that could not be leaves no trace."""
        wall_s = sum(part.wall_s for part in parts)
        errors = [part.error for part in parts if part.error]
        score, max_score = 0.0, 0.0
        if not errors:
            try:
                self._folder.keep(student, self._options.unit, {part.notebook: part.text for part in parts})
                score, max_score = self._folder.score(student, self._options.unit)
            except Exception as error:  # one row that the gradebook refuses must not end the batch
                errors = [f"not entered: {type(error).__name__}: {str(error).splitlines()[0]}"]
        faults = [f"CHECK BROKE: {fault}" for part in parts for fault in part.faults]
        notes = [note for part in parts for note in part.notes]
        self._report.append(
            {
                "student": student,
                "unit": self._options.unit,
                "score": score,
                "max_score": max_score,
                "wall_s": round(wall_s, 4),
                "cells_s": {time.cell: round(time.wall_s, 4) for part in parts for time in part.times},
                "memory_bytes": max((end.memory_bytes for part in parts for end in part.usage), default=0),
                "processes": sum(len(part.usage) for part in parts),
                "notes": notes,
                "faults": faults,
                "errors": errors,
            }
        )
        remark = "; ".join([*errors, *faults, *notes])
        return Row(student, score, max_score, wall_s, remark, bool(errors))

    def _give_feedback(self, students: list[str], *, release: bool) -> None:
        """Give everyone their feedback who was graded now, or before by a run that did not come so far."""
        failed = {row.student for row in self._rows if row.failed}
        jobs = [
            feedback.FeedbackJob(self._folder.root, self._options.unit, student)
            for student in students
            if student not in failed and self._folder.is_feedback_due(student, self._options.unit)
        ]
        progress = Progress(len(jobs), sys.stderr, "pages of feedback")
        for job, words in pool.run_all(
            feedback.write, jobs, self._local_executor, self._workers * pool.WINDOW, feedback.Written
        ):
            if words:
                _say(f"no feedback for {words}")
            else:
                # One by one: a submission without its secret must not keep the feedback of the others back.
                if release and not feedback.release(job):
                    _say(
                        f"no feedback through the exchange for {job.student}: "
                        "is submission_secret.txt missing?"
                    )
                feedback.show(job, self._folder.coursedir)
            progress.count(failed=bool(words))
        feedback.tidy(self._folder.coursedir)

    def _executor(self) -> Executor:
        return pool.DaskExecutor(self._options.dask) if self._options.dask else self._local_executor()

    def _local_executor(self) -> Executor:
        self._folder.before_fork()
        return pool.local_executor(self._workers)

    def _window(self) -> int:
        return (200 if self._options.dask else self._workers) * pool.WINDOW


def _me() -> str:
    """Return the name of who grades; an empty one where the account has none, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201  progress is for people, the table for scripts
