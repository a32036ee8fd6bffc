"""One exec on a node, as channels: standard input and outputs, the Status at the end, the terminal's size.

Source: staging/src/k8s.io/cri-streaming (remotecommand/exec.go, attach.go),
k8s.io/apimachinery/pkg/util/remotecommand/constants.go@v1.36.2.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from insideout.apiserver.subresources.streams import (
    ERROR,
    HALF_CLOSE,
    RESIZE,
    STDERR,
    STDIN,
    STDOUT,
    V5,
    go_json,
    internal,
)
from insideout.kubelet.container import Container
from insideout.kubelet.following import Follower
from insideout.kubelet.process import LogLine
from insideout.kubelet.shell import NotFoundError, Shell
from insideout.sim import Loop, Timer

Object = dict[str, Any]
Send = Callable[[int, bytes], object]
IDLE_S = 4 * 3600.0
"""A stream on which nothing happens for so long is closed: the kubelet's streamingConnectionIdleTimeout."""
SUCCESS: Object = {"metadata": {}, "status": "Success"}
TOGETHER_BYTES = 32 * 1024
"""The kubelet copies in pieces of so much."""
MOST_UNREAD = 256 * 1024
"""While a command has left so much unread, nothing more is taken from its client."""
MOST_SESSIONS = 1000
"""How many streams a node carries at once, as the kubelet's token cache does."""


@dataclass(frozen=True)
class Wanted:
    """What a client asked for: the command, and which streams."""

    command: tuple[str, ...]
    stdin: bool = False
    stdout: bool = False
    stderr: bool = False
    tty: bool = False
    protocol: str = V5


class Session:
    """Carries a command's streams; `send` gets frames by channel, `end` is called after the last one."""

    def __init__(
        self, loop: Loop, container: Container, wanted: Wanted, send: Send, end: Callable[[], object]
    ) -> None:
        self._loop, self._wanted, self._send, self._end = loop, wanted, send, end
        self._ended = False
        self._idle: Timer = loop.call_later(IDLE_S, self.stop)
        process = container.process
        assert process is not None  # the connection looks before
        self._shell = Shell(
            loop,
            container.program,
            process,
            tty=wanted.tty,
            out=lambda text: self._write(STDOUT, text),
            err=lambda text: self._write(STDERR, text),
            done=self._done,
        )

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        return self._ended

    @property
    def unread(self) -> int:
        """How much the command has yet to read of what was sent."""
        return self._shell.stdin.unread

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken for now."""
        return self.unread > MOST_UNREAD

    def start(self) -> None:
        """Run the command; one that the container does not have ends at once, without an exit code."""
        try:
            self._shell.start(self._wanted.command)
            if not self._wanted.stdin:
                self._shell.stdin.close()
        except NotFoundError as missing:
            message = (
                "error executing command in container: OCI runtime exec failed: exec failed: unable to start "
                f"container process: {missing}: unknown"
            )
            self._finish(internal(message))

    def receive(self, frame: bytes) -> None:
        """Take a frame of the client: a channel, then its data; an empty one means nothing."""
        if self._ended or not frame:
            return
        self._idle.cancel()
        self._idle = self._loop.call_later(IDLE_S, self.stop)
        channel, data = frame[0], frame[1:]
        if channel == STDIN and self._wanted.stdin:
            self._shell.stdin.feed(data.decode("utf-8", "surrogateescape"))
        elif channel == RESIZE and self._wanted.tty:
            size = _read(data)
            self._shell.resize(size.get("Height", 0), size.get("Width", 0))
        elif channel == HALF_CLOSE and self._wanted.protocol == V5 and data == bytes([STDIN]):
            self._shell.stdin.close()

    def stop(self) -> None:
        """End without a word: the client has gone, or has been silent for too long."""
        if not self._ended:
            self._ended = True
            self._idle.cancel()
            self._shell.stop()
            self._end()

    def _write(self, channel: int, text: str) -> None:
        wanted = self._wanted.stdout if channel == STDOUT else self._wanted.stderr
        if text and wanted and not self._ended:
            data = text.encode("utf-8", "surrogateescape")
            for begin in range(0, len(data), TOGETHER_BYTES):
                self._send(channel, data[begin : begin + TOGETHER_BYTES])

    def _done(self, code: int) -> None:
        if code == 0:
            self._finish(SUCCESS)
            return
        words = " ".join(self._wanted.command)
        message = (
            f"command terminated with non-zero exit code: error executing command [{words}], exit code {code}"
        )
        causes = [{"reason": "ExitCode", "message": str(code)}]
        self._finish(
            {
                "metadata": {},
                "status": "Failure",
                "message": message,
                "reason": "NonZeroExitCode",
                "details": {"causes": causes},
            }
        )

    def _finish(self, status: Object) -> None:
        if not self._ended:
            self._ended = True
            self._idle.cancel()
            self._send(ERROR, go_json(status).encode())
            self._end()


class Attached:
    """Shows what a container's own program writes from now on; what is typed it does not read."""

    def __init__(
        self, loop: Loop, container: Container, wanted: Wanted, send: Send, end: Callable[[], object]
    ) -> None:
        process = container.process
        assert process is not None  # the connection looks before
        self.has_ended = self.is_full = False
        self._wanted, self._send, self._end = wanted, send, end
        self._follower = Follower(loop, process, len(process.log_lines), self._take, self._done)

    def start(self) -> None:
        """Begin; there is nothing to do."""

    def receive(self, frame: bytes) -> None:
        """Take a frame of the client."""

    def stop(self) -> None:
        """End: the client has gone."""
        if not self.has_ended:
            self.has_ended = True
            self._follower.stop()
            self._end()

    def _take(self, lines: list[LogLine]) -> None:
        for line in lines:
            channel = STDERR if line.stream == "stderr" and not self._wanted.tty else STDOUT
            if self._wanted.stdout if channel == STDOUT else self._wanted.stderr:
                self._send(channel, f"{line.text}\n".encode())

    def _done(self) -> None:
        self.has_ended = True
        self._send(ERROR, go_json(SUCCESS).encode())
        self._end()


def _read(data: bytes) -> Object:
    """Return a size as a client sends it; what is none changes nothing."""
    try:
        size = json.loads(data)
    except ValueError:
        return {}
    return size if isinstance(size, dict) and all(isinstance(one, int) for one in size.values()) else {}
