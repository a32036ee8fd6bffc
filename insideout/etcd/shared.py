"""A store that several threads use at once: the door's, the notebook's, and who lets the store's time pass.

`lock` is held for each operation, and by whoever needs several to be one.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from insideout.store import KeyValue, Page, Store, Watcher


class Standing(NamedTuple):
    """How a store's members stand: their names, who leads ("" for nobody), the term, and what is applied."""

    members: tuple[str, ...]
    leader: str
    term: int
    applied: int


class Shared(Store, Protocol):
    """A Store for several threads."""

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Held for each operation."""

    def start(self) -> None:
        """Begin to live."""

    def check(self) -> None:
        """Raise what ended it, if something did."""

    def stop(self) -> None:
        """Live no more; what is there can still be read."""

    def confirm(self) -> None:
        """Return once what is read now is the newest; RequestTimedOutError where nobody can tell."""

    def standing(self) -> Standing:
        """Return how its members stand."""


class SharedStore:
    """A store of one member, such as one in memory, shared."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lock = threading.RLock()

    @property
    def revision(self) -> int:
        """The revision of the newest transaction."""
        return self._store.revision

    def get(self, key: str, revision: int = 0) -> KeyValue | None:
        """Return the key as it was at `revision` (0: now), or None."""
        with self.lock:
            return self._store.get(key, revision)

    def range(self, prefix: str, revision: int = 0, start: str = "", limit: int = 0) -> Page:
        """Return the keys with `prefix`, from `start` on, as they were at `revision` (0: now)."""
        with self.lock:
            return self._store.range(prefix, revision, start, limit)

    def transact(self, expected: Mapping[str, int], changes: Mapping[str, Any]) -> int | None:
        """Write all `changes` in one revision if every key has the mod_revision expected of it."""
        with self.lock:
            return self._store.transact(expected, changes)

    def watch(self, prefix: str, revision: int, notify: Callable[[], object]) -> Watcher:
        """Return a watcher of every change of `prefix`; it is read with the lock held."""
        with self.lock:
            return self._store.watch(prefix, revision, notify)

    def compact(self, revision: int) -> None:
        """Forget the history before `revision`."""
        with self.lock:
            self._store.compact(revision)

    def start(self) -> None:
        """Begin: it does nothing by itself."""

    def check(self) -> None:
        """Raise nothing: nothing ends it."""

    def stop(self) -> None:
        """End."""

    def confirm(self) -> None:
        """Return: what is here is the newest."""

    def standing(self) -> Standing:
        """Return the one member that there is."""
        return Standing(("default",), "default", 1, self.revision)
