"""Stage commit: what a majority stores is applied everywhere, and stays (§5.3, §5.4)."""

from insideout.raft.broken import Rule
from insideout.raft.clients import Clients
from insideout.raft.network import UNRELIABLE
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append, confirm, lead
from insideout.raft.scenarios.scenario import scenario


@scenario("commit", "§5.3", mit="TestBasicAgree3B", nodes=5)
def basic_agreement(play: Play) -> None:
    """Three commands, one after another, are applied on all five nodes, none before it is proposed."""
    play.leader()
    for number in range(3):
        command = f"c{number}"
        play.expect(
            play.applied_on(command) == 0, Rule.COMMIT_MAJORITY, f"{command} is applied before it is proposed"
        )
        play.agree(command, on=5)


@scenario("commit", "§5.3", mit="TestFollowerFailure3B")
def follower_failure(play: Play) -> None:
    """One follower cut off: two of three agree.  Two cut off: nothing is committed."""
    play.agree("a", on=3)
    leader = play.leader()
    play.isolate(play.others(leader)[0])
    play.agree("b", on=2)
    leader = play.leader()
    play.isolate(*play.others(leader))
    play.propose(leader, "lost")
    play.run(2.5)
    play.expect(
        play.applied_on("lost") == 0,
        Rule.COMMIT_MAJORITY,
        "a command is applied that one of three nodes stores",
    )


@scenario("commit", "§5.3", mit="TestLeaderFailure3B")
def leader_failure(play: Play) -> None:
    """The leader is cut off: the other two elect one and agree.  Then that one too: nothing is committed."""
    play.agree("a", on=3)
    first = play.leader()
    play.isolate(first)
    play.agree("b", on=2)
    second = play.leader()
    play.isolate(first, second)
    for id in play.ids:
        play.propose(id, f"lost {id}")
    play.run(3)
    lost = [id for id in play.ids if play.applied_on(f"lost {id}")]
    play.expect(not lost, Rule.COMMIT_MAJORITY, "a command is applied though no majority is connected")


@scenario("commit", "§5.3", mit="TestFailAgree3B")
def agreement_despite_follower(play: Play) -> None:
    """A follower is away while the others agree, returns, and has everything."""
    play.agree("a", on=3)
    play.isolate(play.others(play.leader())[0])
    for command in ("b", "c", "d"):
        play.agree(command, on=2)
        play.run(0.4)
    play.heal()
    play.agree("e", on=3)
    _applied_everywhere(play, ["a", "b", "c", "d", "e"])


@scenario("commit", "§5.3", mit="TestFailNoAgree3B", nodes=5)
def no_agreement_without_majority(play: Play) -> None:
    """Three of five are away: the leader commits nothing, and agreement comes back with them."""
    play.agree("a", on=5)
    leader = play.leader()
    play.isolate(*play.others(leader)[:3])
    play.propose(leader, "alone")
    play.run(2)
    play.expect(
        play.applied_on("alone") == 0,
        Rule.COMMIT_MAJORITY,
        "a command is applied that two of five nodes store",
    )
    play.heal()
    play.agree("b", on=5)


@scenario("commit", "§5.3", mit="TestConcurrentStarts3B")
def concurrent_proposals(play: Play) -> None:
    """Five clients propose at one instant; all five commands are applied, in one order."""
    leader = play.leader()
    for number in range(5):
        play.propose(leader, f"c{number}")
    play.run(1)
    play.agree("end", on=3)
    _applied_everywhere(play, [*(f"c{number}" for number in range(5)), "end"])


@scenario("commit", "§5.4", mit="TestRejoin3B")
def rejoined_leader(play: Play) -> None:
    """A leader with entries of its own returns, leads again or not, and none of them is ever applied."""
    play.agree("a", on=3)
    first = play.leader()
    play.isolate(first)
    for number in range(3):
        play.propose(first, f"lost {number}")
    play.agree("b", on=2)
    second = play.leader()
    play.isolate(second)
    play.heal()
    play.agree("c", on=3)
    lost = [number for number in range(3) if play.applied_on(f"lost {number}")]
    play.expect(not lost, Rule.COMMIT_MAJORITY, "commands are applied that only a deposed leader stored")
    _applied_everywhere(play, ["a", "b", "c"])


@scenario("commit", "§5.3", mit="TestCount3B")
def messages_for_ten_commands(play: Play) -> None:
    """Ten commands at one instant are agreed on with few messages."""
    leader = play.leader()
    play.agree("begin", on=3)
    before = play.group.sent
    for number in range(10):
        play.propose(leader, f"c{number}")
    play.agree("end", on=3)
    sent = play.group.sent - before
    most = 3 * (10 + 1 + 3) * 3
    play.expect(sent <= most, Rule.ECONOMY, f"{sent} messages for 11 commands on three nodes; {most} do")


@scenario("commit", "§5.3", profile=UNRELIABLE, nodes=5, mit="TestUnreliableAgree3C")
def unreliable_agreement(play: Play) -> None:
    """Twenty commands over a network that loses, doubles and reorders are applied once each, in one order."""
    play.leader(within_s=30)
    for number in range(20):
        play.propose(play.leader(), f"c{number}")
        play.run(0.1)
    play.agree("end", on=5, within_s=30)


