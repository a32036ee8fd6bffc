"""Beliefs about entries on their way, each as a question to a node."""

from typing import Any

from course.units.u03_raft.beliefs.bench import Bench, NewBench, Question
from insideout.raft.messages import Message


def _follower(new: NewBench, *terms: int) -> Bench:
    """Return a bench whose node has entries of these terms from the leader of the last."""
    bench = new()
    bench.append("n1", terms[-1], entries=list(terms))
    return bench


def _leader(new: NewBench, *terms: int, members: int = 3) -> Bench:
    """Return a bench whose node leads, with entries of earlier terms in its log."""
    bench = new(members=members)
    if terms:
        bench.append("n1", terms[-1], entries=list(terms))
    bench.lead()
    return bench


def _to(sent: list[Message], peer: str) -> list[Message]:
    return [one for one in sent if one["to"] == peer and one["type"] == "append_entries"]


def _next(bench: Bench, peer: str) -> dict[str, Any]:
    """Return the next `append_entries` that a peer gets."""
    return _to(bench.tick(3), peer)[-1]


def _unchecked(new: NewBench) -> bool:
    return bool(new().append("n1", 3, before=(5, 3), entries=[3])["success"])


def _heartbeats_unchecked(new: NewBench) -> bool:
    return not _unchecked(new) and bool(new().append("n1", 3, before=(5, 3))["success"])


def _by_place(new: NewBench) -> bool:
    reply = _follower(new, 1).append("n2", 3, before=(1, 2), entries=[3])
    return not _unchecked(new) and bool(reply["success"])


def _stores_twice(new: NewBench) -> bool:
    bench = _follower(new, 1, 1)
    length = len(bench.log)
    bench.append("n1", 1, entries=[1, 1])
    return length == 3 and len(bench.log) > length


def _everyone_appends(new: NewBench) -> bool:
    bench = _follower(new, 1)
    length = len(bench.log)
    bench.propose()
    return len(bench.log) > length


def _boasts(new: NewBench) -> bool:
    reply = _follower(new, 1, 1, 1).append("n1", 1, entries=[1])
    return bool(reply["success"] and reply["index"] == 3)


def _sends_once(new: NewBench) -> bool:
    bench = _leader(new)
    sent = _to(bench.propose(), "n1")
    return any(one["entries"] for one in sent) and not _next(bench, "n1")["entries"]


def _wrong_previous(new: NewBench) -> bool:
    bench = _leader(new)
    sent = [*_to(bench.propose(), "n1"), _next(bench, "n1")]
    firsts = [one["entries"][0]["index"] if one["entries"] else bench.last["index"] for one in sent]
    return all(one["prev_index"] != first - 1 for one, first in zip(sent, firsts, strict=True))


def _sends_all(new: NewBench) -> bool:
    bench = _leader(new, 1, 1)
    bench.propose()
    bench.confirms("n1", bench.last["index"])
    return len(_next(bench, "n1")["entries"]) == len(bench.log) - 1


def _newest_confirmation(new: NewBench) -> bool:
    bench = _leader(new, 1, 1)
    bench.propose()
    bench.confirms("n1", bench.last["index"])
    bench.confirms("n1", 1)
    entries = _next(bench, "n1")["entries"]
    return bool(entries) and not _sends_all(new)


def _cuts(new: NewBench) -> bool:
    bench = _follower(new, 1, 1, 1, 1)
    reply = bench.append("n1", 1, entries=[1, 1])
    return bool(reply["success"]) and len(bench.log) < 5


def _keeps_conflicts(new: NewBench) -> bool:
    bench = _follower(new, 1, 1)
    reply = bench.append("n2", 2, entries=[2])
    return bool(reply["success"]) and bench.log[1]["term"] == 1


def _keeps_what_follows(new: NewBench) -> bool:
    bench = _follower(new, 1, 1, 1)
    reply = bench.append("n2", 2, entries=[2])
    return bool(reply["success"]) and bench.log[1]["term"] == 2 and len(bench.log) == 4


def _never_back(new: NewBench) -> bool:
    bench = _leader(new, 1, 1, 1)
    before = _next(bench, "n1")["prev_index"]
    bench.confirms("n1", 0, success=False)
    return bool(before > 0 and _next(bench, "n1")["prev_index"] == before)


def _undoes(new: NewBench) -> bool:
    bench = _leader(new, 1, 1, 1)
    bench.confirms("n1", 3)
    bench.confirms("n1", 0, success=False)
    return bool(_next(bench, "n1")["prev_index"] < 3)


REPLICATION: dict[str, Question] = {
    "entries are taken whatever lies before them": _unchecked,
    "a heartbeat has nothing to compare": _heartbeats_unchecked,
    "the entry before is the right one if there is one at its index": _by_place,
    "an entry that comes twice is stored twice": _stores_twice,
    "who does not lead takes commands, too": _everyone_appends,
    "a follower confirms its whole log": _boasts,
    "what was sent is stored": _sends_once,
    "prev_index is another entry than the one before the entries": _wrong_previous,
    "a peer needs the whole log each time": _sends_all,
    "the newest confirmation says how far a follower is": _newest_confirmation,
}
"""What a node shows that replicates."""

REPAIR: dict[str, Question] = {
    "every append cuts the log behind it": _cuts,
    "an entry that conflicts stays": _keeps_conflicts,
    "only the entry that conflicts goes, not what is behind it": _keeps_what_follows,
    "after a refusal the same is tried again": _never_back,
    "a late refusal undoes what was confirmed": _undoes,
}
"""What a node shows that repairs logs."""
