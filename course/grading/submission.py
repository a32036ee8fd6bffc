"""Grading is a function from a submitted notebook to a result; whoever runs it needs nothing else.

A `Job` and a `Graded` are plain values, so the function runs in this process, in a pool, or on another
machine with the same package.  Neither the gradebook nor any folder of the course is touched here.
"""

import contextlib
import functools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from course.grading import parts, submitted
from course.grading.split import CellTime, execute
from course.grading.unit import UnitNotebook
from course.sandbox import protection
from course.sandbox.limits import Limits
from course.sandbox.warm import Ending, SandboxError, Warm

ATTEMPTS = 2
"""How often a submission is tried when the sandbox, not the submission, fails."""


@dataclass(frozen=True)
class Job:
    """One submitted notebook: its bytes, or `fault`, which says why there are none."""

    student: str
    unit: UnitNotebook
    data: bytes
    fault: str = ""
    notes: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    """What else was submitted, by its path below the notebook's folder."""
    seed: str = "0"
    limits: Limits = field(default_factory=Limits)
    unsafe: bool = False


class Graded(NamedTuple):
    """What came of a job: the executed notebook as text; `error` instead when it could not be graded."""

    student: str
    notebook: str
    text: str
    notes: tuple[str, ...] = ()
    times: tuple[CellTime, ...] = ()
    usage: tuple[Ending, ...] = ()
    faults: tuple[str, ...] = ()
    wall_s: float = 0.0
    error: str = ""


def grade(job: Job) -> Graded:
    """Grade one notebook; what is wrong with it costs it points and nothing else."""
    started_s = time.monotonic()
    nb, notes = prepare(job)
    if nb is None:
        nb = submitted.blank(job.unit)
        fail_tests(nb, notes[-1])
        submitted.add_notes(nb, notes)
        wall_s = time.monotonic() - started_s
        return Graded(job.student, job.unit.name, nbformat.writes(nb), tuple(notes), wall_s=wall_s)
    error = ""
    for _ in range(ATTEMPTS):
        try:
            warm = warm_parent(job.unsafe, job.limits)
            with warm.alone, instructor_seed(job.seed), closed_if_broken(warm):
                done = execute(nb, warm, job.limits, job.files)
        except (SandboxError, protection.Unprotected) as problem:
            error = str(problem)
            continue
        submitted.add_notes(nb, notes)
        wall_s = time.monotonic() - started_s
        text = nbformat.writes(nb)
        return Graded(job.student, job.unit.name, text, tuple(notes), *done, wall_s=wall_s)
    return Graded(job.student, job.unit.name, "", error=error)


def prepare(job: Job) -> tuple[NotebookNode | None, list[str]]:
    """Return the notebook ready to run and notes on it; None when there is nothing to run."""
    notes = list(job.notes)
    if job.fault:
        return None, [*notes, job.fault]
    try:
        nb = submitted.read(job.data)
    except submitted.Unreadable as error:
        return None, [*notes, f"The submitted file could not be read as a notebook: {error}."]
    notes += submitted.repair(nb, job.unit)
    return nb, notes


def fail_tests(nb: NotebookNode, why: str) -> None:
    """Give every test cell an error that says why it was not run."""
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and meta.get("grade") and not meta.get("solution"):
            cell.outputs = [parts.error("NotRun", why, [f"NotRun: {why}"])]


@functools.cache
def warm_parent(unsafe: bool, limits: Limits) -> Warm:
    """Return this process's warm parent, the same one each time: it is what makes grading fast.

    It ends with this process.  Raises protection.Unprotected where there is no sandbox, unless `unsafe`.
    """
    found = protection.probe()
    protection.demand(found, unsafe=unsafe)
    return Warm(found, limits)


@contextlib.contextmanager
def closed_if_broken(warm: Warm) -> Iterator[None]:
    """Close `warm` when what runs inside raises: nothing that a submission broke is there for the next."""
    try:
        yield
    except BaseException:
        warm.close()
        raise


@contextlib.contextmanager
def instructor_seed(seed: str) -> Iterator[None]:
    """Set the seed of the hidden cases for the test cells that run inside."""
    before = os.environ.get("COURSE_HIDDEN_SEED")
    os.environ["COURSE_HIDDEN_SEED"] = seed
    try:
        yield
    finally:
        if before is None:
            del os.environ["COURSE_HIDDEN_SEED"]
        else:
            os.environ["COURSE_HIDDEN_SEED"] = before
