"""One member of a group as the harness keeps it: its node while it runs, its disk, its application."""

import copy
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from insideout.raft.machine import Machine
from insideout.raft.messages import RaftNode, Saved, blank


class Member:
    """A node with what surrounds it.

    `life` counts its starts, so that what was under way when it crashed can be told from what is new.
    `term` is what its disk holds at first.
    """

    def __init__(self, id: str, term: int = 0) -> None:
        self.id = id
        self.disk: Saved = {**blank(), "term": term}
        self.node: RaftNode | None = None
        self.life = 0
        self.writing = False
        self.waiting: deque[tuple[str, tuple[Any, ...]]] = deque()
        self.due: list[tuple[int, int]] = []
        self.machine = Machine()
        self.status: dict[str, Any] = {}

    @property
    def up(self) -> bool:
        """Whether the node runs."""
        return self.node is not None

    @property
    def log(self) -> list[dict[str, Any]]:
        """The log: in memory when the node runs, else on its disk."""
        log: list[dict[str, Any]] = self.status["log"] if self.up else self.disk["log"]
        return log

    def start(self, node: RaftNode) -> None:
        """Let `node` run, with the application as the disk has it."""
        self.node = node
        self.life += 1
        self.machine = Machine()
        base = self.disk["log"][0]["index"]
        if base:
            self.machine.restore(base, self.disk["snapshot"] or [])
        self.status = {
            "role": "follower",
            "term": self.disk["term"],
            "vote": self.disk.get("vote"),
            "leader": None,
            "commit": base,
            "log": self.disk["log"],
        }

    def stop(self) -> None:
        """Lose everything but the disk."""
        self.node = None
        self.writing = False
        self.waiting.clear()
        self.due.clear()

    def saved(self) -> Saved:
        """Return a copy of what the disk holds."""
        return copy.deepcopy(self.disk)


class Logs(Mapping[str, list[dict[str, Any]]]):
    """The logs of all members by their ids, as they are when somebody looks."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self._members = members

    def __getitem__(self, id: str) -> list[dict[str, Any]]:
        """Return the log of a member."""
        return self._members[id].log

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of all members."""
        return iter(self._members)

    def __len__(self) -> int:
        """Return how many members there are."""
        return len(self._members)
