"""Frames for cases and reports: written as channel and text, given as numbers."""

import json
from typing import Any

Frame = list[int]
NAMES = {0: "stdin", 1: "stdout", 2: "stderr", 3: "error", 4: "resize", 255: "half-close"}


def frame(channel: int, data: str | bytes = b"") -> Frame:
    """Return a frame as a list of numbers."""
    return [channel, *(data.encode() if isinstance(data, str) else data)]


def status(exit_code: int | str | None = None, **fields: Any) -> Frame:
    """Return the frame with the Status of a command: success, an exit code, or the fields given."""
    made: dict[str, Any] = {"metadata": {}, "status": "Success"}
    if exit_code is not None:
        made |= {
            "status": "Failure",
            "message": f"command terminated with non-zero exit code: exit code {exit_code}",
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": str(exit_code)}]},
        }
    return frame(3, json.dumps({**made, **fields}))


def shown(frames: list[Frame]) -> str:
    """Write frames a line each, as channel and text."""
    return "frames:\n" + "\n".join(f"  {_line(one)}" for one in frames)


def _line(one: Frame) -> str:
    if not one:
        return "[] (nothing at all)"
    text = bytes(one[1:])
    if one[0] == 255:
        return f"255, then {list(text)}"
    return f"{one[0]} ({NAMES.get(one[0], 'unknown')}), then {text.decode('utf-8', 'backslashreplace')!r}"
