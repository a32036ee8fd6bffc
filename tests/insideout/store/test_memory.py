"""The store keeps every revision it promises, and no watcher loses, repeats or reorders an event."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insideout.store import CompactedError, Event, FutureRevisionError, KeyValue, MemoryStore

KEYS = ["/a/1", "/a/2", "/ab/1", "/b/1"]


def test_first_write_is_revision_two():
    """A new store is at revision 1, as etcd is, and its first write makes revision 2."""
    store = MemoryStore()
    assert store.revision == 1
    assert store.transact({}, {"/a/1": "x"}) == 2


def test_one_transaction_is_one_revision():
    """All changes of a transaction share its revision."""
    store = MemoryStore()
    store.transact({}, {"/a/1": 1, "/b/1": 2})
    assert {pair.mod_revision for pair in store.range("/").items} == {2}


def test_failed_expectation_changes_nothing():
    """A transaction whose comparison fails leaves state and revision as they were."""
    store = MemoryStore()
    store.transact({}, {"/a/1": 1})
    assert store.transact({"/a/1": 99}, {"/a/1": 2, "/b/1": 2}) is None
    assert (store.revision, store.range("/").items) == (2, [KeyValue("/a/1", 1, 2, 2)])


def test_recreated_key_has_a_new_create_revision():
    """Deleting and creating a key again starts its life anew; changing it does not."""
    store = MemoryStore()
    for value in (1, 2, None, 3):
        store.transact({}, {"/a/1": value})
    assert store.get("/a/1") == KeyValue("/a/1", 3, 5, 5)
    assert store.get("/a/1", 3) == KeyValue("/a/1", 2, 2, 3)
    assert store.get("/a/1", 4) is None


def test_deleting_an_absent_key_takes_no_revision():
    """A transaction that changes nothing has no revision of its own."""
    store = MemoryStore()
    assert store.transact({}, {"/a/1": None}) == 1


def test_prefix_is_a_prefix_not_a_folder():
    """A list shows exactly the keys that start with the prefix."""
    store = MemoryStore()
    store.transact({}, dict.fromkeys(KEYS, 0))
    assert [pair.key for pair in store.range("/a/").items] == ["/a/1", "/a/2"]
    assert [pair.key for pair in store.range("/a").items] == ["/a/1", "/a/2", "/ab/1"]


def test_chunks_show_one_revision():
    """Pages read at the first page's revision ignore later writes, and count what remains."""
    store = MemoryStore()
    store.transact({}, dict.fromkeys(KEYS, 0))
    first = store.range("/", limit=3)
    store.transact({}, {"/a/0": 1, "/b/1": None})
    second = store.range("/", first.revision, start=first.items[-1].key + "\0")
    assert first.remaining == 1
    assert [pair.key for pair in second.items] == ["/b/1"]


def test_bounds_of_history_are_said():
    """A compacted revision and a future one are refused, each in its own way."""
    store = MemoryStore()
    for value in range(5):
        store.transact({}, {"/a/1": value})
    store.compact(4)
    assert store.get("/a/1", 4).value == 2
    with pytest.raises(CompactedError, match="oldest kept is 4"):
        store.get("/a/1", 3)
    with pytest.raises(CompactedError):
        store.watch("/", 4, lambda: None)
    with pytest.raises(FutureRevisionError, match="current one is 6"):
        store.range("/", 7)


def test_stopped_watcher_is_not_notified():
    """After stop() nobody calls."""
    store, calls = MemoryStore(), []
    watcher = store.watch("/", 1, lambda: calls.append(1))
    store.transact({}, {"/a/1": 1})
    watcher.stop()
    store.transact({}, {"/a/1": 2})
    assert calls == [1]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.dictionaries(st.sampled_from(KEYS), st.none() | st.integers(0, 3))),
        st.tuples(st.just("read"), st.integers(0, 3)),
        st.tuples(st.just("compact"), st.integers(0, 4)),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(STEPS, st.sampled_from(["/", "/a/", "/a"]))
def test_watcher_sees_the_history_exactly_once_in_order(steps, prefix):
    """Whoever reads slowly gets every event once and in order, or is told that history was compacted."""
    store = MemoryStore()
    watcher = store.watch(prefix, 1, lambda: None)
    written: list[Event] = []
    model: dict[str, object] = {}
    models = {1: {}}
    got: list[Event] = []
    oldest = 0
    for step, argument in steps:
        if step == "write":
            before = store.revision
            store.transact({}, argument)
            changed = {key for key, value in argument.items() if value is not None or key in model}
            model = {key: value for key, value in {**model, **argument}.items() if value is not None}
            assert store.revision == before + bool(changed)
            models[store.revision] = model
            written += [
                (store.revision, key) for key in argument if key in changed and key.startswith(prefix)
            ]
        elif step == "compact":
            oldest = max(oldest, store.revision - argument)
            store.compact(max(store.revision - argument, 0))
        else:
            try:
                got += [(event.revision, event.key) for event in watcher.read(argument)]
            except CompactedError:
                assert oldest > (got[-1][0] if got else 0)
                return
            assert got == written[: len(got)]
    for revision, then in models.items():
        if revision >= oldest:
            assert {pair.key: pair.value for pair in store.range("/", revision).items} == then
            for key in KEYS:
                pair = store.get(key, revision)
                assert (pair.value if pair else None) == then.get(key)
    try:
        got += [(event.revision, event.key) for event in watcher.read()]
    except CompactedError:
        assert oldest > (got[-1][0] if got else 0)
        return
    assert got == written


def test_a_watcher_of_something_quiet_survives_compaction() -> None:
    """It has read all there was for it, so it has missed nothing."""
    store = MemoryStore()
    watcher = store.watch("/quiet/", 1, lambda: None)
    for index in range(5):
        store.transact({}, {f"/busy/{index}": {"n": index}})
    store.compact(store.revision)
    store.transact({}, {"/quiet/a": {"n": 0}})
    assert [event.key for event in watcher.read()] == ["/quiet/a"]


def test_a_transaction_of_several_keys_is_read_whole_by_who_was_told_of_it():
    """A watcher that reads at once gets every change of the newest transaction, and only those it watches."""
    store = MemoryStore()
    got: list[Event] = []
    watcher = store.watch("/a/", 2, lambda: got.extend(watcher.read()))
    store.transact({}, {"/a/1": 1})
    store.transact({}, {"/a/1": 2, "/b/1": 2, "/a/2": 2})
    assert [(each.revision, each.key) for each in got] == [(2, "/a/1"), (3, "/a/1"), (3, "/a/2")]