@scenario("commit", "§5.2, §5.4", nodes=5)
def minority_cannot_commit(play: Play) -> None:
    """The leader and one other are cut off: their log grows and their commit index stands; three go on."""
    play.agree("a", on=5)
    leader = play.leader()
    minority = [leader, play.others(leader)[0]]
    play.partition(minority, play.others(*minority))
    commit = play.member(leader).status["commit"]
    for number in range(3):
        play.propose(leader, f"lost {number}")
    play.agree("b", on=3)
    play.expect(
        play.member(leader).status["commit"] == commit,
        Rule.COMMIT_MAJORITY,
        f"{leader} commits beyond {commit} with two of five nodes",
        leader,
    )
    play.settle()


@scenario("commit", "§5.3", nodes=4)
def even_majority(play: Play) -> None:
    """Of four nodes three are a majority, two are not."""
    play.agree("a", on=4)
    leader = play.leader()
    play.isolate(play.others(leader)[0])
    play.agree("b", on=3)
    leader = play.leader()
    play.partition([leader, next(id for id in play.others(leader) if play.reaches_quorum(id))])
    play.propose(leader, "lost")
    play.run(1)
    play.expect(
        play.applied_on("lost") == 0,
        Rule.COMMIT_MAJORITY,
        "a command is applied that two of four nodes store",
    )


@scenario("commit", "§5.3", nodes=1)
def alone_at_once(play: Play) -> None:
    """In a group of one the leader's own copy is the majority."""
    play.agree("a", on=1, within_s=3)


@scenario("commit", "§5.4.2", nodes=5, alone=True)
def figure_8(play: Play) -> None:
    """A majority stores an entry of an old term: it is committed only with one of the leader's own term."""
    append(play, "n4", 2, (0, 0), [1, 2])
    term = lead(play)
    for peer in ("n1", "n2"):
        confirm(play, peer, term, 2)
    play.expect(
        play.n0["commit"] == 0,
        Rule.COMMIT_TERM,
        f"n0, leader of term {term}, commits entry 2 of term 2 because three of five store it",
        "n0",
    )
    play.propose("n0", "new")
    play.run(0.01)
    last = play.n0["log"][-1]["index"]
    confirm(play, "n1", term, last)
    play.expect(play.n0["commit"] == 0, Rule.COMMIT_MAJORITY, "n0 commits with two of five", "n0")
    confirm(play, "n2", term, last)
    play.expect(
        play.n0["commit"] == last,
        Rule.COMMIT_PROGRESS,
        f"three of five store entry {last} of the leader's term, and its commit index is {play.n0['commit']}",
        "n0",
    )


@scenario("commit", "Figure 2", alone=True)
def commit_only_what_was_checked(play: Play) -> None:
    """A follower commits no further than the message's entries reach: what lies behind may be wrong."""
    append(play, "n1", 1, (0, 0), [1, 1, 1])
    append(play, "n2", 2, (1, 1), [], commit=3)
    play.expect(
        play.n0["commit"] == 1,
        Rule.COMMIT_MAJORITY,
        f"the leader's message reaches entry 1, and n0 commits up to {play.n0['commit']}: entries 2 and 3 "
        "are unchecked",
        "n0",
    )
    append(play, "n2", 2, (1, 1), [2, 2], commit=3)
    play.expect(
        play.n0["commit"] == 3, Rule.COMMIT_PROGRESS, "n0 does not follow the leader's commit index", "n0"
    )
    append(play, "n2", 2, (1, 1), [], commit=1)
    play.expect(
        play.n0["commit"] == 3, Rule.COMMIT_GROWS, "a late heartbeat takes n0's commit index back", "n0"
    )


@scenario("commit", "§5.3", nodes=5, alone=True)
def confirmations_of_an_old_term(play: Play) -> None:
    """A confirmation given to this node in an earlier term says nothing about its log now."""
    old = lead(play)
    for number in range(4):
        play.propose("n0", f"old {number}")
    play.run(0.01)
    confirm(play, "n1", old, play.n0["log"][-1]["index"])
    append(play, "n3", old + 1, (0, 0), [old + 1])
    term = lead(play)
    play.propose("n0", "new")
    play.run(0.01)
    last = play.n0["log"][-1]["index"]
    confirm(play, "n2", old, last)
    confirm(play, "n4", term, last)
    play.expect(
        play.n0["commit"] < last,
        Rule.COMMIT_MAJORITY,
        f"n0 commits entry {last} of term {term}; only n4 of its four followers has confirmed it in that "
        "term",
        "n0",
    )


@scenario("commit", "§8", nodes=5, mit="TestReliableChurn3C")
def clients_and_partitions(play: Play) -> None:
    """Three clients work on two keys while the network is split at random; they see one copy of the data."""
    clients = Clients(play, count=3, keys=("x", "y"))
    play.leader()
    for _ in range(4):
        ids = play.rng.sample(play.ids, 5)
        play.partition(ids[:3], ids[3:])
        clients.work(2.2)
    play.heal()
    clients.work(1.5)
    play.settle()
    play.linearizable()


def _applied_everywhere(play: Play, commands: list[str]) -> None:
    for member in play.group.running():
        # A command may have been proposed twice, when a leader was lost in between.
        once = list(dict.fromkeys(member.machine.commands))
        play.expect(
            once == commands, Rule.ACKNOWLEDGED, f"{member.id} applied {once}; it was {commands}", member.id
        )


SCENARIOS = (
    basic_agreement, follower_failure, leader_failure, agreement_despite_follower,
    no_agreement_without_majority, concurrent_proposals, rejoined_leader, messages_for_ten_commands,
    unreliable_agreement, minority_cannot_commit, even_majority, alone_at_once, figure_8,
    commit_only_what_was_checked, confirmations_of_an_old_term, clients_and_partitions,
)  # fmt: skip
