"""A class in an exchange, what `course grade` made of it so far, and which processes it left."""

import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbgrader.utils import notebook_hash

from course.project import PROJECT
from tests.cheats import scene as scenes

UNIT = scenes.UNIT
STEPS = ("submitted", "autograded", "feedback")
ANSWERS = {
    "all": (),
    "no-evict": ("evict-order",),
    "no-oom": ("oom-adj",),
    "none": ("qos", "oom-adj", "evict-order"),
}
"""Kinds of submissions, by the exercises that they leave unwritten."""
PR_SET_CHILD_SUBREAPER = 36

Files = dict[str, tuple[int, str]]
Rows = dict[str, list[tuple[object, ...]]]

ROWS = """
    SELECT a.student_id, a.timestamp, n.late_submission_penalty, c.type, c.name,
           g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade,
           m.auto_comment, m.manual_comment
    FROM submitted_assignment a
    LEFT JOIN submitted_notebook n ON n.assignment_id = a.id
    LEFT JOIN base_cell c ON c.notebook_id = n.notebook_id
    LEFT JOIN grade g ON g.notebook_id = n.id AND g.cell_id = c.id
    LEFT JOIN comment m ON m.notebook_id = n.id AND m.cell_id = c.id
    ORDER BY 1, 2, 3, 4, 5
"""
UNIT_ROWS = """
    SELECT name, cell_type, locked, source, checksum, '' FROM source_cell
    UNION SELECT b.name, b.type, g.max_score, t.max_score, s.id IS NOT NULL, '' FROM base_cell b
    LEFT JOIN grade_cells g ON g.id = b.id LEFT JOIN task_cells t ON t.id = b.id
    LEFT JOIN solution_cells s ON s.id = b.id
"""


def without(*exercises: str) -> nbformat.NotebookNode:
    """Return the solved notebook with some exercises as released."""
    blank = {cell.id: cell.source for cell in scenes.released().cells}
    notebook = scenes.solved()
    for cell in notebook.cells:
        if cell.id in exercises:
            cell.source = blank[cell.id]
    return notebook


def name(number: int) -> str:
    return f"student-{number:03}"


def secret(student: str) -> str:
    return f"secret of {student}"


def a_class(root: Path, size: int) -> dict[str, str]:
    """Let `size` students submit through the exchange of the course folder `root`; return their kinds."""
    shutil.copytree(PROJECT / "source" / UNIT, root / "source" / UNIT)
    os.makedirs(root / "exchange" / scenes.COURSE / "feedback")
    kinds = {name(number): list(ANSWERS)[number % len(ANSWERS)] for number in range(size)}
    notebooks = {kind: without(*exercises) for kind, exercises in ANSWERS.items()}
    for student, kind in kinds.items():
        submit(root, student, notebooks[kind], day=1)
    return kinds


def submit(root: Path, student: str, notebook: nbformat.NotebookNode, *, day: int) -> None:
    """Put a submission into the exchange as `nbgrader submit` does, with a file beside the notebook.

    The timestamp comes first: what has one counts as collected, and no file system promises to list it last.
    """
    stamp = f"2026-11-{day:02} 12:00:00.000000 UTC"
    folder = root / "exchange" / scenes.COURSE / "inbound" / f"{student}+{UNIT}+{stamp}+abc"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(stamp)
    nbformat.write(notebook, folder / f"{UNIT}.ipynb")
    (folder / "notes.txt").write_text(f"{student}, {day}\n")
    (folder / "submission_secret.txt").write_text(secret(student))


def files(root: Path) -> Files:
    """Return all that grading makes below `root`: path, mode and a digest of what is in it.

    The gradebook is there with its mode only: the same rows can be other bytes.
    """
    places = [root / step for step in STEPS] + [root / "exchange" / scenes.COURSE / "feedback"]
    found = [(path, path.is_file()) for place in places for path in place.rglob("*")]
    found += [(path, False) for path in root.iterdir()]
    return {
        str(path.relative_to(root)): (path.stat().st_mode, _digest(path.read_bytes()) if has_text else "")
        for path, has_text in found
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files_of_everyone(root: Path, kinds: dict[str, str]) -> Files:
    """Return the files that students of these kinds get, if those of the same kind in `root` got theirs."""
    made = files(root)
    first = {kind: name(number) for number, kind in enumerate(ANSWERS)}
    expected: Files = {}
    for student, kind in kinds.items():
        model = first[kind]
        public = f"exchange/{scenes.COURSE}/feedback/{_public(model)}"
        for path, (mode, digest) in made.items():
            if "/" not in path:
                expected[path] = mode, digest
            elif path == public:
                expected[f"exchange/{scenes.COURSE}/feedback/{_public(student)}"] = mode, digest
            elif path.split("/")[1] == model:
                if digest:
                    text = (root / path).read_bytes().replace(model.encode(), student.encode())
                    digest = _digest(text)
                expected[path.replace(model, student)] = mode, digest
    return expected


def _public(student: str) -> str:
    return f"{notebook_hash(secret=secret(student), notebook_id=UNIT)}.html"


def rows(root: Path) -> Rows:
    """Return the gradebook's rows by student, and those of the unit; the gradebook itself stays untouched.

    Raises AssertionError when SQLite finds a fault in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        for path in root.glob("gradebook.db*"):  # with the journal that a killed writer left
            shutil.copy(path, folder)
        with contextlib.closing(sqlite3.connect(f"{folder}/gradebook.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'comment'").fetchall():
                return {}
            found: Rows = {"": sorted(db.execute(UNIT_ROWS).fetchall(), key=str)}
            for row in db.execute(ROWS).fetchall():
                found.setdefault(row[0], []).append(row[1:])
    return found


def folders(root: Path) -> dict[str, tuple[int, int]]:
    """Return the finished folders of every step, each with what a folder made anew would not share."""
    found = [path for step in STEPS[1:] for path in root.glob(f"{step}/*/{UNIT}")]
    return {str(path.relative_to(root)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


@contextlib.contextmanager
def orphanage() -> Iterator[Callable[[], None]]:
    """Adopt the processes that a killed one leaves; the function yielded waits until none of them lives."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    own = _children()
    try:
        yield lambda: _see_off(own)
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _see_off(own: set[int]) -> None:
    """Fail if a process outlives the killed command by more than a moment."""
    deadline = time.monotonic() + 20
    while left := _children() - own:
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        assert time.monotonic() < deadline, f"still running: {[_command(pid) for pid in left]}"
        time.sleep(0.02)


def _children() -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if int(path.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.add(int(path.parent.name))
    return found


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return f"{pid} {Path(f'/proc/{pid}/cmdline').read_bytes().replace(bytes(1), b' ').decode()[:200]}"
    return f"{pid}"


def environment(root: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "COURSE_HIDDEN_SEED": scenes.SEED,
        "COURSE_EXCHANGE": str(root / "exchange"),
    }


class Run(NamedTuple):
    """How a run of the command ended: its code, the moments that came, and what it said."""

    code: int
    moments: list[str]
    said: str


class Grader:
    """Runs the command with one worker, as often as asked, and kills it at a moment; see `dying`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dying.py"))],
            cwd=PROJECT,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def grade(self, root: Path, moment: int = 0) -> Run:
        """Grade in the course folder `root` up to a moment; 0 for the end."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([moment, str(self._folder), str(root), UNIT]) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        log, said = self._folder / "log", self._folder / "said"
        return Run(code, log.read_text().splitlines(), said.read_text())

    def close(self) -> None:
        self._process.communicate()
