"""The same submissions through stock `nbgrader autograde` and `course grade`, sandbox on, in one run.

    python -m benchmarks.grading --submissions 200 --workers 4

Stock nbgrader runs with its own configuration: one kernel a submission, one after another, no sandbox.  Both
get the same notebooks and the same hidden seed and must give the same scores.  Times are of whole commands,
imports and entering the unit into the gradebook included; memory is the largest sum over all processes of a
command (proportional set size, so that shared pages count once).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbgrader.api import Gradebook

from course.project import PROJECT

UNIT = "06_qos"
COURSE = "kubernetes-inside-out"
STOCK = f'c = get_config()\nc.CourseDirectory.course_id = "{COURSE}"\n'
SEED = "20261122"


class Measured(NamedTuple):
    """One command on all submissions."""

    wall_s: float
    memory_bytes: int
    scores: dict[str, float]


def submissions(root: Path, count: int) -> None:
    """Write `count` submissions: solved, partly solved, wrong and blank ones in turn."""
    name = f"{UNIT}/{UNIT}.ipynb"
    released = nbformat.read(PROJECT / "release" / name, as_version=4)
    source = nbformat.read(PROJECT / "source" / name, as_version=4)
    solutions = {
        cell.id: cell.source for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    by_class = (
        "def evict_order(pods):\n"
        "    return [pod['name'] for pod in sorted(pods, key=lambda pod: pod['request'])]"
    )
    kinds = [
        solutions,
        {key: text for key, text in solutions.items() if key != "oom-adj"},
        solutions | {"evict-order": by_class},
        solutions | {"qos": "def qos(pod):\n    return 'Burstable'"},
        {},
    ]
    texts = []
    for answers in kinds:
        for cell in released.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = answers.get(cell.id, "raise NotImplementedError")
        texts.append(nbformat.writes(released))
    shutil.copytree(PROJECT / "source" / UNIT, root / "source" / UNIT)
    for number in range(count):
        folder = root / "submitted" / f"student-{number:04}" / UNIT
        folder.mkdir(parents=True)
        (folder / f"{UNIT}.ipynb").write_text(texts[number % len(texts)], "utf-8")


def measure(root: Path, *commands: list[str]) -> Measured:
    """Run commands in the course folder `root` and watch them."""
    environment = {
        **os.environ,
        "COURSE_HIDDEN_SEED": SEED,
        "COURSE_EXCHANGE": str(root / "exchange"),
        "PYTHONPATH": str(PROJECT),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    peak_bytes = 0
    started_s = time.monotonic()
    for command in commands:
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
            done = threading.Event()
            sizes: list[int] = []
            watcher = threading.Thread(target=_watch, args=(process.pid, done, sizes))
            watcher.start()
            code = process.wait()
            done.set()
            watcher.join()
            if code:
                log.seek(0)
                raise SystemExit(f"{' '.join(command)} ended with {code}:\n{log.read()[-3000:].decode()}")
        peak_bytes = max([peak_bytes, *sizes])
    wall_s = time.monotonic() - started_s
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", COURSE) as gradebook:
        scores = {one.student.id: one.score for one in gradebook.assignment_submissions(UNIT)}
    return Measured(wall_s, peak_bytes, scores)


def _watch(pid: int, done: threading.Event, sizes: list[int]) -> None:
    while not done.wait(0.5):
        sizes.append(sum(_memory_bytes(one) for one in _family(pid)))


def _family(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    family, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        family.append(one)
        waiting += parents.get(one, [])
    return family


def _memory_bytes(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # it has just ended
    return 0


def main() -> None:
    """Measure and print a table, and figures as JSON in the last line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--feedback", action="store_true", help="write feedback as well, on both sides")
    parser.add_argument("--only-course", action="store_true", help="leave stock nbgrader out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as folder:
        ours, stock = Path(folder) / "ours", Path(folder) / "stock"
        submissions(ours, options.submissions)
        command = [sys.executable, "-m", "course.cli", "grade", UNIT, "--root", str(ours)]
        command += ["--workers", str(options.workers), *([] if options.feedback else ["--no-feedback"])]
        mine = measure(ours, command)
        results = {"course grade": mine}
        if not options.only_course:
            submissions(stock, options.submissions)
            (stock / "nbgrader_config.py").write_text(STOCK)
            nbgrader = [sys.executable, "-m", "nbgrader"]
            more = [[*nbgrader, "generate_feedback", UNIT]] if options.feedback else []
            steps = [[*nbgrader, "generate_assignment", UNIT], [*nbgrader, "autograde", UNIT], *more]
            results["nbgrader autograde"] = measure(stock, *steps)
    print(f"{options.submissions} submissions of {UNIT}, {options.workers} workers, {os.cpu_count()} cores")
    for name, one in results.items():
        each_ms = 1000 * one.wall_s / options.submissions
        print(f"{name:20} {one.wall_s:8.1f} s {each_ms:8.0f} ms each {one.memory_bytes / 2**20:8.0f} MiB")
    if not options.only_course:
        peer = results["nbgrader autograde"]
        print(f"{peer.wall_s / mine.wall_s:.1f} times as fast; scores equal: {peer.scores == mine.scores}")
        if peer.scores != mine.scores:
            raise SystemExit("the scores differ")
    print(json.dumps({name: [round(one.wall_s, 2), one.memory_bytes] for name, one in results.items()}))


if __name__ == "__main__":
    main()
