"""Every small case of the vote rule, and every short election of three nodes.

`on_vote(state, request)` returns the new state and whether the vote is granted; None means no reply.

Source: the extended paper, §5.1, §5.2, §5.4.1 and §6; go.etcd.io/raft/v3/raft.go (Step, MsgVote)@v3.6.0.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any

from insideout.raft.broken import Broken, Rule
from insideout.raft.explore.search import story
from insideout.raft.raised import told

State = dict[str, Any]
OnVote = Callable[[State, State], Any]

FIELDS = ("term", "vote", "leader", "last_term", "last_index", "lease")


def cases() -> Iterator[tuple[State, State]]:
    """Yield every state of node n0 and request of n1 with small numbers, the simplest first."""
    logs = ((0, 0), (1, 1), (1, 2), (2, 1), (2, 2))
    for lease, transfer in ((False, False), (True, False), (True, True), (False, True)):
        for term, asked in product((2, 3), (2, 3, 1, 4)):
            for vote, leader in product((None, "n1", "n2"), (None, "n2")):
                if lease and leader is None:
                    continue  # who hears no leader has no lease
                for mine, theirs in product(logs, logs):
                    state = {
                        "term": term, "vote": vote, "leader": leader,
                        "last_term": mine[0], "last_index": mine[1], "lease": lease,
                    }  # fmt: skip
                    request = {"from": "n1", "term": asked, "last_term": theirs[0], "last_index": theirs[1]}
                    if transfer or vote is not None:  # it may be missing where it is not true
                        request["transfer"] = transfer
                    yield state, request


def judge(state: State, request: State) -> tuple[Rule, State, bool | None]:
    """Return what the paper and etcd answer to a request, and the rule that settles it."""
    if request["term"] < state["term"]:
        return Rule.STALE_REQUEST, state, None
    newer = request["term"] > state["term"]
    if newer and state["lease"] and not request.get("transfer"):
        return Rule.LEASE, state, None
    now = {**state, "term": request["term"], "vote": None, "leader": None} if newer else state
    mine, theirs = ((log["last_term"], log["last_index"]) for log in (state, request))
    taken = now["vote"] not in (None, request["from"]) or (now["vote"] is None and now["leader"] is not None)
    granted = not taken and theirs >= mine
    if state["lease"] and newer:
        rule = Rule.LEASE
    elif newer:
        rule = Rule.NEWER_TERM
    elif taken:
        rule = Rule.ONE_VOTE
    else:
        rule = Rule.FREE_VOTE if granted else Rule.UP_TO_DATE
    return rule, {**now, "vote": request["from"]} if granted else now, granted


def check_cases(on_vote: OnVote) -> tuple[int, list[Broken]]:
    """Return how many cases were tried, and for each rule that does not hold its simplest case."""
    count = 0
    broken: dict[Rule, Broken] = {}
    for state, request in cases():
        count += 1
        rule, expected, granted = judge(state, request)
        try:
            got = answer(on_vote, state, request)
        except Broken as found:
            return count, [found]  # the other cases would only say the same
        if got != (expected, granted):
            what = f"state {state}, request {request}: expected {(expected, granted)}, got {got}"
            broken.setdefault(rule, Broken(rule, what))
    return count, list(broken.values())


def answer(on_vote: OnVote, state: State, request: State) -> tuple[State, bool | None]:
    """Call the rule and return (new state, granted); raises Broken when its answer has another form."""
    call = f"on_vote({state}, {request})"
    try:
        result = on_vote(dict(state), dict(request))
    except Exception as error:
        raise Broken(Rule.NO_EXCEPTION, f"{call} raised {told(error)}") from error
    well_formed = (
        isinstance(result, tuple | list)
        and len(result) == 2
        and isinstance(result[0], dict)
        and set(result[0]) >= set(FIELDS)
        and (result[1] is None or isinstance(result[1], bool))
    )
    if not well_formed:
        what = f"{call} returned {result!r:.200}; it must be the new state and True, False or None"
        raise Broken(Rule.CONTRACT, what)
    return result[0], result[1]


Vote = tuple[int, str | None]
Grants = frozenset[tuple[int, str, str]]
World = tuple[tuple[Vote, ...], Grants]
"""The term and vote of each member, and who was granted which vote so far."""

MEMBERS = ("n0", "n1", "n2")
TERMS = (3, 4)
WORLDS = (
    {"n0": (1, 1), "n1": (1, 1), "n2": (0, 0)},
    {"n0": (2, 1), "n1": (2, 1), "n2": (1, 2)},
)
"""(term, index) of each node's last entry.  n0 and n1 store a committed entry; n2 lacks it.

