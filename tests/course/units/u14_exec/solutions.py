"""Solutions of unit 14 as learners write them: wrong ones, each with its misconception, and right ones.

A wrong solution is the lesson's own with a few words changed; it names the test cells that must take points,
and no other test of its exercise may.
"""

import functools
from typing import NamedTuple

from tests.course.units.graded import GradedLesson

UNIT = "14_exec"


class Wrong(NamedTuple):
    """A misconception: its exercise, one sentence, the test cells meant for it, and what is changed."""

    exercise: str
    belief: str
    caught_by: tuple[str, ...]
    right: str
    wrong: str

    @property
    def code(self) -> str:
        """The text that goes into the exercise's cell."""
        code = _solution(self.exercise)
        assert code.count(self.right) == 1, self.belief
        return code.replace(self.right, self.wrong)


@functools.cache
def _solution(exercise: str) -> str:
    return GradedLesson(UNIT).cells[exercise].source


_TABLE = '{"spdy": ["create"], "websocket": ["create", "get"], "kubectl": ["create"]}'
_BOTH = ("exec-allowed-cases", "exec-allowed-records")
_CASES = ("exec-allowed-cases",)
_FRAMES, _EXIT, _UNSEEN, _WORK = (f"demux-{cell}" for cell in ("frames", "exit", "unseen", "at-work"))


_CLOSES_ALL = """if not frame or frame[0] == 255:
            self.data = {1: b"", 2: b"", 3: b""} if frame else self.data
            return"""
_BY_FRAME = """text = bytes(data).decode("utf-8", "replace")
        self.stdout += text * (channel == 1)
        self.stderr += text * (channel == 2)"""


def _allowed(belief: str, wrong: str, cells: tuple[str, ...]) -> Wrong:
    return Wrong("exec-allowed", belief, cells, _TABLE, wrong)


def _demux(belief: str, cells: tuple[str, ...], right: str, wrong: str) -> Wrong:
    return Wrong("demux", belief, cells, right, wrong)


WRONG = [
    _allowed(
        "get alone suffices for a WebSocket",
        '{"spdy": ["create"], "websocket": ["get"], "kubectl": ["create"]}',
        _BOTH,
    ),
    _allowed(
        "create alone suffices for a WebSocket",
        '{"spdy": ["create"], "websocket": ["create"], "kubectl": ["create"]}',
        _BOTH,
    ),
    _allowed(
        "kubectl needs what a WebSocket needs",
        '{"spdy": ["create"], "websocket": ["create", "get"], "kubectl": ["create", "get"]}',
        _CASES,
    ),
    _allowed(
        "SPDY needs get", '{"spdy": ["get"], "websocket": ["create", "get"], "kubectl": ["create"]}', _BOTH
    ),
    Wrong(
        "exec-allowed",
        "whoever may do something may exec",
        _BOTH,
        "not missing, missing",
        "bool(verbs), missing",
    ),
    _demux(
        "a Failure without an exit code is exit code 1",
        (_EXIT, _UNSEEN, _WORK),
        'raise ValueError(status.get("message"))',
        "return 1",
    ),
    _demux(
        "255 ends the whole stream",
        (_FRAMES, _EXIT, _UNSEEN),
        "if not frame or frame[0] == 255:\n            return",
        _CLOSES_ALL,
    ),
    _demux(
        "what closes a channel ends the Status",
        (_EXIT, _UNSEEN),
        "if not frame or frame[0] == 255:\n            return",
        'if not frame or frame[0] == 255:\n            self.data[3] = b"" if frame else self.data[3]\n'
        "            return",
    ),
    _demux(
        "an empty frame is an error", (_FRAMES,), "if not frame or frame[0] == 255:", "if frame[0] == 255:"
    ),
    _demux(
        "255 is a channel that nobody knows",
        (_FRAMES, _EXIT, _UNSEEN),
        "if not frame or frame[0] == 255:",
        "if not frame:",
    ),
    _demux(
        "unknown channels may be passed over",
        (_FRAMES,),
        'raise ValueError(f"a frame on channel {channel}")',
        "return",
    ),
    _demux(
        "standard error comes with standard output",
        (_FRAMES, _EXIT, _UNSEEN, _WORK),
        "self.data[channel] += bytes(data)",
        "self.data[1 if channel == 2 else channel] += bytes(data)",
    ),
    _demux(
        "each frame is text of its own",
        (_FRAMES, _UNSEEN),
        'self.stdout, self.stderr = (self.data[number].decode("utf-8", "replace") for number in (1, 2))',
        _BY_FRAME,
    ),
    _demux("no Status means success", (_FRAMES, _EXIT), "return None", "return 0"),
    _demux("the first cause is the exit code", (_EXIT,), 'cause.get("reason") == "ExitCode" and ', ""),
    _demux(
        "any reason may have an exit code",
        (_EXIT,),
        'if status.get("reason") == "NonZeroExitCode":',
        "if True:",
    ),
    _demux("the number may be any number", (_EXIT,), " and int(text) <= 255", ""),
    _demux(
        "each frame on channel 3 is a Status",
        (_EXIT, _UNSEEN),
        "self.data[channel] += bytes(data)",
        "self.data[channel] = bytes(data) if channel == 3 else self.data[channel] + bytes(data)",
    ),
]

