"""The event loop in real time: the same heap, but the clock waits.

A thread runs what is due.  Any other thread may take part through `call`, which runs a function between two
events: so everything that the loop owns is only ever touched by one thread at a time.  The idea is SimPy's
rt.py.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from insideout.sim.loop import Loop, Timer

T = TypeVar("T")

_TURN_S = 0.02
"""How long the thread may run events without a pause in which others take their turn."""
_PAUSE_S = 0.002


class RealtimeLoop(Loop):
    """An event loop whose clock is the machine's, starting now.

    Between `start` and `stop` a thread runs the events.  `call_at`, `call_later` and `call_soon` may be used
    from any thread.  Events that take longer than they are apart fall behind; they never shut others out.
    With `looks_outside` a condition that is waited for is looked at while events run: it asks another
    program, which may have to ask us.
    """

    def __init__(self, *, seed: int = 0, looks_outside: bool = False) -> None:
        super().__init__(seed=seed)
        self._looks_outside = looks_outside
        self._began = datetime.now(UTC)
        self._zero_s = time.monotonic()
        self._wake = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None
        self._running = False
        self.failure: BaseException | None = None
        """What an event raised, if one did: it ended the thread."""
        self._waiting = 0

    def time(self) -> datetime:
        """Return the present instant as a date in UTC."""
        return self._began + timedelta(seconds=self.now_s)

    def clock_s(self) -> float:
        """Return the seconds since the loop was made; `now_s` stands still while an event runs."""
        return self._elapsed_s()

    def call_at(self, when_s: float, callback: Callable[..., object], *args: Any, priority: int = 0) -> Timer:
        """Run `callback(*args)` at `when_s` seconds, or now if that has passed; lower priority runs first."""
        with self._wake:
            timer = super().call_at(when_s, callback, *args, priority=priority)
            self._wake.notify_all()
            return timer

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run `function(*args)` now, while no event runs, and return its result."""
        with self._wake:
            self._advance()
            return function(*args)

    def start(self) -> None:
        """Begin to run events, in a thread of their own."""
        self._running = True
        self._thread = threading.Thread(target=self._drive, name="course-loop", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Run no more events; return when the thread has ended."""
        with self._wake:
            self._running = False
            self._wake.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None

    def run(self, seconds: float) -> None:
        """Let `seconds` pass, while events run as they fall due."""
        if self._thread is not None:
            with self._told():
                time.sleep(seconds)
                self._check()
            return
        with self._wake:
            self._until(self._elapsed_s() + seconds, lambda: False)

    def run_until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Let time pass until `condition()` holds, looking after every event; False after `timeout_s`."""
        with self._told():
            return self._wait_until(condition, self._elapsed_s() + timeout_s)

    def _wait_until(self, condition: Callable[[], bool], end_s: float) -> bool:
        if self._looks_outside and self._thread is not None:
            while not condition():
                with self._wake:
                    if not self._waited(end_s):
                        return False
            return True
        with self._wake:
            if self._thread is None:
                return self._until(end_s, condition)
            while not condition():
                if not self._waited(end_s):
                    return False
            return True

    def _waited(self, end_s: float) -> bool:
        """Wait for the next event, False at `end_s`; the caller has the lock."""
        self._check()
        remaining_s = end_s - self._elapsed_s()
        if remaining_s > 0:
            self._wake.wait(remaining_s)
        return remaining_s > 0

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._zero_s

    def _advance(self) -> None:
        """Bring the clock up to date, but not past an event that has yet to run."""
        due_s = self.next_time_s()
        elapsed_s = self._elapsed_s()
        self.now_s = max(self.now_s, elapsed_s if due_s is None else min(elapsed_s, due_s))

    def _until(self, end_s: float, condition: Callable[[], bool]) -> bool:
        """Run events in this thread until `end_s` or until `condition()` holds; the caller has the lock."""
        while not condition():
            self._run_due()
            if condition():
                return True
            due_s = self.next_time_s()
            wake_s = end_s if due_s is None else min(due_s, end_s)
            if self._elapsed_s() >= end_s:
                return False
            self._wake.wait(max(wake_s - self._elapsed_s(), 0))
        return True

    def _run_due(self, end_s: float = math.inf) -> None:
        """Run every event whose time has come, but begin none after `end_s`."""
        while (due_s := self.next_time_s()) is not None and due_s <= (now_s := self._elapsed_s()):
            if now_s > end_s:
                return
            self.step()
        self._advance()

    def _drive(self) -> None:
        with self._wake:
            try:
                while self._running:
                    self._run_due(self._elapsed_s() + _TURN_S)
                    self._wake.notify_all()  # whoever waits for a condition looks again
                    due_s = self.next_time_s()
                    self._wake.wait(None if due_s is None else max(due_s - self._elapsed_s(), _PAUSE_S))
            except BaseException as failure:
                self.failure = failure
                self._running = False
                self._wake.notify_all()
                if not self._waiting:
                    raise  # nobody is told, so Python shows it

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Note that somebody waits, to whom the failure of an event is raised."""
        with self._wake:
            self._waiting += 1
        try:
            yield
        finally:
            with self._wake:
                self._waiting -= 1

    def _check(self) -> None:
        if self.failure is not None:
            what = f"{type(self.failure).__name__}: {self.failure}"
            raise RuntimeError(f"an event failed, so the loop has stopped: {what}") from self.failure
