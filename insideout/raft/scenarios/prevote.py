"""Stage prevote: nodes that cannot win leave the group in peace (thesis §9.6, §6.2, §4.2.3)."""

from insideout.raft.broken import Rule
from insideout.raft.messages import ELECTION_TICKS, TICK_S
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append, lead
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


@scenario("prevote", "§5.4.1", alone=True)
def pre_votes_are_denied(play: Play) -> None:
    """No pre-vote for a shorter log of the same term, nor for a term that is not newer than the own."""
    append(play, "n1", 4, (0, 0), [4, 4])
    play.run(1.0)
    while play.n0["role"] == "follower" and play.n0["leader"] is None:
        play.run(0.1)
    for asked, last_index, rule, what in (
        (5, 1, Rule.UP_TO_DATE, "a shorter log of the same term"),
        (4, 9, Rule.PRE_VOTE, "its own term"),
        (3, 9, Rule.PRE_VOTE, "an older term"),
        (5, 2, None, ""),
    ):
        sent = play.hear("n2", "pre_vote", asked, last_index=last_index, last_term=4)
        granted = any(m["type"] == "pre_vote_reply" and m["granted"] for m in sent)
        if rule is not None:
            play.expect(not granted, rule, f"n0 in term 4 grants a pre-vote for {what}", "n0")
        else:
            play.expect(granted, Rule.PRE_VOTE, "n0 hears no leader and denies n2 its pre-vote", "n0")


@scenario("prevote", "thesis §9.6", nodes=5, alone=True)
def pre_votes_of_a_majority(play: Play) -> None:
    """Three of five say yes, each counted once and for this term: then there is a campaign, not before."""
    append(play, "n1", 4, (0, 0), [4])
    _becomes_pre_candidate(play)
    for peer, term, granted, what in (
        ("n1", 5, True, "one pre-vote besides its own, of five"),
        ("n1", 5, True, "one pre-vote that came twice"),
        ("n2", 4, True, "a pre-vote for the term before"),
        ("n3", 4, False, "a refusal"),
    ):
        play.hear(peer, "pre_vote_reply", term, granted=granted)
        still = (play.n0["role"], play.n0["term"]) != ("candidate", 5)
        play.expect(still, Rule.PRE_VOTE, f"n0 campaigns after {what}", "n0")
        if play.n0["role"] != "pre-candidate":  # its wait was over; it asks again
            _becomes_pre_candidate(play)
    play.hear("n2", "pre_vote_reply", 5, granted=True)
    play.hear("n1", "pre_vote_reply", 5, granted=True)
    play.expect(
        play.n0["role"] == "candidate", Rule.PRE_VOTE, "n0 has three of five and does not campaign", "n0"
    )


@scenario("prevote", "§5.1", alone=True)
def a_refusal_brings_a_newer_term(play: Play) -> None:
    """A pre-vote is refused by a node of a newer term: the one that asked goes to that term."""
    append(play, "n1", 4, (0, 0), [4])
    _becomes_pre_candidate(play)
    play.hear("n2", "pre_vote_reply", 9, granted=False)
    told = (play.n0["role"], play.n0["term"]) == ("follower", 9)
    play.expect(
        told,
        Rule.NEWER_TERM,
        f"n0 is {play.n0['role']} of term {play.n0['term']} after a refusal of term 9",
        "n0",
    )


def _becomes_pre_candidate(play: Play) -> None:
    done = play.group.run_until(lambda: play.n0["role"] == "pre-candidate", 3)
    play.expect(done, Rule.PRE_VOTE, "n0 hears nobody for 3 s and asks nobody for a pre-vote", "n0")


@scenario("prevote", "thesis §6.2", alone=True)
def quorum_is_asked_for_in_time(play: Play) -> None:
    """A leader that nobody answers leads for ten ticks, and not for twice as long."""
    lead(play)
    changes = [event for event in play.group.trace.events if event.kind == "status"]
    since_s = next(event.t_s for event in changes if event.data["after"]["role"] == "leader")
    gave_up = play.group.run_until(lambda: play.n0["role"] != "leader", 2.3)
    play.expect(gave_up, Rule.CHECK_QUORUM, "n0 heard nobody for 2.3 s and still leads", "n0")
    led_s = play.group.now_s - since_s
    play.expect(
        led_s > (ELECTION_TICKS - 1) * TICK_S,
        Rule.LEADER_STABLE,
        f"n0 gave up leading after {led_s:.2f} s, which is less than {ELECTION_TICKS} ticks",
        "n0",
    )


@scenario("prevote", "§6", alone=True)
def lease(play: Play) -> None:
    """Where a leader is heard, or leads, a request for votes in a newer term changes no term and no vote."""
    append(play, "n1", 4, (0, 0), [4])
    sent = play.hear("n2", "request_vote", 9, last_index=9, last_term=8)
    ignored = not any(m.get("granted") for m in sent) and play.n0["term"] == 4
    play.expect(ignored, Rule.LEASE, "n0 hears its leader and gives it up for a candidate", "n0")
    sent = play.hear("n2", "pre_vote", 9, last_index=9, last_term=8)
    play.expect(
        not any(m.get("granted") for m in sent), Rule.LEASE, "n0 hears its leader and grants a pre-vote", "n0"
    )
    term = lead(play)
    for type in ("pre_vote", "request_vote"):
        sent = play.hear("n2", type, term + 3, last_index=9, last_term=8)
        leads = (play.n0["role"], play.n0["term"]) == ("leader", term)
        ignored = leads and not any(m.get("granted") for m in sent)
        play.expect(ignored, Rule.LEASE, f"n0 leads and gives way to n2's {type} of a newer term", "n0")


@scenario("prevote", "thesis §6.2", nodes=5)
def check_quorum(play: Play) -> None:
    """A leader that has heard no majority for an election timeout stops being one."""
    leader = play.leader()
    play.run(2.5)  # whom it heard before counts no more
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
    return_without_disturbance, deaf_follower, a_pre_vote_promises_nothing, pre_votes_are_denied,
    pre_votes_of_a_majority, a_refusal_brings_a_newer_term, lease, check_quorum, quorum_is_asked_for_in_time,
    check_quorum_with_a_mate, half_connected_leader, elections_still_work,
)  # fmt: skip
