"""What the checks of unit 03 cost on a right solution behind the sandbox, beside asking it call by call."""

import contextlib
import io
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from course.build import lesson
from course.checks import instructor_seed
from course.project import PROJECT
from course.sandbox import protection
from course.sandbox.learner import Learner
from course.sandbox.limits import Limits
from course.sandbox.warm import Warm
from insideout.raft.messages import ELECTION_TICKS
from insideout.raft.node import Node

UNIT = "03_raft"


def grading() -> Iterator[str]:
    """Yield the processor time of both processes, first as it is, then with a question for each call."""
    yield f"asked in one piece: {_graded()}"
    with (
        patch("course.checks.atonce.beside", lambda *args: None),
        patch("course.units.u03_raft.checks.beside", lambda *args: None),
    ):
        yield f"asked call by call: {_graded()}"


def reference(name: str) -> Any:
    """Return what the exercises of unit 03, with their solutions, call `name`."""
    cells = lesson.read(lesson.paths(PROJECT)[UNIT]).cells
    space: dict[str, Any] = {"ELECTION_TICKS": ELECTION_TICKS, "Node": Node}
    for cell in cells:
        if cell.role == "exercise":
            exec(cell.source, space)
    return space[name]


def _graded() -> str:
    cells = lesson.read(lesson.paths(PROJECT)[UNIT]).cells
    found = protection.probe()
    limits = Limits()
    with Warm(found, limits) as warm:
        learner = Learner(warm, limits)
        imports = [
            cell.source
            for cell in cells
            if cell.role == "code" and cell.source.startswith(("import", "from"))
        ]
        for source in [*imports[:1], *(cell.source for cell in cells if cell.role == "exercise")]:
            run = learner.run(source)
            if run.died:
                raise RuntimeError(run.died)
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        earned = 0.0
        for cell in (cell for cell in cells if cell.role == "test"):
            earned += _tested(learner, cell.source)
        wall_s, trusted_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
        learner.close()
    spent_s = sum(ending.cpu_s for ending in learner.usage)
    return (
        f"{trusted_s + spent_s:.1f} s of processor time ({trusted_s:.1f} s of the checks), "
        f"{wall_s:.1f} s in all, {earned:g} points"
    )


def _tested(learner: Learner, source: str) -> float:
    """Run a test cell's calls, the hidden ones too, and return what the last one earned."""
    names = learner.names([name for name in ("on_vote", "commit_index", *_CLASSES) if name in source])
    space: dict[str, Any] = {"instructor_seed": instructor_seed} | names
    value = 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        for line in source.splitlines():
            if line.startswith(("import ", "from ")):
                exec(line, space)
            elif line.startswith("course."):
                value = float(eval(line, space))
    return value


_CLASSES = ("Election", "Replication", "Repair", "Commit", "Raft", "Snapshots", "ReadIndex", "PreVote")
