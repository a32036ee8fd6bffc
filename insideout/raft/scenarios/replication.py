"""Stage replication: what the leader has, its followers get (§5.3).  Nothing is committed yet."""

from insideout.raft.broken import Rule
from insideout.raft.messages import Message
from insideout.raft.network import UNRELIABLE
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append, confirm, lead, terms_of
from insideout.raft.scenarios.scenario import scenario


@scenario("replication", "§5.3")
def three_commands(play: Play) -> None:
    """Three commands, one after another, reach every log in their order."""
    leader = play.leader()
    for command in ("a", "b", "c"):
        play.propose(leader, command)
        play.run(0.1)
    play.stored_everywhere(["a", "b", "c"])


@scenario("replication", "§5.3", mit="TestConcurrentStarts3B", nodes=5)
def many_at_once(play: Play) -> None:
    """Twenty commands at one instant reach every log in one order."""
    leader = play.leader()
    commands = [f"c{i}" for i in range(20)]
    for command in commands:
        play.propose(leader, command)
    play.stored_everywhere(commands)


@scenario("replication", "§5.3")
def equal_commands(play: Play) -> None:
    """A command that is proposed three times is three entries: what they hold does not matter to a log."""
    leader = play.leader()
    for command in ("a", "a", "b", "a"):
        play.propose(leader, command)
        play.run(0.1)
    play.stored_everywhere(["a", "a", "b", "a"])


@scenario("replication", "§5.3")
def only_the_leader_appends(play: Play) -> None:
    """A command given to a follower changes no log."""
    leader = play.leader()
    for follower in play.others(leader):
        play.propose(follower, f"to {follower}")
    play.propose(leader, "a")
    play.stored_everywhere(["a"])


@scenario("replication", "§5.3", profile=UNRELIABLE)
def unreliable_replication(play: Play) -> None:
    """Messages are lost, doubled and overtake each other; each entry is stored once all the same."""
    leader = play.leader(within_s=15)
    commands = [f"c{i}" for i in range(15)]
    for command in commands:
        play.propose(leader, command)
        play.run(0.05)
    play.stored_everywhere(commands, within_s=8)


@scenario("replication", "§5.3")
def short_outage(play: Play) -> None:
    """A follower that misses entries for half a second gets them afterwards."""
    leader = play.leader()
    play.isolate(play.others(leader)[0])
    play.propose(leader, "a")
    play.propose(leader, "b")
    play.run(0.5)
    play.heal()
    play.stored_everywhere(["a", "b"])


@scenario("replication", "§5.3", mit="TestRPCBytes3B")
def bytes_per_command(play: Play) -> None:
    """Each command of 5,000 bytes crosses the network about once for each follower."""
    leader = play.leader()
    since_s = play.group.now_s
    commands = [str(i) * 5000 for i in range(8)]
    for command in commands:
        play.propose(leader, command)
        play.run(0.1)
    play.stored_everywhere(commands)
    copies = sum(
        sum(entry["command"] in commands for entry in event.data["message"]["entries"])
        for event in play.group.trace.events
        if event.kind == "send" and event.t_s >= since_s and event.data["message"]["type"] == "append_entries"
    )
    most = 2 * 2 * len(commands)
    play.expect(
        copies <= most, Rule.ECONOMY, f"{len(commands)} commands were sent {copies} times to 2 followers"
    )


@scenario("replication", "§5.3", alone=True)
def consistency_check(play: Play) -> None:
    """A follower refuses entries that would leave a hole in its log."""
    append(play, "n1", 1, (0, 0), [1, 1])
    answer = append(play, "n1", 1, (4, 1), [1])
    refused = not answer["success"] and terms_of(play) == [1, 1]
    play.expect(refused, Rule.CONSISTENCY_CHECK, "n0 has entries 1 and 2 and accepts entry 5", "n0")
    _can_agree(play, answer, 4, 2)
    answer = append(play, "n1", 1, (4, 1), [])
    what = "n0 has entries 1 and 2 and confirms a heartbeat that begins after entry 4"
    play.expect(not answer["success"], Rule.CONSISTENCY_CHECK, what, "n0")


