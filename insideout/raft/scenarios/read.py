"""Stage read: linearizable reads without a log entry (§8, thesis §6.4)."""

from insideout.raft.broken import Rule
from insideout.raft.clients import Clients
from insideout.raft.network import UNRELIABLE
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import confirm, lead
from insideout.raft.scenarios.scenario import scenario


@scenario("read", "thesis §6.4")
def read_what_was_written(play: Play) -> None:
    """A read at the leader returns the last value written, without adding to the log."""
    _put(play, play.leader(), "1")
    leader = play.leader()
    length = len(play.member(leader).log)
    play.expect(
        _get(play, leader) == "1", Rule.READ_INDEX, f"{leader} does not serve a read within 2 s", leader
    )
    play.expect(
        len(play.member(leader).log) == length, Rule.READ_INDEX, "a read adds an entry to the log", leader
    )


@scenario("read", "thesis §6.4")
def deposed_leader_serves_nothing(play: Play) -> None:
    """A leader that is cut off, and does not know that there is another, may not answer a read."""
    old = play.leader()
    _put(play, old, "1")
    play.isolate(old)
    _put(play, play.leader(), "2")
    served = _get(play, old)
    play.expect(
        served is None,
        Rule.READ_INDEX,
        f"{old} is cut off and serves {served!r}; {'2'!r} was written since",
        old,
    )
    play.heal()
    play.settle()
    play.linearizable()


@scenario("read", "thesis §6.4", nodes=5)
def new_leader_reads_after_its_own_commit(play: Play) -> None:
    """The leader is lost right after a write; the next has the entry, not the news that it is committed.

    Two followers lack the entry: they refuse the new leader's first message, which confirms that it leads
    before it can have committed anything.
    """
    play.agree("begin", on=5)
    play.run(0.3)
    old = play.leader()
    lagging = play.others(old)[:2]
    play.isolate(*lagging)
    _put(play, old, "1")
    play.isolate(old)
    play.run(0.01)
    served = _get(play, play.leader())
    play.expect(
        served == "1", Rule.READ_INDEX, f"a new leader serves {served!r}; {'1'!r} was acknowledged before it"
    )
    play.linearizable()


@scenario("read", "thesis §6.4")
def old_confirmations_do_not_count(play: Play) -> None:
    """Heartbeats confirmed before a read was asked say nothing about who leads now."""
    old = play.leader()
    _put(play, old, "1")
    play.run(0.3)
    others = play.others(old)
    play.hold(*((other, old) for other in others))
    play.run(0.3)
    play.isolate(old)
    _put(play, play.leader(), "2")
    play.run(0.01)
    play.read(old, "x", "reader")
    play.release()
    play.run(1)
    play.linearizable()


@scenario("read", "thesis §6.4", nodes=5)
def a_majority_suffices(play: Play) -> None:
    """Two of five are away: the other three serve a read."""
    _put(play, play.leader(), "1")
    leader = play.leader()
    play.isolate(*play.others(leader)[:2])
    served = _get(play, leader)
    play.expect(served == "1", Rule.READ_INDEX, f"{leader} hears two of four and serves {served!r}", leader)


@scenario("read", "thesis §6.4", nodes=5)
def two_of_five_are_too_few(play: Play) -> None:
    """Three of five are away: the leader and its one follower are no majority, and serve nothing."""
    leader = play.leader()
    _put(play, leader, "1")
    mate, *rest = play.others(leader)
    play.partition([leader, mate], rest)
    served = _get(play, leader)
    play.expect(served is None, Rule.READ_INDEX, f"{leader} hears one of four and serves {served!r}", leader)


@scenario("read", "thesis §6.4")
def one_of_two_followers_suffices(play: Play) -> None:
    """One of three is away: the other two serve a read, whichever it is."""
    for number in range(2):
        play.leader()
        _put(play, play.leader(), f"{number}")
        leader = play.leader()
        play.isolate(play.others(leader)[number])
        served = _get(play, leader)
        play.expect(
            served == f"{number}", Rule.READ_INDEX, f"{leader} hears one of two and serves {served!r}", leader
        )
        play.heal()
        play.run(1)