_BY_LISTS = """
class NoExitCode(ValueError):
    pass


class Demux:
    def __init__(self):
        self.out, self.err, self.end = [], [], []
        self.stdout = ""
        self.stderr = ""

    def feed(self, frame):
        if len(frame) == 0:
            return
        channel = frame[0]
        if channel == 1:
            self.out.extend(frame[1:])
            self.stdout = bytes(self.out).decode(errors="replace")
        elif channel == 2:
            self.err.extend(frame[1:])
            self.stderr = bytes(self.err).decode(errors="replace")
        elif channel == 3:
            self.end.extend(frame[1:])
        elif channel != 255:
            raise ValueError("channel")

    def exit_code(self):
        if self.end == []:
            return None
        status = json.loads(bytes(self.end).decode())
        if status["status"] == "Success":
            return 0
        if status.get("reason") != "NonZeroExitCode" or not status.get("details"):
            raise NoExitCode("no exit code")
        codes = [c["message"] for c in status["details"].get("causes", []) if c["reason"] == "ExitCode"]
        if not codes or not codes[0].isdigit() or not 0 <= int(codes[0]) < 2 ** 8:
            raise NoExitCode("no exit code")
        return int(codes[0])
"""

_BY_PROPERTIES = """
import codecs


class Demux:
    def __init__(self):
        self._decoders = {n: codecs.getincrementaldecoder("utf-8")("replace") for n in (1, 2)}
        self._text = {1: "", 2: ""}
        self._status = bytearray()

    @property
    def stdout(self):
        return self._text[1]

    @property
    def stderr(self):
        return self._text[2]

    def feed(self, frame):
        match frame:
            case [] | [255, *_]:
                pass
            case [3, *data]:
                self._status += bytes(data)
            case [(1 | 2) as channel, *data]:
                self._text[channel] += self._decoders[channel].decode(bytes(data))
            case _:
                raise ValueError(frame)

    def exit_code(self):
        if not self._status:
            return None
        status = json.loads(self._status)
        if status["status"] == "Success":
            return 0
        try:
            assert status["reason"] == "NonZeroExitCode"
            text = next(c["message"] for c in status["details"]["causes"] if c["reason"] == "ExitCode")
            assert text.isdigit()
            return bytes([int(text)])[0]
        except (AssertionError, KeyError, TypeError, StopIteration) as error:
            raise ValueError("no exit code") from error
"""

_ALLOWED_BY_IFS = """
def exec_allowed(verbs, transport):
    missing = set()
    if "create" not in verbs:
        missing.add("create")
    if transport == "websocket" and "get" not in verbs:
        missing.add("get")
    return len(missing) == 0, missing
"""

_ALLOWED_BY_SETS = """
def exec_allowed(verbs, transport):
    missing = ({"create", "get"} if transport == "websocket" else {"create"}) - set(verbs)
    return [not missing, tuple(missing)]
"""

RIGHT = {
    "with lists": {"demux": _BY_LISTS, "exec-allowed": _ALLOWED_BY_IFS},
    "with an incremental decoder": {"demux": _BY_PROPERTIES},
    "with sets": {"exec-allowed": _ALLOWED_BY_SETS},
}
