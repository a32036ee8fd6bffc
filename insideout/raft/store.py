"""A Store whose every write goes through a group of Raft nodes: etcd's place, with the learner's Raft in it.

A transaction is a command.  It is proposed to the leader, and it has happened once it is committed and
applied; what was committed is then taken over, in order, into the state that reads and watches are served
from, as an etcd member serves them.  A write without a reachable majority fails after 7 seconds of the
group's time, as etcd's does, and may still happen later: whoever wrote cannot know.

The group has its own virtual time.  It never lags behind the cluster's, and a write takes time of the group
only.

Source: server/etcdserver/v3_server.go (request timeout), server/etcdserver/apply in etcd 3.6.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insideout.raft.group import Group
from insideout.raft.machine import Machine
from insideout.raft.member import Member
from insideout.raft.messages import MakeNode
from insideout.raft.network import links_between
from insideout.raft.setup import Setup
from insideout.store import KeyValue, MemoryStore, Page, Watcher

REQUEST_TIMEOUT_S = 7.0
RETRY_S = 1.0
_STEP_S = 0.01
_HEARD_S = 1.0
"""Ten heartbeats."""
_NO_BUDGET = 2**63  # a cluster may live for hours

Json = Any


class RequestTimedOutError(Exception):
    """The write was not committed in time; it may be committed later."""

    def __init__(self) -> None:
        super().__init__("etcdserver: request timed out")


class RaftStore:
    """A replicated Store.

    Args:
        make: makes one Raft node, such as the learner's class.
        clock: the cluster's time in seconds.
        nodes: how many members the group has.
        seed: settles delays and election timeouts.
        encode: makes JSON of a value.
        decode: the way back.

    """

    def __init__(
        self,
        make: MakeNode,
        clock: Callable[[], float],
        *,
        nodes: int = 3,
        seed: int = 0,
        encode: Callable[[Any], Json] = lambda value: value,
        decode: Callable[[Json], Any] = lambda value: value,
    ) -> None:
        self._clock = clock
        self._encode = encode
        self._decode = decode
        self._state = MemoryStore()
        self._serial = 0
        self._begin(make, Setup(nodes=nodes, max_messages=_NO_BUDGET, max_bytes=_NO_BUDGET), seed)

    def _begin(self, make: MakeNode, setup: Setup, seed: int) -> None:
        """Begin a group whose logs are empty; what is stored now is known to all its members."""
        self._taken = 0
        self._results: dict[int, int | None] = {}
        self.endpoints = setup.members
        """The members that the API server can reach; it may be cut off together with some of them."""
        self.group = Group(make, setup, seed)

    # The Store's five operations.

    @property
    def revision(self) -> int:
        """The revision of the newest transaction known here."""
        return self._state.revision

    def get(self, key: str, revision: int = 0) -> KeyValue | None:
        """Return the key as it was at `revision` (0: now), or None."""
        return self._state.get(key, revision)

    def range(self, prefix: str, revision: int = 0, start: str = "", limit: int = 0) -> Page:
        """Return the keys with `prefix`, from `start` on, as they were at `revision` (0: now)."""
        return self._state.range(prefix, revision, start, limit)

    def transact(self, expected: Mapping[str, int], changes: Mapping[str, Any]) -> int | None:
        """Write through the group; None when an expectation failed.

        Raises RequestTimedOutError when no majority agreed in time, and Broken when a node breaks one of
        Raft's rules.
        """
        self.catch_up()
        self._serial += 1
        serial = self._serial
        command = self._pack(serial, expected, changes)
        began_s = propose_s = self.group.now_s
        while self.group.now_s < began_s + REQUEST_TIMEOUT_S:
            if self.group.now_s >= propose_s and (leader := self._leader()) is not None:
                self.group.act("propose", leader.id, command, "api-server")
                propose_s = self.group.now_s + RETRY_S
            self._wait(self.group.now_s - began_s)
            self._take_over()
            if serial in self._results:
                return self._results[serial]
        raise RequestTimedOutError

    def _wait(self, waited_s: float) -> None:
        """Let a moment of the group's time pass, after `waited_s` of it."""
        self.group.run(_STEP_S)

    def watch(self, prefix: str, revision: int, notify: Callable[[], object]) -> Watcher:
        """Return a watcher of every change of `prefix` from `revision` on."""
        return self._state.watch(prefix, revision, notify)

    def compact(self, revision: int) -> None:
        """Forget the history before `revision`."""
        self._state.compact(revision)

    # The group.

    def catch_up(self) -> None:
        """Let the group's time reach the cluster's."""
        if self._clock() > self.group.now_s:
            self.group.run(self._clock() - self.group.now_s)
        self._take_over()

    def leader(self) -> str | None:
        """Return the id of the leader that the API server's side knows, or None."""
        self.catch_up()
        leader = self._leader()
        return leader.id if leader else None

    def histories(self) -> dict[str, list[str]]:
        """Return what each member has applied, once heartbeats of a second told all what is committed."""
        self.group.run(_HEARD_S)
        return {id: list(member.machine.commands) for id, member in self.group.members.items()}

    def crash(self, *ids: str) -> None:
        """Take members down; only what their disks hold survives."""
        for id in ids:
            self.group.act("crash", id)

    def restart(self, *ids: str) -> None:
        """Start crashed members again."""
        for id in ids:
            self.group.act("restart", id)

    def partition(self, *sides: Sequence[str]) -> None:
        """Cut every link between different sides; the API server stays with the first.

        A member on no side is alone.
        """
        self.group.act("cut", links_between(self.group.members, sides))
        self.endpoints = list(sides[0])

    def heal(self) -> None:
        """Connect everyone again."""
        self.group.act("cut", [])
        self.endpoints = list(self.group.members)

    def _leader(self) -> Member | None:
        """Return whom a reachable member takes for the leader, if that one can be reached from it."""
        for id in self.endpoints:
            member = self.group.members[id]
            if not member.up:
                continue
            leader = id if member.status["role"] == "leader" else member.status["leader"]
            if leader is None or self.group.network.is_cut(id, leader):
                continue
            if self.group.members[leader].up and self.group.members[leader].status["role"] == "leader":
                return self.group.members[leader]
        return None

    def _take_over(self) -> None:
        """Take over what members on the API server's side have applied, each command once."""
        machines = [self.group.members[id].machine for id in self.endpoints if self.group.members[id].up]
        newest = max(machines, key=lambda machine: len(machine.commands), default=Machine())
        for command in newest.commands[self._taken :]:
            self._taken += 1
            serial, expected, changes = self._unpack(command)
            if serial not in self._results:  # a command proposed again may be in the log twice
                self._results[serial] = self._state.transact(expected, changes)

    def _pack(self, serial: int, expected: Mapping[str, int], changes: Mapping[str, Any]) -> str:
        """Return the command as text, small enough for logs that travel whole."""
        plain = {key: None if value is None else self._encode(value) for key, value in changes.items()}
        text = json.dumps([serial, dict(expected), plain])
        return b64encode(zlib.compress(text.encode())).decode()

    def _unpack(self, command: str) -> tuple[int, dict[str, int], dict[str, Any]]:
        serial, expected, plain = json.loads(zlib.decompress(b64decode(command)))
        changes = {key: None if value is None else self._decode(value) for key, value in plain.items()}
        return serial, expected, changes
