"""A running container as its program sees it: it can log, use memory, answer, wait and end.

Source: the part of a container runtime that the kubelet calls; a memory limit ends a process as cgroup v2's
memory.max does (kernel Documentation/admin-guide/cgroup-v2.rst).
"""

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from insideout.apiserver.certificates import Certificate
from insideout.kubelet.files import FileError, Files
from insideout.kubelet.volumes import NOTHING, Mounted
from insideout.sim import Loop, Timer

OOM_KILLED = "OOMKilled"
SIGKILL_EXIT_CODE = 137


class LogLine(NamedTuple):
    """One line that a container wrote: when, to "stdout" or "stderr", and what."""

    time_s: float
    stream: str
    text: str


class Exit(NamedTuple):
    """How a container ended."""

    code: int
    reason: str


class Process:
    """One run of one container; it ends once, and nothing of it happens afterwards."""

    __slots__ = (
        "_cpu_before_s",
        "_cpu_since_s",
        "_endings",
        "_files",
        "_loop",
        "_memory_limit_bytes",
        "_mounted",
        "_on_exit",
        "_timers",
        "certificate",
        "cpu_milli",
        "env",
        "exit_status",
        "hostname",
        "is_healthy",
        "is_ready",
        "is_started",
        "log_lines",
        "memory_bytes",
        "started_s",
        "stop_timeout_s",
        "told_s",
    )

    def __init__(
        self,
        loop: Loop,
        hostname: str,
        env: Mapping[str, str],
        memory_limit_bytes: int | None,
        on_exit: Callable[[Exit], object],
        mounted: Mounted = NOTHING,
    ) -> None:
        self.hostname = hostname
        self.env = env
        self._files: Files | None = None
        self._mounted = mounted
        self.is_started = True
        self.is_ready = True
        self.is_healthy = True
        self.certificate: Certificate | None = None
        """By what its ports are known to clients, which then speak TLS; None for plain text."""
        self.memory_bytes = 0
        self.cpu_milli = 0
        self._cpu_before_s, self._cpu_since_s = 0.0, loop.now_s
        self.log_lines: list[LogLine] = []
        self.exit_status: Exit | None = None
        self.started_s = loop.now_s
        self.told_s: float | None = None
        """When it was told to stop."""
        self.stop_timeout_s = 0
        """How long it was given then."""
        self._loop = loop
        self._memory_limit_bytes = memory_limit_bytes
        self._on_exit = on_exit
        self._timers: list[Timer] = []
        self._endings: list[Callable[[], object]] = []

    @property
    def now_s(self) -> float:
        """The present instant, in seconds."""
        return self._loop.now_s

    @property
    def cpu_used_s(self) -> float:
        """How many seconds of a CPU it has used so far."""
        return self._cpu_before_s + (self._loop.now_s - self._cpu_since_s) * self.cpu_milli / 1000

    @property
    def files(self) -> Files:
        """What its volumes brought and what commands in it have written; made when somebody looks."""
        if self._files is None:
            now_s = self._loop.time().timestamp()
            self._files = Files(self.hostname, now_s)
            for path, data in {**self._mounted.followed, **self._mounted.fixed}.items():
                self._files.bring(path, data, now_s)
        return self._files

    def remount(self, followed: Mapping[str, bytes]) -> None:
        """Put what volumes bring now, by path, in the place of what they brought before."""
        before, self._mounted = self._mounted.followed, self._mounted._replace(followed=dict(followed))
        if self._files is None:
            return
        for path in before.keys() - followed.keys():
            with contextlib.suppress(FileError):  # somebody in the container removed it
                self._files.remove(path)
        for path, data in followed.items():
            if before.get(path) != data:
                self._files.bring(path, data, self._loop.time().timestamp())

    @property
    def loop(self) -> Loop:
        """The time that it lives by."""
        return self._loop

    def at_end(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Run `callback` when the process ends, however it does; return how to have it forgotten."""
        self._endings.append(callback)
        return partial(self._forget, callback)

    def _forget(self, callback: Callable[[], object]) -> None:
        if callback in self._endings:
            self._endings.remove(callback)

    def log(self, text: str, stream: str = "stdout") -> None:
        """Write a line."""
        self.log_lines.append(LogLine(self._loop.now_s, stream, text))

    def after(self, delay_s: float, callback: Callable[[], object]) -> None:
        """Run `callback` in `delay_s` seconds, unless the process has ended by then."""
        self._timers.append(self._loop.call_later(delay_s, callback))

    def use_memory(self, amount_bytes: int) -> None:
        """Use so much memory from now on; beyond the limit the kernel ends the process."""
        self.memory_bytes = amount_bytes
        if self._memory_limit_bytes is not None and amount_bytes > self._memory_limit_bytes:
            self.exit(SIGKILL_EXIT_CODE, OOM_KILLED)

    def use_cpu(self, milli: int) -> None:
        """Use so many thousandths of a CPU from now on."""
        self._cpu_before_s, self._cpu_since_s = self.cpu_used_s, self._loop.now_s
        self.cpu_milli = milli

    def exit(self, code: int, reason: str = "") -> None:
        """End, for the reason "Completed" or "Error" if none is given; only the first time counts."""
        if self.exit_status is not None:
            return
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        endings, self._endings = self._endings, []
        for ending in endings:
            ending()
        self.use_cpu(0)
        self.exit_status = Exit(code, reason or ("Error" if code else "Completed"))
        self._on_exit(self.exit_status)
