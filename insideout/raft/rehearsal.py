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
from typing import Any

from insideout.raft.answers import FORM, letters
from insideout.raft.contract import Crossed
from insideout.raft.messages import MakeNode, Message, RaftNode, Saved
from insideout.raft.runner import play_one, uncollected
from insideout.raft.scenarios import STAGE_SCENARIOS

_MADE = "made"
"""What is noted when a node came to life."""
_LIMIT_BYTES = 32 * 2**20
"""How long notes may be; those of a sound Raft are a fifth of that at most."""
_SAME, _LESS = "=", "~"
"""They begin an answer that is told by an earlier one; no JSON begins so."""
Log = list[Any]
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


class Astray(BaseException):
    """The notes have no answer to this question; not an Exception, or it would be taken for the node's."""


def rehearse(make: MakeNode, stage: str, name: str, seed: int) -> str:
    """Play the situation `name` of `stage` with nodes of `make`, judging nothing, and return the notes.

    A line a question: a digest of it and the answer, all of it compressed.  An answer is JSON; or "=7", the
    same as in line 7; or "~12" and JSON whose logs lack their first twelve entries, those of the log that the
    node has shown before.  The notes end where a node raises or answers something that is no plain data.
    """
    (scenario,) = (one for one in STAGE_SCENARIOS[stage] if one.name == name)
    lines: list[str] = []
    with uncollected(), contextlib.suppress(Astray):  # there the notes end
        play_one(_Noting(make, lines).make, scenario, seed, judge=False)
    return base64.b64encode(zlib.compress("\n".join(lines).encode(), level=1)).decode()


class Rehearsed:
    """Makes nodes that answer from the notes of a rehearsal."""

    def __init__(self, notes: Any) -> None:
        self._lines = _lines(notes)
        self._read: list[Crossed | None] = []
        self._made = 0

    def make(self, id: str, members: Sequence[str], saved: Saved, seed: int) -> RaftNode:
        """Return a node that answers from the notes."""
        self._next((_MADE, id, list(members), saved, seed))
        self._read.append(None)
        self._made += 1
        return _Told(self, self._made, saved["log"])

    def answer(self, log: Log, *question: Any) -> Crossed:
        """Return the noted answer to `question` of a node that has shown `log`.

        Astray when the next one is about something else, or is none.
        """
        text = self._next(question)
        try:
            read = self._read[int(text[1:])] if text[:1] == _SAME else _read(text, log)
        except (ValueError, LookupError, TypeError, RecursionError):
            read = None
        if read is None:
            raise Astray
        self._read.append(read)
        return read

    def _next(self, question: tuple[Any, ...]) -> str:
        """Return the next line without the digest, which is that of `question`."""
        position = len(self._read)
        digest, _, text = (self._lines[position] if position < len(self._lines) else "").partition(" ")
        if digest != _digest(question):
            raise Astray
        return text


def _written(answer: Any, log: Log) -> str:
    """Return `answer` as its line in the notes, by what a node did that has shown `log`."""
    known = _known(answer, log)
    if not known:
        return json.dumps(answer)
    short = {**answer, "status": {**answer["status"], "log": answer["status"]["log"][known:]}}
    if answer["save"] is not None:
        short["save"] = {**answer["save"], "log": answer["save"]["log"][known:]}
    return f"{_LESS}{known} {json.dumps(short)}"


def _known(answer: Any, log: Log) -> int:
    """Return how many entries of `log` every log in `answer` begins with; 0 when one of them is none."""
    if type(answer) is not dict or type(answer.get("status")) is not dict:
        return 0
    logs = [answer["status"].get("log")]
    if answer.get("save", 0) is not None:
        logs.append(answer["save"].get("log") if type(answer.get("save")) is dict else None)
    if not all(type(one) is list for one in logs):
        return 0
    shortest = min(len(log), *(len(one) - 1 for one in logs))
    if all(one[:shortest] == log[:shortest] for one in logs):
        return shortest
    return next((i for i in range(shortest) if any(one[i] != log[i] for one in logs)), shortest)


