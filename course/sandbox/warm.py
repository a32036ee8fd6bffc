"""The trusted end of a warm parent: starts learners' processes there and ends them."""

import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self

from course.sandbox import wall as sandbox
from course.sandbox.hosts import Hosts
from course.sandbox.inside import beside
from course.sandbox.inside.wire import Frames, WireError
from course.sandbox.limits import Limits
from course.sandbox.protection import Protection

START_TIMEOUT_S = 60.0
"""How long a warm parent may take to be ready, on a loaded machine; it takes half a second."""


Files = Iterable[tuple[str, bytes]]
"""Files by their path below the notebook's folder."""


class SandboxError(Exception):
    """The sandbox did not do its part; no submission is to blame."""


class Ending(NamedTuple):
    """How a learner's process ended and what it took; a negative `status` is the signal that killed it."""

    status: int = 0
    memory_bytes: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0


class Warm:
    """A warm parent; one learner's process at a time, so that none slows down or sees another."""

    def __init__(self, protection: Protection, limits: Limits) -> None:
        self.hosts = Hosts(bubblewrap=protection.bubblewrap, proc=protection.proc, seccomp=protection.seccomp)
        self.alone = threading.Lock()
        """Held by who grades: a thread of a Dask worker must not meet another here."""
        self._protection = protection
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._folder = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, files: Files = ()) -> socket.socket:
        """Start a learner's process, with files beside its notebook, and return the connection to it."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._launch()
        assert self._control is not None
        ours, theirs = socket.socketpair()
        with theirs, _held(files) as held:
            socket.send_fds(self._control, [b'{"do": "start"}'], [theirs.fileno(), *held])
            answer = self._answer()
        if answer.get("fault"):
            ours.close()
            raise SandboxError(f"the sandbox could not be built: {answer['fault']}")
        return ours

    def stop(self) -> Ending:
        """End the learner's process with all that it started."""
        if self._control is None:
            return Ending()
        try:
            self._control.send(b'{"do": "stop"}')
            ended = self._answer()["stopped"]
        except (OSError, SandboxError):
            self._end()
            return Ending()
        if self._protection.bubblewrap and not self._protection.separate:
            self._end()  # without namespaces of its own a submission leaves traces for the next
        return Ending(**ended)

    def close(self) -> None:
        """End the warm parent, and with it everything below it, and the clusters of notebooks."""
        self.hosts.close()
        self._end()

    def _end(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
            if self._process.stderr:
                self._process.stderr.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._control, self._process, self._folder = None, None, ""

    def _launch(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_TIMEOUT_S)
        with theirs:
            self._process, settings, self._folder = sandbox.launch(
                bubblewrap=self._protection.bubblewrap, proc=self._protection.proc, fd=theirs.fileno()
            )
        settings |= {
            "separate": self._protection.separate,
            "confined": self._protection.confined,
            "seccomp": self._protection.seccomp.hex(),
            "limits": self._limits.of_process(),
            "tmp_bytes": self._limits.tmp_bytes,
        }
        self._control.send(json.dumps(settings).encode())
        self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._control is not None
        try:
            return Frames(self._control).receive()
        except (WireError, TimeoutError) as error:
            words = ""
            process = self._process
            if process and process.stderr:
                process.kill()
                words = process.stderr.read().decode(errors="replace").strip()
            self._end()
            last = words.splitlines()[-1] if words else str(error)
            raise SandboxError(f"the sandbox's parent process ended: {last}") from error


@contextlib.contextmanager
def _held(files: Files) -> Iterator[list[int]]:
    """Put files where a process can read them that has no other way to them; nothing for no files."""
    data = beside.packed(files)
    if not data:
        yield []
        return
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield [file.fileno()]
