"""The trusted end of the process that forks a process for each object that notebooks open.

It holds the package, so it cannot be where learners' code runs; but they choose what it works on, so it has a
bubblewrap of its own and its children have the learners' filter of system calls.
"""

import compileall
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from course.sandbox import facade
from course.sandbox import wall as sandbox
from course.sandbox.inside.alarm import undisturbed

START_TIMEOUT_S = 60.0
"""How long the first start may take on a loaded machine; importing the package takes half a second."""


class NotStarted(Exception):  # noqa: N818  it says what happened
    """The process that objects live in did not start."""


class Host(NamedTuple):
    """The process of one object, and the connection to it."""

    sock: socket.socket
    pid: int
    hosts: "Hosts"

    def stop(self) -> None:
        """End the process; a second call changes nothing."""
        self.hosts.stop(self.pid)


class Hosts:
    """One process with the package in it, started when it is first needed, and its children."""

    def __init__(self, *, bubblewrap: bool = False, proc: Sequence[str] = (), seccomp: bytes = b"") -> None:
        self._bubblewrap = bubblewrap
        self._proc = proc
        self._seccomp = seccomp
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self, module: str) -> Host:
        """Start a process that serves the names of `module`."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._launch()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                told = self._ask({"serve": module, "seccomp": self._seccomp.hex()}, [theirs.fileno()])
            except (OSError, ValueError) as error:  # it ended, or does not answer
                ours.close()
                self.close()
                raise NotStarted("a cluster could not be started; this is no mistake of yours") from error
        return Host(ours, told["pid"], self)

    def stop(self, pid: int) -> None:
        """End a process."""
        if self._control is not None:
            try:
                self._ask({"stop": pid}, [])
            except (OSError, ValueError):  # the parent of all has ended, and they with it
                self.close()

    def close(self) -> None:
        """End them all."""
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._control, self._process = None, None

    def _launch(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_TIMEOUT_S)
        with theirs:
            # Behind the walls nothing can be written, so what is compiled there is compiled each time anew.
            for package in facade.PACKAGES:
                compileall.compile_dir(facade.ROOT / package, quiet=2)
            path, before, python = os.pathsep.join(filter(None, sys.path)), [], sys.executable
            if self._bubblewrap:
                path, python = sandbox.GRADER, sandbox.interpreter()
                before = [*sandbox.command(self._proc, packages=True), "env", f"PYTHONPATH={path}"]
            drop_to = [str(sandbox.NOBODY)] if self._bubblewrap and sandbox.is_root() else []
            self._process = subprocess.Popen(
                [*before, python, "-B", "-m", "course.sandbox.service_host", str(theirs.fileno()), *drop_to],
                pass_fds=[theirs.fileno()],
                env={**sandbox.environment(), "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def _ask(self, message: dict[str, str | int], fds: list[int]) -> dict[str, int]:
        assert self._control is not None
        with undisturbed():
            socket.send_fds(self._control, [json.dumps(message).encode()], fds)
            answer: dict[str, int] = json.loads(self._control.recv(1 << 16))
        return answer
