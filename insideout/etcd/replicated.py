"""A RaftStore in real time that several threads use: the API server's, the notebook's, and the group's own.

The group's time passes with the machine's, and faster while a write waits for its messages: what takes
milliseconds there takes what computing it takes here.  What takes longer, an election or a wait for a
majority, takes its time, with the store open to others.  So a write without a majority fails after 7 seconds,
and one that is healed in time succeeds.

A member that knows no leader takes no proposal: etcd then says something else than of a proposal that found
no majority, and so does this (NoLeaderError).

A node without snapshots writes its whole log with each change of it, and the API server alone writes hundreds
of times before it is ready.  So when a log has CUT_AT writes, and everybody is there and nobody waits, a new
group with empty logs goes on from what is stored, in the terms that follow, as LastingStore has it.

A member that breaks a rule of Raft ends the group: from then on every use of it raises the same Broken.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insideout.etcd.shared import Standing
from insideout.etcd.values import from_json, to_json
from insideout.raft.broken import Broken
from insideout.raft.member import Member
from insideout.raft.messages import MakeNode
from insideout.raft.store import REQUEST_TIMEOUT_S, RaftStore, RequestTimedOutError
from insideout.store import KeyValue, Page, Watcher

HURRY_S = 0.2
"""So much of the group's time a write does not wait for: two messages and two disks, three times over."""
_TURN_S = 0.05
"""How often the group's time is brought up to the machine's."""
CUT_AT = 250
"""Writes in a log until it is cut."""
_MOST_EVENTS = 2000
"""Of the group's past."""


class NoLeaderError(RequestTimedOutError):
    """The write was proposed to nobody: no member that can be reached knew a leader when it came."""


