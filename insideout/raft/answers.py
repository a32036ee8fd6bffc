"""What the nodes of a run answer, read and checked once: most answers repeat an earlier one to the letter."""

import marshal
from collections.abc import Sequence
from typing import Any, NamedTuple

from insideout.raft.contract import Crossed, as_ready
from insideout.raft.messages import Ready

FORM = 2
"""The last form of marshal's that writes equal data as equal bytes."""
_LONG = 16 * 1024
"""Longer answers hold logs, and do not come again."""
_MOST = 10_000


def letters(answer: Any) -> bytes | None:
    """Return what two answers have in common only when they are the same to the letter; None for a long one.

    True is not 1 and a tuple is no list.  None, too, for what marshal cannot write.
    """
    try:
        text = marshal.dumps(answer, FORM)
    except ValueError:
        return None
    return text if len(text) <= _LONG else None


class Answer(NamedTuple):
    """A node's answer in full, and of how many bytes its messages are; nobody may change it."""

    ready: Ready
    weight: int


class Answers:
    """The answers of the nodes `members`."""

    def __init__(self, members: Sequence[str]) -> None:
        self._members = members
        self._known: dict[tuple[str, str | bytes], Answer] = {}

    def read(self, answer: Any, *, call: str, node: str) -> Answer:
        """Return what `node` answered; the same object for the same answer.

        Raises Broken (CONTRACT) where it has another form than was agreed.
        """
        same = answer.letters if isinstance(answer, Crossed) else letters(answer)
        if same is None:
            return self._checked(answer, call, node)
        key = (node, same)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[key] = self._checked(answer, call, node)
        return known

    def forget(self) -> None:
        """Read every answer anew."""
        self._known.clear()

    def _checked(self, answer: Any, call: str, node: str) -> Answer:
        ready = as_ready(answer, call=call, node=node, members=self._members)
        return Answer(ready, len(marshal.dumps(ready["messages"], FORM)))
