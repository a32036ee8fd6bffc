"""A store on a Raft group is like any other; it lives as long as a majority does, and no longer."""

import random

import pytest

from insideout.client import ApiError
from insideout.cluster import Cluster
from insideout.raft.broken import Broken
from insideout.raft.store import RaftStore, RequestTimedOutError
from insideout.store import MemoryStore
from tests.insideout.raft.reference import names

Raft = names()["Raft"]


class Clock:
    """The cluster's time, moved by hand."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def store(nodes: int = 3, make=Raft, clock=None) -> RaftStore:
    return RaftStore(make, clock or Clock(), nodes=nodes, seed=1)


def writes(seed: int, count: int):
    """Yield random transactions, some of them with an expectation that fails."""
    rng = random.Random(seed)
    for number in range(count):
        key = f"/{rng.choice('abc')}"
        yield key, rng.choice([None, 0, -1]), None if rng.random() < 0.2 else f"value {number}"


def apply(target, key: str, expectation: int | None, value: str | None) -> int | None:
    found = target.get(key)
    current = found.mod_revision if found else 0
    expected = {} if expectation is None else {key: current + (7 if expectation < 0 else 0)}
    return target.transact(expected, {key: value})


@pytest.mark.parametrize("nodes", [1, 3, 5])
def test_it_answers_like_a_store_in_memory(nodes):
    ours, memory = store(nodes), MemoryStore()
    heard: list[int] = []
    watcher = ours.watch("/", 1, lambda: heard.append(1))
    for key, expectation, value in writes(nodes, 40):
        assert apply(ours, key, expectation, value) == apply(memory, key, expectation, value)
        assert ours.revision == memory.revision
    assert ours.range("/") == memory.range("/")
    assert ours.range("/", memory.revision - 5) == memory.range("/", memory.revision - 5)
    assert watcher.read() == memory.watch("/", 1, lambda: None).read()
    assert heard


def test_every_member_has_applied_the_same_commands():
    ours = store(5)
    for key, expectation, value in writes(3, 20):
        apply(ours, key, expectation, value)
    ours.group.run(1)
    logs = {tuple(member.machine.commands) for member in ours.group.members.values()}
    assert len(logs) == 1
    assert len(logs.pop()) == 20


def test_a_killed_leader_costs_an_election_and_no_write():
    ours = store(3)
    assert ours.transact({}, {"/a": "1"}) == 2
    before_s = ours.group.now_s
    ours.crash(ours.leader())
    assert ours.transact({}, {"/a": "2"}) == 3
    assert 1 <= ours.group.now_s - before_s <= 6  # an election timeout is 1 to 2 s, and an election may fail
    assert ours.get("/a").value == "2"


def test_without_a_majority_a_write_times_out_and_may_happen_later():
    clock = Clock()
    ours = store(5, clock=clock)
    ours.transact({}, {"/a": "1"})
    ids = list(ours.group.members)
    minority = [ours.leader(), next(id for id in ids if id != ours.leader())]
    ours.partition(minority, [id for id in ids if id not in minority])
    with pytest.raises(RequestTimedOutError, match="etcdserver: request timed out"):
        ours.transact({}, {"/a": "lost"})
    assert ours.get("/a").value == "1"
    ours.heal()
    clock.now_s = ours.group.now_s + 5
    assert ours.transact({}, {"/b": "1"}) is not None
    assert ours.get("/a").value in ("1", "lost")


def test_crashed_members_come_back_with_what_they_had():
    ours = store(3)
    for number in range(5):
        ours.transact({}, {f"/{number}": "x"})
    ours.crash(*ours.group.members)
    ours.restart(*ours.group.members)
    assert ours.transact({}, {"/5": "x"}) == 7
    assert [pair.key for pair in ours.range("/").items] == [f"/{number}" for number in range(6)]


def test_a_node_that_breaks_a_rule_of_raft_is_named():
    class Eager(Raft):
        def advance_commit(self):
            self.commit = self.last["index"]  # without asking anybody

        def on_append_entries(self, message):
            super().on_append_entries(message)
            self.commit = self.last["index"]

    with pytest.raises(Broken):
        kill_leaders(store(3, make=Eager))


def kill_leaders(ours: RaftStore) -> None:
    for number in range(30):
        ours.transact({}, {"/a": str(number)})
        ours.crash(ours.leader())
        ours.restart(*ours.group.members)


def test_a_cluster_lives_on_it_while_the_leader_is_killed_and_not_on_the_minoritys_side():
    with Cluster.create(nodes=2, raft=Raft, raft_nodes=5) as cluster:
        client = cluster.client()
        pod = {"metadata": {"generateName": "p-"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
        client.create("pods", pod, "default")
        cluster.run(seconds=3)
        cluster.store.crash(cluster.store.leader())
        client.create("pods", pod, "default")
        cluster.run(seconds=3)
        phases = [each["status"]["phase"] for each in client.list("pods", "default")["items"]]
        assert phases == ["Running", "Running"]
        ids = list(cluster.store.group.members)
        cluster.store.partition(ids[:1], ids[1:])
        with pytest.raises(ApiError, match="etcdserver: request timed out") as refused:
            client.create("pods", pod, "default")
        assert refused.value.code == 500


def test_a_cluster_without_raft_says_so():
    with Cluster.create(nodes=0) as cluster, pytest.raises(LookupError, match="raft=YourClass"):
        assert cluster.store


def test_histories_are_told_once_every_member_has_heard_what_is_committed():
    ours = store(3)
    for number in range(5):
        ours.transact({}, {f"/{number}": "x"})
    histories = ours.histories()
    assert list(histories) == ["n0", "n1", "n2"]
    assert len(set(map(tuple, histories.values()))) == 1
    assert len(histories["n0"]) == 5
