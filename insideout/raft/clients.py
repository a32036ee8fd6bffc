"""Clients that put, append and get through the log, each one operation at a time."""

from typing import Any

from insideout.raft.group import Group
from insideout.raft.play import Play

THINK_S = 0.4
"""How long a client waits between two operations."""


class Clients:
    """Some clients at work on a group.

    A client asks the node that it last knew as leader; one that does not lead makes it try another.  After
    1.5 s without an answer it goes on with something else: whether the first took effect stays unknown.
    """

    def __init__(self, play: Play, count: int, keys: tuple[str, ...], *, read: bool = False) -> None:
        self._group: Group = play.group
        self._play = play
        self._keys = keys
        self._read = read
        self._serial = 0
        self._until_s = 0.0
        self._shift = 0
        self._rngs = [play.group.loop.rng(f"client/{number}") for number in range(count)]

    def work(self, seconds: float) -> None:
        """Let every client work for so long."""
        self._until_s = self._group.now_s + seconds
        self._shift += 1  # what is left over from the last call of work comes to an end
        for number in range(len(self._rngs)):
            self._group.loop.call_later(0.01 * number, self._next, number, self._shift)
        self._play.run(seconds)

    def _next(self, number: int, shift: int) -> None:
        if self._group.now_s >= self._until_s or shift != self._shift:
            return
        rng = self._rngs[number]
        leading = [m.id for m in self._group.running() if m.status["role"] == "leader"]
        if not leading:
            self._group.loop.call_later(0.1, self._next, number, shift)
            return
        self._serial += 1
        client, key = f"client {number}, call {self._serial}", rng.choice(self._keys)
        op = rng.choice(("put", "append", "get"))
        # Possibly a deposed leader that does not know it yet: that is what the check is for.
        id = rng.choice(leading)
        if op == "get" and self._read:
            self._group.act("read", id, key, client, self._serial)
        else:
            command: dict[str, Any] = {"id": self._serial, "op": op, "key": key}
            if op != "get":
                command["value"] = f"{self._serial} "
            self._group.act("propose", id, command, client)
        self._wait(number, shift, client, self._group.now_s)

    def _wait(self, number: int, shift: int, client: str, since_s: float) -> None:
        if client in self._group.ledger.answered or self._group.now_s > since_s + 1.5:
            self._group.loop.call_later(THINK_S, self._next, number, shift)
        else:
            self._group.loop.call_later(0.02, self._wait, number, shift, client, since_s)
