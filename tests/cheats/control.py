"""The control run: the same attempts under stock nbgrader, to show that they work where nothing stops them.

    python -m tests.cheats.control [NAME ...]

writes docs/cheats.md.  Stock nbgrader runs in a container of its own, as the attempts really do what they
try: it may write to the course folder and see its own processes, as an instructor's account may.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from nbconvert.exporters import HTMLExporter

from course.project import PROJECT
from tests.cheats import scene as scenes
from tests.cheats.attempts import ATTEMPTS, CANARY, NEIGHBOUR, SEED, Attempt, Scene

LATE_S = 7
"""How long the control waits for what acts late."""
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "kubernetes-inside-out"\n'
TIMEOUT_S = 90


def run(attempt: Attempt, base: Path, port: int) -> str:
    """Grade one attempt with stock nbgrader in a copy of `base`; return what it gained, in a few words."""
    with tempfile.TemporaryDirectory(prefix="control-") as folder:
        root, outside = Path(folder) / "course", Path(folder) / "outside"
        shutil.copytree(base, root)
        outside.mkdir()
        home = Path(folder) / "home"
        home.mkdir()
        scene = Scene(root, PROJECT, outside, port)
        scenes.submit_attempt(scene, attempt)
        before = scenes.fingerprint(root)
        script = (
            f"timeout {TIMEOUT_S} {sys.executable} -m nbgrader autograde {scenes.UNIT} --student {attempt.name}"
            f" >{outside}.log 2>&1; echo $? >{outside}.status; sleep {LATE_S if 'late' in attempt.name else 1}; "
            "for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$file; echo; done 2>/dev/null"
            f" | grep -cx 'sleep 98765 ' >{outside}.left"
        )
        hung = []
        try:
            subprocess.run(
                [
                    *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
                    *(
                        "--bind",
                        folder,
                        folder,
                        "--unshare-user",
                        "--uid",
                        "1000",
                        "--unshare-pid",
                        "--unshare-ipc",
                    ),
                    *("--die-with-parent", "--chdir", str(root), "--setenv", "HOME", str(home)),
                    *("--setenv", "PYTHONPATH", str(PROJECT), "--setenv", "COURSE_HIDDEN_SEED", SEED),
                    *("--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"),
                    *("sh", "-c", script),
                ],
                check=False,
                capture_output=True,
                timeout=TIMEOUT_S + 60,
            )
        except subprocess.TimeoutExpired:
            hung = ["grading hangs for good"]
        return ", ".join(hung or _gains(attempt, scene, before, outside)) or "nothing"


def _gains(attempt: Attempt, scene: Scene, before: dict[str, bytes], outside: Path) -> list[str]:
    found = []
    if not (scene.root / "gradebook.db").exists():
        found.append("the gradebook deleted")
    else:
        points = scenes.scores(scene.root)
        mine = points.get(attempt.name)
        if mine:
            found.append(f"{mine:g} points")
        if points.get(NEIGHBOUR) != 18:
            found.append("the neighbour's points changed")
    if scenes.fingerprint(scene.root) != before:
        found.append("sources or submissions changed")
    if any((outside / attempt.name).iterdir()):
        found.append("files written")
    shown = scenes.outputs(scene.root, attempt.name)
    if any(secret in shown for secret in (CANARY, SEED, "root:")):
        found.append("secrets read")
    if "DONE ['" in shown:
        found.append("privileges gained")
    if _shows_script(scene.root, attempt.name):
        found.append("a script runs in the instructor's browser")
    if "FOUND ['" in shown:
        found.append("another submission's files found")
    left = Path(f"{outside}.left")
    if left.exists() and int(left.read_text() or "0") > 0:
        found.append(f"{left.read_text().strip()} processes left")
    status = Path(f"{outside}.status")
    if not status.exists() or status.read_text().strip() not in ("0",):
        found.append("grading aborted")
    return found


def _shows_script(root: Path, student: str) -> bool:
    """Whether the page that nbconvert makes of the graded notebook, as formgrader does, holds its script."""
    name = root / "autograded" / student / scenes.UNIT / f"{scenes.UNIT}.ipynb"
    return (
        name.exists() and "<script>fetch" in HTMLExporter(template_name="basic").from_filename(str(name))[0]
    )


def prepare(folder: Path, port: int) -> Path:
    """Return a course folder in which stock nbgrader knows the unit and has graded the neighbour."""
    scene = scenes.build(folder, port)
    (scene.root / "nbgrader_config.py").write_text(CONFIG)
    for command in (
        ("generate_assignment", scenes.UNIT, "--force"),
        ("autograde", scenes.UNIT, "--student", NEIGHBOUR),
    ):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=scene.root,
            env={
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "PYTHONPATH": str(PROJECT),
                "HOME": str(folder),
            },
            check=True,
            capture_output=True,
        )
    return scene.root


def main(names: list[str]) -> None:
    """Run the named attempts, or all, and write the table."""
    rows = []
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        tempfile.TemporaryDirectory(prefix="control-") as folder,
    ):
        connections: list[object] = []

        def listen() -> None:
            while True:
                connections.append(server.accept())

        threading.Thread(target=listen, daemon=True).start()
        port = server.getsockname()[1]
        base = prepare(Path(folder), port)
        for attempt in ATTEMPTS:
            if names and attempt.name not in names:
                continue
            connections.clear()
            gained = run(attempt, base, port)
            if connections:
                gained = "the network reached"
            rows.append(f"| {attempt.name} | {attempt.tries} | {gained} | nothing |")
            print(rows[-1], flush=True)
    page = PROJECT / "docs" / "cheats.md"
    if names:  # put the new rows among the old
        lines = [*page.read_text("utf-8").splitlines(), *rows]
        known = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}
        rows = [known[attempt.name] for attempt in ATTEMPTS if attempt.name in known]
    page.write_text(_PAGE + "\n".join(rows) + "\n", "utf-8")


_PAGE = """\
# Cheats

Each row is an attempt of `tests/cheats/attempts.py` on lesson 06 (18 points), handed in by someone who did not do the
exercises. The third column is what stock nbgrader 0.9.6 gave, with the check library but with its own kernel and
configuration; `python -m tests.cheats.control` writes this page. The last column is what `tests/cheats/test_cheats.py`
demands of the course's grader.

| attempt | tries to | stock nbgrader | this grader |
|---|---|---|---|
"""

if __name__ == "__main__":
    main(sys.argv[1:])
