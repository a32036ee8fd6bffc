"""Beliefs about what is committed, on the disk, in a snapshot and read, each as a question to a node."""

from typing import Any

from course.units.u03_raft.beliefs.bench import Bench, NewBench, Question
from insideout.raft.messages import zero


def _proposed(new: NewBench, members: int = 3) -> Bench:
    """Return a bench whose node leads and has just taken a command."""
    bench = new(members=members)
    bench.lead()
    bench.propose()
    return bench


def _committed(bench: Bench) -> bool:
    return bool(bench.last["index"] > 0 and bench.status["commit"] >= bench.last["index"])


def _at_once(new: NewBench) -> bool:
    return _committed(_proposed(new, members=5))


def _half(new: NewBench) -> bool:
    bench = _proposed(new, members=5)
    before = _committed(bench)
    bench.confirms("n1", bench.last["index"])
    return not before and _committed(bench)


def _twice(new: NewBench) -> bool:
    bench = _proposed(new, members=5)
    bench.confirms("n1", bench.last["index"])
    before = _committed(bench)
    bench.confirms("n1", bench.last["index"])
    return not before and _committed(bench)


def _half_of_an_even_group(new: NewBench) -> bool:
    bench = _proposed(new, members=4)
    before = _committed(bench)
    bench.confirms("n1", bench.last["index"])
    return not before and not _half(new) and _committed(bench)


def _committed_by(new: NewBench) -> int:
    """Return how many of four others must confirm an entry; 0 where it is never committed."""
    bench = _proposed(new, members=5)
    for count, peer in enumerate(bench.peers, 1):
        bench.confirms(peer, bench.last["index"])
        if _committed(bench):
            return count
    return 0


def _all(new: NewBench) -> bool:
    return _committed_by(new) == 4


def _without_itself(new: NewBench) -> bool:
    return _committed_by(new) == 3


def _old_term(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1])
    bench.lead()
    bench.confirms("n1", 1)
    return bool(bench.log[1]["term"] < bench.status["term"] and bench.status["commit"] == 1)


def _old_confirmations(new: NewBench) -> bool:
    bench = _proposed(new)
    before = _committed(bench)
    bench.confirms("n1", bench.last["index"], term=bench.status["term"] - 1)
    return not before and _committed(bench)


def _unchecked(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1, 1, 1])
    bench.append("n1", 1, entries=[1], commit=3)
    return bool(bench.status["commit"] == 3) and not _beyond(new) and not _refused(new)


def _beyond(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1], commit=5)
    return bool(bench.status["commit"] > 1)


def _refused(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1])
    reply = bench.append("n1", 2, before=(5, 2), commit=1)
    return not reply["success"] and bool(bench.status["commit"] == 1)


def _taken_back(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1, 1], commit=2)
    before = bench.status["commit"]
    bench.append("n1", 1, before=(2, 1), commit=1)
    return bool(before == 2 and bench.status["commit"] < 2)


def _never_learns(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1, 1])
    bench.append("n1", 1, before=(2, 1), commit=2)
    return bool(bench.status["commit"] == 0)


COMMIT: dict[str, Question] = {
    "a leader may commit what it has": _at_once,
    "half of the members are a majority": _half,
    "half of an even group is a majority": _half_of_an_even_group,
    "the leader's own copy does not count": _without_itself,
    "a confirmation that comes twice counts twice": _twice,
    "every member must have an entry before it is committed": _all,
    "an entry of an earlier term is committed by counting": _old_term,
    "confirmations of an earlier term count": _old_confirmations,
    "what the leader has committed is committed here, whatever the message checked": _unchecked,
    "the commit index can be beyond the own log": _beyond,
    "a refused append still tells what is committed": _refused,
    "a late message may take the commit index back": _taken_back,
    "followers need not know what is committed": _never_learns,
}
"""What a node shows that commits."""


def _voted(new: NewBench) -> tuple[Bench, dict[str, Any] | None]:
    bench = new()
    bench.asks("n1", 3)
    return bench, bench.saves[-1]


def _vote_unsaved(new: NewBench) -> bool:
    _, save = _voted(new)
    return save is not None and save["term"] == 3 and save.get("vote") is None


def _term_unsaved(new: NewBench) -> bool:
    _, save = _voted(new)
    return save is not None and save["term"] != 3


def _log_unsaved(new: NewBench) -> bool:
    bench = new()
    reply = bench.append("n1", 1, entries=[1])
    save = bench.saves[-1]
    return bool(reply["success"]) and save is not None and len(save["log"]) == 1


def _saves_later(new: NewBench) -> bool:
    bench, save = _voted(new)
    return save is None and bench.status["vote"] == "n1"


def _saves_term_only(new: NewBench) -> bool:
    bench = new()
    bench.asks("n1", 3)
    first = bench.saves[-1]
    reply = bench.append("n1", 3, entries=[3])
    unsaved = first is not None and bool(reply["success"]) and bench.saves[-1] is None
    return unsaved and not _log_unsaved(new)


def _saves_always(new: NewBench) -> bool:
    bench = new()
    bench.append("n1", 1, entries=[1])
    bench.tick(3)
    return None not in bench.saves[-3:]


def _restarted(new: NewBench) -> Bench:
    log = [zero(), {"index": 1, "term": 2, "command": "a"}, {"index": 2, "term": 2, "command": "b"}]
    bench = new(saved={"term": 3, "vote": "n1", "log": log, "snapshot": None})
    bench.tick()
    return bench


def _begins_anew(new: NewBench) -> bool:
    return bool(_restarted(new).status["term"] == 0)


def _free_vote(new: NewBench) -> bool:
    bench = _restarted(new)
    return bench.status["term"] == 3 and bench.asks("n2", 3, 9, 3)


def _all_committed(new: NewBench) -> bool:
    return bool(_restarted(new).status["commit"] == 2)


PERSISTENCE: dict[str, Question] = {
    "an answer may go out before it is on the disk": _saves_later,
    "the vote need not be on the disk": _vote_unsaved,
    "the term need not be on the disk": _term_unsaved,
    "the log need not be on the disk": _log_unsaved,
    "only a new term must go to the disk": _saves_term_only,
    "every call is a write": _saves_always,
    "a restarted node begins anew": _begins_anew,
    "a restarted node has a free vote": _free_vote,
    "what the log holds after a restart was committed": _all_committed,
}
"""What a node shows that survives crashes."""
