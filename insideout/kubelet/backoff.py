"""Back-off: how long a container that keeps ending, or an image that cannot be pulled, is left alone.

Source: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go, pkg/kubelet/kubelet.go,
pkg/kubelet/kuberuntime/kuberuntime_manager.go:doBackOff@v1.36.2.
"""

INITIAL_S = 10.0
MAX_S = 300.0
FORGIVEN_AFTER_S = 600.0
_DIGITS = 9
"""Times are compared to the nanosecond, as Go has them."""


class BackOff:
    """Delays that double from `initial_s` to `max_s`, for one container or one image.

    The first restart is immediate; it is the second that waits.  What goes well for more than ten minutes
    after it was last tried is forgiven, whatever the maximum and however it ended.
    """

    def __init__(self, initial_s: float = INITIAL_S, max_s: float = MAX_S) -> None:
        self.delay_s = 0.0
        self._initial_s = initial_s
        self._max_s = max_s
        self._updated_s: float | None = None

    def remaining_s(self, ended_s: float, now_s: float) -> float:
        """Return how long to wait still, for something that ended at `ended_s`; 0.0 means go on."""
        if self._updated_s is None or self._is_forgiven(ended_s):
            return 0.0
        return max(0.0, round(ended_s + self.delay_s - now_s, _DIGITS))

    def pause_s(self, now_s: float) -> float:
        """Return how long to wait still, counted from the last try and not from an end, as images do."""
        if self._updated_s is None or self._is_forgiven(now_s):
            return 0.0
        return max(0.0, round(self._updated_s + self.delay_s - now_s, _DIGITS))

    def advance(self, ended_s: float, now_s: float) -> None:
        """Note that it is tried again now."""
        if self._updated_s is None or self._is_forgiven(ended_s):
            self.delay_s = self._initial_s
        else:
            self.delay_s = min(self.delay_s * 2, self._max_s)
        self._updated_s = now_s

    def _is_forgiven(self, ended_s: float) -> bool:
        if self._updated_s is None:
            return False
        return round(ended_s - self._updated_s, _DIGITS) > FORGIVEN_AFTER_S


def go_duration(seconds: float) -> str:
    """Write whole seconds as Go does: "10s", "1m20s", "5m0s"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