@scenario("read", "thesis §6.4", nodes=1)
def a_group_of_one_reads(play: Play) -> None:
    """Who is its own majority needs to ask nobody."""
    _put(play, play.leader(), "1")
    served = _get(play, "n0")
    play.expect(served == "1", Rule.READ_INDEX, f"n0 is alone in its group and serves {served!r}", "n0")


@scenario("read", "thesis §6.4")
def followers_serve_nothing(play: Play) -> None:
    """Reads come to followers, one of which has led before: they are ignored, and nobody is asked."""
    old = play.leader()
    _put(play, old, "1")
    play.isolate(old)
    play.leader()
    play.heal()
    play.run(2)
    leader = play.leader()
    for id in play.others(leader):
        since_s = play.group.now_s
        served = _get(play, id)
        asked = [
            event
            for event in play.group.trace.events
            if event.kind == "send" and event.t_s >= since_s and event.node == id
            and event.data["message"]["type"] == "append_entries"
        ]  # fmt: skip
        play.expect(served is None, Rule.READ_INDEX, f"{id} follows {leader} and serves {served!r}", id)
        play.expect(not asked, Rule.READ_INDEX, f"{id} follows {leader} and sends append_entries", id)


@scenario("read", "thesis §6.4", alone=True)
def an_answer_that_repeats_nothing(play: Play) -> None:
    """An answer without the leader's own field may be about any message, also one before the read."""
    term = lead(play)
    for peer in play.others("n0"):
        confirm(play, peer, term, play.n0["log"][-1]["index"])
    play.run(0.15)
    play.read("n0", "x", "reader")
    for peer in play.others("n0"):
        confirm(play, peer, term, play.n0["log"][-1]["index"])
    served = [event for event in play.group.trace.events if event.kind == "served"]
    play.expect(not served, Rule.READ_INDEX, "n0 serves a read by answers that may be older than it", "n0")


@scenario("read", "§8", nodes=5)
def reads_and_partitions(play: Play) -> None:
    """Clients read by ReadIndex and write while the network is split at random."""
    _reads_and_partitions(play)


@scenario("read", "§8", nodes=5, profile=UNRELIABLE)
def reads_and_partitions_unreliable(play: Play) -> None:
    """The same over a network that loses, doubles and reorders."""
    _reads_and_partitions(play)


def _put(play: Play, id: str, value: str) -> None:
    before = len(play.group.ledger.history)
    play.propose(id, {"id": before, "op": "put", "key": "x", "value": value}, f"writer {before}")
    done = play.group.run_until(lambda: len(play.group.ledger.history) > before, 3)
    play.expect(done, Rule.COMMIT_PROGRESS, f"{id} does not commit a write within 3 s", id)


def _get(play: Play, id: str) -> str | None:
    """Read key x at a node; None when it did not answer within 2 s."""
    before = len(play.group.ledger.history)
    play.read(id, "x", f"reader {before}")
    play.group.run_until(lambda: len(play.group.ledger.history) > before, 2)
    return play.group.ledger.history[-1].result if len(play.group.ledger.history) > before else None


def _reads_and_partitions(play: Play) -> None:
    clients = Clients(play, count=3, keys=("x", "y"), read=True)
    play.leader(within_s=30)
    for _ in range(4):
        ids = play.rng.sample(play.ids, 5)
        play.partition(ids[:3], ids[3:])
        clients.work(2.0)
    play.heal()
    clients.work(1)
    play.settle()
    play.linearizable()


SCENARIOS = (
    read_what_was_written, deposed_leader_serves_nothing, new_leader_reads_after_its_own_commit,
    old_confirmations_do_not_count, a_majority_suffices, two_of_five_are_too_few,
    one_of_two_followers_suffices, a_group_of_one_reads, followers_serve_nothing,
    an_answer_that_repeats_nothing, reads_and_partitions, reads_and_partitions_unreliable,
)  # fmt: skip