@scenario("replication", "§5.3", alone=True)
def an_empty_log_agrees_at_its_begin(play: Play) -> None:
    """A follower without entries refuses what begins later, and says that the logs agree before the first."""
    for previous in (1, 2):
        answer = append(play, "n1", 1, (previous, 1), [1])
        play.expect(
            not answer["success"], Rule.CONSISTENCY_CHECK, f"n0 is empty and takes entry {previous + 1}", "n0"
        )
        _can_agree(play, answer, previous, 0)


def _can_agree(play: Play, answer: Message, previous: int, most: int) -> None:
    play.expect(
        0 <= answer["index"] <= most,
        Rule.HONEST_REPLY,
        f"n0 has {most} entries, refuses those after {previous}, and says that the logs can agree up to "
        f"{answer['index']}",
        "n0",
    )


@scenario("replication", "§5.3", alone=True)
def heartbeat_confirms_its_own_reach(play: Play) -> None:
    """A heartbeat about entry 1 confirms entry 1, whatever else the follower stores."""
    append(play, "n1", 1, (0, 0), [1, 1, 1])
    answer = append(play, "n1", 1, (1, 1), [])
    play.expect(
        answer["success"] and answer["index"] == 1,
        Rule.HONEST_REPLY,
        f"n0 was asked about entry 1 and answers success={answer['success']}, index={answer['index']}",
        "n0",
    )


@scenario("replication", "§5.3", alone=True)
def repeated_append(play: Play) -> None:
    """The same entries arrive twice, and then the first of them alone: the log stays as it is."""
    for terms in ([1, 1, 1], [1, 1, 1], [1]):
        append(play, "n1", 1, (0, 0), terms)
        play.expect(
            terms_of(play) == [1, 1, 1],
            Rule.TRUNCATION,
            f"n0 has the log {terms_of(play)} of terms after the same three entries came again",
            "n0",
        )


@scenario("replication", "§5.1", alone=True)
def entries_of_a_stale_leader(play: Play) -> None:
    """Entries from the leader of an older term are refused."""
    append(play, "n1", 5, (0, 0), [5])
    answer = append(play, "n2", 4, (1, 5), [4])
    refused = not answer["success"] and terms_of(play) == [5]
    play.expect(refused, Rule.STALE_REQUEST, "n0 in term 5 takes an entry of the leader of term 4", "n0")


@scenario("replication", "§5.3", alone=True)
def sent_until_confirmed(play: Play) -> None:
    """A leader sends an entry again until the follower confirms it, and then no more."""
    term = lead(play)
    play.propose("n0", "a")
    play.run(0.01)
    confirm(play, "n1", term, play.n0["log"][-1]["index"])
    confirm(play, "n1", term, 0)  # of a heartbeat before; it was overtaken
    since_s = play.group.now_s
    play.run(0.5)
    sent = {"n1": 0, "n2": 0}
    for event in play.group.trace.events:
        if event.kind == "send" and event.t_s > since_s:
            sent[event.data["message"]["to"]] += len(event.data["message"]["entries"])
    play.expect(
        sent["n2"] > 0, Rule.LOGS_AGREE, "n0 does not send its entry again to n2, which never confirmed", "n0"
    )
    play.expect(sent["n1"] == 0, Rule.ECONOMY, "n0 goes on sending to n1 what it confirmed", "n0")


SCENARIOS = (
    three_commands, many_at_once, equal_commands, only_the_leader_appends, unreliable_replication,
    short_outage, bytes_per_command, consistency_check, an_empty_log_agrees_at_its_begin,
    heartbeat_confirms_its_own_reach, repeated_append, entries_of_a_stale_leader, sent_until_confirmed,
)  # fmt: skip
