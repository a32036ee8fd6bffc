"""Stage election: one leader for each term, and a new one when it fails (§5.1, §5.2)."""

from itertools import pairwise

from insideout.raft.broken import Rule
from insideout.raft.messages import ELECTION_TICKS, TICK_S
from insideout.raft.network import UNRELIABLE
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append, asked_for_votes_s, campaign, lead, refuses_from_0
from insideout.raft.scenarios.scenario import scenario


@scenario("election", "§5.2", mit="TestInitialElection3A")
def initial_election(play: Play) -> None:
    """Three nodes elect a leader and keep it while nothing fails."""
    leader, term = play.leader(), play.term()
    play.run(6)
    same = play.leader() == leader and play.term() == term
    play.expect(same, Rule.LEADER_STABLE, f"term {term} became {play.term()} although nothing failed")


@scenario("election", "§5.2", mit="TestReElection3A")
def re_election(play: Play) -> None:
    """The leader is cut off, returns, and then two of three are cut off."""
    first = play.leader()
    play.isolate(first)
    second = play.leader()
    play.expect(second != first, Rule.ELECTION_PROGRESS, f"{first} is cut off and still the only leader")
    play.heal()
    play.run(2)
    leader = play.leader()
    play.isolate(leader, play.others(leader)[0])
    play.run(4)
    play.expect(not play.leaders(), Rule.ELECTION_QUORUM, "a leader without a majority")
    play.heal()
    play.leader()


@scenario("election", "§5.2", mit="TestManyElections3A", nodes=7)
def many_elections(play: Play) -> None:
    """Three of seven nodes, others each time, are cut off again and again; four always elect a leader."""
    play.leader()
    for _ in range(6):
        play.isolate(*play.rng.sample(play.ids, 3))
        play.leader()
        play.run(0.5)
    play.heal()
    play.leader()


@scenario("election", "§5.2", nodes=1)
def group_of_one(play: Play) -> None:
    """A node whose group is itself alone is its own majority."""
    play.leader(within_s=3)


@scenario("election", "§5.2", nodes=4)
def even_group(play: Play) -> None:
    """Two of four nodes are no majority, three are."""
    play.partition(["n0", "n1"], ["n2", "n3"])
    play.run(6)
    leading = [m.id for m in play.group.running() if m.status["role"] == "leader"]
    play.expect(not leading, Rule.ELECTION_QUORUM, f"{leading} leads with two of four nodes")
    play.isolate("n3")
    play.leader()


@scenario("election", "§5.2", nodes=5)
def random_timeouts(play: Play) -> None:
    """Five nodes that hear nobody campaign each after 10 to 19 ticks, and not in step."""
    play.isolate(*play.ids)
    play.run(16)
    gaps = []
    for id in play.ids:
        times = asked_for_votes_s(play, id)
        play.expect(
            len(times) > 4, Rule.ELECTION_TIMEOUT, f"{id} campaigned {len(times)} times in 16 s alone", id
        )
        gaps += [round((b - a) / TICK_S) for a, b in pairwise(times)]
    low, high = min(gaps), max(gaps)
    play.expect(
        low >= ELECTION_TICKS and high < 2 * ELECTION_TICKS,
        Rule.ELECTION_TIMEOUT,
        f"elections began {low} to {high} ticks after the last; it must be 10 to 19",
    )
    play.expect(
        high - low >= 4, Rule.ELECTION_TIMEOUT, f"all timeouts are {low} to {high} ticks: votes will split"
    )


@scenario("election", "§5.2", nodes=5, alone=True)
def duplicated_votes(play: Play) -> None:
    """One voter's answer arrives three times; it is still one vote of five."""
    term = campaign(play)
    for _ in range(3):
        play.hear("n1", "request_vote_reply", term, granted=True)
    play.expect(
        play.n0["role"] != "leader", Rule.ELECTION_QUORUM, "n0 leads: it counted n1's vote three times", "n0"
    )
    play.hear("n2", "request_vote_reply", term, granted=False)
    play.expect(play.n0["role"] != "leader", Rule.ELECTION_QUORUM, "n0 leads: it counted n2's refusal", "n0")
    sent = play.hear("n3", "request_vote_reply", term, granted=True)
    play.expect(
        play.n0["role"] == "leader",
        Rule.ELECTION_PROGRESS,
        "n0 has three of five votes and does not lead",
        "n0",
    )
    told = {message["to"] for message in sent if message["type"] == "append_entries"}
    play.expect(
        len(told) == 4, Rule.LEADER_STABLE, f"n0 leads and tells {len(told)} of 4 peers at once", "n0"
    )


