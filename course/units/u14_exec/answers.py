"""Right answers to the exercises of unit 14."""

import json

NEEDS = {"spdy": ("create",), "websocket": ("get", "create"), "kubectl": ("create",)}


class Demux:
    """Sorts the frames of a stream into outputs and the Status at the end."""

    def __init__(self) -> None:
        self.stdout = self.stderr = ""
        self._bytes = {1: b"", 2: b"", 3: b""}

    def feed(self, frame: list[int]) -> None:
        """Take a frame: its channel and its data, as numbers."""
        if not frame:
            return
        channel, data = frame[0], bytes(frame[1:])
        if channel == 255:
            return
        if channel not in self._bytes:
            raise ValueError(f"a frame on channel {channel}")
        self._bytes[channel] += data
        self.stdout = self._bytes[1].decode("utf-8", "replace")
        self.stderr = self._bytes[2].decode("utf-8", "replace")

    def exit_code(self) -> int | None:
        """Return the command's exit code; None while no Status has come, ValueError when it has none."""
        if not self._bytes[3]:
            return None
        status = json.loads(self._bytes[3])
        if status["status"] == "Success":
            return 0
        causes = (status.get("details") or {}).get("causes") or []
        if status.get("reason") == "NonZeroExitCode":
            for cause in causes:
                text = cause.get("message", "")
                if cause.get("reason") == "ExitCode" and text.isdecimal() and int(text) < 256:
                    return int(text)
        raise ValueError(status.get("message", "no exit code"))


def exec_allowed(verbs: list[str], transport: str) -> tuple[bool, list[str]]:
    """Return whether exec is allowed over a transport, and which verbs are missing."""
    missing = sorted(verb for verb in NEEDS[transport] if verb not in verbs)
    return not missing, missing
