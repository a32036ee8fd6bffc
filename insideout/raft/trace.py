"""What happened in a run, as a list of events: the source of stories and diagrams."""

from typing import Any, NamedTuple


class Event(NamedTuple):
    """One thing that happened at `t_s` seconds; `node` is "" when it concerns the whole group.

    Kinds and their data: boot, crash, restart, partition, heal (links), propose (command), send, deliver,
    drop (message, and a serial that tells which), status (before, after), save, apply (items), tick.
    """

    t_s: float
    node: str
    kind: str
    data: dict[str, Any]


class Trace:
    """The events of one run in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, t_s: float, node: str, kind: str, **data: Any) -> None:
        """Note that something happened."""
        self.events.append(Event(t_s, node, kind, data))

    def count(self, kind: str, type: str = "", since_s: float = 0.0) -> int:
        """Return how many events of `kind` there were, of messages of `type` if given."""
        return sum(
            event.kind == kind
            and event.t_s >= since_s
            and (not type or event.data["message"]["type"] == type)
            for event in self.events
        )
