"""Following a container's output: `kubectl logs -f` and `kubectl attach`, line by line until it ends.

Source: pkg/kubelet/kuberuntime/logs/logs.go (ReadLogs), cri-streaming remotecommand/attach.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.kubelet.process import LogLine, Process
from insideout.sim import Loop, Timer

LOOK_EVERY_S = 0.1
"""How often it is looked for new lines."""


class Follower:
    """Hands a process's lines from number `start` on to `take`, and says `end` when it has ended."""

    def __init__(
        self,
        loop: Loop,
        process: Process,
        start: int,
        take: Callable[[list[LogLine]], object],
        end: Callable[[], object],
    ) -> None:
        self._loop, self._process, self._seen = loop, process, start
        self._take, self._end = take, end
        self._timer: Timer = loop.call_soon(self._look)

    def stop(self) -> None:
        """Follow no more; nothing is said."""
        self._timer.cancel()

    def _look(self) -> None:
        ended = self._process.exit_status is not None
        lines = self._process.log_lines[self._seen :]
        self._seen += len(lines)
        if lines:
            self._take(lines)
        if ended:
            self._end()
        else:
            self._timer = self._loop.call_later(LOOK_EVERY_S, self._look)
