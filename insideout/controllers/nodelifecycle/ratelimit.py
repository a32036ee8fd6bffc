"""The queue of nodes that wait for their NoExecute taint, let through at a settable rate.

Source: pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go@v1.36.2.
"""


class RateLimitedQueue:
    """Names in the order they came, each once until it is removed; at most `qps` leave a second, burst 1."""

    def __init__(self, qps: float, now_s: float) -> None:
        self._qps = qps
        self._tokens = 1.0
        self._refilled_s = now_s
        self._waiting: list[str] = []
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, name: str) -> bool:
        """Queue a name, unless it is known already; return whether it was queued."""
        if name in self._known:
            return False
        self._known.add(name)
        self._waiting.append(name)
        return True

    def remove(self, name: str) -> bool:
        """Forget a name, so that it may be queued again; return whether it was known."""
        if name not in self._known:
            return False
        self._known.discard(name)
        if name in self._waiting:
            self._waiting.remove(name)
        return True

    def take(self, now_s: float) -> str | None:
        """Return the next name, or None while none waits or the rate forbids it; it stays known."""
        if not self._waiting or not self._accept(now_s):
            return None
        return self._waiting.pop(0)

    def put_back(self, name: str) -> None:
        """Return a taken name to the front, to be tried again."""
        self._waiting.insert(0, name)

    def set_rate(self, qps: float, now_s: float) -> None:
        """Change the rate; a queue that had to wait starts with nothing saved up."""
        if qps == self._qps:
            return
        drained = not self._accept(now_s)
        self._qps = qps
        self._tokens = 0.0 if drained and qps > 0 else 1.0
        self._refilled_s = now_s

    def _accept(self, now_s: float) -> bool:
        if self._qps <= 0:
            return False
        self._tokens = min(1.0, self._tokens + (now_s - self._refilled_s) * self._qps)
        self._refilled_s = now_s
        # Nine tenths of a second's worth added ten times must make a whole one.
        if self._tokens < 1.0 - 1e-9:
            return False
        self._tokens -= 1.0
        return True