class SharedRaftStore(RaftStore):
    """A RaftStore that lives from `start` to `stop`.

    `make`, `nodes` and `seed` are RaftStore's; `clock` is in seconds.
    """

    def __init__(
        self, make: MakeNode, *, nodes: int = 3, seed: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.lock = threading.Condition(threading.RLock())
        self.fault: Broken | None = None
        """The rule of Raft that a member broke."""
        self._make = make
        self._seed = seed
        self._real_s = clock
        self._ahead_s = -clock()
        self._waiting = 0
        """How many wait for the group now."""
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._live, name="raft-group", daemon=True)
        super().__init__(make, self._now_s, nodes=nodes, seed=seed, encode=to_json, decode=from_json)

    def start(self) -> None:
        """Let the group's time pass; a second call changes nothing."""
        if self._thread.ident is None:
            self._thread.start()

    def check(self) -> None:
        """Raise Broken when a member broke a rule."""
        if self.fault is not None:
            raise self.fault

    def stop(self) -> None:
        """Let it pass no more."""
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join()

    def _now_s(self) -> float:
        return self._real_s() + self._ahead_s

    def _live(self) -> None:
        while not self._ends.wait(_TURN_S):
            try:
                with self.lock:
                    self.catch_up()
                    if self._taken >= CUT_AT and self._rests():
                        self._watched(self._cut)
                    if len(self.group.trace.events) > _MOST_EVENTS:
                        self.group.forget(_MOST_EVENTS // 10)
            except Broken:  # noted, and raised to whoever asks next
                return

    # The Store's operations, and what the door asks besides.

    def get(self, key: str, revision: int = 0) -> KeyValue | None:
        """Return the key as it was at `revision` (0: now), or None."""
        with self.lock:
            return super().get(key, revision)

    def range(self, prefix: str, revision: int = 0, start: str = "", limit: int = 0) -> Page:
        """Return the keys with `prefix`, from `start` on, as they were at `revision` (0: now)."""
        with self.lock:
            return super().range(prefix, revision, start, limit)

    def transact(self, expected: Mapping[str, int], changes: Mapping[str, Any]) -> int | None:
        """Write through the group; RequestTimedOutError and Broken as RaftStore, NoLeaderError."""
        with self.lock:
            self.catch_up()
            is_believed = self._believes()
            self._waiting += 1
            try:
                revision: int | None = self._watched(super().transact, expected, changes)
            except RequestTimedOutError:
                if is_believed:
                    raise
                raise NoLeaderError from None
            finally:
                self._waiting -= 1
            return revision

    def watch(self, prefix: str, revision: int, notify: Callable[[], object]) -> Watcher:
        """Return a watcher of every change of `prefix`; it is read with the lock held."""
        with self.lock:
            return super().watch(prefix, revision, notify)

    def compact(self, revision: int) -> None:
        """Forget the history before `revision`."""
        with self.lock:
            super().compact(revision)

    def confirm(self) -> None:
        """Return once a majority hears a leader; RequestTimedOutError after 7 seconds without."""
        with self.lock:
            self.catch_up()
            began_s = self.group.now_s
            self._waiting += 1
            try:
                while not self._is_led():
                    if self.group.now_s >= began_s + REQUEST_TIMEOUT_S:
                        raise RequestTimedOutError
                    self._wait(HURRY_S)
                    self._take_over()
            finally:
                self._waiting -= 1

    def standing(self) -> Standing:
        """Return how the members stand."""
        with self.lock:
            leader = self._leader() if self._is_led() else None
            up = [member for member in self.group.members.values() if member.up]
            term = max((member.status["term"] for member in up), default=0)
            return Standing(tuple(self.group.members), leader.id if leader else "", term, self._taken)

    # The group.

    def catch_up(self) -> None:
        """Let the group's time reach the machine's."""
        with self.lock:
            self._watched(super().catch_up)

    def leader(self) -> str | None:
        """Return the id of the leader that the API server's side knows, or None."""
        with self.lock:
            return super().leader()

    def histories(self) -> dict[str, list[str]]:
        """Return what each member has applied, a second from now, with nothing written meanwhile."""
        with self.lock:
            found: dict[str, list[str]] = self._watched(super().histories)
            self._ahead_s += max(self.group.now_s - self._now_s(), 0)
            return found

    def crash(self, *ids: str) -> None:
        """Take members down; only what their disks hold survives."""
        with self.lock:
            super().crash(*ids)

    def restart(self, *ids: str) -> None:
        """Start crashed members again."""
        with self.lock:
            super().restart(*ids)

    def partition(self, *sides: Sequence[str]) -> None:
        """Cut every link between different sides; the API server stays with the first."""
        with self.lock:
            super().partition(*sides)

    def heal(self) -> None:
        """Connect everyone again."""
        with self.lock:
            super().heal()

    def _watched(self, work: Callable[..., Any], *args: Any) -> Any:
        """Do something with the group; what breaks is noted, and raised again to everybody after."""
        self.check()
        try:
            return work(*args)
        except Broken as broken:
            self.fault = broken
            raise

    def _wait(self, waited_s: float) -> None:
        """Let a moment pass: of the group's time at first, then of the machine's, with the lock given up."""
        if waited_s < HURRY_S:
            super()._wait(waited_s)
            self._ahead_s += max(self.group.now_s - self._now_s(), 0)
        else:
            self.lock.wait(_TURN_S)
            self._watched(super().catch_up)

    def _rests(self) -> bool:
        """Tell whether all members are there and connected, and nobody waits for them."""
        all_up = len(self.group.running()) == len(self.group.members)
        return all_up and not self.group.network.cut and not self._waiting

    def _cut(self) -> None:
        """Let a new group go on from what is stored, and elect its leader at once."""
        self.group.loop.forget()  # what waits there holds on to the group, and nothing more will happen
        term = max(member.disk["term"] for member in self.group.members.values())
        self._seed += 1
        self._begin(self._make, self.group.setup._replace(term=term), self._seed)
        self.group.run_until(lambda: self._leader() is not None, REQUEST_TIMEOUT_S)
        self._ahead_s = self.group.now_s - self._real_s()

    def _believes(self) -> bool:
        """Tell whether a member that can be reached believes in a leader, be it one of the past."""
        known = (self.group.members[id] for id in self.endpoints)
        return any(one.up and (one.status["role"] == "leader" or one.status["leader"]) for one in known)

    def _is_led(self) -> bool:
        """Tell whether a majority hears a leader that the API server's side reaches."""
        leader: Member | None = self._leader()
        if leader is None:
            return False
        cut = self.group.network.is_cut
        heard = [
            member
            for member in self.group.running()
            if member.id == leader.id or not (cut(leader.id, member.id) or cut(member.id, leader.id))
        ]
        return len(heard) >= self.group.quorum
