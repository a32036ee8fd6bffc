"""What happened in one exec, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from insideout.apiserver.subresources.streams import ERROR, HALF_CLOSE, V5, Upstream


@dataclass
class Trace:
    """What happened, in order: `steps` are (from, to, words), `frames` what the client was sent."""

    steps: list[tuple[str, str, str]] = field(default_factory=list)
    frames: list[list[int]] = field(default_factory=list)
    answer: int = 0
    """The status code of the handshake."""

    def refused(self, code: int, message: str) -> None:
        """Note that the API server said no."""
        self.answer = code
        self.steps.append(("API server", "client", f"{code} {message}"))

    def accepted(self, asked: Sequence[Upstream]) -> None:
        """Note that the API server said 101, and what it asked the kubelet."""
        self.answer = 101
        self.steps.append(("API server", "client", f"101, {V5}"))
        self.steps += [("API server", "kubelet", f"{one.method} {one.path}") for one in asked]

    def sent(self, frame: bytes) -> None:
        """Note a frame of the client, which the API server hands on."""
        words = "255 end of 0" if frame[0] == HALF_CLOSE else f"0 {frame[1:].decode()!r}"
        self.steps += [("client", "API server", words), ("API server", "kubelet", words)]

    def came(self, frame: bytes) -> None:
        """Note a frame that the client was sent; an empty one is the API server's own."""
        self.frames.append(list(frame))
        channel, data = frame[0], frame[1:]
        if not data:
            self.steps.append(("API server", "client", f"{channel}, empty: the stream stands"))
            return
        what = f"{channel} {'Status' if channel == ERROR else repr(data.decode())}"
        self.steps += [("kubelet", "API server", what), ("API server", "client", what)]
