"""Stage persistence: what was promised survives a crash (§5.1, §5.2, Figure 2: persistent state)."""

from insideout.raft.broken import Rule
from insideout.raft.clients import Clients
from insideout.raft.network import LONG_REORDERING, UNRELIABLE
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append, campaign
from insideout.raft.scenarios.scenario import scenario
from insideout.raft.scenarios.turmoil import deposed_leader, random_fault


@scenario("persistence", "§5.2", nodes=5, alone=True)
def restarted_voter(play: Play) -> None:
    """A node votes, crashes, comes back, and another candidate asks it in the same term."""
    sent = play.hear("n1", "request_vote", 3, last_index=0, last_term=0)
    play.expect(any(m.get("granted") for m in sent), Rule.FREE_VOTE, "n0 does not vote for n1", "n0")
    play.crash("n0")
    play.run(0.3)
    play.restart("n0")
    play.hear("n2", "request_vote", 3, last_index=0, last_term=0)
    sent = play.hear("n1", "request_vote", 3, last_index=0, last_term=0)
    again = [m["granted"] for m in sent if m["type"] == "request_vote_reply"]
    play.expect(again == [True], Rule.RESTORED, "n0 voted for n1, restarted, and does not confirm it", "n0")


@scenario("persistence", "§5.2", nodes=5, alone=True)
def followed_and_restarted(play: Play) -> None:
    """A node votes, follows whom it voted for, crashes, comes back: its vote in that term is still given."""
    play.hear("n1", "request_vote", 3, last_index=0, last_term=0)
    append(play, "n1", 3, (0, 0), [])
    _asked_after_a_restart(play, "n0 voted for n1, followed it, restarted, and votes for n2 in the same term")


@scenario("persistence", "§5.2", nodes=5, alone=True)
def lost_and_restarted(play: Play) -> None:
    """A candidate hears the leader of its own term, follows, crashes, comes back: it had voted for itself."""
    term = campaign(play)
    append(play, "n1", term, (0, 0), [])
    _asked_after_a_restart(play, "n0 voted for itself, followed n1, restarted, and votes for n2 in that term")


def _asked_after_a_restart(play: Play, what: str) -> None:
    play.crash("n0")
    play.restart("n0")
    sent = play.hear("n2", "request_vote", play.n0["term"], last_index=9, last_term=9)
    play.expect(not any(m.get("granted") for m in sent), Rule.ONE_VOTE, what, "n0")


@scenario("persistence", "Figure 2", nodes=5)
def tails_return_in_any_order(play: Play) -> None:
    """Two of five hold entries that nobody committed, crash, and return to three that went on."""
    for round, is_first in enumerate((True, False)):
        play.agree(f"{round} all", on=5, within_s=20)
        leader = play.leader()
        mate, *rest = play.others(leader)
        play.partition([leader, mate], rest)
        for number in range(3):
            play.propose(leader, f"{round} tail {number}")
            play.run(0.1)
        play.crash(leader, mate)
        play.heal()
        play.agree(f"{round} three", on=3, within_s=20)
        for id in (leader, mate) if is_first else (mate, leader):
            play.restart(id)
            play.agree(f"{round} with {id}", on=3, within_s=20)
    play.settle()


@scenario("persistence", "§5.1", alone=True)
def restarted_term(play: Play) -> None:
    """A node learns of term 7, crashes, comes back, and the leader of term 5 writes to it."""
    append(play, "n1", 7, (0, 0), [7])
    play.crash("n0")
    play.restart("n0")
    answer = append(play, "n2", 5, (0, 0), [5])
    refused = not answer["success"] and play.n0["term"] == 7
    play.expect(refused, Rule.RESTORED, "n0 knew term 7, restarted, and follows the leader of term 5", "n0")


@scenario("persistence", "Figure 2", alone=True)
def restarted_log(play: Play) -> None:
    """A node confirms entries, crashes, comes back, and still has them; what conflicts may go, no more."""
    append(play, "n1", 1, (0, 0), [1, 1, 1])
    play.crash("n0")
    play.restart("n0")
    answer = append(play, "n1", 1, (3, 1), [1])
    play.expect(answer["success"], Rule.RESTORED, "n0 confirmed 3 entries, restarted, and lacks them", "n0")
    append(play, "n2", 2, (1, 1), [2])
    play.crash("n0")
    play.restart("n0")
    answer = append(play, "n2", 2, (2, 2), [])
    play.expect(answer["success"], Rule.RESTORED, "n0 replaced entry 2, restarted, and has the old one", "n0")


@scenario("persistence", "Figure 2", mit="TestPersist13C")
def all_crash_and_return(play: Play) -> None:
    """All three crash at once and come back; then the leader, then a follower."""
    play.agree("a", on=3)
    play.crash(*play.ids)
    play.restart(*play.ids)
    play.agree("b", on=3)
    leader = play.leader()
    play.crash(leader)
    play.agree("c", on=2)
    play.restart(leader)
    play.agree("d", on=3)
    follower = play.others(play.leader())[0]
    play.crash(follower)
    play.agree("e", on=2)
    play.restart(follower)
    play.settle()


