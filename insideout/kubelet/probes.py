"""A probe's verdict: it takes several answers in a row to change one's mind.

Source: pkg/kubelet/prober/worker.go:doProbe@v1.36.2.
"""

from dataclasses import dataclass

from insideout.client import Object


@dataclass(frozen=True)
class ProbeSpec:
    """How often to ask, and how many answers in a row count; the API server has filled in the defaults."""

    initial_delay_s: float
    period_s: float
    success_threshold: int
    failure_threshold: int

    @classmethod
    def of(cls, probe: Object) -> "ProbeSpec":
        """Read a container's livenessProbe, readinessProbe or startupProbe."""
        return cls(
            initial_delay_s=probe.get("initialDelaySeconds", 0),
            period_s=probe.get("periodSeconds", 10),
            success_threshold=probe.get("successThreshold", 1),
            failure_threshold=probe.get("failureThreshold", 3),
        )


class Verdict:
    """What a probe says of a container: `passed` is None until the first verdict.

    A readiness probe starts out failed, a liveness probe passed, a startup probe undecided.
    """

    def __init__(self, spec: ProbeSpec, initial: bool | None) -> None:
        self.passed = initial
        self._spec = spec
        self._last: bool | None = None
        self._run = 0

    def observe(self, success: bool) -> bool:
        """Note one answer; return whether the verdict changed."""
        self._run = self._run + 1 if success == self._last else 1
        self._last = success
        threshold = self._spec.success_threshold if success else self._spec.failure_threshold
        if self._run < threshold or self.passed == success:
            return False
        self.passed = success
        return True
