"""A class of cheats and one honest neighbour, in a course folder of their own."""

import copy
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from course.project import PROJECT
from tests import nbgrader_command
from tests.cheats.attempts import ATTEMPTS, CANARY, NEIGHBOUR, SEED, Attempt, Scene, formatted

UNIT = "06_qos"
COURSE = "kubernetes-inside-out"


def build(folder: Path, port: int) -> Scene:
    """Make the course folder, with the neighbour's solution submitted."""
    root, outside = folder / "course", folder / "outside"
    shutil.copytree(PROJECT / "source" / UNIT, root / "source" / UNIT)
    outside.mkdir()
    (root / "secret.txt").write_text(CANARY)
    submit(root, NEIGHBOUR, solved())
    return Scene(root, PROJECT, outside, port)


def released() -> nbformat.NotebookNode:
    return nbformat.read(PROJECT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)


def solved() -> nbformat.NotebookNode:
    """Return the released notebook with the lesson's own solutions in it."""
    source = nbformat.read(PROJECT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    answers = {
        cell.id: cell.source for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    notebook = released()
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return notebook


def submit(root: Path, student: str, notebook: nbformat.NotebookNode) -> Path:
    folder = root / "submitted" / student / UNIT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{UNIT}.ipynb")
    return folder


def submit_attempt(scene: Scene, attempt: Attempt) -> None:
    """Submit one attempt, under its name."""
    notebook = copy.deepcopy(released())
    outside = scene.outside / attempt.name
    outside.mkdir(mode=0o777)
    outside.chmod(0o777)
    mine = scene._replace(outside=outside)
    if attempt.code:
        cell = next(cell for cell in notebook.cells if cell.id == "qos")
        cell.source = formatted(attempt.code, mine)
    if attempt.edit:
        attempt.edit(notebook)
    folder = submit(scene.root, attempt.name, notebook)
    if attempt.folder:
        attempt.folder(folder, mine)


def submit_all(scene: Scene) -> None:
    for attempt in ATTEMPTS:
        submit_attempt(scene, attempt)


def course_grade(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `course grade` on the course folder `root`."""
    return subprocess.run(
        [sys.executable, "-m", "course.cli", "grade", UNIT, "--root", str(root), *arguments],
        cwd=PROJECT,
        env={**os.environ, "COURSE_HIDDEN_SEED": SEED, "COURSE_EXCHANGE": str(root / "exchange"), **more},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def nbgrader(root: Path, *arguments: str) -> str:
    """Run an nbgrader command in the course folder `root`, with the configuration that is there."""
    return nbgrader_command.nbgrader(root, *arguments, COURSE_HIDDEN_SEED=SEED)


def scores(root: Path) -> dict[str, float]:
    """Return everyone's points, with what somebody may have written over the grader's."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", COURSE) as gradebook:
        return {one.student.id: one.score for one in gradebook.assignment_submissions(UNIT)}


def outputs(root: Path, student: str) -> str:
    """Return all that the cells of a graded notebook show, and the names of the files beside it."""
    folder = root / "autograded" / student / UNIT
    if not folder.is_dir():
        return ""
    text = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))]
    text += [path.read_text(errors="replace") for path in folder.rglob("*.txt")]
    for path in folder.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        text += [str(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]
    return "\n".join(text)


def fingerprint(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file that grading must not touch."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for tree in ("source", f"submitted/{NEIGHBOUR}")
        for path in sorted((root / tree).rglob("*"))
        if path.is_file()
    }


def left_processes() -> list[str]:
    """Return the command lines of processes that an attempt left."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if line == "sleep 98765":
            found.append(line)
    return found
