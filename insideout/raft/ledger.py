"""What clients have asked a group for and what they were told: what every judgement about them rests on."""

from math import inf
from typing import Any

from insideout.raft.broken import Broken, Rule
from insideout.raft.history import Operation
from insideout.raft.member import Member
from insideout.raft.rules.step import key_of


class Ledger:
    """The open questions of all clients, the answers, and the commands that were acknowledged."""

    def __init__(self) -> None:
        self.history: list[Operation] = []
        self.answered: set[str] = set()
        """The clients of the history."""
        self.acknowledged: list[Any] = []
        # Only the node that was asked can answer, and only in the life in which it was asked.
        self._asked: dict[tuple[str, int, str], tuple[str, float, Any]] = {}
        self._reading: dict[tuple[str, int, int], tuple[str, str, float]] = {}

    def ask(self, member: Member, command: Any, client: str, now_s: float) -> None:
        """Note that a client proposed a command to a node."""
        self._asked[member.id, member.life, key_of(command)] = (client, now_s, command)

    def ask_read(self, member: Member, serial: int, key: str, client: str, now_s: float) -> None:
        """Note that a client asked a node for a read."""
        self._reading[member.id, member.life, serial] = (client, key, now_s)

    def applied(self, member: Member, command: Any, result: str | None, now_s: float) -> str | None:
        """Note that a node applied a command; return the client that is told so, if one waits there."""
        asked = self._asked.pop((member.id, member.life, key_of(command)), None)
        if asked is None:
            return None
        client, called_s, _ = asked
        self.acknowledged.append(command)
        if isinstance(command, dict):
            self._add(_operation(client, command, result or "", called_s, now_s))
        return client

    def served(self, member: Member, serial: int, now_s: float) -> tuple[str, str, str]:
        """Answer a read from a node's copy; return the client, the key and the value."""
        found = self._reading.pop((member.id, member.life, serial), None)
        if found is None:
            what = f"{member.id} answers read {serial}, which nobody asked it, or which it answered before"
            raise Broken(Rule.READ_INDEX, what, node=member.id, t_s=now_s)
        client, key, called_s = found
        value = member.machine.get(key)
        self._add(Operation(client, "get", key, "", value, called_s, now_s))
        return client, key, value

    def _add(self, operation: Operation) -> None:
        self.history.append(operation)
        self.answered.add(operation.client)

    def whole_history(self) -> list[Operation]:
        """Return all operations; those without an answer have an infinite end."""
        unanswered = [
            _operation(client, command, "", called_s, inf)
            for client, called_s, command in self._asked.values()
            if isinstance(command, dict)
        ]
        return [*self.history, *unanswered]


def _operation(
    client: str, command: dict[str, Any], result: str, called_s: float, returned_s: float
) -> Operation:
    value = command.get("value", "")
    return Operation(client, command["op"], command["key"], value, result, called_s, returned_s)
