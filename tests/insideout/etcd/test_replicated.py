"""A learner's Raft behind the door, in real time: what an election costs, what is told without a majority."""

import threading
import time

import grpc
import pytest

from insideout.etcd.door import Door
from insideout.etcd.replicated import NoLeaderError, SharedRaftStore
from insideout.etcd.values import Stored
from insideout.raft.broken import Broken
from insideout.raft.store import RequestTimedOutError
from tests.insideout.etcd.client import Client
from tests.insideout.etcd.test_door import put, refusal, value_of
from tests.insideout.raft.reference import names

Raft = names()["Raft"]


@pytest.fixture
def store():
    """Give a group of three in real time."""
    made = SharedRaftStore(Raft, nodes=3, seed=1)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def client(store):
    """Give a client of a door over the group."""
    door = Door(store)
    door.start()
    with Client(door.url) as made:
        put(made, b"/a", b"before")
        yield made
    door.stop()


def split(store) -> str:
    """Part the leader, on the API server's side, from the two others; return it."""
    leader = store.leader()
    store.partition([leader], [id for id in store.group.members if id != leader])
    return leader


def took(work) -> float:
    began_s = time.monotonic()
    work()
    return time.monotonic() - began_s


def test_what_is_written_lies_in_every_members_log_as_text_that_can_be_read(client, store):
    store.transact({}, {"/b": Stored(b'{"kind":"Pod"}', 1, 0)})
    with store.lock:
        store.group.run(1)
        logs = {tuple(member.machine.commands) for member in store.group.members.values()}
    (commands,) = logs
    assert [store._unpack(each)[2] for each in commands] == [
        {"/a": Stored(b"before", 1, 0)},
        {"/b": Stored(b'{"kind":"Pod"}', 1, 0)},
    ]


def test_bytes_that_are_no_text_come_through_the_log_as_they_are(client):
    put(client, b"/bytes", b"\xff\0\xfe")
    assert value_of(client, b"/bytes") == [b"\xff\0\xfe"]


def test_writes_of_many_clients_at_once_are_all_there_once(client):
    def write(number: int) -> None:
        put(client, b"/many/%d" % number, b"x")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = client.call("Range", key=b"/many/", range_end=b"/many0").kvs
    assert sorted(each.mod_revision for each in found) == list(range(3, 23))
    assert {each.version for each in found} == {1}


def test_a_killed_leader_costs_the_time_of_an_election_and_no_write(client, store):
    killed = store.leader()
    store.crash(killed)
    assert 0.5 < took(lambda: put(client, b"/a", b"after")) < 6.5
    assert value_of(client, b"/a") == [b"after"]
    assert store.leader() not in (None, killed)


def test_without_a_majority_writes_time_out_after_seven_seconds_while_the_rest_is_served(client, store):
    watch = client.stream("Watch")
    watch.send(create_request={"key": b"/a"})
    assert watch.read().created
    split(store)
    told = []
    writing = threading.Thread(target=lambda: told.append(refusal(client, "Put", key=b"/a", value=b"lost")))
    writing.start()
    assert took(lambda: client.call("Range", key=b"/a", serializable=True)) < 2
    took_s = took(writing.join)
    assert told == [(grpc.StatusCode.UNAVAILABLE, "etcdserver: request timed out")]
    assert 4 < took_s < 9
    store.heal()
    put(client, b"/a", b"after")
    assert watch.read().events[0].kv.value in (b"after", b"lost")
    watch.close()


def test_a_read_that_must_be_the_newest_waits_for_a_majority(client, store):
    split(store)
    reading: list[object] = []
    thread = threading.Thread(target=lambda: reading.append(value_of(client, b"/a")))
    thread.start()
    time.sleep(1)
    assert reading == []
    store.heal()
    thread.join()
    assert reading == [[b"before"]]


def test_a_stream_that_requires_a_leader_ends_without_one_and_another_does_not(client, store):
    streams = [client.stream("Watch", metadata=each) for each in ((), (("hasleader", "true"),))]
    for stream in streams:
        stream.send(create_request={"key": b"/a"})
        assert stream.read().created
    split(store)
    with pytest.raises(grpc.RpcError) as ended:
        streams[1].read()
    assert (ended.value.code(), ended.value.details()) == (
        grpc.StatusCode.UNAVAILABLE,
        "etcdserver: no leader",
    )
    store.heal()
    put(client, b"/a", b"after")
    assert streams[0].read().events[0].kv.value == b"after"
    streams[0].close()


def test_who_knows_no_leader_proposes_to_nobody(store):
    store.transact({}, {"/a": Stored(b"")})
    down = [id for id in store.group.members if id != store.leader()]
    leader = store.leader()
    store.crash(leader, down[0])
    with pytest.raises(RequestTimedOutError):  # the last one there still believed in its leader
        store.transact({}, {"/a": Stored(b"")})
    with pytest.raises(NoLeaderError):
        store.transact({}, {"/a": Stored(b"")})
    store.restart(leader, down[0])
    assert store.transact({}, {"/a": Stored(b"")}) is not None


def test_a_rule_that_is_broken_is_told_to_the_client_and_to_everybody_after():
    class Forgetful(Raft):
        def on_append_entries(self, message):
            super().on_append_entries(message)
            self.commit = self.last["index"] + 3  # of nothing

    made = SharedRaftStore(Forgetful, nodes=3, seed=1)
    made.start()
    door = Door(made)
    door.start()
    with Client(door.url) as client:
        code, text = refusal(client, "Put", key=b"/a", value=b"x")
        assert code is grpc.StatusCode.INTERNAL
        assert text == refusal(client, "Put", key=b"/a", value=b"x")[1]
    with pytest.raises(Broken):
        made.leader()
    door.stop()
    made.stop()


def test_a_group_that_lives_long_remembers_only_the_newest_of_its_past(store, monkeypatch):
    monkeypatch.setattr("insideout.etcd.replicated._MOST_EVENTS", 50)
    for number in range(30):
        store.transact({}, {"/a": Stored(b"%d" % number)})
    time.sleep(0.3)
    with store.lock:
        assert len(store.group.trace.events) <= 60
    assert store.get("/a").value == Stored(b"29")


def test_a_long_log_is_cut_and_nothing_of_what_is_stored_goes(store, monkeypatch):
    monkeypatch.setattr("insideout.etcd.replicated.CUT_AT", 20)
    watcher = store.watch("/", 2, lambda: None)
    before = store.standing()
    for number in range(60):
        assert store.transact({}, {f"/{number % 7}": Stored(b"%d" % number)}) == number + 2
        time.sleep(0.02)
    end_s = time.monotonic() + 10
    while len(store.histories()["n0"]) >= 40:
        assert time.monotonic() < end_s, "no log was cut"
        time.sleep(0.1)
    with store.lock:
        assert [event.revision for event in watcher.read()] == list(range(2, 62))
    assert store.get("/3").value == Stored(b"59")
    assert store.standing().term > before.term
    assert store.transact({"/3": store.get("/3").mod_revision}, {"/3": None}) == 62


def test_no_log_is_cut_while_a_member_is_down(store, monkeypatch):
    monkeypatch.setattr("insideout.etcd.replicated.CUT_AT", 5)
    store.transact({}, {"/a": Stored(b"")})
    store.crash(next(id for id in store.group.members if id != store.leader()))
    group = store.group
    for _ in range(10):
        store.transact({}, {"/a": Stored(b"")})
    time.sleep(0.3)
    assert store.group is group
