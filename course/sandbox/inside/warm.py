"""The warm parent: imports what notebooks use, once, then forks a process for each submission.

It obeys a control socket and runs no learner's code itself.  {"do": "start"} comes with the socket of the new
process; {"do": "stop"} ends it with all it left behind and tells how it ended.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from . import agent, beside, facade, jail, packed, services, wire
from .shell import Cells

FAULT = "fault: "
"""Begins the line by which a new process says that its walls could not be put up."""


def main(control_fd: int) -> None:
    """Serve until the control socket is closed; its first message holds the settings."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # who started this keeps its own alarm waiting meanwhile
    control = socket.socket(fileno=control_fd)
    settings, _fds = _receive(control)
    if settings["drop_to"] is not None:
        jail.drop_root(settings["drop_to"])
    front = facade.Facade(Path(settings["facade"]))
    front.install()
    for name in settings["imports"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    front.begin()
    cells = Cells()
    for source in (
        "1",
        "1 / 0",
        "%who",
    ):  # IPython loads half of itself when it first shows a value or an error
        cells.run(source, 5.0)
    cells.shell.reset(new_session=True)  # type: ignore[no-untyped-call]  # IPython annotates parts
    gc.freeze()  # so that a child's collections do not copy the pages it shares
    frames = wire.Frames(control)
    frames.send({"ready": True})
    child: _Child | None = None
    while True:
        try:
            message, fds = _receive(control)
        except (EOFError, ConnectionError):
            if child:
                child.stop()
            return
        if message["do"] == "start":
            child = _Child(control, fds, settings, cells)
            frames.send({"started": True, "fault": child.fault})
        else:
            frames.send({"stopped": child.stop() if child else {}})
            child = None


def _receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    data, fds, _flags, _address = socket.recv_fds(control, 1 << 20, 4)
    if not data:
        raise EOFError
    message: dict[str, Any] = json.loads(data)
    return message, fds


class _Child:
    """One submission's process: a guard that made the namespaces, and in them the learner's process."""

    def __init__(
        self, control: socket.socket, fds: list[int], settings: dict[str, Any], cells: Cells
    ) -> None:
        self.fault = ""
        read, write = os.pipe()
        self._started = time.monotonic()
        self._guard = os.fork()
        if self._guard == 0:
            os.close(read)
            control.close()
            _guard(fds, write, settings, cells)
        os.close(write)
        for fd in fds:
            os.close(fd)
        with os.fdopen(read, "rb") as file:
            answer = file.read()  # ends when both processes are under way, or have failed
        self._learner = 0
        for line in answer.decode(errors="replace").splitlines():
            if line.startswith(FAULT):
                self.fault = line.removeprefix(FAULT)
            else:
                self._learner = int(line)

    def stop(self) -> dict[str, Any]:
        """Kill the processes and tell how the learner's ended and what it took."""
        ended = os.waitid(os.P_PID, self._guard, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if ended is None and self._learner:
                os.kill(self._learner, signal.SIGKILL)  # the first process of its namespace: all others die
            elif ended is None:
                os.kill(self._guard, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._learner:
                os.killpg(
                    self._learner, signal.SIGKILL
                )  # without namespaces, at least what stayed in its group
        _pid, status, used = os.wait4(self._guard, 0)
        code = os.waitstatus_to_exitcode(status)
        return {
            "status": code - 256 if code > 128 else code,
            "memory_bytes": used.ru_maxrss * 1024,
            "cpu_s": used.ru_utime + used.ru_stime,
            "wall_s": time.monotonic() - self._started,
        }


def _guard(fds: list[int], write: int, settings: dict[str, Any], cells: Cells) -> None:
    """Make the namespaces, fork the learner's process into them, and end as it ends."""
    learner = 0
    try:
        if settings["separate"]:
            jail.separate()
        learner = os.fork()
        if learner == 0:
            _learner(fds, write, settings, cells)
        os.write(write, b"%d\n" % learner)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(write, f"{FAULT}{error}\n".encode())
        os._exit(70)
    os.close(write)
    for fd in fds:
        os.close(fd)
    _pid, status = os.waitpid(learner, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 256 + code)  # a signal as 256 - number


def _learner(fds: list[int], write: int, settings: dict[str, Any], cells: Cells) -> None:
    """Become a learner's process; `fds` are its connection and, if there are any, the files beside it."""
    fd = fds[0]
    try:
        jail.die_with_parent()
        os.setsid()
        if settings["separate"]:
            jail.private_files(settings["tmp_bytes"])
        else:
            os.chdir(tempfile.mkdtemp(dir=settings["folder"]))  # what an earlier one left is not beside it
        if len(fds) > 1:
            beside.lay_out(fds[1], Path.cwd(), separate=settings["separate"])
        quiet = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(quiet, number)
        jail.limit(settings["limits"])
        if settings["confined"]:
            jail.renounce(bytes.fromhex(settings["seccomp"]))
    except BaseException as error:
        os.write(write, f"{FAULT}{error}\n".encode())
        os._exit(71)
    os.close(write)
    os.closerange(3, fd)
    os.closerange(fd + 1, 1024)
    cells.names["__name__"] = "__main__"
    sys.argv = ["notebook"]
    sys.path.insert(0, "")  # as in Jupyter: modules beside the notebook come first
    code = 0
    try:
        answering = agent.Agent(packed.Frames(socket.socket(fileno=fd)), cells)
        services.connect(answering.open)
        answering.serve()
    except BaseException:
        code = 1
    os._exit(code)  # no exit handlers of the learner's
