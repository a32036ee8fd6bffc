"""The event loop that owns time.

Its heap is ordered by (time, priority, serial), so two events at one instant run in a settled order and a
program run twice with one seed has one history.  Time here is virtual: nothing sleeps, and the clock jumps to
the next event.  `insideout.sim.realtime` waits instead.  The idea is SimPy's (core.py and rt.py).
"""

import heapq
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from insideout.sim.garbage import searched_seldom
from insideout.sim.interrupts import between_events

T = TypeVar("T")

START = datetime(2026, 1, 1, tzinfo=UTC)
"""The date that every virtual run begins at, so that timestamps repeat too."""


class Timer:
    """One callback waiting for its time; `cancel` takes it back."""

    __slots__ = ("_args", "_callback", "cancelled", "when_s")

    def __init__(self, when_s: float, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.when_s = when_s
        self.cancelled = False
        self._callback = callback
        self._args = args

    def cancel(self) -> None:
        """Make sure that the callback never runs; a second call changes nothing."""
        self.cancelled = True

    def fire(self) -> None:
        """Run the callback, unless it was cancelled."""
        if not self.cancelled:
            self._callback(*self._args)


class Loop:
    """An event loop in virtual time with seeded randomness.

    Loops that share `serials` have one order in which their events fell due.
    """

    _date = 0.0, START  # of the latest instant that somebody asked about

    def __init__(self, *, seed: int = 0, serials: Iterator[int] | None = None) -> None:
        self.seed = seed
        self.now_s = 0.0
        self._serials = serials if serials is not None else count()
        self._heap: list[tuple[float, int, int, Timer]] = []

    def time(self) -> datetime:
        """Return the present instant as a date in UTC."""
        if self._date[0] != self.now_s:
            self._date = self.now_s, START + timedelta(seconds=self.now_s)
        return self._date[1]

    def clock_s(self) -> float:
        """Return the time as precisely as it is known, also in the middle of an event; from any thread."""
        return self.now_s

    def rng(self, name: str) -> random.Random:
        """Return a new random source for `name`; one component's draws never shift another's."""
        return random.Random(f"{self.seed}/{name}")

    def call_at(self, when_s: float, callback: Callable[..., object], *args: Any, priority: int = 0) -> Timer:
        """Run `callback(*args)` at `when_s` seconds, or now if that has passed; lower priority runs first."""
        timer = Timer(max(when_s, self.now_s), callback, args)
        heapq.heappush(self._heap, (timer.when_s, priority, next(self._serials), timer))
        return timer

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: Any) -> Timer:
        """Run `callback(*args)` after `delay_s` seconds."""
        return self.call_at(self.now_s + delay_s, callback, *args)

    def call_soon(self, callback: Callable[..., object], *args: Any) -> Timer:
        """Run `callback(*args)` at the present instant, after everything already waiting for it."""
        return self.call_at(self.now_s, callback, *args)

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run `function(*args)` between two events and return its result; in virtual time that is now."""
        return function(*args)

    def next_time_s(self) -> float | None:
        """Return when the next event is due, or None when nothing is waiting."""
        while self._heap and self._heap[0][3].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def next_serial(self) -> int | None:
        """Return the serial number of the next event, or None when nothing is waiting."""
        return self._heap[0][2] if self.next_time_s() is not None else None

    def forget(self) -> None:
        """Drop everything that is waiting, and with it what it refers to."""
        self._heap.clear()

    def step(self) -> bool:
        """Move to the next event and run it; return False when nothing is waiting."""
        if self.next_time_s() is None:
            return False
        when_s, _, _, timer = heapq.heappop(self._heap)
        self.now_s = when_s
        timer.fire()
        return True

    def run(self, seconds: float) -> None:
        """Run everything that is due within the next `seconds`, then set the clock there.

        An interrupt is raised between two events, and the clock stays at the last one.
        """
        end_s = self.now_s + seconds
        with searched_seldom(), between_events() as interrupt:
            while (due_s := self.next_time_s()) is not None and due_s <= end_s:
                self.step()
                if interrupt.waits:
                    raise KeyboardInterrupt
        self.now_s = end_s

    def run_until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Run until `condition()` holds, looking after every event; False when `timeout_s` passed first."""
        end_s = self.now_s + timeout_s
        with searched_seldom(), between_events() as interrupt:
            while not condition():
                due_s = self.next_time_s()
                if due_s is None or due_s > end_s:
                    self.now_s = end_s
                    return False
                self.step()
                if interrupt.waits:
                    raise KeyboardInterrupt
        return True
