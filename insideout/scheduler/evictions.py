"""Evictions for a pod of higher priority, which go on beside the scheduling cycles.

The requests are not part of the cycle that asked for them.  All victims but the least important go first,
EVICT_S after the cycle, and that one EVICT_S later.  Until then the pod for which they go is held back, so
that it does not look at a node that is only half cleared.  Pods of lower priority that were promised the node
lose that promise first, unless all victims are going already: then nothing at all is written.

Source: pkg/scheduler/framework/preemption/executor.go@v1.36.2 (prepareCandidateAsync,
IsPodRunningPreemption).  SchedulerAsyncPreemption is beta and on since 1.33.
"""

from collections.abc import Callable

from insideout.client import ApiError
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Candidate
from insideout.scheduler.writes import Writer
from insideout.sim.loop import Loop

EVICT_S = 0.003
"""How long the requests that evict a pod take, about."""


class Evictions:
    """Clears nodes for pods; `on_failure` is told of a pod whose victims could not all be evicted."""

    def __init__(
        self, loop: Loop, writer: Writer, nominator: Nominator, on_failure: Callable[[PodInfo], object]
    ) -> None:
        self._loop = loop
        self._writer = writer
        self._nominator = nominator
        self._on_failure = on_failure
        self._running: set[str] = set()
        self._is_stopped = False

    def holds(self, pod: PodInfo) -> bool:
        """Return whether victims of this pod are still to be evicted."""
        return pod.uid in self._running

    def begin(self, pod: PodInfo, candidate: Candidate) -> None:
        """Begin to evict the candidate's victims for the pod."""
        victims = [each for each in candidate.victims if not each.deleting]
        if not victims:
            return
        self._running.add(pod.uid)
        self._loop.call_later(EVICT_S, self._first, pod, candidate.node_name, victims)

    def stop(self) -> None:
        """Evict nobody any more."""
        self._is_stopped = True
        self._running.clear()

    def _first(self, pod: PodInfo, node_name: str, victims: list[PodInfo]) -> None:
        if self._is_stopped:
            return
        for other in self._nominator.on(node_name):
            if other.priority < pod.priority:
                self._nominator.forget(other.uid)
                try:
                    self._writer.take_back_nomination(other)
                except ApiError:
                    continue  # the next attempt of the other finds out what is true
        *others, last = victims
        if others and not self._evict(pod, node_name, others):
            return
        self._loop.call_later(EVICT_S if others else 0.0, self._last, pod, node_name, last)

    def _last(self, pod: PodInfo, node_name: str, victim: PodInfo) -> None:
        if not self._is_stopped and self._evict(pod, node_name, [victim]):
            self._running.discard(pod.uid)

    def _evict(self, pod: PodInfo, node_name: str, victims: list[PodInfo]) -> bool:
        """Evict some; return False when one could not be evicted, and have the pod tried again."""
        try:
            for victim in victims:
                self._writer.evict(victim, pod, node_name)
        except ApiError:
            self._running.discard(pod.uid)
            self._on_failure(pod)
            return False
        return True
