"""The ring of a watch cache: what it holds can be watched from, what fell out of it cannot."""

import pytest

from insideout.apiserver.watchcache import SMALLEST, Ring, WatchCache
from insideout.store import CompactedError, Event, MemoryStore


def events(first: int, count: int) -> list[Event]:
    return [Event(first + i, "/registry/pods/x", None, None) for i in range(count)]


def test_what_the_ring_holds_can_be_watched_from():
    ring = Ring(4)
    ring.extend(events(7, 3), within_s=300)
    assert [event.revision for event in ring.after(4)] == [7, 8, 9]
    assert [event.revision for event in ring.after(8)] == [9]
    with pytest.raises(CompactedError) as gone:
        ring.after(3)
    assert gone.value.oldest == 4


def test_the_oldest_fall_out_of_a_full_ring():
    ring = Ring(4)
    ring.extend(events(10, SMALLEST + 1), within_s=3000)
    assert ring.after(10)[0].revision == 11
    with pytest.raises(CompactedError) as gone:
        ring.after(9)
    assert gone.value.oldest == 10


def test_a_ring_that_fills_fast_grows():
    ring = Ring(4)
    ring.extend(events(10, 1000), within_s=300)  # 250 in 75 s
    assert len(ring.after(609)) == 400
    with pytest.raises(CompactedError):
        ring.after(608)


def test_a_cache_knows_only_what_it_was_given_before_the_compaction():
    """When the store is compacted without it, there would be a gap: so it knows nothing."""
    store = MemoryStore()
    cache = WatchCache(store, 0)
    for name in "abc":
        store.transact({}, {f"/registry/pods/{name}": name})
    cache.keep(3, ["/registry/pods/"], 300)
    store.compact(3)
    assert [event.revision for event in cache.after("/registry/pods/", 1, 3)] == [2, 3]
    store.compact(4)
    with pytest.raises(CompactedError):
        cache.after("/registry/pods/", 1, 4)
