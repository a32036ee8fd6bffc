"""The pods that wait for a node: those to try now, those backing off, those that nothing could help yet.

- active: tried next, the highest priority first, then the longest waiting.
- back-off: turned down a moment ago.  The wait is 1, 2, 4, 8 and then always 10 seconds, counted from the
  attempt and cut to whole seconds; it is over at the first whole second after that.  When nothing is active,
  pods are taken from here early, but not those whose attempt ended in an error.
- unschedulable: turned down, and nothing has happened since that could help.  A hint about an event moves a
  pod on; so does the time limit of five minutes, looked at every 30 seconds.  Pods with scheduling gates
  stay here until the last gate is gone, and a pod for which others are evicted until all have been told.

Upstream also remembers events that arrive while a pod's cycle runs; here nothing arrives during a cycle.

Source: pkg/scheduler/backend/queue/scheduling_queue.go, active_queue.go and backoff_queue.go@v1.36.2.
"""

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

from insideout.scheduler.events import ClusterEvent
from insideout.scheduler.hints.table import worth_a_try
from insideout.scheduler.podinfo import PodInfo

INITIAL_BACKOFF_S = 1
MAX_BACKOFF_S = 10
WINDOW_S = 1
"""Back-offs end together, once in a window, so that pods leave in the order of their priority."""
UNSCHEDULABLE_LIMIT_S = 300
UNSCHEDULABLE_CHECK_S = 30
GATES = "SchedulingGates"
ACTIVE, BACKOFF, BACKOFF_ERROR, UNSCHEDULABLE = "active", "backoff", "backoff-error", "unschedulable"


@dataclass(eq=False)
class QueuedPod:
    """A waiting pod and what became of its attempts."""

    pod: PodInfo
    since_s: float
    serial: int
    attempts: int = 0
    unschedulable: int = 0
    errors: int = 0
    plugins: frozenset[str] = frozenset()
    backoff_end_s: float | None = None
    place: str = field(default="", repr=False)

    @property
    def order(self) -> tuple[int, float, int]:
        """Sort key among active pods."""
        return -self.pod.priority, self.since_s, self.serial


class _Heap:
    """Queued pods in order of `key`; those that have left are skipped when they come up."""

    def __init__(self, place: str, key: Callable[[QueuedPod], tuple[float, ...]]) -> None:
        self._place = place
        self._key = key
        self._entries: list[tuple[tuple[float, ...], int, QueuedPod]] = []
        self._versions = count()
        self._current: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._current)

    def push(self, queued: QueuedPod) -> None:
        queued.place = self._place
        version = next(self._versions)
        self._current[queued.pod.key] = version
        heapq.heappush(self._entries, (self._key(queued), version, queued))

    def remove(self, queued: QueuedPod) -> None:
        self._current.pop(queued.pod.key, None)
        queued.place = ""

    def peek(self) -> QueuedPod | None:
        while self._entries:
            _, version, queued = self._entries[0]
            if self._current.get(queued.pod.key) == version:
                return queued
            heapq.heappop(self._entries)
        return None

    def pop(self) -> QueuedPod | None:
        queued = self.peek()
        if queued is not None:
            heapq.heappop(self._entries)
            self.remove(queued)
        return queued


