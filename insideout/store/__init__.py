"""A revisioned key-value store with watch, history and compaction: etcd's role."""

from insideout.store.interface import (
    CompactedError,
    Event,
    FutureRevisionError,
    KeyValue,
    Page,
    Store,
    Watcher,
)
from insideout.store.memory import MemoryStore

__all__ = [
    "CompactedError",
    "Event",
    "FutureRevisionError",
    "KeyValue",
    "MemoryStore",
    "Page",
    "Store",
    "Watcher",
]
