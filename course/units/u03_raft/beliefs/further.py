"""Beliefs about snapshots, reads and pre-votes, each as a question to a node."""

from course.units.u03_raft.beliefs.bench import LONGEST, Bench, NewBench, Question


def _snapshot(bench: Bench, index: int, term: int, at: int) -> None:
    bench.step("install_snapshot", "n1", at, last_index=index, last_term=term, snapshot={"x": index})


def _older(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1, 1, 1], commit=3)
    _snapshot(bench, 1, 1, 1)
    return bool(bench.status["commit"] < 3 or bench.log[0]["index"] == 1)


def _drops_the_rest(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1, 1, 1, 1])
    _snapshot(bench, 2, 1, 1)
    return bool(bench.log[0]["index"] == 2 and bench.last["index"] == 2)


def _keeps_everything(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1, 1, 1, 1])
    _snapshot(bench, 2, 2, 2)
    return bool(bench.log[0]["index"] == 2 and bench.last["index"] == 4)


def _not_handed_over(new: NewBench) -> bool:
    bench = new()
    _snapshot(bench, 2, 1, 1)
    return bool(bench.log[0]["index"] == 2) and not any("snapshot" in one for one in bench.applied)


SNAPSHOT: dict[str, Question] = {
    "a snapshot from the leader is always newer": _older,
    "a snapshot replaces the whole log": _drops_the_rest,
    "what is behind a snapshot stays, whatever the snapshot's term": _keeps_everything,
    "the application need not know of a snapshot": _not_handed_over,
}
"""What a node shows that takes snapshots."""


def _answered(new: NewBench) -> int:
    """Return how many of two reads a leader answers that has committed, and has heard nobody since."""
    bench = new()
    bench.lead()
    bench.confirms("n1", bench.last["index"])
    bench.confirms("n2", bench.last["index"])
    bench.read()
    bench.read()
    return len(bench.reads)


def _read_at_once(new: NewBench) -> bool:
    return _answered(new) == 2


def _heard_before(new: NewBench) -> bool:
    return _answered(new) == 1


def _no_entry(new: NewBench) -> bool:
    bench = new()
    bench.lead()
    return bool(bench.last["index"] == 0)


READ: dict[str, Question] = {
    "a leader may answer a read at once": _read_at_once,
    "what was confirmed before the read came counts": _heard_before,
    "a leader needs no entry of its own term": _no_entry,
}
"""What a node shows that serves reads."""


def _takes_a_term(new: NewBench) -> bool:
    bench = new()
    for _ in range(2 * LONGEST):
        if any(one["type"] == "pre_vote" for one in bench.tick()):
            return bool(bench.status["term"] > 0)
    return False


def _binds(new: NewBench) -> bool:
    bench = new()
    return bench.asks_before("n1", 1) and bench.status["vote"] == "n1"


def _unleased(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1)
    return bench.asks_before("n2", 2) and not _no_lease(new)


def _any_log(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 2, entries=[2])
    bench.tick(10)
    return bench.asks_before("n2", 9) and not _unleased(new)


def _no_lease(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1)
    return bench.asks("n2", 2)


def _for_ever(new: NewBench) -> bool:
    bench = new(members=5)
    bench.lead()
    bench.tick(3 * LONGEST)
    return bench.leads()


PRE_VOTE: dict[str, Question] = {
    "a pre-vote takes a new term": _takes_a_term,
    "a pre-vote is a vote": _binds,
    "a pre-vote can be granted while a leader is heard": _unleased,
    "the log does not matter for a pre-vote": _any_log,
    "a leader that is heard can be left for a newer term": _no_lease,
    "a leader may lead without hearing a majority": _for_ever,
}
"""What a node shows that asks before it campaigns."""
