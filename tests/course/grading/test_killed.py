"""Killed is not lost: after SIGKILL at any moment, `course grade` again gives what an undisturbed run gives.

The folders, feedback pages, the exchange and the gradebook's rows are those of an undisturbed run, and what
was finished at the kill is not done again.  By default this is a sample.  `make nightly` raises

- COURSE_KILL_MOMENTS, how many of the moments at which grading changes something are tried, of some 150;
- COURSE_KILL_SEEDS and COURSE_KILL_SUBMISSIONS: how many batches are killed ten times at times that the seed
  draws, and of what size.
"""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.grading.course_folder import CourseFolder
from course.project import PROJECT
from tests.cheats import scene as scenes
from tests.course.grading import killed

MOMENTS = int(os.environ.get("COURSE_KILL_MOMENTS", "1"))
SEEDS = int(os.environ.get("COURSE_KILL_SEEDS", "1"))
SUBMISSIONS = int(os.environ.get("COURSE_KILL_SUBMISSIONS", "6"))
KILLS = 10 if SUBMISSIONS >= 50 else 2
pytestmark = pytest.mark.usefixtures("protection")


class Scene:
    """A course folder that is graded with kills, beside what an undisturbed run makes of it."""

    def __init__(self, root: Path, files: killed.Files, rows: killed.Rows) -> None:
        self.root = root
        self._files = files
        self._rows = rows
        self._rows_before = killed.rows(root) if (root / "gradebook.db").exists() else {}
        self._folders = killed.folders(root)
        self._finished: dict[str, tuple[int, int]] = {}

    def look_after_a_kill(self) -> int:
        """Check that what is to be seen is whole; return how many folders are finished."""
        self._nothing_was_done_again()
        now = killed.folders(self.root)
        self._finished = {path: own for path, own in now.items() if self._folders.get(path) != own}
        made = killed.files(self.root)
        for folder in self._finished:
            assert _below(folder, made) == _below(folder, self._files), f"{folder} is not whole"
        rows = killed.rows(self.root) if (self.root / "gradebook.db").exists() else {}
        entered = {student for student in rows if student and rows[student] != self._rows_before.get(student)}
        assert {who: rows[who] for who in entered} == {who: self._rows[who] for who in entered}
        graded = {folder.split("/")[1] for folder in self._finished if folder.startswith("autograded/")}
        under_way = entered - graded
        assert graded <= entered
        assert len(under_way) <= 1, f"more than one was entered and not put away: {under_way}"
        return len(self._finished)

    def look_at_the_end(self) -> None:
        """Check that all is as if nothing had happened."""
        self._nothing_was_done_again()
        assert killed.files(self.root) == self._files
        assert killed.rows(self.root) == self._rows

    def _nothing_was_done_again(self) -> None:
        now = killed.folders(self.root)
        again = [path for path, own in self._finished.items() if now.get(path) != own]
        assert again == [], "finished before the kill, and done again"