@scenario("election", "§5.2", nodes=3, alone=True)
def late_votes(play: Play) -> None:
    """A vote of an earlier election arrives during the next one and does not count there."""
    term = campaign(play)
    again = campaign(play)
    play.expect(
        again == term + 1,
        Rule.TERMS_GROW,
        f"n0 campaigns in term {term}, then in {again}, not the next",
        "n0",
    )
    play.hear("n1", "request_vote_reply", term, granted=True)
    play.expect(play.n0["role"] != "leader", Rule.ELECTION_QUORUM, f"n0 leads by a vote of term {term}", "n0")


@scenario("election", "§5.1", alone=True)
def leader_meets_newer_term(play: Play) -> None:
    """A candidate or leader that hears of a newer term, in whatever message, becomes a follower in it."""
    term = campaign(play)
    play.hear("n1", "request_vote_reply", term + 2, granted=False)
    gave_up = play.n0["role"] == "follower" and play.n0["term"] == term + 2
    play.expect(
        gave_up,
        Rule.NEWER_TERM,
        f"n0 asks for votes of term {term}, hears of term {term + 2}, and is {play.n0['role']} of term "
        f"{play.n0['term']}",
        "n0",
    )
    term = lead(play)
    play.hear("n1", "append_entries_reply", term + 3, success=False, index=0)
    deposed = play.n0["role"] == "follower" and play.n0["term"] == term + 3
    play.expect(
        deposed,
        Rule.NEWER_TERM,
        f"n0 is {play.n0['role']} of term {play.n0['term']} after term {term + 3}",
        "n0",
    )
    since_s = play.group.now_s
    play.run(0.5)
    beats = play.group.trace.count("send", "append_entries", since_s=since_s)
    play.expect(beats == 0, Rule.NEWER_TERM, "n0 goes on sending heartbeats", "n0")


@scenario("election", "§5.2", alone=True)
def candidate_meets_leader(play: Play) -> None:
    """A candidate that hears from the leader of its own term follows it."""
    term = campaign(play)
    play.hear("n1", "append_entries", term, prev_index=0, prev_term=0, entries=[], commit=0)
    follows = play.n0["role"] == "follower" and play.n0["leader"] == "n1"
    play.expect(
        follows, Rule.ELECTION_SAFETY, f"n0 is still {play.n0['role']} after n1's heartbeat of its term", "n0"
    )
    play.hear("n2", "request_vote_reply", term, granted=True)
    play.expect(play.n0["role"] == "follower", Rule.ELECTION_SAFETY, "n0 leads the term that n1 leads", "n0")


@scenario("election", "§5.1", alone=True)
def stale_leader(play: Play) -> None:
    """A leader of an old term is told the new one, and its heartbeat does not count as one."""
    play.hear("n1", "append_entries", 5, prev_index=0, prev_term=0, entries=[], commit=0)
    for _ in range(11):
        sent = play.hear("n2", "append_entries", 3, prev_index=0, prev_term=0, entries=[], commit=0)
        replies = [message for message in sent if message["type"] == "append_entries_reply"]
        if play.n0["role"] == "follower":
            told = bool(replies) and replies[-1]["term"] == 5 and not replies[-1]["success"]
            play.expect(told, Rule.STALE_REQUEST, "n0 in term 5 does not refuse a heartbeat of term 3", "n0")
            refuses_from_0(play, replies[-1])
        play.run(0.18)
    asked = asked_for_votes_s(play, "n0")
    play.expect(bool(asked), Rule.ELECTION_TIMEOUT, "stale heartbeats keep n0 from campaigning for 2 s", "n0")


@scenario("election", "§5.2", nodes=5, alone=True)
def timer_resets(play: Play) -> None:
    """Only the leader's heartbeat or a vote that is granted begins the wait anew, no other message."""
    play.hear("n1", "request_vote", 5, last_index=0, last_term=0)
    begin_s = play.group.now_s
    while not asked_for_votes_s(play, "n0") and play.group.now_s < begin_s + 2.2:
        play.hear("n2", "request_vote", 5, last_index=0, last_term=0)
        play.hear("n3", "request_vote", 3, last_index=0, last_term=0)
        play.hear("n4", "request_vote_reply", 5, granted=False)
        play.run(0.1)
    asked = asked_for_votes_s(play, "n0")
    play.expect(bool(asked), Rule.ELECTION_TIMEOUT, "refused requests keep n0 from campaigning for 2 s", "n0")


