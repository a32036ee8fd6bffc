"""activeDeadlineSeconds: how long a Pod may be active on its node, counted from its start.

Source: pkg/kubelet/active_deadline.go@v1.36.2.
"""

from insideout.client import Object
from insideout.sim import Loop

REASON = "DeadlineExceeded"
MESSAGE = "Pod was active on the node longer than the specified deadline"


class Deadline:
    """One Pod's deadline; a newer version of the Pod may set one, or bring it nearer."""

    def __init__(self, loop: Loop, started_s: float) -> None:
        self._loop = loop
        self._started_s = started_s
        self._seconds: int | None = None

    def is_another(self, pod: Object) -> bool:
        """Take over what a version of the Pod says, and return whether it is a new deadline."""
        before, self._seconds = self._seconds, pod["spec"].get("activeDeadlineSeconds")
        return self._seconds is not None and self._seconds != before

    def remaining_s(self) -> float:
        """Return the seconds that are left, 0.0 or less when it has passed; infinity without a deadline."""
        if self._seconds is None:
            return float("inf")
        return self._started_s + self._seconds - self._loop.now_s
