"""A RaftStore for a cluster that lives for a day: its memory stays small, and it outlives a group that fails.

A node without snapshots keeps its whole log, shows it to the harness and writes it to its disk with each
change of it, so a day's writes take the square of a day's bytes.  Here the harness does what
`etcdctl snapshot save` and `restore` do: after `CHECKPOINT_EVERY` writes the state is taken, and a new group
with empty logs goes on from it.  Terms go on; what was only proposed is given up.  All rules are checked as
ever, on each group from its first step to its last, and what was checked is dropped with it.

The group's time passes only while somebody writes: heartbeats between two writes are left out.

It rests until `wake`: then a group goes on from what is stored.

A group that breaks a rule, or takes no write with a majority of its members there, is given up: `fault` says
why in a line, and from then on the data is here alone, with all that was acknowledged.

Source: etcdctl snapshot save, etcdutl snapshot restore in etcd 3.6.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from insideout.raft.broken import Broken, Rule
from insideout.raft.messages import MakeNode
from insideout.raft.setup import Setup
from insideout.raft.store import REQUEST_TIMEOUT_S, Json, RaftStore, RequestTimedOutError

CHECKPOINT_EVERY = 16
"""Writes between two snapshots; more make each write dearer, fewer ask for more elections."""
PATIENCE = 3
"""How many writes in a row a group may let time out while a majority is there."""
_LOOK_S = 0.05
_SETTLE_S = 1.0
_COMMAND = re.compile(r"eJ[\w+/=]{16,}")
"""A command, as RaftStore packs it: nobody can read it."""
_FAULTS = (Broken, LookupError, TypeError, ValueError)
"""What comes out of a group that goes wrong: rules broken, and commands that are no commands."""


class Election(NamedTuple):
    """A leader was killed at `time_s` of the cluster, and `leader` took the next write in `term`.

    `took_s` are seconds of the group's time from the kill until that write was accepted.
    """

    time_s: float
    killed: str
    leader: str
    term: int
    took_s: float


class LastingStore(RaftStore):
    """A RaftStore with checkpoints, which goes on by itself when its group fails.

    `elections` are those that followed a kill.  The arguments are RaftStore's; keys that begin with one of
    `elsewhere` are not the group's.
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
        elsewhere: tuple[str, ...] = (),
    ) -> None:
        self.fault = ""
        self.fault_s = 0.0
        self.elections: list[Election] = []
        self._elsewhere = elsewhere
        self._make = make
        self._nodes = nodes
        self._seed = seed
        self._cluster_s = clock
        self._rests = True
        self._term = 0
        self._killed: tuple[float, str, float] | None = None
        super().__init__(make, lambda: 0.0, nodes=nodes, seed=seed, encode=encode, decode=decode)

    @property
    def carries(self) -> bool:
        """Whether writes go through the group."""
        return not (self.fault or self._rests)

    def wake(self) -> None:
        """Let a group take the writes from now on, beginning with what is stored; it goes on once it did."""
        if self._rests:
            self._rests = False
            self._renew()

    def transact(self, expected: Mapping[str, int], changes: Mapping[str, Any]) -> int | None:
        """Write through the group, or here when it was given up; RequestTimedOutError as RaftStore."""
        if self.carries and not all(key.startswith(self._elsewhere) for key in {*expected, *changes}):
            try:
                revision = super().transact(expected, changes)
            except _FAULTS as fault:
                self._give_up(_told(fault))
            except RequestTimedOutError:
                self._note_late()
                if self.carries:
                    raise
            else:
                self._late = 0
                self._note_leader()
                self._written += 1
                if self._written >= CHECKPOINT_EVERY and len(self.group.running()) == self._nodes:
                    self._checkpoint()
                return revision
        return self._state.transact(expected, changes)

    def kill_leader(self) -> str:
        """Crash the leader, which starts again after the next write; return its id, "" when there is none."""
        if not self.carries:
            return ""
        if self._killed is not None:  # one at a time
            self.restart(self._killed[1])
        try:
            self.group.run_until(lambda: self._leader() is not None, REQUEST_TIMEOUT_S)
        except _FAULTS as fault:
            self._give_up(_told(fault))
            return ""
        leader = self._leader()
        if leader is None:
            return ""
        self.crash(leader.id)
        self._killed = (self._cluster_s(), leader.id, self.group.now_s)
        return leader.id

    def crash(self, *ids: str) -> None:
        """Take members down, if there is a group; only what their disks hold survives."""
        if self.carries:
            super().crash(*ids)

    def restart(self, *ids: str) -> None:
        """Start crashed members again, if there is a group."""
        if self.carries:
            try:
                super().restart(*ids)
            except _FAULTS as fault:
                self._give_up(_told(fault))

    def differing(self) -> list[str]:
        """Return the members that a second later have not applied what the API server shows."""
        if not self.carries:
            return []
        try:
            self.group.run(_SETTLE_S)
            self._take_over()
        except _FAULTS as fault:
            self._give_up(_told(fault))
            return []
        members = self.group.members.values()
        return [one.id for one in members if not one.up or len(one.machine.commands) != self._taken]

    def _begin(self, make: MakeNode, setup: Setup, seed: int) -> None:
        if self._rests:
            return
        self._asked: set[str] = set()
        self._written = self._late = 0
        self._killed = None
        # A group of some writes has the budget of a situation, whoever made the setup.
        super()._begin(make, Setup(nodes=setup.nodes, term=setup.term), seed)

    def _wait(self, waited_s: float) -> None:
        """Let time pass until a member has applied something new, or for a while."""
        members = [self.group.members[id] for id in self.endpoints]
        self.group.run_until(lambda: any(len(one.machine.commands) > self._taken for one in members), _LOOK_S)

    def _checkpoint(self) -> None:
        """Let a new group with empty logs go on from what is stored here."""
        self.group.loop.forget()  # what waits there holds on to the group, and nothing more will happen
        self._term = max(member.disk["term"] for member in self.group.members.values())
        self._renew()

    def _renew(self) -> None:
        self._seed += 1
        try:
            self._begin(self._make, Setup(nodes=self._nodes, term=self._term), self._seed)
        except _FAULTS as fault:
            self._give_up(_told(fault))

    def _give_up(self, why: str) -> None:
        self.fault, self.fault_s = why, self._cluster_s()

    def _note_late(self) -> None:
        there = len(self.group.running())
        if there < self.group.quorum:
            return
        self._late += 1
        if self._late >= PATIENCE:
            self._give_up(
                f"{PATIENCE} writes in a row were not accepted within {REQUEST_TIMEOUT_S:g} s, "
                f"with {there} of {self._nodes} members there"
            )

    def _note_leader(self) -> None:
        """After a kill: note who leads now, and start the killed member again."""
        leader = self._leader()
        if self._killed is None or leader is None:
            return
        time_s, killed, from_s = self._killed
        took_s = self.group.now_s - from_s
        self.elections.append(Election(time_s, killed, leader.id, leader.status["term"], took_s))
        self._killed = None
        self.restart(killed)

    def _pack(self, serial: int, expected: Mapping[str, int], changes: Mapping[str, Any]) -> str:
        command = super()._pack(serial, expected, changes)
        self._asked.add(command)
        return command

    def _unpack(self, command: str) -> tuple[int, dict[str, int], dict[str, Any]]:
        if not (isinstance(command, str) and command in self._asked):
            what = f"a member applies {command!r:.40}, which nobody proposed"
            raise Broken(Rule.STATE_MACHINE_SAFETY, what, t_s=self.group.now_s)
        return super()._unpack(command)


def _told(fault: Exception) -> str:
    """Return a fault in one line, the broken rule first."""
    if isinstance(fault, Broken):
        text = f"{fault.rule.value} ({fault.section}): {fault.what}"
    else:
        text = f"{type(fault).__name__}: {fault}"
    return " ".join(_COMMAND.sub("...", text).split())[:400]
