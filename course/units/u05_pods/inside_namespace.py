"""Runs as PID 1 of a PID namespace of its own: an app that leaves an orphan, with or without a pause.

    app            PID 1 is the app itself, and never waits
    pause-above    PID 1 waits for every child, as pause does; the app is a process of the same namespace
    pause-beside   PID 1 waits for every child; the app is PID 1 of a namespace further in

Prints what became of the orphan: its parent as its own namespace sees it, and its state once it has ended.
It needs nothing but the standard library, and is started without site packages.
"""

import json
import os
import signal
import sys
import time
from typing import Any

_FURTHER_IN = ("unshare", "--pid", "--fork", "--mount-proc")


def leave_orphan() -> int:
    """Start a process whose parent ends at once; return its PID, while it lives."""
    reading, writing = os.pipe()
    if os.fork() == 0:  # the parent that ends
        orphan = os.fork()
        if orphan == 0:
            time.sleep(0.1)
            os._exit(0)
        os.write(writing, str(orphan).encode())
        os._exit(0)
    os.waitpid(-1, 0)  # the app waits for its own child, as apps do
    return int(os.read(reading, 16))


def fate(orphan: int) -> dict[str, Any]:
    """Return the orphan's parent while it lives, and what is left of it when it has ended."""
    parent = int(_stat(orphan)[1])
    end_s = time.monotonic() + 3
    state = "running"
    while time.monotonic() < end_s and state == "running":
        time.sleep(0.02)
        fields = _stat(orphan)
        state = "gone" if not fields else "zombie" if fields[0] == "Z" else "running"
    if state == "zombie":
        time.sleep(0.1)  # time enough for somebody to wait for it
        state = "zombie" if _stat(orphan) else "gone"
    return {"parent": parent, "state": state}


def _stat(pid: int) -> list[str]:
    """Return a process's state and what follows it in /proc, nothing when it is not there."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def app() -> None:
    """Leave an orphan and tell its fate."""
    sys.stdout.write(json.dumps(fate(leave_orphan())) + "\n")


def reap(_signal: int, _frame: object) -> None:
    """Wait for whoever has ended: all that pause does on SIGCHLD."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def pause(command: list[str]) -> None:
    """Start the app and wait for every child, until the app has told its orphan's fate."""
    reading, writing = os.pipe()
    signal.signal(signal.SIGCHLD, reap)
    if os.fork() == 0:
        os.dup2(writing, 1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.execvp(command[0], command)
    os.close(writing)
    with os.fdopen(reading) as told:
        sys.stdout.write(told.read())


if __name__ == "__main__":
    this = [sys.executable, "-S", __file__]
    match sys.argv[1]:
        case "app":
            app()
        case "pause-above":
            pause([*this, "app"])
        case "pause-beside":
            pause([*_FURTHER_IN, *this, "app"])