def _read(line: str, log: Log) -> Crossed:
    """Return the answer that a line of the notes holds; the reverse of `_written`."""
    if line[:1] != _LESS:
        return Crossed(json.loads(line), line)
    length, _, text = line[1:].partition(" ")
    known = int(length)
    if not 0 < known <= len(log):
        raise ValueError(length)
    value = json.loads(text)
    logs = [value["status"], *([] if value["save"] is None else [value["save"]])]
    for one in logs:
        one["log"] = log[:known] + one["log"]
    return Crossed(value, None, known)


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

    def __init__(self, rehearsed: Rehearsed, number: int, log: Log) -> None:
        self._rehearsed = rehearsed
        self._number = number
        self._log = log

    def _answer(self, call: str, *args: Any) -> Crossed:
        read = self._rehearsed.answer(self._log, self._number, call, *args)
        self._log = _shown(read) or self._log
        return read

    def tick(self) -> Any:
        return self._answer("tick")

    def step(self, message: Message) -> Any:
        return self._answer("step", message)

    def propose(self, command: Any) -> Any:
        return self._answer("propose", command)

    def compact(self, index: int, snapshot: Any) -> Any:
        return self._answer("compact", index, snapshot)

    def read(self, id: int) -> Any:
        return self._answer("read", id)


class _Noting:
    """Makes nodes of `make` whose answers are noted."""

    def __init__(self, make: MakeNode, lines: list[str]) -> None:
        self._make = make
        self._lines = lines
        self._known: dict[bytes, tuple[str, Crossed]] = {}
        self._made = 0

    def make(self, id: str, members: Sequence[str], saved: Saved, seed: int) -> RaftNode:
        digest = _digest((_MADE, id, list(members), saved, seed))
        log = list(saved["log"])
        try:
            node = self._make(id, members, saved, seed)
        except Exception as error:
            raise Astray from error
        self._lines.append(f"{digest} ")
        self._made += 1
        return _Noted(self, node, self._made, log)

    def note(self, digest: str, answer: Any, log: Log) -> Crossed:
        """Note an answer, and return it as whoever reads the notes will see it."""
        same = letters(answer)
        known = self._known.get(same) if same is not None else None
        if known is None:
            text = _written(answer, log)
            known = f"{_SAME}{len(self._lines)}", _read(text, log)
            if same is not None and known[1].letters is not None:
                self._known[same] = known
            self._lines.append(f"{digest} {text}")
        else:
            self._lines.append(f"{digest} {known[0]}")
        return known[1]


class _Noted:
    """A node at work, every answer of which is noted."""

    def __init__(self, noting: _Noting, node: RaftNode, number: int, log: Log) -> None:
        self._noting = noting
        self._node = node
        self._number = number
        self._log = log

    def _answer(self, call: str, *args: Any) -> Crossed:
        digest = _digest((self._number, call, *args))  # before the node can change what it was given
        try:
            noted = self._noting.note(digest, getattr(self._node, call)(*args), self._log)
        except Exception as error:
            raise Astray from error
        self._log = _shown(noted) or self._log
        return noted

    def tick(self) -> Any:
        return self._answer("tick")

    def step(self, message: Message) -> Any:
        return self._answer("step", message)

    def propose(self, command: Any) -> Any:
        return self._answer("propose", command)

    def compact(self, index: int, snapshot: Any) -> Any:
        return self._answer("compact", index, snapshot)

    def read(self, id: int) -> Any:
        return self._answer("read", id)


def _digest(question: tuple[Any, ...]) -> str:
    return hashlib.blake2b(marshal.dumps(question, FORM), digest_size=8).hexdigest()


def _shown(answer: Crossed) -> Log | None:
    """Return the log that an answer shows, None when it shows none."""
    status = answer.value.get("status") if type(answer.value) is dict else None
    log = status.get("log") if type(status) is dict else None
    return log if type(log) is list else None
