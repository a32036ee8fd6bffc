"""A checker of linearizability for a key-value store: one copy could have answered all this.

A history is linearizable when every operation can be given one instant between its call and its return
such that the answers are those of a single copy that executed them in that order (Herlihy and Wing 1990).
The search is Wing and Gong's (1993) with Lowe's memory of failed positions (2017), on one key at a time,
because a history is linearizable exactly when its part on each key is (Horn and Kroening 2015).  No kept
Python package does this; Porcupine (Go) and Knossos (Clojure) are the well-known ones.
"""

from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

from insideout.raft.history import Operation


class NotLinearizable(NamedTuple):
    """Why a history is not linearizable: the operations of one key, and the longest order that worked."""

    key: str
    operations: list[Operation]
    longest: list[Operation]

    def __str__(self) -> str:
        """Name the operations that no order explains."""
        left = [operation for operation in self.operations if operation not in self.longest]
        stuck = "; ".join(str(operation) for operation in left[:3] if operation.returned_s < inf)
        return f"no order of the {len(self.operations)} operations on {self.key!r} explains: {stuck}"


def check(operations: Iterable[Operation]) -> NotLinearizable | None:
    """Return None when the history is linearizable, else the first key on which it is not."""
    by_key: dict[str, list[Operation]] = {}
    for operation in _relevant(list(operations)):
        by_key.setdefault(operation.key, []).append(operation)
    for key in sorted(by_key):
        longest = _search(by_key[key])
        if longest is not None:
            return NotLinearizable(key, by_key[key], longest)
    return None


def _relevant(operations: Sequence[Operation]) -> list[Operation]:
    """Leave out operations without an answer that cannot matter; each left in doubles the search.

    A read without an answer constrains nothing.  A write without one whose value no read returned can be
    taken to have never happened: a read between it and the next put would have shown it.
    """
    results = [operation.result for operation in operations if operation.op == "get"]
    return [
        operation
        for operation in operations
        if operation.returned_s < inf
        or (operation.op != "get" and any(operation.value in result for result in results))
    ]


def _search(operations: Sequence[Operation]) -> list[Operation] | None:
    """Return None when some order explains all operations, else the longest order found.

    Depth first over the next operation to place.  A set of placed operations (as bits) with the value it
    leaves is tried once: whatever order led there, what can follow is the same.
    """
    calls = sorted(operations, key=lambda operation: (operation.called_s, operation.returned_s))
    answered = sum(1 << i for i, operation in enumerate(calls) if operation.returned_s < inf)
    seen: set[tuple[int, str]] = set()
    best: list[int] = []
    stack: list[tuple[int, str, list[int]]] = [(0, "", [])]
    while stack:
        placed, value, order = stack.pop()
        if placed & answered == answered:
            return None
        if (placed, value) in seen:
            continue
        seen.add((placed, value))
        if len(order) > len(best):
            best = order
        # The next one must have been called before any other that is still open had returned.
        horizon_s = min(op.returned_s for i, op in enumerate(calls) if not placed >> i & 1)
        choices = []
        for i, operation in enumerate(calls):
            if operation.called_s > horizon_s:
                break
            if placed >> i & 1:
                continue
            after = _execute(operation, value)
            if after is not None:
                choices.append((placed | 1 << i, after, [*order, i]))
        stack.extend(reversed(choices))
    return [calls[i] for i in best]


def _execute(operation: Operation, value: str) -> str | None:
    """Return the value after the operation, or None when its answer is not this value's."""
    if operation.op == "put":
        return operation.value
    if operation.op == "append":
        return value + operation.value
    if operation.returned_s == inf or operation.result == value:
        return value
    return None
