"""One life of the controller, from a start to a kill."""

from collections.abc import Hashable

from insideout.client.interface import Object, WatchEvent
from insideout.explore.faults import LAG
from insideout.explore.threads import SharedLoop, Stream


class Instance:
    """A running controller, as the world knows it: its loop, its watches, and what it was told."""

    def __init__(self, number: int, loop: SharedLoop, lists_at: str) -> None:
        self.number = number
        self.loop = loop
        self.lists_at = lists_at
        """The version that a lagging cache lists, "" for the present."""
        self.streams: list[Stream] = []
        self.alive = True
        self._told = 0
        self._known: dict[tuple[str, str], Object] = {}

    def opened(self, stream: Stream) -> None:
        """Take a new watch; that of a cache that lags is held back."""
        self.streams = [each for each in self.streams if each.is_open]
        self.streams.append(stream)
        if self.lists_at:
            stream.hold(LAG, 0)

    def first(self) -> Stream | None:
        """Return the watch whose next event fell due first."""
        due = [(serial, each) for each in self.streams if (serial := each.due()) is not None]
        return min(due, key=lambda each: each[0])[1] if due else None

    def end(self) -> None:
        """End it: it hears nothing any more."""
        self.alive = False
        for stream in self.streams:
            stream.stop()

    def note(self, *what: Hashable) -> None:
        """Add something to what it was told."""
        self._told = hash((self._told, *what))

    def told_of(self, resource: str, name: str, event: WatchEvent) -> Object | None:
        """Note an event; return what the one before about the same object showed."""
        version = (event.object.get("metadata") or {}).get("resourceVersion", "")
        self.note(event.type, resource, name, version)
        before = self._known.get((resource, name))
        self._known[resource, name] = event.object
        return before

    @property
    def state(self) -> tuple[Hashable, ...]:
        """What it knows and what waits for it."""
        streams = tuple((each.resource, each.delivered, each.waiting, each.held) for each in self.streams)
        return self.number, self._told, streams
