"""Requests and responses as plain values, between the API server and its doors."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from insideout.apiserver.watching import Change, Subscription

if TYPE_CHECKING:
    from insideout.apiserver.subresources.streams import Passage

Object = dict[str, Any]
Query = Mapping[str, list[str]]

ADMIN = "kubernetes-admin"
ADMIN_GROUPS = ("system:masters", "system:authenticated")


@dataclass(frozen=True)
class Request:
    """One request, already authenticated; header names are in lower case, the path is decoded."""

    method: str
    path: str
    query: Query = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Object = b""
    user: str = ADMIN
    groups: tuple[str, ...] = ADMIN_GROUPS

    def parameter(self, name: str) -> str:
        """Return the first value of a query parameter, "" when it is not there."""
        values = self.query.get(name)
        return values[0] if values else ""


@dataclass
class Response:
    """One response: `body` is a JSON value, text, bytes, a stream of them, or how it goes on upgraded."""

    code: int
    body: "Object | str | bytes | WatchStream | TextStream | Passage"
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class WatchStream:
    """The events of one watch, waiting to be read.

    `on_ready` is called, once until the next `read`, when there is something to read or the watch has ended,
    and `on_put` with each event.  A reader that leaves too many events waiting is cut off, never skipped.
    """

    MOST_WAITING = 100_000

    def __init__(self, render: Callable[[Change], Object]) -> None:
        self.closed = False
        self.on_ready: Callable[[], object] | None = None
        self.on_put: Callable[[Change], object] | None = None
        self.subscription: Subscription | None = None
        self._render = render
        self._waiting: deque[Change] = deque()
        self._notified = False

    def put(self, change: Change) -> None:
        """Add an event."""
        if self.on_put is not None:
            self.on_put(change)
        self._waiting.append(change)
        if len(self._waiting) > self.MOST_WAITING:
            self._waiting.clear()
            self.stop()
        self._notify()

    def close(self) -> None:
        """Say that no event follows."""
        self.closed = True
        self._notify()

    def read(self) -> list[Object]:
        """Return the events that wait, each as {"type": ..., "object": ...}."""
        waiting, self._waiting = self._waiting, deque()
        self._notified = False
        return [{"type": change.type, "object": self._render(change)} for change in waiting]

    def stop(self) -> None:
        """End the watch from the reader's side."""
        self.closed = True
        if self.subscription is not None:
            self.subscription.stop()

    def _notify(self) -> None:
        if self.on_ready is not None and not self._notified:
            self._notified = True
            self.on_ready()


class TextStream:
    """Text that goes on, such as a log that is followed; `on_stop` is called when its reader has gone."""

    def __init__(self) -> None:
        self.closed = False
        self.on_ready: Callable[[], object] | None = None
        self.on_stop: Callable[[], object] = lambda: None
        self._waiting: list[str] = []

    def put(self, text: str) -> None:
        """Add text."""
        self._waiting.append(text)
        self._notify()

    def close(self) -> None:
        """Say that no text follows."""
        self.closed = True
        self._notify()

    def read(self) -> str:
        """Return the text that waits."""
        waiting, self._waiting = self._waiting, []
        return "".join(waiting)

    def stop(self) -> None:
        """End it from the reader's side."""
        self.closed = True
        self.on_stop()

    def _notify(self) -> None:
        if self.on_ready is not None:
            self.on_ready()
