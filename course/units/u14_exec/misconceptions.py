"""What people believe about exec, as functions that answer by it."""

import json
from collections.abc import Callable
from typing import Any

from course.units.u14_exec import answers
from course.units.u14_exec.cases import played


class _FailureIsOne(answers.Demux):
    def exit_code(self) -> int | None:
        try:
            return super().exit_code()
        except ValueError:
            return 1


class _ClosesAll(answers.Demux):
    def feed(self, frame: list[int]) -> None:
        if frame and frame[0] == 255:
            self._closed = True
        if not getattr(self, "_closed", False) or frame[:1] == [3]:
            super().feed(frame)


class _EachFrameIsText(answers.Demux):
    def feed(self, frame: list[int]) -> None:
        before = self.stdout, self.stderr
        super().feed(frame)
        if frame and frame[0] in (1, 2):
            text = bytes(frame[1:]).decode("utf-8", "replace")
            self.stdout = before[0] + (text if frame[0] == 1 else "")
            self.stderr = before[1] + (text if frame[0] == 2 else "")


class _IgnoresUnknown(answers.Demux):
    def feed(self, frame: list[int]) -> None:
        if frame and frame[0] in (1, 2, 3):
            super().feed(frame)


class _OneOutput(answers.Demux):
    def feed(self, frame: list[int]) -> None:
        super().feed([1, *frame[1:]] if frame and frame[0] == 2 else frame)


class _AnyCause(answers.Demux):
    def exit_code(self) -> int | None:
        if not self._bytes[3]:
            return None
        status = json.loads(self._bytes[3])
        causes = (status.get("details") or {}).get("causes") or [{"message": "0"}]
        return int(causes[0]["message"])


DEMUX: dict[str, Callable[..., Any]] = {
    "a Failure without an exit code is exit code 1": played(_FailureIsOne),
    "255 ends the whole stream": played(_ClosesAll),
    "each frame is text of its own": played(_EachFrameIsText),
    "frames of unknown channels may be passed over": played(_IgnoresUnknown),
    "standard error comes on channel 1": played(_OneOutput),
    "the first cause is the exit code": played(_AnyCause),
}

ALLOWED: dict[str, Callable[..., Any]] = {
    "get is enough for a WebSocket": lambda verbs, transport: answers.exec_allowed(
        [*verbs, "create"] if transport == "websocket" else verbs, transport
    ),
    "create is enough for a WebSocket": lambda verbs, transport: answers.exec_allowed(
        [*verbs, "get"] if transport == "websocket" else verbs, transport
    ),
    "kubectl needs what a WebSocket needs": lambda verbs, transport: answers.exec_allowed(
        verbs, "websocket" if transport == "kubectl" else transport
    ),
    "exec needs get, for it changes nothing": lambda verbs, transport: (
        "get" in verbs,
        [] if "get" in verbs else ["get"],
    ),
}
