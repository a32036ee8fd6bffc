"""Probing: asks a container at intervals and acts on verdicts.

What a probe finds is up to the program: an HTTP status, the exit code of a command, or that it listens.

Source: pkg/kubelet/prober/{prober_manager,worker,prober}.go@v1.36.2.
"""

from collections.abc import Callable
from typing import Literal

from insideout.client import Object
from insideout.kubelet.container import Container
from insideout.kubelet.probes import ProbeSpec, Verdict
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program, Request
from insideout.sim import Loop

Kind = Literal["startup", "liveness", "readiness"]
_INITIAL: dict[Kind, bool | None] = {"startup": None, "liveness": True, "readiness": False}
_WORDS: dict[Kind, str] = {"startup": "Startup", "liveness": "Liveness", "readiness": "Readiness"}


class Finding:
    """Whether a probe succeeded, and what to say when it did not."""

    __slots__ = ("message", "success")

    def __init__(self, success: bool, message: str = "") -> None:
        self.success = success
        self.message = message


def ask(program: Program, process: Process, probe: Object, kind: Kind) -> Finding:
    """Probe once; the program's own flags `is_healthy`, `is_ready` and `is_started` come first."""
    flag = {"liveness": process.is_healthy, "readiness": process.is_ready, "startup": process.is_started}[
        kind
    ]
    timeout_s = probe.get("timeoutSeconds", 1)
    if "exec" in probe:
        result = program.execute(process, probe["exec"].get("command") or [])
        if result.duration_s > timeout_s:
            return Finding(False, f"command timed out after {timeout_s}s")
        return Finding(result.exit_code == 0 and flag, result.stderr or result.stdout)
    if "httpGet" in probe:
        path = probe["httpGet"].get("path", "/")
        response = program.answer(process, Request(_number(probe["httpGet"].get("port", 80)), path=path))
        if response.duration_s > timeout_s:
            return Finding(False, "Get: context deadline exceeded (Client.Timeout exceeded)")
        status = response.status if flag else 500
        return Finding(200 <= status < 400, f"HTTP probe failed with statuscode: {status}")
    return Finding(flag, "dial tcp: connect: connection refused")


def _number(port: int | str) -> int:
    return port if isinstance(port, int) else 0


class Prober:
    """The probes of one run of one container."""

    def __init__(
        self,
        loop: Loop,
        container: Container,
        on_change: Callable[[Kind, bool], object],
        on_failure: Callable[[str], object],
    ) -> None:
        self._loop = loop
        self._container = container
        self._process = container.process
        self._on_change = on_change
        self._on_failure = on_failure
        if self._has("startup"):
            self._begin("startup")
        else:
            self._begin_others()

    def _has(self, kind: Kind) -> bool:
        return f"{kind}Probe" in self._container.spec

    def _begin_others(self) -> None:
        """Liveness and readiness wait for the startup probe."""
        for kind in ("liveness", "readiness"):
            if self._has(kind):
                self._begin(kind)

    def _begin(self, kind: Kind) -> None:
        spec = ProbeSpec.of(self._container.spec[f"{kind}Probe"])
        verdict = Verdict(spec, _INITIAL[kind])
        self._loop.call_later(spec.initial_delay_s, self._probe, kind, spec, verdict)

    def _probe(self, kind: Kind, spec: ProbeSpec, verdict: Verdict) -> None:
        process = self._process
        if process is None or process.exit_status is not None or self._container.process is not process:
            return
        if self._container.is_stopping and kind != "readiness":
            return
        probe = self._container.spec[f"{kind}Probe"]
        finding = ask(self._container.program, process, probe, kind)
        if not finding.success:
            self._on_failure(f"{_WORDS[kind]} probe failed: {finding.message}")
        if verdict.observe(finding.success):
            self._on_change(kind, finding.success)
            if kind == "startup":
                if finding.success:
                    self._begin_others()
                return
            if kind == "liveness" and not finding.success:
                return
        self._loop.call_later(spec.period_s, self._probe, kind, spec, verdict)
