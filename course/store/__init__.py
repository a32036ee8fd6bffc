"""A revisioned key-value store with watch, history and compaction: etcd's role."""

from course.store.interface import Compacted, Event, FutureRevision, KeyValue, Page, Store, Watcher
from course.store.memory import MemoryStore

__all__ = ["Compacted", "Event", "FutureRevision", "KeyValue", "MemoryStore", "Page", "Store", "Watcher"]
