"""Starting containers, one after the other: image, start, postStart hook, next.

A container that cannot start does not hold up those after it: it is left waiting, and tried again later.

Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go:SyncPod, doBackOff; kuberuntime_container.go
:startContainer@v1.36.2.
"""

from collections import deque
from collections.abc import Callable, Iterable

from insideout.client import Object
from insideout.kubelet.backoff import go_duration
from insideout.kubelet.container import Container
from insideout.kubelet.hooks import run_hook
from insideout.kubelet.host import Host
from insideout.kubelet.images import Outcome
from insideout.kubelet.sources import SourceError

CONFIG_RETRY_S = 10.0
"""When a container whose variables cannot be had is tried again; upstream adds up to half of it by chance."""
RESYNC_S = 1.0
"""When a failed pull is looked at again, and found to be backing off."""


class Starter:
    """Works through lists of containers to start; `run` starts one, `again` asks for another look later."""

    def __init__(
        self,
        host: Host,
        pod: Object,
        *,
        run: Callable[[Container], object],
        stop: Callable[[Container], object],
        again: Callable[[float], object],
    ) -> None:
        self.is_busy = False
        self._host = host
        self._pod = pod
        self._run = run
        self._stop = stop
        self._again = again
        self._queue: deque[Container] = deque()
        self._started = False
        self._cancelled = False

    def start(self, containers: Iterable[Container]) -> None:
        """Begin with a list; afterwards, if any started, another look is asked for at once."""
        self.is_busy = True
        self._started = False
        self._queue.extend(containers)
        self._next()

    def cancel(self) -> None:
        """Start nothing more."""
        self._cancelled = True
        self._queue.clear()

    def _next(self) -> None:
        if self._cancelled:
            return
        if not self._queue:
            self.is_busy = False
            if self._started:
                self._again(0.0)
            return
        container = self._queue.popleft()
        loop = self._host.loop
        if container.exit_status is not None:
            wait_s = container.back_off.remaining_s(container.ended_s, loop.now_s)
            if wait_s > 0:
                self._back_off(container, wait_s)
                return
        self._host.images.ensure(
            self._pod, container.spec, self._record, lambda outcome: self._imaged(container, outcome)
        )

    def _record(self, type_: str, reason: str, message: str) -> None:
        self._host.record(self._pod, type_, reason, message)

    def _back_off(self, container: Container, wait_s: float) -> None:
        metadata = self._pod["metadata"]
        pod_name = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        self._record(
            "Warning", "BackOff", f"Back-off restarting failed container {container.name} in pod {pod_name}"
        )
        delay = go_duration(container.back_off.delay_s)
        message = f"back-off {delay} restarting failed container={container.name} pod={pod_name}"
        self._leave(container, "CrashLoopBackOff", message, wait_s)

    def _leave(self, container: Container, reason: str, message: str, retry_s: float) -> None:
        container.wait(reason, message)
        self._host.report(self._pod["metadata"]["uid"])
        self._again(retry_s)
        self._next()

    def _imaged(self, container: Container, outcome: Outcome) -> None:
        if self._cancelled:
            return
        if outcome.reason:
            retry_s = RESYNC_S if outcome.reason == "ErrImagePull" else outcome.retry_s
            self._leave(container, outcome.reason, outcome.message, retry_s)
        elif self._host.timing.start_s > 0:
            self._host.loop.call_later(self._host.timing.start_s, self._launch, container)
        else:
            self._launch(container)

    def _launch(self, container: Container) -> None:
        if self._cancelled:
            return
        ended_s = container.ended_s if container.exit_status is not None else None
        try:
            self._run(container)
        except SourceError as problem:
            self._record("Warning", "Failed", f"Error: {problem}")
            self._leave(container, "CreateContainerConfigError", str(problem), CONFIG_RETRY_S)
            return
        if ended_s is not None:
            container.back_off.advance(ended_s, self._host.loop.now_s)
        self._started = True
        process = container.process
        handler = (container.spec.get("lifecycle") or {}).get("postStart")
        if handler is None or process is None or process.exit_status is not None:
            self._next()
            return
        hook = run_hook(container.program, process, handler)
        if hook.duration_s > 0:
            self._host.loop.call_later(hook.duration_s, self._hooked, container, hook.exit_code)
        else:
            self._hooked(container, hook.exit_code)

    def _hooked(self, container: Container, exit_code: int) -> None:
        if exit_code:
            self._record("Warning", "FailedPostStartHook", "PostStartHook failed")
            self._stop(container)
        self._next()