def _below(folder: str, files: killed.Files) -> killed.Files:
    return {path: file for path, file in files.items() if path.startswith(f"{folder}/")}


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    running = killed.Grader(tmp_path_factory.mktemp("grader"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def model(tmp_path_factory, grader):
    """Return a course folder in which one student of each kind was graded without a kill."""
    root = tmp_path_factory.mktemp("model") / "course"
    killed.a_class(root, len(killed.ANSWERS))
    done = grader.grade(root)
    assert done.code == 0, done.said
    assert list(scenes.scores(root).values()) == [18.0, 15.0, 13.0, 1.0]
    return root


def first(root: Path, model: Path) -> None:
    """Nobody was graded yet."""
    killed.a_class(root, 2)


def newer(root: Path, model: Path) -> None:
    """All were graded, and two have submitted again, one of them better and one worse."""
    shutil.copytree(model, root)
    killed.submit(root, "student-001", killed.without(), day=2)
    killed.submit(root, "student-002", killed.without("qos"), day=2)


@pytest.fixture(scope="module", params=[first, newer], ids=lambda start: start.__name__)
def undisturbed(request, model, grader, tmp_path_factory):
    """Return how the course folder is at the start, with what an undisturbed run makes, moment by moment."""
    folder = tmp_path_factory.mktemp("undisturbed")
    request.param(folder / "start", model)
    shutil.copytree(folder / "start", folder / "course")
    done = grader.grade(folder / "course")
    assert done.code == 0, done.said
    random.Random(6).shuffle(done.moments)
    return folder / "start", killed.files(folder / "course"), killed.rows(folder / "course"), done.moments


@pytest.mark.parametrize("number", range(MOMENTS))
def test_killed_at_a_moment_that_changes_something(undisturbed, grader, tmp_path, number):
    start, files, rows, moments = undisturbed
    if number >= len(moments):
        pytest.skip(f"there are {len(moments)} moments")
    print(moments[number])
    shutil.copytree(start, tmp_path / "course")
    scene = Scene(tmp_path / "course", files, rows)
    with killed.orphanage() as no_process_is_left:
        done = grader.grade(scene.root, int(moments[number].split()[0]))
        no_process_is_left()
    assert done.code == -signal.SIGKILL, "the moment did not come"
    scene.look_after_a_kill()
    done = grader.grade(scene.root)
    assert done.code == 0, done.said
    scene.look_at_the_end()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_at_times_drawn_by_a_seed(model, grader, tmp_path, seed):
    """Some kills fall into the start; the others wait until a share of all folders is there."""
    root = tmp_path / "course"
    kinds = killed.a_class(root, SUBMISSIONS)
    model_rows = killed.rows(model)
    first = {kind: killed.name(number) for number, kind in enumerate(killed.ANSWERS)}
    rows = {"": model_rows[""], **{student: model_rows[first[kind]] for student, kind in kinds.items()}}
    scene = Scene(root, killed.files_of_everyone(model, kinds), rows)
    rng = random.Random(seed)
    command = [sys.executable, "-m", "course.cli", "grade", killed.UNIT, "--root", root, "--workers", "2"]
    codes = []
    with killed.orphanage() as no_process_is_left:
        for share in sorted(rng.uniform(-0.2, 0.95) for _ in range(KILLS)):
            started_s = time.monotonic()
            wanted = share * 2 * SUBMISSIONS
            longest_s = 3.0 if len(killed.folders(root)) >= wanted else 0.3
            with open(tmp_path / "words", "w") as words:
                process = subprocess.Popen(
                    command, cwd=PROJECT, env=killed.environment(root), stdout=words, stderr=words
                )
            while process.poll() is None and len(killed.folders(root)) < wanted:
                time.sleep(0.01)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0, longest_s))
            process.kill()
            code = process.wait()
            no_process_is_left()
            finished = scene.look_after_a_kill()
            print(
                f"{finished} of {2 * SUBMISSIONS} folders after {time.monotonic() - started_s:.1f} s: {code}"
            )
            codes.append(code)
    assert set(codes) <= {0, -signal.SIGKILL}, (tmp_path / "words").read_text()
    assert -signal.SIGKILL in codes, "grading was always faster than the kill"
    done = grader.grade(root)
    assert done.code == 0, done.said
    scene.look_at_the_end()


def test_a_unit_that_was_entered_in_part_is_entered_whole(model, tmp_path, monkeypatch):
    """It is entered cell by cell, and the last cell need not be a test."""
    programs = Path(sys.executable).parent  # nbgrader calls alembic by name
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    shutil.copytree(model / "source", tmp_path / "source")
    for _ in range(2):
        folder = CourseFolder(tmp_path)
        folder.register(killed.UNIT)
        folder.close()
        assert killed.rows(tmp_path) == {"": killed.rows(model)[""]}
        with contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db")) as db, db:
            db.execute("DELETE FROM source_cell WHERE name = 'evict-order'")
