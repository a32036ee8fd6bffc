"""The trusted end of the process that forks a process for each object that notebooks open."""

import json
import os
import socket
import subprocess
import sys
from typing import NamedTuple

from course.grading import sandbox
from course.grading.inside.alarm import undisturbed

START_TIMEOUT_S = 60.0
"""How long the first start may take on a loaded machine; importing the package takes half a second."""


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

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self, module: str) -> Host:
        """Start a process that serves the names of `module`."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._launch()
        ours, theirs = socket.socketpair()
        with theirs:
            told = self._ask({"serve": module}, [theirs.fileno()])
        return Host(ours, told["pid"], self)

    def stop(self, pid: int) -> None:
        """End a process."""
        if self._control is not None:
            self._ask({"stop": pid}, [])

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
            self._process = subprocess.Popen(
                [sys.executable, "-m", "course.grading.service_host", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**sandbox.environment(), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
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
