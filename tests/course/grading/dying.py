"""Runs `course grade` and kills it at its nth moment; as a program, one run for each line that it reads.

A moment is when a process of the command is about to change something below the course folder, to commit to
the gradebook, or to start another process.  Each is written to a log; at number 0 nobody dies.  Only the main
process is killed, whoever of them comes to the moment; what the others do then is their own affair.
"""

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

import course.grading.batch  # noqa: F401  imported once, for all runs
from course.cli import main

WRITES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod")
STARTS = ("os.fork", "subprocess.Popen", "ctypes.dlopen")
"""A new process of the pool first asks libc to end it with its parent, for which it opens libc."""


class Moments:
    """Counts the moments of a main process and its workers."""

    def __init__(self, fatal: int, log: Path, root: Path) -> None:
        self._fatal = fatal
        self._root = f"{root}/"
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._count = multiprocessing.get_context("fork").Value("i", 0)
        self._main = os.getpid()

    def look(self, name: str, args: tuple[Any, ...]) -> None:
        """Hear of what Python is about to do."""
        if name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self.come("write", _place(args[0], -1), begun=True)
        elif name in WRITES:
            self.come(name, _place(args[0], args[-1]))
        elif name in STARTS and (name != "ctypes.dlopen" or args[0] is None):
            self.come(name, self._root)

    def come(self, name: str, place: str, *, begun: bool = False) -> None:
        """Count a moment at `place`; if it is the fatal one, the main process does not survive it."""
        if not place.startswith(self._root):
            return
        with self._count.get_lock():
            self._count.value += 1
            number = self._count.value
        who = "main" if os.getpid() == self._main else "worker"
        os.write(self._log, f"{number} {who} {name} {place.removeprefix(self._root)}\n".encode())
        if number == self._fatal:
            if begun:  # the file is there, and only the beginning of its text
                with contextlib.suppress(OSError):
                    Path(place).write_text("{")
            os.kill(self._main, signal.SIGKILL)
            while os.getppid() == self._main:  # the main process is not gone at once
                time.sleep(0.001)


def _place(path: object, folder: object) -> str:
    if not isinstance(path, str | bytes | os.PathLike):
        return ""
    above = os.readlink(f"/proc/self/fd/{folder}") if isinstance(folder, int) and folder >= 0 else os.getcwd()
    return os.path.join(above, os.fsdecode(path))


def run(fatal: int, folder: Path, root: Path, unit: str) -> int:
    """Grade with one worker; the log and what was said go to `folder`."""
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ["COURSE_EXCHANGE"] = f"{root}/exchange"
    (folder / "log").unlink(missing_ok=True)
    moments = Moments(fatal, folder / "log", root)
    sys.addaudithook(moments.look)
    event.listen(Engine, "commit", lambda connection: moments.come("commit", f"{root}/gradebook.db"))
    return main(["grade", unit, "--root", str(root), "--workers", "1"])


def serve() -> None:
    """Fork a process for each line, which has the imports already: they take longer than the rest."""
    for line in sys.stdin:
        fatal, folder, root, unit = json.loads(line)
        process = os.fork()
        if process == 0:
            code = 70
            try:
                code = run(fatal, Path(folder), Path(root), unit)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