class SchedulingQueue:
    """Waiting pods by "namespace/name"; `now_s` tells the time."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._is_held: Callable[[PodInfo], bool] = lambda _: False
        self._serials = count()
        self._known: dict[str, QueuedPod] = {}
        self._unschedulable: dict[str, QueuedPod] = {}
        self._active = _Heap(ACTIVE, lambda queued: queued.order)
        self._backoff = _Heap(BACKOFF, self._backoff_order)
        self._errors = _Heap(BACKOFF_ERROR, self._backoff_order)

    def hold(self, is_held: Callable[[PodInfo], bool]) -> None:
        """Leave unschedulable pods where they are for as long as `is_held` says so, whatever happens.

        Source: framework/plugins/defaultpreemption/default_preemption.go@v1.36.2 (PreEnqueue).
        """
        self._is_held = is_held

    # --- pods come and go ---

    def add(self, pod: PodInfo) -> None:
        """Queue a new pod for an attempt."""
        queued = QueuedPod(pod, self._now_s(), next(self._serials))
        self._known[pod.key] = queued
        self._activate(queued)

    def update(self, pod: PodInfo, events: Iterable[ClusterEvent]) -> None:
        """Take over the pod's new state and queue it again when the change may help it."""
        queued = self._known.get(pod.key)
        if queued is None or not queued.place:
            if queued is None:
                self.add(pod)
            else:
                queued.pod = pod
            return
        queued.pod = pod
        if queued.place != UNSCHEDULABLE:
            self._heap(queued.place).push(queued)
        elif any(worth_a_try(pod, queued.plugins, event) for event in events):
            self._requeue(queued)

    def delete(self, key: str) -> None:
        """Forget the pod."""
        queued = self._known.pop(key, None)
        if queued is not None:
            self._leave(queued)

    def get(self, key: str) -> QueuedPod | None:
        """Return the waiting pod, or None."""
        return self._known.get(key)

    # --- attempts ---

    def pop(self) -> QueuedPod | None:
        """Take the pod to try next, or None when there is none; it stays known until deleted."""
        queued = self._active.pop() or self._backoff.pop()
        if queued is not None:
            queued.attempts += 1
        return queued

    def put_back(self, queued: QueuedPod, plugins: frozenset[str]) -> None:
        """Return a pod whose attempt failed; without plugins that turned it down, it was an error."""
        if self._known.get(queued.pod.key) is not queued:
            return
        queued.plugins = plugins
        if plugins:
            queued.unschedulable += 1
            queued.errors = 0
        else:
            queued.errors += 1
        queued.since_s = self._now_s()
        queued.backoff_end_s = None
        if plugins:
            self._hold(queued)
        else:
            self._back_off(queued)

    def move(self, event: ClusterEvent, concerns: Callable[[PodInfo], bool] | None = None) -> None:
        """Queue every unschedulable pod again that `event` may help, of those that it `concerns`."""
        for queued in list(self._unschedulable.values()):
            if concerns is not None and not concerns(queued.pod):
                continue
            if worth_a_try(queued.pod, queued.plugins, event):
                self._requeue(queued)

    def activate(self, key: str) -> None:
        """Try an unschedulable pod again without waiting for an event or for its back-off to end."""
        queued = self._unschedulable.get(key)
        if queued is not None and not self._is_held(queued.pod):
            self._activate(queued)

    # --- time ---

    def flush_backoff(self) -> None:
        """Queue the pods whose back-off is over; due at every whole second."""
        for heap in (self._backoff, self._errors):
            while (queued := heap.peek()) is not None and not self._is_backing_off(queued):
                heap.pop()
                self._activate(queued)

    def flush_unschedulable(self) -> None:
        """Queue the pods again that nothing has helped for five minutes; due every 30 seconds."""
        now_s = self._now_s()
        for queued in list(self._unschedulable.values()):
            if now_s - queued.since_s > UNSCHEDULABLE_LIMIT_S:
                self._requeue(queued)

    def next_flush_s(self) -> float | None:
        """Return the whole second at which the next back-off ends, or None when no pod backs off."""
        ends = [self.backoff_end_s(heap_top) for heap_top in self._tops()]
        return min(ends) + WINDOW_S if ends else None

    @property
    def has_unschedulable(self) -> bool:
        """Return whether any pod waits for an event that may help it."""
        return bool(self._unschedulable)

    def is_ready(self) -> bool:
        """Return whether `pop` would return a pod."""
        return len(self._active) > 0 or len(self._backoff) > 0

    def counts(self) -> dict[str, int]:
        """Return how many pods wait in each place."""
        return {
            "active": len(self._active),
            "backoff": len(self._backoff) + len(self._errors),
            "unschedulable": len(self._unschedulable),
        }

    def backoff_end_s(self, queued: QueuedPod) -> float:
        """Return the whole second that the pod's back-off reaches; it ends in the window after it."""
        if queued.backoff_end_s is None:
            failures = queued.errors or queued.unschedulable
            wait_s = backoff_s(failures)
            queued.backoff_end_s = math.floor(queued.since_s + wait_s) if failures else -math.inf
        return queued.backoff_end_s

    # --- inside ---

    def _tops(self) -> list[QueuedPod]:
        return [top for heap in (self._backoff, self._errors) if (top := heap.peek()) is not None]

    def _heap(self, place: str) -> _Heap:
        return {ACTIVE: self._active, BACKOFF: self._backoff, BACKOFF_ERROR: self._errors}[place]

    def _backoff_order(self, queued: QueuedPod) -> tuple[float, ...]:
        return self.backoff_end_s(queued), *queued.order

    def _is_backing_off(self, queued: QueuedPod) -> bool:
        return self.backoff_end_s(queued) >= math.floor(self._now_s())

    def _requeue(self, queued: QueuedPod) -> None:
        if self._is_held(queued.pod):
            return
        if self._is_backing_off(queued):
            self._back_off(queued)
        else:
            self._activate(queued)

    def _leave(self, queued: QueuedPod) -> None:
        """Take the pod out of the place where it waits, if it does."""
        if queued.place == UNSCHEDULABLE:
            del self._unschedulable[queued.pod.key]
            queued.place = ""
        elif queued.place:
            self._heap(queued.place).remove(queued)

    def _hold(self, queued: QueuedPod) -> None:
        self._leave(queued)
        queued.place = UNSCHEDULABLE
        self._unschedulable[queued.pod.key] = queued

    def _back_off(self, queued: QueuedPod) -> None:
        self._leave(queued)
        (self._backoff if queued.plugins else self._errors).push(queued)

    def _activate(self, queued: QueuedPod) -> None:
        if queued.pod.pod["spec"].get("schedulingGates"):
            queued.plugins = queued.plugins | {GATES}
            self._hold(queued)
        else:
            self._leave(queued)
            self._active.push(queued)


def backoff_s(failures: int) -> int:
    """Return how long a pod waits after its n-th failure in a row: 1, 2, 4, 8, 10, 10, ... seconds."""
    if failures <= 0:
        return 0
    return min(INITIAL_BACKOFF_S << min(failures - 1, 8), MAX_BACKOFF_S)
