"""Stage repair: logs that went different ways become the leader's again (§5.3, Figure 7)."""

from insideout.raft.broken import Rule
from insideout.raft.network import LONG_REORDERING
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append, entries, lead, terms_of
from insideout.raft.scenarios.scenario import scenario
from insideout.raft.scenarios.turmoil import deposed_leader

FIGURE_7 = {
    "a": [1, 1, 1, 4, 4, 5, 5, 6, 6],
    "b": [1, 1, 1, 4],
    "c": [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    "d": [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    "e": [1, 1, 1, 4, 4, 4, 4],
    "f": [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
}
LEADER_7 = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]


@scenario("repair", "§5.3", mit="TestRejoin3B")
def rejoin(play: Play) -> None:
    """A leader collects entries alone, returns, and gives them up for those of the majority."""
    first = play.leader()
    play.propose(first, "a")
    play.run(0.2)
    play.isolate(first)
    for command in ("lost 1", "lost 2", "lost 3"):
        play.propose(first, command)
    second = play.leader()
    play.propose(second, "b")
    play.run(0.3)
    play.heal()
    _agree_on_logs(play)


@scenario("repair", "§5.3", mit="TestBackup3B", nodes=5)
def backup(play: Play) -> None:
    """Three leaders in turn collect 15 entries each on minorities; the longest detour is undone quickly."""
    first = play.leader()
    play.propose(first, "begin")
    play.run(0.2)
    companion, *rest = play.others(first)
    play.partition([first, companion], rest)
    _propose_many(play, first, "alone with one")
    second = play.leader()
    _propose_many(play, second, "with two others")
    play.run(0.2)
    absent = next(id for id in rest if id != second)
    play.partition([first, companion], [absent], [id for id in rest if id != absent])
    _propose_many(play, second, "with one other")
    play.run(0.2)
    play.partition([first, companion, absent])
    _propose_many(play, play.leader(), "with those who were away")
    play.run(0.3)
    play.heal()
    _agree_on_logs(play)


@scenario("repair", "§5.3", nodes=5)
def random_partitions(play: Play) -> None:
    """The group is split at random eight times while every leader gets commands; then logs agree."""
    play.leader()
    for round in range(8):
        ids = play.rng.sample(play.ids, 5)
        play.partition(ids[:3], ids[3:])
        for _ in range(3):
            for member in play.group.running():
                if member.status["role"] == "leader":
                    play.propose(member.id, f"{round} to {member.id}")
            play.run(0.4)
    play.heal()
    _agree_on_logs(play)


@scenario("repair", "§5.3", nodes=5, profile=LONG_REORDERING)
def overtaken_repairs(play: Play) -> None:
    """Messages of an old repair arrive up to two seconds late, in the middle of the next."""
    for round in range(4):
        deposed_leader(play, round, commands=4)
    _agree_on_logs(play, within_s=30)


@scenario("repair", "§5.3", alone=True)
def previous_term(play: Play) -> None:
    """An entry at the right index but of another term is no match."""
    append(play, "n1", 1, (0, 0), [1, 1])
    answer = append(play, "n2", 3, (2, 2), [3])
    play.expect(
        not answer["success"] and answer["index"] < 2,
        Rule.CONSISTENCY_CHECK,
        "n0's entry 2 is of term 1, and n0 accepts entries after entry 2 of term 2",
        "n0",
    )


@scenario("repair", "§5.3", alone=True)
def late_shorter_message(play: Play) -> None:
    """A message overtaken by a longer one does not undo it: entries go only where they conflict."""
    append(play, "n1", 1, (0, 0), [1, 1])
    append(play, "n1", 1, (2, 1), [1, 1])
    append(play, "n1", 1, (0, 0), [1, 1, 1])
    append(play, "n1", 1, (1, 1), [])
    play.expect(
        terms_of(play) == [1] * 4, Rule.TRUNCATION, f"n0 keeps {len(terms_of(play))} of 4 entries", "n0"
    )


@scenario("repair", "§5.3", alone=True)
def conflict_in_the_middle(play: Play) -> None:
    """A conflicting entry goes, and everything after it, even where the leader says nothing about that."""
    append(play, "n1", 1, (0, 0), [1, 1, 1, 1])
    append(play, "n2", 2, (1, 1), [2])
    play.expect(
        terms_of(play) == [1, 2],
        Rule.LOGS_AGREE,
        f"n0's entries have terms {terms_of(play)} after the leader replaced entry 2",
        "n0",
    )


@scenario("repair", "Figure 7", alone=True)
def figure_7(play: Play) -> None:
    """Each of the six logs of Figure 7 becomes the log of the leader of term 8."""
    term = 10
    for name, terms in FIGURE_7.items():
        # A leader of a newer term each time; it begins with a log that shares nothing and has it accepted.
        play.hear("n1", "append_entries", term, prev_index=0, prev_term=0, entries=entries([term]), commit=0)
        play.hear(
            "n1", "append_entries", term + 1, prev_index=0, prev_term=0, entries=entries(terms), commit=0
        )
        play.expect(terms_of(play) == terms, Rule.LOGS_AGREE, f"n0 cannot be given the log ({name})", "n0")
        # Now n2 leads.  It goes back as n0's answers say, one entry at the most if they say nothing better.
        previous = len(LEADER_7)
        for _ in range(len(LEADER_7) + 1):
            before = (previous, LEADER_7[previous - 1] if previous else 0)
            answer = append(play, "n2", term + 2, before, [*LEADER_7[previous:], 8])
            if answer["success"]:
                break
            previous = min(previous - 1, answer["index"])
            play.expect(previous >= 0, Rule.CONSISTENCY_CHECK, "n0 refuses entries that begin at 1", "n0")
        play.expect(
            terms_of(play) == [*LEADER_7, 8],
            Rule.LOGS_AGREE,
            f"log ({name}) {terms} became {terms_of(play)}; the leader has {[*LEADER_7, 8]}",
            "n0",
        )
        term += 3


@scenario("repair", "§5.3", alone=True)
def leader_goes_back(play: Play) -> None:
    """A leader that is refused tries again further back, at once or at its next tick, and never before 1."""
    append(play, "n1", 1, (0, 0), [1, 1, 1])
    term = lead(play)
    for _ in range(6):
        sent = play.hear("n1", "append_entries_reply", term, success=False, index=0)
    play.run(0.15)
    sent = [event.data["message"] for event in play.group.trace.events if event.kind == "send"]
    sent = [message for message in sent if message["type"] == "append_entries" and message["to"] == "n1"]
    last = sent[-1]
    play.expect(
        last["prev_index"] == 0 and len(last["entries"]) >= 3,
        Rule.LOGS_AGREE,
        f"n1 refused everything, and n0 still sends it entries after {last['prev_index']}",
        "n0",
    )


@scenario("repair", "§5.3", alone=True)
def late_refusal(play: Play) -> None:
    """A refusal that arrives after a later confirmation does not make the leader forget it."""
    append(play, "n1", 1, (0, 0), [1, 1, 1])
    term = lead(play)
    play.hear("n1", "append_entries_reply", term, success=True, index=3)
    play.hear("n1", "append_entries_reply", term, success=False, index=0)
    play.run(0.15)
    sent = [
        e.data["message"]
        for e in play.group.trace.events
        if e.kind == "send" and e.data["message"]["to"] == "n1"
    ]
    again = [entry["index"] for entry in sent[-1]["entries"] if entry["index"] <= 3]
    play.expect(not again, Rule.ECONOMY, f"n0 sends n1 again the entries {again}, which n1 confirmed", "n0")


def _propose_many(play: Play, leader: str, what: str) -> None:
    for number in range(15):
        play.propose(leader, f"{what} {number}")


def _logs_agree(play: Play) -> bool:
    return len({tuple(map(str, play.commands(id))) for id in play.ids}) == 1


def _agree_on_logs(play: Play, within_s: float = 12.0) -> None:
    """Wait for a leader, give it one more command, and wait until all logs are the leader's."""
    play.group.run_until(lambda: False, 1.5)
    deadline_s = play.group.now_s + within_s
    count = 0
    while play.group.now_s < deadline_s:
        leader = play.leader(within_s=within_s)
        count += 1
        play.propose(leader, f"last {count}")
        if play.group.run_until(lambda: _logs_agree(play), 2.0):
            return
    leader = play.leader()
    for id in play.others(leader):
        play.expect(
            play.commands(id) == play.commands(leader),
            Rule.LOGS_AGREE,
            f"{id}'s log is not that of the leader {leader} after {within_s:.0f} s of peace",
            id,
        )


SCENARIOS = (
    rejoin, backup, random_partitions, overtaken_repairs, previous_term, late_shorter_message,
    conflict_in_the_middle, figure_7, leader_goes_back, late_refusal,
)  # fmt: skip
