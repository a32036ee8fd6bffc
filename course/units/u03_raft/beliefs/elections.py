"""Beliefs about votes, campaigns and leaders, each as a question to a node."""

from collections.abc import Callable

from course.units.u03_raft.beliefs.bench import LONGEST, Bench, NewBench, Question

GAP = 4
"""Ticks between messages that should not, or should, begin the wait anew; no node waits less than ten."""


def _campaigns(bench: Bench) -> bool:
    """Return whether the node campaigns within a long time."""
    return any(one["type"] in ("request_vote", "pre_vote") for one in bench.tick(LONGEST))


def _two_votes(new: NewBench) -> bool:
    bench = new()
    return bench.asks("n1", 1) and bench.asks("n2", 1)


def _own_vote_is_free(new: NewBench) -> bool:
    bench = new()
    return not _two_votes(new) and bench.asks("n1", bench.campaign())


def _asked_again(new: NewBench) -> bool:
    bench = new()
    return bench.asks("n1", 1) and not bench.asks("n1", 1)


def _with_an_entry(new: NewBench) -> Bench:
    """Return a bench whose node has one entry of term 2, and no leader that it heard lately."""
    bench = new()
    bench.append("n1", 2, entries=[2])
    bench.tick(10)
    return bench


def _any_log(new: NewBench) -> bool:
    return _with_an_entry(new).asks("n2", 9)


def _by_length(new: NewBench) -> bool:
    return not _any_log(new) and _with_an_entry(new).asks("n2", 9, 3, 1)


def _must_be_newer(new: NewBench) -> bool:
    return not new().asks("n1", 1) and new().asks("n1", 1, 1, 1)


def _votes_in_the_past(new: NewBench) -> bool:
    bench = new()
    bench.asks("n1", 5)
    return bench.asks("n2", 3)


def _leads_alone(new: NewBench) -> bool:
    bench = new(members=5)
    bench.campaign()
    return bench.leads()


def _half_leads(new: NewBench) -> bool:
    bench = new(members=7)
    bench.campaign()
    bench.votes("n1")
    before = bench.leads()
    bench.votes("n2")
    return not before and bench.leads()


def _of_those_that_answer(new: NewBench) -> bool:
    bench = new(members=7)
    bench.campaign()
    before = bench.leads()
    bench.votes("n1")
    return not before and bench.leads()


def _counts_twice(new: NewBench) -> bool:
    bench = new(members=5)
    bench.campaign()
    bench.votes("n1")
    before = bench.leads()
    bench.votes("n1")
    return not before and bench.leads()


def _counts_refusals(new: NewBench) -> bool:
    bench = new()
    bench.campaign()
    before = bench.leads()
    bench.votes("n1", granted=False)
    bench.votes("n2", granted=False)
    return not before and bench.leads()


def _counts_old_votes(new: NewBench) -> bool:
    bench = new()
    first = bench.campaign()
    if bench.campaign() == first or bench.leads():
        return False
    bench.votes("n1", term=first)
    return bench.leads()


def _same_term(new: NewBench) -> bool:
    bench = new()
    return bench.campaign() == bench.campaign() and not bench.leads()


def _campaigns_once(new: NewBench) -> bool:
    bench = new()
    bench.campaign()
    return not bench.leads() and not _campaigns(bench)


