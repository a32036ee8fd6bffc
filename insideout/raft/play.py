"""The verbs with which a scenario acts on a group and says what it expects."""

from collections.abc import Sequence
from typing import Any

from insideout.raft.broken import Broken, Rule
from insideout.raft.group import Group
from insideout.raft.linearizability import check
from insideout.raft.member import Member
from insideout.raft.messages import Message
from insideout.raft.network import links_between


class Play:
    """One run of a scenario."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.rng = group.loop.rng("scenario")
        self.ids = list(group.members)
        self._serial = 0

    # Faults.

    def crash(self, *ids: str) -> None:
        """Take nodes down; only what their disks hold survives."""
        for id in ids:
            self.group.act("crash", id)

    def restart(self, *ids: str) -> None:
        """Start crashed nodes from their disks."""
        for id in ids:
            self.group.act("restart", id)

    def partition(self, *sides: Sequence[str]) -> None:
        """Cut every link between different sides; a node on no side is alone."""
        self.group.act("cut", links_between(self.ids, sides))

    def isolate(self, *ids: str) -> None:
        """Cut each of these nodes off from everyone; the others stay connected."""
        self.partition([id for id in self.ids if id not in ids])

    def cut(self, *links: tuple[str, str]) -> None:
        """Cut single links, each in one direction only."""
        self.group.act("cut", list(links))

    def heal(self) -> None:
        """Connect everyone again."""
        self.group.act("cut", [])

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.group.run(seconds)

    def hold(self, *links: tuple[str, str]) -> None:
        """Keep what arrives on these links under way, until `release`."""
        self.group.act("hold", list(links))

    def release(self) -> None:
        """Deliver what was held, in its order, even where the link was cut since."""
        self.group.act("release")

    def compact(self, id: str) -> None:
        """Let the application of a node hand over a snapshot of all it has applied."""
        self.group.act("compact", id)

    # Looking.

    def member(self, id: str) -> Member:
        """Return the harness's record of a node."""
        return self.group.members[id]

    def term(self) -> int:
        """Return the highest term of a running node."""
        return max((member.status["term"] for member in self.group.running()), default=0)

    def commands(self, id: str) -> list[Any]:
        """Return the commands in the log of a node, without no-ops."""
        return [entry["command"] for entry in self.member(id).log[1:] if entry["command"] is not None]

    def leaders(self) -> list[str]:
        """Return the running nodes that lead and are connected, both ways, to a majority."""
        return [
            m.id for m in self.group.running() if m.status["role"] == "leader" and self.reaches_quorum(m.id)
        ]

    def reaches_quorum(self, id: str) -> bool:
        """Return whether a majority of running nodes, itself included, hear `id` and are heard by it."""
        cut = self.group.network.cut
        running = [m.id for m in self.group.running()]
        if cut:
            running = [o for o in running if (id, o) not in cut and (o, id) not in cut]
        return len(running) + (id not in running) >= self.group.quorum

    def others(self, *ids: str) -> list[str]:
        """Return the nodes except these."""
        return [id for id in self.ids if id not in ids]

    # Expecting.

    def expect(self, holds: bool, rule: Rule, what: str, node: str = "") -> None:
        """Raise Broken unless `holds`."""
        if not holds:
            raise Broken(rule, what, node=node, t_s=self.group.now_s)

    def leader(self, within_s: float = 10.0) -> str:
        """Wait for the leader of the newest term among those that reach a majority, and return it."""

        def found() -> str | None:
            leaders = self.leaders()
            if not leaders:
                return None
            newest = max(leaders, key=lambda id: int(self.member(id).status["term"]))
            term = self.member(newest).status["term"]
            later = (m.id for m in self.group.running() if m.status["term"] > term)
            return None if any(self.reaches_quorum(id) for id in later) else newest

        done = self.group.run_until(lambda: found() is not None, within_s)
        self.expect(
            done, Rule.ELECTION_PROGRESS, f"no leader within {within_s:.0f} s, though a majority is connected"
        )
        return found() or ""

    def propose(self, id: str, command: Any, client: str = "") -> None:
        """Give a command to one node, whatever it makes of it."""
        self.group.act("propose", id, command, client)

    def read(self, id: str, key: str, client: str) -> None:
        """Ask one node for a linearizable read, whatever it makes of it."""
        self._serial += 1
        self.group.act("read", id, key, client, self._serial)

    def agree(self, command: Any, on: int = 0, within_s: float = 10.0) -> None:
        """Have a command committed: propose it to the leader, again if the leader changes, until applied.

        `on`: on how many nodes it must be applied; 0 means on all that run and are connected to a majority.
        """
        deadline_s = self.group.now_s + within_s
        while self.group.now_s < deadline_s:
            self.propose(self.leader(), command)
            if self.group.run_until(lambda: self.applied_on(command) >= self._wanted(on), 2.0):
                return
        what = f"{command!r} is applied on {self.applied_on(command)} nodes after {within_s:.0f} s"
        raise Broken(Rule.COMMIT_PROGRESS, f"{what}, not on {self._wanted(on)}", t_s=self.group.now_s)

    def _wanted(self, on: int) -> int:
        return on or sum(self.reaches_quorum(member.id) for member in self.group.running())

    def applied_on(self, command: Any) -> int:
        """Return on how many running nodes the application has the command."""
        return sum(command in member.machine.commands for member in self.group.running())

    def stored_everywhere(self, commands: Sequence[Any], within_s: float = 5.0) -> None:
        """Wait until every node's log is exactly `commands`, applied or not."""
        wanted = list(commands)
        self.group.run_until(lambda: all(self.commands(id) == wanted for id in self.ids), within_s)
        for id in self.ids:
            mine = self.commands(id)
            self.expect(
                mine == wanted,
                Rule.LOGS_AGREE,
                f"{id} stores {mine} after {within_s:.0f} s; the leader has {wanted}",
                id,
            )

    def settle(self) -> None:
        """Heal everything, the network too, agree once more, and look for all that was acknowledged."""
        self.heal()
        self.group.act("calm")
        self.restart(*self.ids)
        self._serial += 1
        self.agree(f"last {self._serial}", on=len(self.ids), within_s=20.0)
        for command in self.group.ledger.acknowledged:
            for member in self.group.running():
                self.expect(
                    command in member.machine.commands,
                    Rule.ACKNOWLEDGED,
                    f"{command!r} was acknowledged to its client, and {member.id} does not have it",
                    member.id,
                )

    def linearizable(self) -> None:
        """Check what the clients were told."""
        verdict = check(self.group.ledger.whole_history())
        self.expect(verdict is None, Rule.LINEARIZABLE, str(verdict))

    # With n0 alone: the scenario speaks for its peers.

    def hear(self, sender: str, type: str, term: int, **fields: Any) -> list[Message]:
        """Let n0 take in a message from `sender` and return what it sends because of it."""
        before = len(self.group.trace.events)
        self.group.act("inject", {"type": type, "from": sender, "to": "n0", "term": term, **fields})
        self.run(0.02)
        events = self.group.trace.events[before:]
        return [e.data["message"] for e in events if e.kind == "send" and e.node == "n0"]

    @property
    def n0(self) -> dict[str, Any]:
        """The status of n0."""
        return self.member("n0").status
