"""The queue between handlers and a controller's sync function: keys, each at most once.

A key added while it waits is there once; a key added while it is being worked on comes back once when that is
done.  Failures come back ever later: after 5 ms, 10 ms, 20 ms ... up to 1000 s.  Left out: the overall limit
of ten retries a second, and fair queuing.

Source: k8s.io/client-go/util/workqueue/{queue,delaying_queue,default_rate_limiters}.go@v1.36.2.
"""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from insideout.client.interface import ApiError
from insideout.sim.loop import Loop

FIRST_DELAY_S = 0.005
LAST_DELAY_S = 1000.0

K = TypeVar("K", bound=Hashable)


class WorkQueue(Generic[K]):
    """A queue of keys."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._queue: deque[K] = deque()
        self._dirty: set[K] = set()  # wait, or will after the work under way; only membership is asked
        self._processing: set[K] = set()
        self._failures: dict[K, int] = {}
        self._ready_at_s: dict[K, float] = {}
        self._sync: Callable[[K], object] | None = None

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, key: K) -> None:
        """Queue `key`, unless it waits already."""
        if key in self._dirty:
            return
        self._dirty.add(key)
        if key not in self._processing:
            self._append(key)

    def get(self) -> K | None:
        """Take the next key to work on, or None when none waits; `done` must follow."""
        if not self._queue:
            return None
        key = self._queue.popleft()
        self._dirty.discard(key)
        self._processing.add(key)
        return key

    def done(self, key: K) -> None:
        """Say that the work on `key` is over; it waits again if it was added meanwhile."""
        self._processing.discard(key)
        if key in self._dirty:
            self._append(key)

    def add_after(self, key: K, delay_s: float) -> None:
        """Queue `key` after `delay_s`; an earlier instant asked for before, or after, wins."""
        if delay_s <= 0:
            self.add(key)
            return
        when_s = self._loop.now_s + delay_s
        if self._ready_at_s.get(key, when_s + 1) > when_s:
            self._ready_at_s[key] = when_s
            self._loop.call_at(when_s, self._ready, key, when_s)

    def add_rate_limited(self, key: K) -> None:
        """Queue `key` after a delay that doubles with each failure since the last `forget`."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, backoff_s(failures))

    def forget(self, key: K) -> None:
        """Start the delays of `key` from the beginning again."""
        self._failures.pop(key, None)

    def requeues(self, key: K) -> int:
        """Return how often `key` failed since the last `forget`."""
        return self._failures.get(key, 0)

    def start(self, sync: Callable[[K], object]) -> None:
        """Call `sync(key)` for every key from now on, one in each callback of the loop.

        When it raises ApiError the key comes back later; anything else is a bug and goes up to who runs the
        loop.
        """
        self._sync = sync
        for _ in self._queue:
            self._loop.call_soon(self._work)

    def stop(self) -> None:
        """Call nothing any more; keys stay queued."""
        self._sync = None

    def _append(self, key: K) -> None:
        self._queue.append(key)
        if self._sync is not None:
            self._loop.call_soon(self._work)

    def _ready(self, key: K, when_s: float) -> None:
        if self._ready_at_s.get(key) == when_s:
            del self._ready_at_s[key]
            self.add(key)

    def _work(self) -> None:
        if self._sync is None:
            return
        key = self.get()
        if key is None:
            return
        try:
            self._sync(key)
        except ApiError:
            self.add_rate_limited(key)
        else:
            self.forget(key)
        finally:
            self.done(key)


def backoff_s(failures: int) -> float:
    """Return the delay after `failures` earlier failures: 5 ms, doubled each time, at most 1000 s."""
    return float(min(FIRST_DELAY_S * 2**failures, LAST_DELAY_S)) if failures < 64 else LAST_DELAY_S
