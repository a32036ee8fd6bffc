"""Wrong vote rules."""

from insideout.raft.broken import Rule
from tests.insideout.raft.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "votes-twice", "gives its vote of one term to every candidate that asks", "vote", Rule.ONE_VOTE,
        'if (free or state["vote"] == request["from"]) and theirs >= mine:',
        "if theirs >= mine:",
    ),
    Mutant(
        "index-before-term", "compares the length of the logs before the terms of their last entries",
        "vote", Rule.UP_TO_DATE,
        'theirs = (request["last_term"], request["last_index"])\n    mine = (state["last_term"], state["last_index"])',
        'theirs = (request["last_index"], request["last_term"])\n    mine = (state["last_index"], state["last_term"])',
    ),
    Mutant(
        "strictly-newer", "denies its vote to a candidate whose log is equal to its own", "vote", Rule.FREE_VOTE,
        ">= mine:\n        return {**state", "> mine:\n        return {**state",
    ),
    Mutant(
        "any-log", "does not look at the candidate's log", "vote", Rule.UP_TO_DATE,
        '== request["from"]) and theirs >= mine:', '== request["from"]):',
    ),
    Mutant(
        "forgets-its-answer", "denies the vote to the candidate that it gave it to, when asked again",
        "vote", Rule.FREE_VOTE,
        '(free or state["vote"] == request["from"]) and', "free and",
    ),
    Mutant(
        "old-vote-in-new-term", "keeps the vote of the old term when it adopts a newer one", "vote", Rule.NEWER_TERM,
        '"term": request["term"], "vote": None, "leader": None}', '"term": request["term"], "leader": None}',
    ),
    Mutant(
        "old-leader-in-new-term", "believes that the leader of the old term leads the newer one too",
        "vote", Rule.NEWER_TERM,
        '"term": request["term"], "vote": None, "leader": None}', '"term": request["term"], "vote": None}',
    ),
    Mutant(
        "keeps-its-term", "answers a request of a newer term without adopting that term", "vote", Rule.NEWER_TERM,
        '"term": request["term"], "vote": None', '"vote": None',
    ),
    Mutant(
        "ignores-the-lease", "gives up a leader that it hears for any candidate", "vote", Rule.LEASE,
        'if state["lease"] and not request.get("transfer", False):', "if False:",
    ),
    Mutant(
        "lease-over-transfer", "ignores also the candidate to which the leader hands over", "vote", Rule.LEASE,
        'if state["lease"] and not request.get("transfer", False):', 'if state["lease"]:',
    ),
    Mutant(
        "answers-the-past", "replies to a request of an older term", "vote", Rule.STALE_REQUEST,
        'if request["term"] < state["term"]:\n        return state, None',
        'if request["term"] < state["term"]:\n        return state, False',
    ),
    Mutant(
        "votes-beside-a-leader", "votes in a term in which it knows the leader", "vote", Rule.ONE_VOTE,
        'free = state["vote"] is None and state["leader"] is None', 'free = state["vote"] is None',
    ),
)  # fmt: skip
