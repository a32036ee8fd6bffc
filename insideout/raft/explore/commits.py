"""Every small case of the commit rule, and every short history of three nodes.

`commit_index(match, log_terms, term, commit)` returns the index up to which the leader of `term` may commit:
`match` has for each member, the leader included, up to where its log is known to be the leader's;
`log_terms[i]` is the term of the leader's entry i, with 0 in front for the entry before the first.

Source: the extended paper, §5.3, §5.4.2 and Figure 8; go.etcd.io/raft/v3/log.go (maybeCommit)@v3.6.0.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations_with_replacement, product
from typing import NamedTuple, TypeVar

from insideout.raft.broken import Broken, Rule
from insideout.raft.explore.search import story
from insideout.raft.raised import told

CommitIndex = Callable[[list[int], list[int], int, int], int]

T = TypeVar("T")
Log = tuple[int, ...]
"""The terms of a node's entries."""


def cases() -> Iterator[tuple[list[int], list[int], int, int]]:
    """Yield every small case: one to five members, up to three entries, terms up to 3."""
    for length in range(4):
        for terms in combinations_with_replacement((1, 2, 3), length):
            for size in range(1, 6):
                for others in combinations_with_replacement(range(length + 1), size - 1):
                    for commit, term in product(range(length + 1), range(max(terms, default=1), 4)):
                        # The leader's own place in the list is no matter of course.
                        match = [length, *others]
                        yield (
                            match[len(terms) % size :] + match[: len(terms) % size],
                            [0, *terms],
                            term,
                            commit,
                        )


def judge(match: list[int], log_terms: list[int], term: int, commit: int) -> tuple[Rule, int]:
    """Return the paper's commit index, and the rule that such a case is about."""
    quorum = len(match) // 2 + 1
    ours = [
        index
        for index in range(commit + 1, len(log_terms))
        if log_terms[index] == term and sum(up_to >= index for up_to in match) >= quorum
    ]
    if commit > 0:
        rule = Rule.COMMIT_GROWS
    else:
        rule = Rule.COMMIT_TERM if set(log_terms[1:]) - {term} else Rule.COMMIT_MAJORITY
    return rule, max(ours, default=commit)


def check_cases(commit_index: CommitIndex) -> tuple[int, list[Broken]]:
    """Return how many cases were tried, and for each rule that does not hold its simplest case."""
    count = 0
    broken: dict[Rule, Broken] = {}
    for case in cases():
        count += 1
        rule, expected = judge(*case)
        try:
            got = answer(commit_index, *case)
        except Broken as found:
            return count, [found]  # the other cases would only say the same
        if got != expected:
            what = f"commit_index{case}: expected {expected}, got {got}"
            broken.setdefault(rule, Broken(rule, what))
    return count, list(broken.values())


def answer(commit_index: CommitIndex, match: list[int], log_terms: list[int], term: int, commit: int) -> int:
    """Call the rule; raises Broken when its answer is not an index of the log."""
    call = f"commit_index({match}, {log_terms}, term={term}, commit={commit})"
    try:
        result = commit_index(list(match), list(log_terms), term, commit)
    except Exception as error:
        raise Broken(Rule.NO_EXCEPTION, f"{call} raised {told(error)}") from error
    if not isinstance(result, int) or isinstance(result, bool) or not 0 <= result < len(log_terms):
        raise Broken(Rule.CONTRACT, f"{call} returned {result!r}; it must be an index of the log")
    return result


class World(NamedTuple):
    """Three nodes: their terms and logs, who leads, what the leader knows of each, what is committed."""

    terms: tuple[int, ...]
    logs: tuple[Log, ...]
    leader: int | None
    match: tuple[int, ...]
    commit: int
    committed: Log


MAX_TERM = 4
MAX_LENGTH = 2
MEMBERS = (0, 1, 2)


def check_histories(commit_index: CommitIndex) -> tuple[int, Broken | None]:
    """Try every history of three nodes with up to four elections; return how many states, and what broke.

    Elections, appends and replication follow the paper; only the commit rule is the learner's.  A committed
    entry that a later leader lacks ends the search, and the history that led there is the shortest one.
    The rule is asked each question once: in grading every call crosses to another process.
    """

    @cache
    def ask(match: tuple[int, ...], log: Log, term: int, commit: int) -> int:
        return answer(commit_index, list(match), [0, *log], term, commit)

    begin = World((0, 0, 0), ((), (), ()), None, (0, 0, 0), 0, ())
    reached: dict[World, tuple[World, str] | None] = {begin: None}
    queue = deque([begin])
    while queue:
        world = queue.popleft()
        for line, following in _steps(world):
            try:
                after, told = _commit(ask, following)
            except Broken as broken:
                return len(reached), broken
            if after.leader is not None:
                log = after.logs[after.leader]
                if log[: len(after.committed)] != after.committed:
                    lost = f"n{after.leader} leads without the committed entry {len(after.committed)}"
                    way = "; ".join([*story(reached, world), line + told])
                    return len(reached), Broken(Rule.LEADER_COMPLETENESS, f"{lost}: {way}")
            if after not in reached:
                reached[after] = (world, line + told)
                queue.append(after)
    return len(reached), None


def _steps(world: World) -> Iterator[tuple[str, World]]:
    """Yield everything that can happen next."""
    for candidate, voter in ((c, v) for c in MEMBERS for v in MEMBERS if c != v):
        term = max(world.terms[candidate], world.terms[voter]) + 1
        mine, theirs = world.logs[voter], world.logs[candidate]
        if term <= MAX_TERM and (theirs[-1:], len(theirs)) >= (mine[-1:], len(mine)):
            terms = tuple(term if i in (candidate, voter) else t for i, t in enumerate(world.terms))
            match = tuple(len(theirs) if i == candidate else 0 for i in MEMBERS)
            line = f"n{candidate} leads term {term} by n{voter}'s vote"
            yield line, world._replace(terms=terms, leader=candidate, match=match, commit=0)
    if world.leader is None:
        return
    leader, term = world.leader, world.terms[world.leader]
    log = world.logs[leader]
    if len(log) < MAX_LENGTH:
        longer = (*log, term)
        yield (
            f"n{leader} appends entry {len(longer)} of term {term}",
            world._replace(
                logs=_put(world.logs, leader, longer), match=_put(world.match, leader, len(longer))
            ),
        )
    for follower in MEMBERS:
        if follower == leader or world.terms[follower] > term:
            continue
        for index in range(world.match[follower] + 1, len(log) + 1):
            mine = world.logs[follower]
            # A follower keeps what does not conflict with the entries up to index.
            kept = mine if mine[:index] == log[:index] else log[:index]
            yield (
                f"n{follower} stores n{leader}'s entries up to {index}",
                world._replace(
                    terms=_put(world.terms, follower, term),
                    logs=_put(world.logs, follower, kept),
                    match=_put(world.match, follower, index),
                ),
            )


def _commit(ask: Callable[[tuple[int, ...], Log, int, int], int], world: World) -> tuple[World, str]:
    if world.leader is None:
        return world, ""
    log = world.logs[world.leader]
    term = world.terms[world.leader]
    commit = ask(world.match, log, term, world.commit)
    if commit <= world.commit:
        return world, ""
    committed = max(world.committed, log[:commit], key=len)
    return world._replace(commit=commit, committed=committed), f", n{world.leader} commits entry {commit}"


def _put(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    return (*values[:index], value, *values[index + 1 :])
