"""Stopping the containers of a Pod: hooks at once, then everyone in turn, and in the end by force.

Source: pkg/kubelet/kuberuntime/kuberuntime_container.go:killContainersWithSyncResult, killContainer@v1.36.2.
"""

import math
from collections.abc import Callable, Sequence

from insideout.client import Object
from insideout.kubelet.container import Container
from insideout.kubelet.hooks import run_hook
from insideout.kubelet.host import Host
from insideout.kubelet.process import SIGKILL_EXIT_CODE
from insideout.kubelet.termination import predecessors, remaining_grace_s, whole_seconds

_NEVER_S = 24 * 3600


class Stopper:
    """Stops running containers within a grace period; `done` is called when none runs any more."""

    def __init__(
        self,
        host: Host,
        pod: Object,
        containers: Sequence[Container],
        grace_s: int,
        done: Callable[[], object],
    ) -> None:
        self._host = host
        self._pod = pod
        self._grace_s = grace_s
        self._done = done
        self._running = {c.name: c for c in containers if c.is_running}
        self._waiting: dict[str, tuple[float, int]] = {}
        """Who waits for its turn: since when, and how long it may, which its hook has made less."""
        self._is_done = False
        self._planned_s: dict[str, float] = {}
        """When sidecars are told to stop, where the node goes by a plan; by the loop's clock."""

    def begin(self) -> None:
        """Run hooks and tell whoever has nobody to wait for."""
        if self._host.order.has_plan:
            self._plan()
        for container in list(self._running.values()):
            self._stop(container, self._grace_s, f"Stopping container {container.name}")
        self._check()

    def _plan(self) -> None:
        """Ask the node's order for every running sidecar's moment, given how long each container needs."""
        mains = [_exit_s(c) for c in self._running.values() if c.role == "main"]
        sidecars = [c for c in self._running.values() if c.role == "sidecar"]
        times_s = self._host.order.stop_times_s(mains, [_exit_s(c) for c in sidecars], self._grace_s)
        now_s = self._host.loop.now_s
        self._planned_s = {c.name: now_s + at_s for c, at_s in zip(sidecars, times_s, strict=True)}

    def exited(self, container: Container) -> None:
        """Take note that a container has ended; others may have waited for it."""
        self._running.pop(container.name, None)
        self._waiting.pop(container.name, None)
        for name in list(self._waiting):
            if name in self._waiting and name not in self._planned_s:
                self._take_turn(self._running[name], self._waiting[name][1])
        self._check()

    def shorten(self, grace_s: int) -> None:
        """Leave those that still run only so much more time."""
        if grace_s < self._grace_s:
            self._grace_s = grace_s
            for container in list(self._running.values()):
                self._host.loop.call_later(grace_s, kill, container, container.process)

    def _check(self) -> None:
        if not self._running and not self._is_done:
            self._is_done = True
            self._done()

    def _stop(self, container: Container, grace_s: int, message: str) -> None:
        self._host.record(self._pod, "Normal", "Killing", message)
        container.is_stopping = True
        handler = (container.spec.get("lifecycle") or {}).get("preStop")
        if handler is None or grace_s <= 0 or container.process is None:
            self._queue(container, grace_s)
            return
        container.pre_stop_s = self._host.loop.now_s
        hook = run_hook(container.program, container.process, handler)
        if hook.exit_code:
            self._host.record(self._pod, "Warning", "FailedPreStopHook", "PreStopHook failed")
        spent_s = min(hook.duration_s, float(grace_s))
        self._host.loop.call_later(spent_s, self._queue, container, grace_s - whole_seconds(spent_s))

    def _queue(self, container: Container, grace_s: int) -> None:
        """Wait for the container's turn, at most until the grace period is over."""
        if container.name in self._running:
            self._waiting[container.name] = self._host.loop.now_s, grace_s
            if container.name in self._planned_s:  # whoever still runs then
                self._host.loop.call_at(self._planned_s[container.name], self._time_over, container, grace_s)
                return
            if grace_s > 0:
                self._host.loop.call_later(grace_s, self._time_over, container, grace_s)
            self._take_turn(container, grace_s)

    def _take_turn(self, container: Container, grace_s: int) -> None:
        ahead = predecessors(self._pod["spec"], container.name)
        if grace_s <= 0 or not any(name in self._running for name in ahead):
            self._tell(container, grace_s)

    def _time_over(self, container: Container, grace_s: int) -> None:
        if container.name in self._waiting:
            self._tell(container, grace_s)

    def _tell(self, container: Container, grace_s: int) -> None:
        since_s, _ = self._waiting.pop(container.name)
        waited_s = self._host.loop.now_s - since_s
        terminate(self._host, container, remaining_grace_s(grace_s, waited_s))


def _exit_s(container: Container) -> int:
    """Return how many whole seconds a container needs to leave; a day for one that ignores SIGTERM."""
    leaves_s = container.program.leaves_s
    return _NEVER_S if leaves_s is None else math.ceil(leaves_s)


def terminate(host: Host, container: Container, grace_s: int) -> None:
    """Tell a container to stop, and kill it when it has not within `grace_s` seconds."""
    process = container.process
    if process is None or process.exit_status is not None:
        return
    container.is_stopping = True
    process.told_s, process.stop_timeout_s = host.loop.now_s, grace_s
    container.program.stop(process)
    if process.exit_status is None:
        host.loop.call_later(grace_s, kill, container, process)


def kill(container: Container, process: object) -> None:
    """End a run by force, if it is still that run."""
    if container.process is process and container.process is not None:
        container.process.exit(SIGKILL_EXIT_CODE)
