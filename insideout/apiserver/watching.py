"""Watches: one reader of the store for each resource, and any number of subscriptions fed from it.

A subscription sees only what its namespace and selectors let through, and sees an object that comes to match
as ADDED and one that ceases to match as DELETED.  Every event is delivered as a callback of the event loop,
in order.  Watches of pods by node are kept by node, so that 5,000 kubelets do not each look at every pod.

Source: k8s.io/apiserver/pkg/storage/cacher/{cacher,cache_watcher}.go, pkg/registry/core/pod/strategy.go
(NodeNameTriggerFunc)@v1.36.2.  Unlike there, events come straight from the store's history; what that has
forgotten comes from insideout.apiserver.watchcache.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from insideout.apimachinery.fields import FieldSelector
from insideout.apimachinery.selectors import LabelSelector
from insideout.apiserver.kinds import Kind
from insideout.apiserver.managers import NOBODY
from insideout.apiserver.selectable import value_of
from insideout.apiserver.status import StatusError
from insideout.apiserver.views import View, show
from insideout.apiserver.watchcache import WatchCache
from insideout.sim.loop import Loop
from insideout.store import CompactedError, Event, Store

BOOKMARK_EVERY_S = 60.0
INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class Selection(NamedTuple):
    """Which objects of a resource a list or watch is about; namespace "" means all."""

    namespace: str = ""
    labels: LabelSelector = LabelSelector()
    fields: FieldSelector = FieldSelector()

    def matches(self, obj: dict[str, Any]) -> bool:
        """Say whether `obj` is selected."""
        metadata = obj["metadata"]
        if self.namespace and metadata.get("namespace") != self.namespace:
            return False
        if self.labels.requirements and not self.labels.matches(metadata.get("labels")):
            return False
        return not self.fields.terms or self.fields.matches(lambda field: value_of(obj, field))


class Change(NamedTuple):
    """One event of a watch: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR; the view of an ERROR is a Status."""

    type: str
    view: View


class Subscription:
    """A watch under way: `on_change` gets each change, `on_close` is called once when the server ends it."""

    def __init__(
        self,
        hub: "Hub",
        selection: Selection,
        on_change: Callable[[Change], object],
        on_close: Callable[[], object] | None,
        after: int = 0,
    ) -> None:
        self.kind = hub.kind
        self.after = after
        """Only what is newer than this version is told; a client may name one that has yet to come."""
        self.selection = selection
        self.trigger = hub.trigger_of(selection)
        self._hub = hub
        self._on_change = on_change
        self._on_close = on_close
        self._waiting: deque[Change] = deque()
        self._due = False
        self.is_open = True

    def offer(self, change: Change) -> None:
        """Deliver `change` as a callback of the loop, after those offered before."""
        self._waiting.append(change)
        if not self._due:
            self._due = True
            self._hub.loop.call_soon(self._deliver)

    def stop(self) -> None:
        """End it from the client's side: nothing is delivered afterwards."""
        self.is_open = False
        self._waiting.clear()
        self._hub.drop(self)

    def close(self) -> None:
        """End it from the server's side: what was offered is still delivered, then the client is told."""
        self._hub.drop(self)
        self._hub.loop.call_soon(self._closed)

    def _closed(self) -> None:
        if self.is_open:
            self.is_open = False
            if self._on_close is not None:
                self._on_close()

    def _deliver(self) -> None:
        self._due = False
        waiting = self._waiting
        for _ in range(len(waiting)):  # what is offered meanwhile comes in a callback of its own
            if not waiting:  # a handler stopped the watch
                return
            self._on_change(waiting.popleft())


