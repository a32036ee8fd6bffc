"""One call of one node, as the watchers of the rules see it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn, Protocol

from insideout.raft.broken import Broken, Rule
from insideout.raft.messages import Entry, Message, Ready, Saved

Log = list[Entry]
SHOWN = ("role", "term", "vote", "commit")
"""What of a status, besides the log, the rules are about."""


class Step(NamedTuple):
    """A call and its answer: `before` and `after` are the node's status, `logs` every member's log.

    `logs` has the log in memory of those that run and the log on the disk of those that are down.
    `boots` counts the starts of the node, `weight` the bytes of its messages, and `disk` is what its disk
    held before this answer.
    """

    t_s: float
    node: str
    boots: int
    call: str
    argument: Any
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    ready: Ready
    weight: int
    disk: Saved
    logs: Mapping[str, Log]
    log_changed: bool

    @property
    def quorum(self) -> int:
        """How many members are a majority."""
        return len(self.logs) // 2 + 1

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was written, applied, read or changed; something may have been said."""
        ready, before, after = self.ready, self.before, self.after
        return (
            not (self.log_changed or ready["save"] or ready["apply"] or ready["reads"])
            and before["role"] == after["role"]
            and before["term"] == after["term"]
            and before["vote"] == after["vote"]
            and before["commit"] == after["commit"]
        )

    def received(self, type: str) -> Message | None:
        """Return the message of `type` that this call took in, if it did."""
        if self.call == "step" and self.argument["type"] == type:
            message: Message = self.argument
            return message
        return None

    def sent(self, type: str) -> list[Message]:
        """Return the messages of `type` that this call sends."""
        return [message for message in self.ready["messages"] if message["type"] == type]

    def broken(self, rule: Rule, what: str) -> NoReturn:
        """Say that this call broke `rule`."""
        raise Broken(rule, what, node=self.node, t_s=self.t_s)


class Watcher(Protocol):
    """Something that looks at every step and raises Broken when its rule does not hold."""

    def see(self, step: Step) -> None:
        """Look at one step."""


def entry_at(log: Log, index: int) -> Entry | None:
    """Return the entry of `log` at `index`, or None when it has none there."""
    position = index - log[0]["index"]
    return log[position] if 0 <= position < len(log) else None


def holds(log: Log, index: int, term: int) -> bool:
    """Return whether `log` has the entry (index, term), or has replaced that index by a snapshot."""
    entry = entry_at(log, index)
    return index < log[0]["index"] or (entry is not None and entry["term"] == term)


def last_of(log: Log) -> tuple[int, int]:
    """Return (term, index) of the last entry, the order in which logs are compared (§5.4.1)."""
    return log[-1]["term"], log[-1]["index"]


def key_of(command: Any) -> str:
    """Return a command as text, so that commands can be compared and looked up."""
    return json.dumps(command, sort_keys=True)
