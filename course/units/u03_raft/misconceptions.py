"""What people believe about Raft: wrong vote and commit rules, and questions that a wrong node answers."""

from collections.abc import Callable, Mapping
from typing import Any

from course.checks.beliefs import Misconceptions
from course.checks.call import Raised
from course.units.u03_raft.beliefs.bench import Bench, Question
from course.units.u03_raft.beliefs.commits import COMMIT, PERSISTENCE
from course.units.u03_raft.beliefs.elections import ELECTION, LOGS
from course.units.u03_raft.beliefs.further import PRE_VOTE, READ, SNAPSHOT
from course.units.u03_raft.beliefs.replication import REPAIR, REPLICATION
from insideout.raft.messages import MakeNode
from insideout.raft.scenarios import STAGES

State = dict[str, Any]
Order = Callable[[State], Any]
MOST_SAID = 3
"""More beliefs at once are not read."""


def _by_term(log: State) -> Any:
    return log["last_term"], log["last_index"]


def _vote(
    state: State,
    request: State,
    *,
    many: bool = False,
    order: Order = _by_term,
    equal: bool = True,
    again: bool = True,
    frees: bool = True,
    leaves: bool = True,
    takes: bool = True,
    lease: bool = True,
    transfer: bool = True,
    old: bool | None = None,
    knows: bool = True,
) -> tuple[State, bool | None]:
    """Decide as etcd does, but for what the keywords say."""
    if request["term"] < state["term"]:
        return state, old
    if request["term"] > state["term"]:
        if lease and state["lease"] and not (transfer and request.get("transfer", False)):
            return state, None
        state = {**state, **({"term": request["term"]} if takes else {})}
        state |= {**({"vote": None} if frees else {}), **({"leader": None} if leaves else {})}
    free = state["vote"] is None and (state["leader"] is None or not knows)
    mine = again and state["vote"] == request["from"]
    theirs, own = order(request), order(state)
    if (many or free or mine) and (theirs > own or (equal and theirs == own)):
        return {**state, "vote": request["from"]}, True
    return state, False


def _voting(**how: Any) -> Callable[..., tuple[State, bool | None]]:
    return lambda state, request: _vote(state, request, **how)


ON_VOTE: Misconceptions = {
    "two candidates may get a vote in one term": _voting(many=True),
    "the longer log is the more up to date": _voting(order=lambda log: (log["last_index"], log["last_term"])),
    "only the length of the logs is compared": _voting(order=lambda log: log["last_index"]),
    "only the terms of the last entries are compared": _voting(order=lambda log: log["last_term"]),
    "an equal log is not up to date enough": _voting(equal=False),
    "the candidate's log does not matter": _voting(order=lambda log: 0),
    "a vote is refused to whom it was given, when it is asked for again": _voting(again=False),
    "a newer term does not free the vote": _voting(frees=False),
    "the leader of the old term leads the newer one, too": _voting(leaves=False),
    "a newer term need not be taken over": _voting(takes=False),
    "a leader that is heard can be left for a newer term": _voting(lease=False),
    "the lease holds against a transfer, too": _voting(transfer=False),
    "a request of an older term is refused with an answer": _voting(old=False),
    "a vote is free although this term's leader is known": _voting(knows=False),
}
"""Wrong vote rules by the sentence behind them."""


def _commit(
    match: list[int],
    log_terms: list[int],
    term: int,
    commit: int,
    *,
    place: Callable[[int], int] = lambda members: members // 2,
    own_term: bool = True,
    grows: bool = True,
) -> int:
    """Commit as the paper does, but for what the keywords say; `place` counts from the largest match."""
    stored = sorted(match, reverse=True)[place(len(match))]
    if (stored > commit or not grows) and (log_terms[stored] == term or not own_term):
        return stored
    return commit


def _committing(**how: Any) -> Callable[..., int]:
    return lambda match, log_terms, term, commit: _commit(match, log_terms, term, commit, **how)


COMMIT_INDEX: Misconceptions = {
    "half of the members are a majority": _committing(place=lambda members: max(1, members // 2) - 1),
    "the middle of the list is a majority, also of an even group": _committing(
        place=lambda members: (members - 1) // 2
    ),
    "every member must have an entry before it is committed": _committing(place=lambda members: members - 1),
    "what the leader has is committed": _committing(place=lambda members: 0),
    "an entry of an earlier term is committed by counting": _committing(own_term=False),
    "the commit index may go back": _committing(grows=False),
}
"""Wrong commit rules by the sentence behind them."""

NODES: Mapping[str, Mapping[str, Question]] = {
    "election": ELECTION,
    "replication": {**REPLICATION, **LOGS},
    "repair": REPAIR,
    "commit": COMMIT,
    "persistence": PERSISTENCE,
    "snapshot": SNAPSHOT,
    "read": READ,
    "prevote": PRE_VOTE,
}
"""By the stage from which on a node can be asked: the sentence of a belief, and its question."""


def shown(make: MakeNode, stage: str) -> list[str]:
    """Return the beliefs that a node of `stage` shows when it is asked alone, those of the stage first."""
    asked = STAGES[STAGES.index(stage) :: -1]
    return [belief for name in asked for belief, question in NODES[name].items() if _shows(make, question)]


def _shows(make: MakeNode, question: Question) -> bool:
    """Return whether a node shows a belief; one that breaks down on the way shows none.

    Raises Raised where it takes too long in another process: the next question would, too.
    """

    def new(**how: Any) -> Bench:
        return Bench(make, **how)

    try:
        return question(new)
    except Raised as error:
        if error.kind in ("TooSlow", "Stopped"):
            raise
        return False
    except Exception:  # whatever the learner's code raises; Unfit and Broken are among it
        return False