class Hub:
    """All watches of one resource."""

    def __init__(self, store: Store, loop: Loop, kind: Kind, prefix: str) -> None:
        self.loop = loop
        self.kind = kind
        self._store = store
        self._prefix = prefix
        self._any: dict[Subscription, None] = {}
        self._by_trigger: dict[str, dict[Subscription, None]] = {}
        self._trigger = "spec.nodeName" if (kind.group, kind.kind) == ("", "Pod") else ""
        self._reader = store.watch(prefix, store.revision + 1, self._read)
        self.reached = self._last_revision()
        """The version up to which this cache is known to be complete; bookmarks tell it."""

    def _last_revision(self) -> int:
        """Return the version of the resource's newest change that the history holds, 0 for none."""
        try:
            reader = self._store.watch(self._prefix, 2, lambda: None)
        except CompactedError as compacted:
            reader = self._store.watch(self._prefix, compacted.oldest + 1, lambda: None)
        try:
            return max((event.revision for event in reader.read()), default=0)
        finally:
            reader.stop()

    def progressed(self, revision: int) -> None:
        """Note that up to `revision` nothing is missing here: etcd's progress notice."""
        self.reached = max(self.reached, revision)

    def trigger_of(self, selection: Selection) -> str | None:
        """Return the one value of the trigger field that the selection is about, or None for any."""
        return selection.fields.exact(self._trigger) if self._trigger else None

    def subscribe(
        self,
        selection: Selection,
        on_change: Callable[[Change], object],
        on_close: Callable[[], object] | None = None,
        *,
        after: int | None = None,
        remembered: WatchCache | None = None,
    ) -> Subscription:
        """Start a watch of what changes from now on, or of everything after the revision `after`.

        `remembered` is where to look for what the store has forgotten.  Raises CompactedError when that
        history is gone.
        """
        subscription = Subscription(self, selection, on_change, on_close, after or 0)
        if after is not None:
            for event in self._since(after, remembered):
                self._offer(subscription, _Changes(event, *_shown(event)))
        self._group(subscription)[subscription] = None
        return subscription

    def _since(self, after: int, remembered: WatchCache | None) -> list[Event]:
        """Return every event after the revision `after`; raise CompactedError when some are gone."""
        earlier: list[Event] = []
        try:
            reader = self._store.watch(self._prefix, after + 1, lambda: None)
        except CompactedError as compacted:
            if remembered is None:
                raise
            earlier = remembered.after(self._prefix, after, compacted.oldest)
            reader = self._store.watch(self._prefix, compacted.oldest + 1, lambda: None)
        try:
            later = reader.read()
        finally:
            reader.stop()
        newest = earlier[-1].revision if earlier else after
        return [*earlier, *(event for event in later if event.revision > newest)]

    def drop(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        group = self._group(subscription)
        group.pop(subscription, None)
        if not group and subscription.trigger is not None:
            del self._by_trigger[subscription.trigger]

    def close(self) -> None:
        """End every watch from the server's side: the resource is no longer served."""
        self._reader.stop()
        groups = [self._any, *self._by_trigger.values()]
        for subscription in [each for group in groups for each in group]:
            subscription.close()

    def _group(self, subscription: Subscription) -> dict[Subscription, None]:
        if subscription.trigger is None:
            return self._any
        return self._by_trigger.setdefault(subscription.trigger, {})

    def _read(self) -> None:
        try:
            events = self._reader.read()
        except CompactedError:  # cannot happen while every change is read at once
            self.close()
            raise
        for event in events:
            self._dispatch(event)

    def _dispatch(self, event: Event) -> None:
        self.reached = max(self.reached, event.revision)
        now, before = _shown(event)
        changes = _Changes(event, now, before)
        for subscription in list(self._any):
            self._offer(subscription, changes)
        if self._by_trigger:
            values = {
                value_of(view.object, self._trigger): None for view in (before, now) if view is not None
            }
            for value in values:
                for subscription in list(self._by_trigger.get(value, ())):
                    self._offer(subscription, changes)

    @staticmethod
    def _offer(subscription: Subscription, changes: "_Changes") -> None:
        if changes.revision <= subscription.after:
            return
        matches = subscription.selection.matches
        before, now = changes.before, changes.now
        matched = before is not None and matches(before.object)
        if now is not None and matches(now.object):
            subscription.offer(changes.of("MODIFIED" if matched else "ADDED"))
        elif matched:
            subscription.offer(changes.of("DELETED"))


class _Changes:
    """What one event of the store can mean to a watcher; each made once for all of them."""

    __slots__ = ("_made", "before", "now", "revision")

    def __init__(self, event: Event, now: View | None, before: View | None) -> None:
        self.revision = event.revision
        self.now = now
        self.before = before
        self._made: dict[str, Change] = {}

    def of(self, type_: str) -> Change:
        """Return the change of a type; there is the object that it shows."""
        made = self._made.get(type_)
        if made is None:
            view = self.now
            if type_ == "DELETED":
                view = self.before.at(self.revision) if self.before is not None else None
            assert view is not None
            made = self._made[type_] = Change(type_, view)
        return made


def _shown(event: Event) -> tuple[View | None, View | None]:
    """Return the views of an event's object after and before it."""
    return (
        show(event.now) if event.now is not None else None,
        show(event.before) if event.before is not None else None,
    )


def bookmark(kind: Kind, revision: int, *, initial_events_end: bool = False) -> Change:
    """Return a BOOKMARK: nothing but the version up to which everything was delivered."""
    metadata: dict[str, Any] = {"resourceVersion": str(revision)}
    if initial_events_end:
        metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
    obj = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata}
    return Change("BOOKMARK", View(obj, NOBODY))


def error(problem: StatusError) -> Change:
    """Return an ERROR: the watch ends, and why."""
    return Change("ERROR", View(problem.status, NOBODY))
