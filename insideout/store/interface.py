"""What the API server asks of its store: five operations, small enough that a replicated store can do them.

Keys are strings, ordered; values are opaque and never changed in place by anyone.  Every transaction that
changes something has one new revision.  Left out: leases, ranges other than prefixes, authentication.

Source: etcd's api/etcdserverpb/rpc.proto (KV and Watch); k8s.io/apiserver/pkg/storage/interfaces.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol


class KeyValue(NamedTuple):
    """One version of a key: its value, the revision that created the key, and the one that wrote this."""

    key: str
    value: Any
    create_revision: int
    mod_revision: int


class Event(NamedTuple):
    """One change of one key: `now` is None for a deletion, `before` is None for a creation."""

    revision: int
    key: str
    now: KeyValue | None
    before: KeyValue | None


class Page(NamedTuple):
    """Part of a range in key order, the revision it shows, and how many keys follow it."""

    items: list[KeyValue]
    revision: int
    remaining: int


class CompactedError(Exception):
    """The revision asked for is older than the history kept."""

    def __init__(self, revision: int, oldest: int) -> None:
        super().__init__(f"revision {revision} has been compacted; the oldest kept is {oldest}")
        self.oldest = oldest


class FutureRevisionError(Exception):
    """The revision asked for has not happened yet."""

    def __init__(self, revision: int, current: int) -> None:
        super().__init__(f"revision {revision} is in the future; the current one is {current}")
        self.current = current


class Watcher(Protocol):
    """A reader of changes that goes at its own pace: what it has not read stays in the store's history."""

    def read(self, limit: int = 0) -> list[Event]:
        """Return the next events in order, at most `limit` revisions of them unless that is 0.

        Raises CompactedError when the history it has yet to read is gone.
        """

    def stop(self) -> None:
        """Stop notifying."""


class Store(Protocol):
    """Five operations; every read is of one revision."""

    @property
    def revision(self) -> int:
        """The revision of the newest transaction."""

    def get(self, key: str, revision: int = 0) -> KeyValue | None:
        """Return the key as it was at `revision` (0: now), or None.

        Raises CompactedError or FutureRevisionError when that revision cannot be shown.
        """

    def range(self, prefix: str, revision: int = 0, start: str = "", limit: int = 0) -> Page:
        """Return the keys with `prefix`, from `start` on, as they were at `revision` (0: now).

        Raises CompactedError or FutureRevisionError when that revision cannot be shown.
        """

    def transact(self, expected: Mapping[str, int], changes: Mapping[str, Any]) -> int | None:
        """Write all `changes` (a value, or None to delete) in one revision if every expectation holds.

        `expected` maps keys to the mod_revision they must have, 0 for a key that must be absent.  Returns the
        revision that now shows the changes, or None when an expectation failed and nothing happened.
        """

    def watch(self, prefix: str, revision: int, notify: Callable[[], object]) -> Watcher:
        """Return a watcher of every change of `prefix` from `revision` on.

        `notify` is called, without arguments, after each transaction that gives it something to read.
        Raises CompactedError when `revision` is older than the history kept.
        """

    def compact(self, revision: int) -> None:
        """Forget the history before `revision`; the state at `revision` can still be shown."""
