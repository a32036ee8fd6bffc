"""What can go wrong in an execution, and where: a moment offers faults, a plan says which of them happen.

An execution without faults is the same every time, so a plan alone repeats an execution exactly, and each of
its faults can be told, left out or tried elsewhere.

Source: the kinds of fault are those of X. Sun et al., "Automatic Reliability Testing For Cluster Management
Controllers" (OSDI 2022), stale, unobserved and intermediate states, with the ways in which a write can fail.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

KILL_BEFORE = "kill before"
KILL_AFTER = "kill after"
REFUSE = "refuse"
LOSE = "lose the answer"
TRAVEL = "restart from an old cache"
EARLY = "the user acts first"
LAG = "lag"
LONG_LAG = "long lag"
SKIP = "skip to a new list"
POSTPONE = "postpone"
RESTART = "restart"

KINDS = (
    *(RESTART, KILL_AFTER, KILL_BEFORE, EARLY, REFUSE, LOSE),
    *(LAG, POSTPONE, LONG_LAG, SKIP, TRAVEL),
)
"""All kinds of fault, the plainest first: where several show the same bug, the first is told."""

MEANING = {
    RESTART: "the controller is killed and starts again with empty memory",
    KILL_BEFORE: "the controller is killed before this write, and starts again with empty memory",
    KILL_AFTER: "the write is done, then the controller is killed, and starts again with empty memory",
    TRAVEL: "the write is done, then the controller is killed; the new one lists from a cache that lags: "
    "it shows what there was before the user's last step",
    REFUSE: "the server refuses this write",
    LOSE: "the write is done, but the answer is lost on its way: the controller is told of an error",
    EARLY: "the user's next step happens first",
    LAG: "this event and those after it on its watch wait until nothing else is left to do",
    LONG_LAG: "this event and those after it on its watch wait until after the user's next step",
    SKIP: "the watch breaks and is too old to go on (410): after the user's next step there is a new list, "
    "and what happened in between is never seen",
    POSTPONE: "the events that wait are delivered before this callback of the controller",
}


class Spot(NamedTuple):
    """A moment of an execution by its kind ("call", "event", "callback", "pause") and number, from 1."""

    kind: str
    number: int


class Fault(NamedTuple):
    """One thing that goes wrong."""

    spot: Spot
    kind: str


Plan = tuple[Fault, ...]

Chooser = Callable[[Spot, Sequence[str]], str | None]
"""Says which of the faults offered at a moment happens there, None for none."""


class Moment(NamedTuple):
    """A moment that an execution came by, and the faults that it offered there."""

    spot: Spot
    offered: tuple[str, ...]


def chooser_of(plan: Plan) -> Chooser:
    """Return the chooser that follows a plan; what cannot happen at its spot does not."""
    planned = {fault.spot: fault.kind for fault in plan}

    def choose(spot: Spot, offered: Sequence[str]) -> str | None:
        kind = planned.get(spot)
        return kind if kind in offered else None

    return choose
