"""A situation played ahead where the nodes live, so that their answers cross between processes in one piece.

A node's every call would be a question to another process and back.  The world around the nodes is the same
for the same seed, so the process with the nodes can play a whole situation alone and note each answer beside
its question.  Whoever judges plays the situation again, with every rule, and takes the noted answers as long
as its own questions are the noted ones.  At the first that is not, or is missing, the notes are worth
nothing: `Astray` is raised, and the situation has to be played with the nodes themselves.

So notes can only say what the nodes could have said when asked.
"""

import base64
import contextlib
import hashlib
import json
import marshal
import re
import zlib
from collections.abc import Sequence
from functools import partialmethod
from typing import Any

from insideout.raft.contract import Crossed
from insideout.raft.messages import MakeNode, RaftNode, Saved
from insideout.raft.runner import play_one
from insideout.raft.scenarios import STAGE_SCENARIOS

_MADE = "made"
"""What is noted when a node came to life."""
_LIMIT_BYTES = 32 * 2**20
"""How long notes may be; those of a sound Raft are a fifth of that at most."""
_FORM = 2
"""The last form of marshal's that writes equal data as equal bytes."""
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


class Astray(BaseException):
    """The notes have no answer to this question; not an Exception, or it would be taken for the node's."""


def rehearse(make: MakeNode, stage: str, name: str, seed: int) -> str:
    """Play the situation `name` of `stage` with nodes of `make`, judging nothing, and return the notes.

    A line a question: a digest of it and the answer as JSON, all of them compressed, for logs are long and
    come again and again.  The notes end where a node raises or answers something that is no plain data.
    """
    (scenario,) = (one for one in STAGE_SCENARIOS[stage] if one.name == name)
    lines: list[str] = []
    with contextlib.suppress(Astray):  # there the notes end
        play_one(_Noting(make, lines).make, scenario, seed, judge=False)
    return base64.b64encode(zlib.compress("\n".join(lines).encode(), level=1)).decode()


class Rehearsed:
    """Makes nodes that answer from the notes of a rehearsal."""

    def __init__(self, notes: Any) -> None:
        self._lines = iter(_lines(notes))
        self._made = 0

    def make(self, id: str, members: Sequence[str], saved: Saved, seed: int) -> RaftNode:
        """Return a node that answers from the notes."""
        self.answer(_MADE, id, list(members), saved, seed)
        self._made += 1
        return _Told(self, self._made)

    def answer(self, *question: Any) -> Crossed:
        """Return the noted answer to `question`; Astray when the next one is about something else."""
        digest, _, text = next(self._lines, "").partition(" ")
        if digest != _digest(question):
            raise Astray
        return Crossed(text)


def _lines(notes: Any) -> list[str]:
    """Return the lines of the notes, whatever came in their place; none of what is no notes, or too long."""
    try:
        reader = zlib.decompressobj()
        text = reader.decompress(base64.b64decode(notes), _LIMIT_BYTES).decode()
    except (TypeError, ValueError, zlib.error):
        return []
    # A half of a character is no text that a report could print; nobody's honest answer holds one.
    return [] if reader.unconsumed_tail or _HALF_CHARACTER.search(text) else text.split("\n")


class _Told:
    """A node whose answers are in the notes."""

    def __init__(self, rehearsed: Rehearsed, number: int) -> None:
        self._rehearsed = rehearsed
        self._number = number

    def _answer(self, call: str, *args: Any) -> Any:
        return self._rehearsed.answer(self._number, call, *args)

    tick = partialmethod(_answer, "tick")
    step = partialmethod(_answer, "step")
    propose = partialmethod(_answer, "propose")
    compact = partialmethod(_answer, "compact")
    read = partialmethod(_answer, "read")


class _Noting:
    """Makes nodes of `make` whose answers are noted."""

    def __init__(self, make: MakeNode, lines: list[str]) -> None:
        self._make = make
        self._lines = lines
        self._made = 0

    def make(self, id: str, members: Sequence[str], saved: Saved, seed: int) -> RaftNode:
        digest = _digest((_MADE, id, list(members), saved, seed))
        try:
            node = self._make(id, members, saved, seed)
        except Exception as error:
            raise Astray from error
        self._lines.append(f"{digest} ")
        self._made += 1
        return _Noted(self._lines, node, self._made)


class _Noted:
    """A node at work, every answer of which is noted."""

    def __init__(self, lines: list[str], node: RaftNode, number: int) -> None:
        self._lines = lines
        self._node = node
        self._number = number

    def _answer(self, call: str, *args: Any) -> Any:
        digest = _digest((self._number, call, *args))  # before the node can change what it was given
        try:
            text = json.dumps(getattr(self._node, call)(*args))
        except Exception as error:
            raise Astray from error
        self._lines.append(f"{digest} {text}")
        return Crossed(text)

    tick = partialmethod(_answer, "tick")
    step = partialmethod(_answer, "step")
    propose = partialmethod(_answer, "propose")
    compact = partialmethod(_answer, "compact")
    read = partialmethod(_answer, "read")


def _digest(question: tuple[Any, ...]) -> str:
    return hashlib.blake2b(marshal.dumps(question, _FORM), digest_size=8).hexdigest()
