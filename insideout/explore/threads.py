"""Where a controller's next step can come from: its callbacks, and one stream of events for each watch.

All loops and streams of an execution draw their serial numbers from one counter.  So there is one order in
which things would happen by themselves: the order in which they fell due.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from insideout.client.interface import WatchEvent
from insideout.explore.faults import LAG, LONG_LAG, SKIP
from insideout.sim.loop import Loop


class SharedLoop(Loop):
    """A loop beside others: whoever owns them all decides which runs next, and moves the clocks."""

    def __init__(self, seed: int, serials: Iterator[int]) -> None:
        super().__init__(seed=seed, serials=serials)

    def due(self) -> int | None:
        """Return the serial number of what is due now, None when nothing is."""
        when_s = self.next_time_s()
        return self.next_serial() if when_s is not None and when_s <= self.now_s else None

    def run(self, seconds: float) -> None:
        """Refuse: a controller that waits by running the loop would stop the world."""
        raise RuntimeError("a controller must not run the loop: it returns, and is called again")

    def run_until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Refuse, as `run` does."""
        self.run(timeout_s)
        return False


class Stream:
    """The events of one watch that its controller has yet to see."""

    def __init__(
        self,
        resource: str,
        serials: Iterator[int],
        on_event: Callable[[WatchEvent], object],
        on_close: Callable[[], object] | None,
    ) -> None:
        self.resource = resource
        self.delivered = 0
        self.held: str = ""
        """The kind of fault that holds its events back, "" for none."""
        self.held_until = 0
        """The step of the user after which a long hold ends."""
        self.is_open = True
        self._serials = serials
        self._waiting: deque[tuple[int, WatchEvent | None]] = deque()
        self._on_event = on_event
        self._on_close = on_close
        self._watch: Any = None

    def follow(self, watch: Any) -> None:
        """Take the server's end, to be stopped together with this one."""
        self._watch = watch

    def offer(self, event: WatchEvent | None) -> None:
        """Put an event behind those that wait; None is the end of the watch."""
        if self.is_open:
            self._waiting.append((next(self._serials), event))

    def stop(self) -> None:
        """End it: nothing is delivered afterwards."""
        self.is_open = False
        self._waiting.clear()
        if self._watch is not None:
            self._watch.stop()

    def due(self) -> int | None:
        """Return the serial number of the next event that may be delivered, None when there is none."""
        return self._waiting[0][0] if self._waiting and not self.held else None

    def next_event(self) -> WatchEvent | None:
        """Return the next event without delivering it."""
        return self._waiting[0][1]

    @property
    def waiting(self) -> int:
        """How many events wait."""
        return len(self._waiting)

    def hold(self, kind: str, until: int) -> None:
        """Hold events back: LAG, LONG_LAG or SKIP."""
        self.held, self.held_until = kind, until

    def release(self) -> None:
        """Hold them back no longer; after SKIP they are lost, and the watch ends with 410."""
        kind, self.held = self.held, ""
        if kind != SKIP:
            return
        self._waiting.clear()
        if self._watch is not None:
            self._watch.stop()
        message = "too old resource version"
        gone = {"kind": "Status", "status": "Failure", "code": 410, "reason": "Expired", "message": message}
        self.offer(WatchEvent("ERROR", gone))
        self.offer(None)

    def deliver(self) -> None:
        """Hand the next event over."""
        _, event = self._waiting.popleft()
        self.delivered += 1
        if event is not None:
            self._on_event(event)
        elif self.is_open:
            self.is_open = False
            if self._on_close is not None:
                self._on_close()


SHORT, LONG = (LAG,), (LONG_LAG, SKIP)
"""The kinds of hold by how long they last."""
