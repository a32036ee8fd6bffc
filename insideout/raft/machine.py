"""The application above a node: a small key-value store that also remembers every command it applied.

Its memory is lost in a crash; it comes back from the snapshot on the disk and the entries applied again.
Commands that are no operation on a key (a plain string, say) only go on the list.
"""

from typing import Any


class Machine:
    """The state machine that one node drives."""

    def __init__(self) -> None:
        self.commands: list[Any] = []
        self.applied = 0
        self._values: dict[str, str] = {}

    def apply(self, index: int, command: Any) -> str | None:
        """Apply one committed command and return what a client would be told."""
        self.applied = index
        if command is None:
            return None
        self.commands.append(command)
        if not isinstance(command, dict):
            return None
        key, value = command["key"], command.get("value", "")
        if command["op"] == "put":
            self._values[key] = value
        elif command["op"] == "append":
            self._values[key] = self._values.get(key, "") + value
        return self._values.get(key, "") if command["op"] == "get" else ""

    def get(self, key: str) -> str:
        """Return the value of `key` as this copy has it; "" when it was never written."""
        return self._values.get(key, "")

    def snapshot(self) -> list[Any]:
        """Return all state as plain data."""
        return list(self.commands)

    def restore(self, index: int, snapshot: list[Any]) -> None:
        """Become what `snapshot` says, which was taken at `index`."""
        self.__init__()  # type: ignore[misc]  # begin anew, then live through it again
        for command in snapshot:
            self.apply(index, command)
        self.applied = index
