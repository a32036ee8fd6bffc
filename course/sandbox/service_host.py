"""The process that services live in: `python -m course.sandbox.service_host FD [USER]`.

It imports a module once and forks a process for each object that is opened, which answers over the channel as
a learner's process does, with the names of the module in place of a notebook.  None of them holds a test or a
seed, only what the package has anyway; limits keep them small.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from course.sandbox.inside import jail, wire
from course.sandbox.inside.agent import Agent

LIMITS = {"AS": 2**28, "CPU": 600, "FSIZE": 0, "NOFILE": 16, "CORE": 0}
"""Of one object's process; a cluster of 100 nodes takes a quarter of the memory."""


class _Module:
    """The names of a module; there are no cells to run."""

    def __init__(self, name: str) -> None:
        self.names: dict[str, Any] = vars(importlib.import_module(name))

    def run(self, source: str, limit_s: float) -> list[dict[str, Any]]:
        """Refuse: nobody has cells to run here."""
        raise NotImplementedError


def main(fd: int, user: int | None = None) -> None:
    """Start and stop processes as asked, until the control socket is closed."""
    if sys.platform == "linux":
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory is short, clusters go first
    if user is not None:
        jail.drop_root(user)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # who started this keeps its own alarm waiting meanwhile
    control = socket.socket(fileno=fd)
    children: set[int] = set()
    while True:
        data, fds, _flags, _address = socket.recv_fds(control, 1 << 16, 1)
        if not data:
            break
        message = json.loads(data)
        if "serve" in message:
            module = _Module(message["serve"])
            gc.freeze()  # so that a child's collections do not copy the pages it shares
            pid = os.fork()
            if pid == 0:
                control.close()
                _serve(fds[0], module, bytes.fromhex(message["seccomp"]))
            os.close(fds[0])
            children.add(pid)
            control.send(json.dumps({"pid": pid}).encode())
        else:
            _end(message["stop"], children)
            control.send(b"{}")
    for pid in list(children):
        _end(pid, children)


def _end(pid: int, children: set[int]) -> None:
    if pid in children:
        children.remove(pid)
        os.kill(pid, signal.SIGKILL)  # it is not yet waited for, so the number is still its own
        os.waitpid(pid, 0)


def _serve(fd: int, module: _Module, seccomp: bytes) -> None:
    """Answer until the connection ends, and end."""
    try:
        if sys.platform == "linux":
            jail.die_with_parent()
            jail.limit(LIMITS)
            jail.renounce(seccomp)
        Agent(wire.Frames(socket.socket(fileno=fd)), module).serve()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