def _kept_quiet(bench: Bench, disturb: Callable[[Bench], None]) -> bool:
    """Return whether the node does not campaign while something is done to it every few ticks."""
    campaigned = False
    for _ in range(2 * LONGEST // GAP):
        campaigned |= any(one["type"] in ("request_vote", "pre_vote") for one in bench.tick(GAP))
        disturb(bench)
    return not campaigned


def _old_leader(bench: Bench) -> None:
    bench.append("n1", 1)


def _refused(bench: Bench) -> None:
    bench.asks("n2", bench.status["term"])


def _heartbeat(bench: Bench) -> None:
    bench.append("n1", bench.status["term"])


def _any_message(new: NewBench) -> bool:
    bench = new()
    bench.asks("n1", 5)
    return _campaigns(new()) and not _obeys_the_past(new) and _kept_quiet(bench, _old_leader)


def _any_request(new: NewBench) -> bool:
    bench = new()
    bench.asks("n1", 5)
    if _two_votes(new) or _any_message(new):
        return False
    return _campaigns(new()) and _kept_quiet(bench, _refused)


def _refuses(bench: Bench) -> None:
    bench.votes("n1", granted=False)


def _any_refusal(new: NewBench) -> bool:
    bench = new()
    bench.campaign()
    if bench.leads() or _campaigns_once(new) or _any_message(new) or _counts_refusals(new):
        return False
    return _kept_quiet(bench, _refuses)


def _deaf(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 5)
    return not _kept_quiet(bench, _heartbeat)


def _one_wait(new: NewBench) -> bool:
    bench = new()
    waits = set()
    for _ in range(8):
        ticks = 0
        while not any(one["type"] in ("request_vote", "pre_vote") for one in bench.tick()):
            ticks += 1
            if ticks > 2 * LONGEST:
                return False
        waits.add(ticks)
    return len(waits) == 1


def _clings(new: NewBench) -> bool:
    bench = new()
    term = bench.campaign()
    bench.votes("n1", granted=False, term=term + 3)
    return bool(bench.status["term"] == term)


def _goes_on_asking(new: NewBench) -> bool:
    bench = new()
    term = bench.campaign()
    bench.votes("n1", granted=False, term=term + 3)
    return bool(bench.status["term"] == term + 3 and bench.status["role"] == "candidate")


def _leads_for_life(new: NewBench) -> bool:
    bench = new()
    bench.lead()
    term = bench.status["term"]
    bench.confirms("n1", 0, success=False, term=term + 3)
    return bench.leads() and bool(bench.status["term"] == term + 3)


def _stubborn(new: NewBench) -> bool:
    bench = new()
    term = bench.campaign()
    bench.append("n1", term)
    return bool(bench.status["role"] == "candidate" and bench.status["term"] == term)


def _obeys_the_past(new: NewBench) -> bool:
    bench = new()
    bench.asks("n2", 5)
    bench.append("n1", 1)
    return bool(bench.status["leader"] == "n1")


def _silent_leader(new: NewBench) -> bool:
    bench = new()
    bench.lead()
    return not any(one["type"] == "append_entries" for one in bench.tick(3))


ELECTION: dict[str, Question] = {
    "two candidates may get a vote in one term": _two_votes,
    "who campaigns has a free vote in its own term": _own_vote_is_free,
    "a vote is refused to whom it was given, when it is asked for again": _asked_again,
    "an equal log is not up to date enough for a vote": _must_be_newer,
    "a request of an older term can get a vote": _votes_in_the_past,
    "a candidate needs no other vote than its own": _leads_alone,
    "half of the votes are enough": _half_leads,
    "a majority of those that answered is enough": _of_those_that_answer,
    "a vote that comes twice counts twice": _counts_twice,
    "every answer is a vote": _counts_refusals,
    "a vote of an earlier term counts in this one": _counts_old_votes,
    "a new campaign can use the same term": _same_term,
    "after a split vote somebody else will campaign": _campaigns_once,
    "any message begins the wait for a leader anew": _any_message,
    "a request that is refused begins the wait anew, too": _any_request,
    "a vote that is refused begins the wait anew": _any_refusal,
    "a heartbeat does not begin the wait anew": _deaf,
    "every wait can be equally long": _one_wait,
    "a newer term in a reply is nobody's business": _clings,
    "a candidate goes on asking when it hears of a newer term": _goes_on_asking,
    "a leader stays one when it hears of a newer term": _leads_for_life,
    "a candidate need not follow the leader of its term": _stubborn,
    "the leader of an older term is a leader": _obeys_the_past,
    "a leader need not say that it leads": _silent_leader,
}
"""What a node shows from the first stage on."""

LOGS: dict[str, Question] = {
    "the candidate's log does not matter": _any_log,
    "the longer log is the more up to date": _by_length,
}
"""The same of nodes that have a log."""
