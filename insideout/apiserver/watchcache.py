"""What the API server still remembers of changes that the store has compacted: the ring of its watch caches.

Upstream keeps a ring of events for every resource.  Every watch is fed from it, so a watch can begin at a
version that etcd has forgotten, as long as the ring holds it.  Here watches are fed from the store's history
and the ring is filled from it just before a compaction, which no client can tell apart.

The ring holds 100 events at first.  It doubles, up to 102,400, while it fills within 75 s, so that it always
covers about as long as a client needs to come back.  Left out: that it shrinks again; and its size follows
the mean rate of events between two compactions.

Source: k8s.io/apiserver/pkg/storage/cacher/watch_cache.go@v1.36.2 (defaultLowerBoundCapacity,
defaultUpperBoundCapacity, DefaultEventFreshDuration, getAllEventsSinceLocked).
"""

from collections import deque
from collections.abc import Iterable, Sequence

from insideout.store import CompactedError, Event, Store

SMALLEST, LARGEST = 100, 102_400
FRESH_S = 75.0


class Ring:
    """The last events of one resource, oldest first, from after the version `since` on."""

    def __init__(self, since: int) -> None:
        self._since = since
        self._capacity = SMALLEST
        self._events: deque[Event] = deque()

    def extend(self, events: Sequence[Event], within_s: float) -> None:
        """Add the events of the last `within_s` seconds, and forget the oldest ones that find no room."""
        while self._capacity < LARGEST and len(events) * FRESH_S > self._capacity * within_s:
            self._capacity *= 2
        self._events.extend(events)
        while len(self._events) > self._capacity:
            self._events.popleft()
            self._since = self._events[0].revision - 1 if self._events else self._since

    def after(self, revision: int) -> list[Event]:
        """Return the events after `revision`; raise CompactedError when some of them are gone."""
        if revision < self._since:
            raise CompactedError(revision, self._since)
        return [event for event in self._events if event.revision > revision]


class WatchCache:
    """The rings of all resources."""

    def __init__(self, store: Store, now_s: float) -> None:
        self.begin = store.revision
        """The version of the first lists: no watch can begin earlier."""
        self._store = store
        self._kept = store.revision
        self._kept_at_s = now_s
        self._rings: dict[str, Ring] = {}

    def keep(self, revision: int, prefixes: Iterable[str], now_s: float) -> None:
        """Take over the history up to `revision`, which the store is about to forget.

        `prefixes` are the keys of the resources, each as "/registry/pods/".
        """
        reader = self._store.watch("/registry/", self._kept + 1, lambda: None)
        try:
            events = [event for event in reader.read() if event.revision <= revision]
        finally:
            reader.stop()
        by_prefix: dict[str, list[Event]] = {prefix: [] for prefix in prefixes}
        for event in events:
            found = by_prefix.get(_resource_prefix(event.key, by_prefix))
            if found is not None:
                found.append(event)
        within_s = max(now_s - self._kept_at_s, 1.0)
        for prefix, found in by_prefix.items():
            ring = self._rings.get(prefix)
            if ring is None:
                ring = self._rings[prefix] = Ring(self._kept if self._rings else self.begin)
            ring.extend(found, within_s)
        self._kept, self._kept_at_s = revision, now_s

    def after(self, prefix: str, revision: int, oldest: int) -> list[Event]:
        """Return the remembered events of a resource after `revision`, up to what the store still has.

        `oldest` is the store's own oldest version.  Raises CompactedError when some are gone.
        """
        ring = self._rings.get(prefix)
        if ring is None or self._kept < oldest:  # the store was compacted behind our back
            raise CompactedError(revision, oldest)
        return ring.after(revision)


def _resource_prefix(key: str, prefixes: Iterable[str]) -> str:
    """Return which of the prefixes a key has: two or three parts, as in /registry/services/specs/."""
    parts = key.split("/")
    for length in (3, 4):
        prefix = "/".join(parts[:length]) + "/"
        if prefix in prefixes:
            return prefix
    return ""
