"""A group of nodes on a seeded network in virtual time, with crashes, partitions, slow disks, skewed clocks.

The rules are checked on every answer of every node, once its write is done: what a crash keeps from the disk
was never said.  The first rule that does not hold ends the run with Broken.
What happens goes into the trace.  What the outside world does goes through `act`, which notes it, so that
the same run, or part of it, can be played again (`insideout.raft.shrink`).
"""

import marshal
import random
from collections.abc import Callable, Sequence
from typing import Any

from insideout.raft.answers import FORM, Answer, Answers
from insideout.raft.broken import Broken, Rule
from insideout.raft.judge import Judge
from insideout.raft.ledger import Ledger
from insideout.raft.member import Logs, Member
from insideout.raft.messages import TICK_S, MakeNode, Message
from insideout.raft.network import Network
from insideout.raft.raised import told
from insideout.raft.rules import SHOWN, Step, always
from insideout.raft.setup import Setup
from insideout.raft.trace import Trace
from insideout.sim.loop import Loop

Action = tuple[float, str, tuple[Any, ...]]


class Group:
    """The nodes of one run and the world around them."""

    def __init__(self, make: MakeNode, setup: Setup, seed: int, *, judge: bool = True) -> None:
        self.setup = setup
        self.loop = Loop(seed=seed)
        self.trace = Trace()
        self.network = Network(seed, setup.profile)
        self.members = {id: Member(id, setup.term) for id in setup.members}
        self.actions: list[Action] = []
        self.ledger = Ledger()
        self.sent = 0
        self.held_bytes = 0
        self._kept: list[tuple[Message, int]] = []
        self._make = make
        self._answers = Answers(setup.members)
        self._logs = Logs(self.members)
        self._judge = Judge(always(alone=setup.alone, disk=setup.watch_disk)) if judge else None
        for member in self.members.values():
            if member.id == "n0" or not setup.alone:
                self._boot(member)

    @property
    def now_s(self) -> float:
        """Seconds since the run began."""
        return self.loop.now_s

    @property
    def quorum(self) -> int:
        """How many members are a majority."""
        return len(self.members) // 2 + 1

    def running(self) -> list[Member]:
        """Return the members whose node runs."""
        return [member for member in self.members.values() if member.up]

    def forget(self, events: int) -> None:
        """Remember of the past only the newest `events`: each has logs of its time, which fill memory."""
        del self.trace.events[: max(len(self.trace.events) - events, 0)]
        self.actions.clear()
        self._answers.forget()
        if self._judge is not None:
            self._judge.forget()

    # What the outside world does.  Everything goes through act, and can be played again from `actions`.

    def act(self, name: str, *args: Any) -> None:
        """Do one thing to the group now: the name of one of the methods below without its underscore."""
        self.actions.append((self.now_s, name, args))
        getattr(self, f"_{name}")(*args)

    def _crash(self, id: str) -> None:
        member = self.members[id]
        if member.up:
            member.stop()
            self.trace.add(self.now_s, id, "crash")

    def _restart(self, id: str) -> None:
        if not self.members[id].up:
            self._boot(self.members[id])

    def _cut(self, links: Sequence[tuple[str, str]]) -> None:
        self.network.cut = set(links)
        self.trace.add(self.now_s, "", "cut" if links else "heal", links=list(links))

    def _propose(self, id: str, command: Any, client: str) -> None:
        member = self.members[id]
        if member.up:
            self.ledger.ask(member, command, client, self.now_s)
            self.trace.add(self.now_s, id, "propose", command=command, client=client)
            self._tell(member, "propose", command)

    def _read(self, id: str, key: str, client: str, serial: int) -> None:
        member = self.members[id]
        if member.up:
            self.ledger.ask_read(member, serial, key, client, self.now_s)
            self.trace.add(self.now_s, id, "read", key=key, client=client)
            self._tell(member, "read", serial)

    def _calm(self) -> None:
        self.network.profile = self.network.profile.quiet()

    def _hold(self, links: Sequence[tuple[str, str]]) -> None:
        self.network.held = set(links)

    def _release(self) -> None:
        kept, self._kept = self._kept, []
        self.network.held = set()
        for message, serial in kept:
            self._hand_over(message, serial)

    def _compact(self, id: str) -> None:
        member = self.members[id]
        if member.up:
            self.trace.add(self.now_s, id, "compact", index=member.machine.applied)
            self._tell(member, "compact", member.machine.applied, member.machine.snapshot())

    def _inject(self, message: Message) -> None:
        self.sent += 1
        self.trace.add(self.now_s, message["from"], "send", message=message, serial=self.sent)
        self._deliver(message, self.sent)

    # The world's own working.

    def _boot(self, member: Member) -> None:
        seed = random.Random(f"{self.loop.seed}/{member.id}/{member.life}").getrandbits(32)
        try:
            node = self._make(member.id, self.setup.members, member.saved(), seed)
        except Exception as error:
            raise self._raised(member, "__init__", "", error) from error
        member.start(node)
        self.trace.add(
            self.now_s, member.id, "restart" if member.life > 1 else "boot", term=member.disk["term"]
        )
        period_s = TICK_S * (1 + self.setup.skew.get(member.id, 0.0))
        phase_s = self.loop.rng(f"phase/{member.id}/{member.life}").random() * period_s
        self.loop.call_later(phase_s, self._tick, member, member.life, period_s)

    def _tick(self, member: Member, life: int, period_s: float) -> None:
        if member.life != life or not member.up:
            return
        self.loop.call_later(period_s, self._tick, member, life, period_s)
        if not member.writing:  # a process that waits for its disk misses the tick
            self._tell(member, "tick")

    def _tell(self, member: Member, call: str, *args: Any) -> None:
        """Call the node, or keep the call until its disk is done."""
        if member.writing:
            member.waiting.append((call, args))
            return
        try:
            answer = getattr(member.node, call)(*(_copy(args) if call == "step" else args))
        except Exception as error:
            raise self._raised(member, call, ", ".join(map(repr, args)), error) from error
        try:
            read = self._answers.read(answer, call=call, node=member.id)
        except Broken as broken:
            raise Broken(broken.rule, broken.what, node=member.id, t_s=self.now_s) from None
        step = self._note(member, call, args[0] if args else None, read)
        if step.ready["save"] is None:
            self._carry_out(member, step)
        else:
            member.writing = True
            write_s = self.setup.slow_disks.get(member.id, self.setup.disk_s)
            self.loop.call_later(write_s, self._written, member, step)

    def _note(self, member: Member, call: str, argument: Any, read: Answer) -> Step:
        """Note what a call changed in the node's memory."""
        ready = read.ready
        before, after = member.status, ready["status"]
        log_changed = after["log"] is not None and after["log"] != before["log"]
        if log_changed:
            self._spend(len(marshal.dumps(after["log"], FORM)), member.id)
        else:
            after = {**after, "log": before["log"]}
        if log_changed or any(before[name] != after[name] for name in SHOWN):
            self.trace.add(self.now_s, member.id, "status", before=before, after=after)
        member.status = after
        return Step(
            self.now_s, member.id, member.life, call, argument, before, after, ready, read.weight,
            member.disk, self._logs, log_changed,
        )  # fmt: skip

    def _written(self, member: Member, step: Step) -> None:
        if member.life != step.boots or not member.up:
            return  # it crashed before the write was done: nothing of it is on the disk, or was said
        member.disk = step.ready["save"]
        member.writing = False
        self.trace.add(self.now_s, member.id, "save")
        self._carry_out(member, step._replace(t_s=self.now_s))
        while member.waiting and not member.writing and member.up:
            call, args = member.waiting.popleft()
            self._tell(member, call, *args)

    def _carry_out(self, member: Member, step: Step) -> None:
        """Check the rules on what a node now says and does, and do it."""
        if self._judge is not None:
            self._judge.see(step)
        ready = step.ready
        if ready["messages"]:
            self._spend(step.weight, member.id)
            for message in ready["messages"]:
                self._send(message)
        for item in ready["apply"]:
            self._apply(member, item)
        for answer in ready["reads"]:
            member.due.append((answer["id"], answer["index"]))
        self._serve_reads(member)
        every = self.setup.compact_every
        if every and ready["apply"] and member.machine.applied - member.log[0]["index"] >= every:
            self.loop.call_soon(self._compact_again, member, member.life, member.machine.applied)

    def _compact_again(self, member: Member, life: int, index: int) -> None:
        if member.up and member.life == life and index == member.machine.applied:
            self._compact(member.id)

    def _send(self, message: Message) -> None:
        self.sent += 1
        if self.sent > self.setup.max_messages:
            what = f"{self.sent} messages within {self.now_s:.1f} s; a sound node needs far fewer"
            raise Broken(Rule.BUDGET, what, node=message["from"], t_s=self.now_s)
        serial = self.sent
        self.trace.add(self.now_s, message["from"], "send", message=message, serial=serial)
        delays_s = self.network.delays_s(message["from"], message["to"])
        if not delays_s:
            self.trace.add(self.now_s, message["from"], "drop", message=message, serial=serial, why="lost")
        for delay_s in delays_s:
            self.loop.call_later(delay_s, self._deliver, message, serial)

    def _spend(self, size: int, node: str) -> None:
        """Count the bytes of what nodes send and of logs that changed."""
        self.held_bytes += size
        if self.held_bytes > self.setup.max_bytes:
            what = f"messages and logs of {self.held_bytes:,} bytes within {self.now_s:.1f} s"
            raise Broken(Rule.BUDGET, f"{what}; a sound node needs far fewer", node=node, t_s=self.now_s)

    def _deliver(self, message: Message, serial: int) -> None:
        if self.network.is_cut(message["from"], message["to"]):
            self.trace.add(self.now_s, message["to"], "drop", message=message, serial=serial, why="cut")
        elif (message["from"], message["to"]) in self.network.held:
            self._kept.append((message, serial))
        else:
            self._hand_over(message, serial)

    def _hand_over(self, message: Message, serial: int) -> None:
        receiver = self.members[message["to"]]
        if not receiver.up:
            self.trace.add(self.now_s, receiver.id, "drop", message=message, serial=serial, why="down")
            return
        self.trace.add(self.now_s, receiver.id, "deliver", message=message, serial=serial)
        self._tell(receiver, "step", message)

    def _apply(self, member: Member, item: dict[str, Any]) -> None:
        if "snapshot" in item:
            if not isinstance(item["snapshot"], list):
                what = f"{member.id} gives its application {item['snapshot']!r:.60} instead of a snapshot"
                raise Broken(Rule.SNAPSHOT, what, node=member.id, t_s=self.now_s)
            member.machine.restore(item["index"], item["snapshot"])
            return
        command = item["command"]
        result = member.machine.apply(item["index"], command)
        self.trace.add(self.now_s, member.id, "apply", index=item["index"], command=command)
        client = self.ledger.applied(member, command, result, self.now_s)
        if client is not None:
            self.trace.add(self.now_s, member.id, "acknowledge", command=command, client=client)

    def _serve_reads(self, member: Member) -> None:
        for serial, index in list(member.due):
            if member.machine.applied >= index:
                member.due.remove((serial, index))
                client, key, value = self.ledger.served(member, serial, self.now_s)
                self.trace.add(self.now_s, member.id, "served", key=key, client=client, result=value)

    def _raised(self, member: Member, call: str, args: str, error: Exception) -> Broken:
        what = f"{member.id}.{call}({args:.200}) raised {told(error)}"
        return Broken(Rule.NO_EXCEPTION, what, node=member.id, t_s=self.now_s)

    # Time.

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.run(seconds)

    def run_until(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Let time pass until `condition()` holds; False when it did not within `within_s`."""
        return self.loop.run_until(condition, within_s)


def _copy(args: tuple[Any, ...]) -> Any:
    """Return a copy of plain data, so that no node can reach into another's memory."""
    return marshal.loads(marshal.dumps(args, FORM))
