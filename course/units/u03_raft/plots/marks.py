"""What a space-time diagram of a Raft run draws: spans of roles, arrows of messages, and the axis of time."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from course.plots import picture
from insideout.raft.trace import Trace


class Look(NamedTuple):
    """How a kind of message is drawn and what it is called."""

    label: str
    colour: str
    line: str


VOTE = Look("asks for a vote", picture.ORANGE, "-")
YES = Look("gives its vote", picture.GREEN, "-")
NO = Look("refuses", picture.VERMILION, ":")
ENTRIES = Look("sends entries", picture.BLUE, "-")
CONFIRMS = Look("confirms entries", picture.SKY, "-")
SNAPSHOT = Look("sends a snapshot", picture.PURPLE, "-")
HEARTBEAT = Look("heartbeat or its answer", picture.GREY, ":")


class Span(NamedTuple):
    """A node in one role and term from one instant to another."""

    node: str
    role: str
    term: int
    from_s: float
    to_s: float


class Arrow(NamedTuple):
    """A message on its way; `arrives_s` is None when it did not arrive."""

    message: Mapping[str, Any]
    sent_s: float
    arrives_s: float | None
    look: Look


GAP_S = 0.18
"""A longer stretch in which nothing happens is drawn as one of this length."""


class Axis:
    """Time as the picture has it: quiet stretches are short."""

    def __init__(self, from_s: float, to_s: float, times: Iterable[float]) -> None:
        inside = {t_s for t_s in times if from_s < t_s < to_s}
        self._times = sorted({from_s, to_s, *inside})
        self._xs = [0.0]
        self.gaps: list[tuple[float, float]] = []
        for earlier_s, later_s in pairwise(self._times):
            length_s = later_s - earlier_s
            if length_s > 2 * GAP_S:
                self.gaps.append((earlier_s, later_s))
                length_s = GAP_S
            self._xs.append(self._xs[-1] + length_s)

    def x(self, t_s: float) -> float:
        """Return where `t_s` seconds are on the picture; what lies outside is put on its edge."""
        place = bisect_right(self._times, t_s)
        if place == 0:
            return self._xs[0]
        if place == len(self._times):
            return self._xs[-1]
        left_s, right_s = self._times[place - 1], self._times[place]
        share = (t_s - left_s) / (right_s - left_s)
        return self._xs[place - 1] + share * (self._xs[place] - self._xs[place - 1])

    def ticks(self) -> tuple[list[float], list[str]]:
        """Return about ten places and the seconds to write there."""
        width = self._xs[-1] / 10
        places: list[tuple[float, str]] = []
        for t_s, x in zip(self._times, self._xs, strict=True):
            in_gap = any(left_s < t_s < right_s for left_s, right_s in self.gaps)
            if not in_gap and (not places or x - places[-1][0] >= width):
                places.append((x, f"{t_s:.2f}"))
        return [x for x, _ in places], [text for _, text in places]


def spans_of(trace: Trace, members: Sequence[str], end_s: float) -> list[Span]:
    """Return who was what, and when; a node that is down has no span."""
    spans: list[Span] = []
    now: dict[str, tuple[str, int, float]] = {}

    def close(id: str, t_s: float) -> None:
        if id in now:
            role, term, since_s = now.pop(id)
            spans.append(Span(id, role, term, since_s, t_s))

    for event in trace.events:
        if event.t_s > end_s or event.node not in members:
            continue
        if event.kind in ("boot", "restart"):
            now[event.node] = ("follower", event.data["term"], event.t_s)
        elif event.kind == "crash":
            close(event.node, event.t_s)
        elif event.kind == "status" and event.node in now:
            after = event.data["after"]
            if now[event.node][:2] != (after["role"], after["term"]):
                close(event.node, event.t_s)
                now[event.node] = (after["role"], after["term"], event.t_s)
    for id in list(now):
        close(id, end_s)
    return spans


def arrows_of(trace: Trace, heartbeats: bool) -> list[Arrow]:
    """Return the messages worth an arrow, each with its arrivals."""
    arrivals: dict[int, list[float]] = {}
    for event in trace.events:
        if event.kind == "deliver":
            arrivals.setdefault(event.data["serial"], []).append(event.t_s)
    confirming = {id(m) for m in _confirmations(trace)}
    arrows = []
    lost: set[str] = set()
    for event in trace.events:
        if event.kind != "send":
            continue
        message = event.data["message"]
        look = _look(message, id(message) in confirming)
        if look is HEARTBEAT and not heartbeats:
            continue
        arrived = arrivals.get(event.data["serial"], [])
        if not arrived:
            what = repr(sorted(message.items(), key=lambda field: field[0]))
            if what not in lost:
                lost.add(what)
                arrows.append(Arrow(message, event.t_s, None, look))
        arrows += [Arrow(message, event.t_s, arrives_s, look) for arrives_s in arrived]
    return arrows


def _confirmations(trace: Trace) -> list[Mapping[str, Any]]:
    """Return the answers that confirm an index for the first time; the others only answer heartbeats."""
    best: dict[tuple[str, str, int], int] = {}
    found = []
    for event in trace.events:
        message = event.data.get("message", {})
        if event.kind == "send" and message["type"] == "append_entries_reply" and message["success"]:
            about = (message["from"], message["to"], message["term"])
            if message["index"] > best.get(about, 0):
                best[about] = message["index"]
                found.append(message)
    return found


def _look(message: Mapping[str, Any], confirms: bool) -> Look:
    match message["type"]:
        case "request_vote" | "pre_vote":
            return VOTE
        case "request_vote_reply" | "pre_vote_reply":
            return YES if message["granted"] else NO
        case "append_entries":
            return ENTRIES if message["entries"] else HEARTBEAT
        case "append_entries_reply":
            return CONFIRMS if confirms else HEARTBEAT if message["success"] else NO
        case _:
            return SNAPSHOT
