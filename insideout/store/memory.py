"""The store in memory: the current state in key order, and one log of changes from which the past is rebuilt.

The log is the only history.  A watcher is a position in it, so a slow one costs nothing and loses nothing;
an old state is the current one with the later changes undone.  So a write is cheap and a read of the past
costs the number of changes since then.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping
from typing import Any

from insideout.store.interface import CompactedError, Event, FutureRevisionError, KeyValue, Page
from insideout.store.watchers import Watchers


def _revision_of(event: Event) -> int:
    return event.revision


class MemoryStore:
    """A Store without persistence or replication.

    >>> store = MemoryStore()
    >>> store.transact({"/a": 0}, {"/a": "one"})
    2
    >>> store.transact({"/a": 0}, {"/a": "again"}) is None
    True
    >>> store.get("/a").value
    'one'
    """

    def __init__(self) -> None:
        self.revision = 1  # as a new etcd has it: the first write makes 2
        self._oldest = 0  # the oldest revision whose state can still be shown
        self._state: dict[str, KeyValue] = {}
        self._keys: list[str] = []  # of the state, sorted
        self._log: list[Event] = []
        self._watchers: Watchers[_LogWatcher] = Watchers()

    def fork(self) -> "MemoryStore":
        """Return a store with the same contents and history, and no watchers; values are shared."""
        other = MemoryStore()
        other.revision, other._oldest = self.revision, self._oldest
        other._state, other._keys, other._log = dict(self._state), list(self._keys), list(self._log)
        return other

    def get(self, key: str, revision: int = 0) -> KeyValue | None:
        """Return the key as it was at `revision` (0: now), or None."""
        if not revision or revision == self.revision:
            return self._state.get(key)
        for event in self._after(revision):
            if event.key == key:
                return event.before
        return self._state.get(key)

    def range(self, prefix: str, revision: int = 0, start: str = "", limit: int = 0) -> Page:
        """Return the keys with `prefix`, from `start` on, as they were at `revision` (0: now)."""
        shown = revision or self.revision
        state, keys = self._state, self._keys
        if shown != self.revision:
            state = self._past(prefix, shown)
            keys = sorted(state)
        first = bisect_left(keys, max(prefix, start))
        end = bisect_left(keys, prefix + "\U0010ffff")
        last = min(end, first + limit) if limit else end
        return Page([state[key] for key in keys[first:last]], shown, max(0, end - last))

    def transact(self, expected: Mapping[str, int], changes: Mapping[str, Any]) -> int | None:
        """Write all `changes` in one revision if every key has the mod_revision expected of it."""
        state = self._state
        for key, revision in expected.items():
            found = state.get(key)
            if (found.mod_revision if found else 0) != revision:
                return None
        revision = self.revision + 1
        events = []
        for key, value in changes.items():
            before = state.get(key)
            if value is None:
                if before is None:
                    continue
                now = None
                del state[key]
                del self._keys[bisect_left(self._keys, key)]
            else:
                now = KeyValue(key, value, before.create_revision if before else revision, revision)
                state[key] = now
                if before is None:
                    insort(self._keys, key)
            events.append(Event(revision, key, now, before))
        if not events:
            return self.revision
        self.revision = revision
        self._log.extend(events)
        self._watchers.notify([event.key for event in events])
        return revision

    def watch(self, prefix: str, revision: int, notify: Callable[[], object]) -> "_LogWatcher":
        """Return a watcher of every change of `prefix` from `revision` on."""
        if revision <= self._oldest:
            raise CompactedError(revision, self._oldest)
        watcher = _LogWatcher(self, prefix, revision, notify)
        self._watchers.add(prefix, watcher)
        return watcher

    def compact(self, revision: int) -> None:
        """Forget the history before `revision`; the state at `revision` can still be shown."""
        if revision > self.revision:
            raise FutureRevisionError(revision, self.revision)
        if revision > self._oldest:
            for watcher in self._watchers:
                watcher.pass_over(revision)
            self._oldest = revision
            del self._log[: bisect_right(self._log, revision, key=_revision_of)]

    def _check(self, revision: int) -> None:
        if revision < self._oldest:
            raise CompactedError(revision, self._oldest)
        if revision > self.revision:
            raise FutureRevisionError(revision, self.revision)

    def _after(self, revision: int) -> list[Event]:
        """Return the kept events later than `revision`."""
        self._check(revision)
        return self._log[bisect_right(self._log, revision, key=_revision_of) :]

    def _newest(self) -> list[Event]:
        """Return the events of the newest transaction, which the history must still hold."""
        log = self._log
        first = len(log) - 1
        while first > 0 and log[first - 1].revision == self.revision:
            first -= 1
        return log[first:]

    def _past(self, prefix: str, revision: int) -> dict[str, KeyValue]:
        """Return the keys with `prefix` as they were at `revision`: the current ones, changes undone."""
        later = [event for event in self._after(revision) if event.key.startswith(prefix)]
        state = {pair.key: pair for pair in self.range(prefix).items}
        for event in reversed(later):
            if event.before is None:
                del state[event.key]
            else:
                state[event.key] = event.before
        return state


class _LogWatcher:
    """A position in the log."""

    def __init__(self, store: MemoryStore, prefix: str, revision: int, notify: Callable[[], object]) -> None:
        self._store = store
        self._prefix = prefix
        self._next = revision
        self.notify = notify

    def read(self, limit: int = 0) -> list[Event]:
        """Return the next events in order, at most `limit` revisions of them unless that is 0."""
        store = self._store
        if self._next > store.revision:
            return []
        prefix = self._prefix
        if self._next == store.revision and store._oldest < self._next:  # nearly always: told at once
            self._next += 1
            return [event for event in store._newest() if event.key.startswith(prefix)]
        events = store._after(self._next - 1)
        end = min(store.revision, self._next + limit - 1) if limit else store.revision
        self._next = end + 1
        return [event for event in events if event.revision <= end and event.key.startswith(prefix)]

    def pass_over(self, revision: int) -> None:
        """Move past the history up to `revision` if none of it is for this watcher."""
        if not self._store._oldest < self._next <= revision:
            return
        events = self._store._after(self._next - 1)
        if not any(e.revision <= revision and e.key.startswith(self._prefix) for e in events):
            self._next = revision + 1

    def stop(self) -> None:
        """Stop notifying."""
        self._store._watchers.remove(self._prefix, self)
