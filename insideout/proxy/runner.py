"""How often a function runs: soon after it is asked for, not too often, and now and then without being asked.

The pause is counted from the end of one run to the start of the next, so changes that arrive together are
written together.

Source: pkg/proxy/runner/bounded_frequency_runner.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.sim.loop import Loop, Timer


class BoundedFrequencyRunner:
    """Runs `work` when asked, at least `min_s` after its last run, and at the latest `max_s` after it.

    When `work` returns False it failed, and runs again after `retry_s`.
    """

    def __init__(
        self, loop: Loop, work: Callable[[], bool], *, min_s: float, retry_s: float, max_s: float
    ) -> None:
        self._loop = loop
        self._work = work
        self._min_s, self._retry_s, self._max_s = min_s, min(retry_s, max_s), max_s
        self._free_s = loop.now_s
        self._next: Timer | None = None

    def start(self) -> None:
        """Begin to count the time until a run that nobody asked for."""
        self._plan(self._loop.now_s + self._max_s)

    def run(self) -> None:
        """Ask for a run as soon as the pause is over; asking again before it changes nothing."""
        self._plan(max(self._free_s, self._loop.now_s))

    def stop(self) -> None:
        """Run no more."""
        if self._next:
            self._next.cancel()

    def _plan(self, when_s: float) -> None:
        if self._next and not self._next.cancelled and self._next.when_s <= when_s:
            return
        self.stop()
        self._next = self._loop.call_at(when_s, self._go)

    def _go(self) -> None:
        self._next = None
        succeeded = self._work()
        self._free_s = self._loop.now_s + self._min_s
        if self._next is None:
            self._next = self._loop.call_later(self._max_s if succeeded else self._retry_s, self._go)
