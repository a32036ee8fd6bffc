"""A revisioned key-value store with watch, history and compaction: etcd's role."""

from course.store.interface import CompactedError, Event, FutureRevisionError, KeyValue, Page, Store, Watcher
from course.store.memory import MemoryStore

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
