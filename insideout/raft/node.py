"""The plumbing of a node, so that a learner writes Raft and nothing else.

`Node` keeps the state of the paper's Figure 2 under fixed names, collects what is sent, hands each message to
the method named for its type (`on_request_vote`, …) and answers with a Ready.  It takes no decision of
Raft's: left as it is, it never votes, never leads and stores nothing.  It imports nothing of the harness.
"""

import random
from collections.abc import Sequence
from typing import Any

from insideout.raft.messages import Entry, Message, Ready, Saved, zero


class Node:
    """A node that does nothing yet; a learner's classes give it its `on_…` methods."""

    def __init__(self, id: str, members: Sequence[str], saved: Saved, seed: int) -> None:
        self.id = id
        self.members = list(members)
        self.peers = [member for member in members if member != id]
        self.random = random.Random(seed)
        self.term = 0
        self.vote: str | None = None
        self.log: list[Entry] = [zero()]
        self.role = "follower"
        self.leader: str | None = None
        self.commit = 0
        self.applied = 0
        self.outbox: list[Message] = []
        self.restored: list[dict[str, Any]] = []
        self.reads: list[dict[str, Any]] = []
        self.shown: list[Entry] = []
        self.restore(saved)

    # What the harness calls.

    def tick(self) -> Ready:
        """Let one tick pass."""
        self.on_tick()
        return self.ready()

    def step(self, message: Message) -> Ready:
        """Take in a message."""
        getattr(self, f"on_{message['type']}")(message)
        return self.ready()

    def propose(self, command: Any) -> Ready:
        """Ask for `command` to be put in the log."""
        self.on_propose(command)
        return self.ready()

    def compact(self, index: int, snapshot: Any) -> Ready:
        """Tell that `snapshot` holds all that was applied up to `index`."""
        self.on_compact(index, snapshot)
        return self.ready()

    def read(self, id: int) -> Ready:
        """Ask for a linearizable read."""
        self.on_read(id)
        return self.ready()

    # What a learner's methods use.

    def send(self, to: str, type: str, **fields: Any) -> None:
        """Put a message of this term in the outbox; a field given here wins."""
        self.outbox.append({"type": type, "from": self.id, "to": to, "term": self.term, **fields})

    @property
    def last(self) -> Entry:
        """The last entry of the log."""
        return self.log[-1]

    def entry(self, index: int) -> Entry | None:
        """Return the entry at `index`, or None when the log has none there."""
        position = index - self.log[0]["index"]
        return self.log[position] if 0 <= position < len(self.log) else None

    def entries_after(self, index: int) -> list[Entry]:
        """Return the entries that follow `index`."""
        return self.log[index - self.log[0]["index"] + 1 :]

    # What a learner writes.

    def on_tick(self) -> None:
        """Count the tick; campaign or send heartbeats when it is time."""

    def on_propose(self, command: Any) -> None:
        """Put a client's command in the log."""

    def on_compact(self, index: int, snapshot: Any) -> None:
        """Cut the log at the application's snapshot."""

    def on_read(self, id: int) -> None:
        """Begin a read."""

    def restore(self, saved: Saved) -> None:
        """Begin from what was saved before the crash."""

    def save(self) -> Saved | None:
        """Return what must reach the disk now, or None when that has not changed."""
        return None

    # The answer.

    def ready(self) -> Ready:
        """Return all that has come up since the last call."""
        committed = self.entries_after(self.applied)[: self.commit - self.applied]
        answer = {
            "messages": self.outbox,
            "save": self.save(),
            "apply": self.restored + committed,
            "reads": self.reads,
            "status": {
                "role": self.role,
                "term": self.term,
                "vote": self.vote,
                "leader": self.leader,
                "commit": self.commit,
                "log": None if self.log == self.shown else self.log,
            },
        }
        self.shown = list(self.log)
        self.outbox, self.restored, self.reads = [], [], []
        self.applied = self.commit
        return answer