@scenario("persistence", "Figure 2", nodes=5, mit="TestPersist23C")
def majorities_by_turns(play: Play) -> None:
    """Three of five are up at any time, others each round; what the last three agreed on is never lost."""
    for round in range(4):
        play.agree(f"{round} all", on=5)
        leader = play.leader()
        others = play.others(leader)
        play.crash(others[0], others[1])
        play.agree(f"{round} three", on=3)
        play.crash(leader, others[2], others[3])
        play.restart(others[0], others[1])
        play.run(1)
        play.restart(others[2])
        play.agree(f"{round} others", on=3)
        play.restart(leader, others[3])
    play.settle()


@scenario("persistence", "Figure 2", mit="TestPersist33C")
def partitioned_leader_crashes(play: Play) -> None:
    """One of three is away, the others agree and crash; the leader returns with the one who was away."""
    play.agree("a", on=3)
    leader = play.leader()
    away, present = play.others(leader)
    play.isolate(away)
    play.agree("b", on=2)
    play.crash(leader, present)
    play.heal()
    play.restart(leader)
    play.agree("c", on=2)
    play.restart(present)
    play.settle()


@scenario("persistence", "§5.4.2", nodes=5, mit="TestFigure83C")
def figure_8_at_random(play: Play) -> None:
    """Leaders crash right after taking a command, many times, as in Figure 8; committed entries stay."""
    _figure_8(play, rounds=25)


@scenario("persistence", "§5.4.2", nodes=5, profile=LONG_REORDERING, mit="TestFigure8Unreliable3C")
def figure_8_unreliable(play: Play) -> None:
    """The same, and messages are lost, or arrive up to two seconds late."""
    _figure_8(play, rounds=15)


@scenario("persistence", "Figure 2", nodes=5, profile=UNRELIABLE, watch_disk=True)
def saved_before_said(play: Play) -> None:
    """Through elections, conflicts and losses, no message says what is not on its sender's disk."""
    for round in range(3):
        deposed_leader(play, round, commands=3)
    play.settle()


@scenario("persistence", "Figure 2", nodes=3, disk_s=0.04)
def crash_while_writing(play: Play) -> None:
    """Writes take 40 ms, and nodes crash in the middle of them: what was not written was not said."""
    for round in range(8):
        leader = play.leader(within_s=30)
        play.propose(leader, f"c{round}")
        play.run(play.rng.uniform(0, 0.12))
        victim = play.rng.choice(play.ids)
        play.crash(victim)
        play.run(play.rng.uniform(0, 1.5))
        play.restart(victim)
    play.settle()


@scenario("persistence", "thesis §10.2.1", nodes=3, slow_disks={"n0": 0.3})
def slow_disk(play: Play) -> None:
    """One disk needs 0.3 s a write; a node that writes only what changed still keeps its place."""
    play.leader()
    for number in range(6):
        play.agree(f"c{number}", on=2)
    term = play.term()
    play.run(6)
    play.expect(
        play.term() == term, Rule.SAVE_SELDOM, f"term {term} became {play.term()} while nothing happened"
    )
    play.agree("end", on=3)


@scenario("persistence", "§8", nodes=5, mit="TestReliableChurn3C")
def churn(play: Play) -> None:
    """Clients work while nodes crash, come back and are cut off; they see one copy of the data."""
    _churn(play)


@scenario("persistence", "§8", nodes=5, profile=UNRELIABLE, mit="TestUnreliableChurn3C")
def unreliable_churn(play: Play) -> None:
    """The same over a network that loses, doubles and reorders."""
    _churn(play)


def _figure_8(play: Play, rounds: int) -> None:
    play.leader(within_s=30)
    for round in range(rounds):
        for member in play.group.running():
            if member.status["role"] == "leader":
                play.propose(member.id, f"{round} to {member.id}")
        play.run(play.rng.choice((0.01, 0.02, 0.03, 0.4)))
        leading = [m.id for m in play.group.running() if m.status["role"] == "leader"]
        if leading and len(play.group.running()) > play.group.quorum:
            play.crash(leading[0])
        down = [id for id in play.ids if not play.member(id).up]
        if down and len(play.group.running()) <= play.group.quorum:
            play.restart(play.rng.choice(down))
        play.run(play.rng.uniform(0.3, 1.5))
    play.settle()


def _churn(play: Play) -> None:
    clients = Clients(play, count=3, keys=("x", "y"))
    play.leader(within_s=30)
    for _ in range(6):
        random_fault(play)
        clients.work(1.3)
    play.settle()
    play.linearizable()


SCENARIOS = (
    restarted_voter, followed_and_restarted, lost_and_restarted, restarted_term, tails_return_in_any_order,
    restarted_log, all_crash_and_return, majorities_by_turns,
    partitioned_leader_crashes, figure_8_at_random, figure_8_unreliable, saved_before_said,
    crash_while_writing, slow_disk, churn, unreliable_churn,
)  # fmt: skip