@scenario("election", "§5.2", alone=True)
def heartbeats_hold(play: Play) -> None:
    """A follower that hears its leader does not campaign, however long."""
    for _ in range(40):
        answer = append(play, "n1", 1, (0, 0), [])
        play.expect(
            answer["success"] and answer["index"] == 0,
            Rule.HONEST_REPLY,
            "n0 has no entries, hears a heartbeat of its leader that begins at 0, and answers "
            f"success={answer['success']}, index={answer['index']}",
            "n0",
        )
        play.run(0.08)
    asked = asked_for_votes_s(play, "n0")
    play.expect(not asked, Rule.LEADER_STABLE, "n0 campaigns although n1's heartbeats arrive", "n0")


@scenario("election", "§5.2", alone=True)
def votes_hold(play: Play) -> None:
    """A node that grants a vote begins its wait anew: whoever got the vote has time to win."""
    for term in range(5, 11):
        play.hear("n1", "request_vote", term, last_index=0, last_term=0)
        play.run(0.6)
    asked = asked_for_votes_s(play, "n0")
    play.expect(not asked, Rule.ELECTION_TIMEOUT, "n0 campaigns 0.6 s after it gave its vote", "n0")


@scenario("election", "§5.2", alone=True)
def every_request_is_answered(play: Play) -> None:
    """A request of the own term is answered, if only by a refusal, by a voter, a follower and a leader."""
    play.hear("n1", "request_vote", 5, last_index=0, last_term=0)
    _refuses(play, "voted for n1", 5)
    play.hear("n1", "append_entries", 6, prev_index=0, prev_term=0, entries=[], commit=0)
    sent = play.hear("n2", "request_vote", 6, last_index=0, last_term=0)
    answered = any(message["type"] == "request_vote_reply" for message in sent)
    play.expect(
        answered, Rule.ONE_VOTE, "n0 follows n1 and does not answer n2, which asks in that term", "n0"
    )
    term = lead(play)
    _refuses(play, "leads", term)
    play.expect(
        play.n0["role"] == "leader",
        Rule.LEADER_STABLE,
        "n0 leads and gives up for a request of its term",
        "n0",
    )


def _refuses(play: Play, what: str, term: int) -> None:
    sent = play.hear("n2", "request_vote", term, last_index=9, last_term=1)
    refused = [message["granted"] for message in sent if message["type"] == "request_vote_reply"] == [False]
    play.expect(
        refused, Rule.ONE_VOTE, f"n0 {what} in term {term} and does not tell n2 that it refuses", "n0"
    )


@scenario("election", "§5.6", skew={"n0": 0.2, "n1": -0.2})
def skewed_clocks(play: Play) -> None:
    """Clocks that run 20 % too fast or slow delay an election but do not upset a leader."""
    play.leader()
    term = play.term()
    play.run(5)
    play.expect(
        play.term() == term, Rule.LEADER_STABLE, f"term {term} became {play.term()} although nothing failed"
    )


@scenario("election", "§5.2", profile=UNRELIABLE, nodes=5)
def unreliable_election(play: Play) -> None:
    """Messages are lost, doubled and overtake each other; a leader is elected all the same, thrice."""
    for _ in range(3):
        play.isolate(play.leader(within_s=30))
        play.leader(within_s=30)
        play.heal()


@scenario("election", "§5.2", mit="TestCount3B")
def idle_messages(play: Play) -> None:
    """An idle leader sends one heartbeat to each follower at each tick, and nobody more than an answer."""
    play.leader()
    play.run(0.5)
    before, since_s = play.group.sent, play.group.now_s
    play.run(3)
    sent, ticks = play.group.sent - before, round((play.group.now_s - since_s) / TICK_S)
    play.expect(
        sent <= 2 * 2 * ticks + 8,
        Rule.ECONOMY,
        f"{sent} messages in {ticks} idle ticks of three nodes; 4 a tick do",
    )
    play.expect(
        sent >= 2 * ticks - 4,
        Rule.LEADER_STABLE,
        f"only {sent} messages in {ticks} ticks: heartbeats are missing",
    )


SCENARIOS = (
    initial_election, re_election, many_elections, group_of_one, even_group, random_timeouts,
    duplicated_votes, late_votes, leader_meets_newer_term, candidate_meets_leader, stale_leader,
    timer_resets, heartbeats_hold, votes_hold, every_request_is_answered, skewed_clocks, unreliable_election,
    idle_messages,
)  # fmt: skip