In the first world n2's log is empty, in the second it is longer, with entries of an older term.
"""


def check_elections(on_vote: OnVote) -> tuple[int, Broken | None]:
    """Play every order of requests in elections of three nodes; return how many states, and what broke.

    The nodes campaign in terms 3 and 4, their requests arrive in any order, twice, or never.  No term may get
    two winners, and none whose log lacks the entry that two of three store.  The rule is asked each question
    once: in grading every call crosses to another process.
    """
    states = 0
    for logs in WORLDS:
        looked_at, broken = _explore(on_vote, logs)
        states += looked_at
        if broken is not None:
            return states, broken
    return states, None


def _explore(on_vote: OnVote, logs: Mapping[str, tuple[int, int]]) -> tuple[int, Broken | None]:
    """Search breadth first over the members' (term, vote) and the grants given so far."""

    @cache
    def ask(
        term: int, vote: str | None, log: tuple[int, int], asked: int, candidate: str
    ) -> tuple[Vote, bool | None]:
        after, granted = answer(on_vote, _state(term, vote, log), _request(asked, candidate, logs))
        return (after["term"], after["vote"]), granted

    start: World = (tuple((TERMS[0] - 1, None) for _ in MEMBERS), frozenset())
    reached: dict[World, tuple[World, str] | None] = {start: None}
    queue = deque([start])
    while queue:
        votes, grants = world = queue.popleft()
        for asked, candidate, (place, voter) in product(TERMS, MEMBERS, enumerate(MEMBERS)):
            try:
                after, granted = ask(*votes[place], logs[voter], asked, candidate)
            except Broken as broken:
                return len(reached), broken
            now = grants | {(asked, candidate, voter)} if granted else grants
            line = f"{voter} is asked by {candidate} in term {asked}: {granted}"
            wrong = _won_wrongly(now) if now != grants else None
            if wrong is not None:
                rule, what = wrong
                return len(reached), Broken(rule, f"{what}: {'; '.join([*story(reached, world), line])}")
            following = ((*votes[:place], after, *votes[place + 1 :]), now)
            if following not in reached:
                reached[following] = (world, line)
                queue.append(following)
    return len(reached), None


def _state(term: int, vote: str | None, log: tuple[int, int]) -> State:
    last = {"last_term": log[0], "last_index": log[1]}
    return {"term": term, "vote": vote, "leader": None, **last, "lease": False}


def _request(term: int, candidate: str, logs: Mapping[str, tuple[int, int]]) -> State:
    last = {"last_term": logs[candidate][0], "last_index": logs[candidate][1]}
    return {"from": candidate, "term": term, **last, "transfer": False}


@cache
def _won_wrongly(grants: Grants) -> tuple[Rule, str] | None:
    """Return the rule that these grants break, and how."""
    for term in TERMS:
        winners = [c for c in MEMBERS if sum((term, c, voter) in grants for voter in MEMBERS) >= 2]
        if len(winners) > 1:
            return Rule.ELECTION_SAFETY, f"{' and '.join(winners)} both win term {term}"
        if "n2" in winners:
            return Rule.LEADER_COMPLETENESS, f"n2 wins term {term} without the entry that n0 and n1 store"
    return None
