"""Stage prevote: nodes that cannot win leave the group in peace (thesis §9.6, §6.2, §4.2.3)."""

from insideout.raft.broken import Rule
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append
from insideout.raft.scenarios.scenario import scenario


@scenario("prevote", "thesis §9.6")
def return_without_disturbance(play: Play) -> None:
    """A follower is cut off for five seconds and returns: leader and term stay."""
    leader, term = play.leader(), play.term()
    play.isolate(play.others(leader)[0])
    play.run(5)
    play.heal()
    play.run(2)
    same = play.term() == term and play.leader() == leader
    play.expect(same, Rule.PRE_VOTE, f"term {term} became {play.term()} when a follower returned")


@scenario("prevote", "thesis §9.6")
def deaf_follower(play: Play) -> None:
    """A follower hears nothing from the leader but can be heard: it asks in vain and deposes nobody."""
    leader, term = play.leader(), play.term()
    play.cut((leader, play.others(leader)[0]))
    play.run(5)
    play.expect(
        play.term() == term, Rule.PRE_VOTE, f"term {term} became {play.term()} because of one deaf follower"
    )


@scenario("prevote", "thesis §9.6", alone=True)
def a_pre_vote_promises_nothing(play: Play) -> None:
    """Granting a pre-vote changes neither term nor vote; two candidates may get it."""
    append(play, "n1", 4, (0, 0), [4])
    play.run(1.0)
    while play.n0["role"] == "follower" and play.n0["leader"] is None:
        play.run(0.1)
    for peer in ("n1", "n2"):
        sent = play.hear(peer, "pre_vote", play.n0["term"] + 1, last_index=1, last_term=4)
        granted = [m for m in sent if m["type"] == "pre_vote_reply" and m["granted"]]
        play.expect(bool(granted), Rule.PRE_VOTE, f"n0 hears no leader and denies {peer} its pre-vote", "n0")
    unchanged = play.n0["term"] == 4 and play.n0["vote"] is None
    play.expect(
        unchanged,
        Rule.PRE_VOTE,
        f"a pre-vote leaves n0 in term {play.n0['term']}, vote {play.n0['vote']}",
        "n0",
    )
    sent = play.hear("n2", "pre_vote", 5, last_index=9, last_term=3)
    granted = [m for m in sent if m["type"] == "pre_vote_reply" and m["granted"]]
    play.expect(not granted, Rule.UP_TO_DATE, "n0 grants a pre-vote to a log that is behind its own", "n0")


@scenario("prevote", "§6", alone=True)
def lease(play: Play) -> None:
    """While a leader is heard, a request for votes in a newer term gets no vote and changes no term."""
    append(play, "n1", 4, (0, 0), [4])
    sent = play.hear("n2", "request_vote", 9, last_index=9, last_term=8)
    ignored = not any(m.get("granted") for m in sent) and play.n0["term"] == 4
    play.expect(ignored, Rule.LEASE, "n0 hears its leader and gives it up for a candidate", "n0")
    sent = play.hear("n2", "pre_vote", 9, last_index=9, last_term=8)
    play.expect(
        not any(m.get("granted") for m in sent), Rule.LEASE, "n0 hears its leader and grants a pre-vote", "n0"
    )


@scenario("prevote", "thesis §6.2", nodes=5)
def check_quorum(play: Play) -> None:
    """A leader that has heard no majority for an election timeout stops being one."""
    leader = play.leader()
    play.isolate(leader, *play.others(leader)[:2])
    play.run(2.5)
    play.expect(
        play.member(leader).status["role"] != "leader",
        Rule.CHECK_QUORUM,
        f"{leader} heard one of four followers for 2.5 s and still leads",
        leader,
    )


@scenario("prevote", "thesis §6.2", nodes=5)
def check_quorum_with_a_mate(play: Play) -> None:
    """A leader of five that hears one follower and no other is on the smaller side, and stops being one."""
    leader = play.leader()
    mate, *rest = play.others(leader)
    play.partition([leader, mate], rest)
    play.run(2.5)
    play.expect(
        play.member(leader).status["role"] != "leader",
        Rule.CHECK_QUORUM,
        f"{leader} heard {mate} and none of the other three for 2.5 s and still leads",
        leader,
    )
    play.leader()
    play.heal()
    play.agree("together", on=5)


@scenario("prevote", "thesis §6.2", nodes=5)
def half_connected_leader(play: Play) -> None:
    """The leader reaches one follower, which reaches everyone: its heartbeats must not block the others."""
    leader = play.leader()
    rest = play.others(leader)[1:]
    play.cut(*((leader, id) for id in rest), *((id, leader) for id in rest))
    play.run(3)
    play.leader(within_s=10)
    play.agree("a", on=4)


@scenario("prevote", "thesis §9.6", nodes=5)
def elections_still_work(play: Play) -> None:
    """Leaders fail one after another and are replaced, with their entries kept."""
    for number in range(3):
        play.agree(f"c{number}", on=3)
        leader = play.leader()
        play.crash(leader)
        play.agree(f"d{number}", on=4)
        play.restart(leader)
    play.settle()


SCENARIOS = (
    return_without_disturbance, deaf_follower, a_pre_vote_promises_nothing, lease, check_quorum,
    check_quorum_with_a_mate,
    half_connected_leader, elections_still_work,
)  # fmt: skip
