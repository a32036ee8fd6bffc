"""A store on Raft that lasts: logs stay short, and what was acknowledged outlives a group that fails."""

import pytest

from insideout.cluster import Cluster
from insideout.raft.lasting import CHECKPOINT_EVERY, PATIENCE, LastingStore
from insideout.raft.store import RequestTimedOutError
from insideout.store import MemoryStore
from tests.insideout.raft.reference import names
from tests.insideout.raft.test_store import apply, writes

Raft = names()["Raft"]


def lasting(make=Raft, clock=lambda: 0.0, nodes: int = 3) -> LastingStore:
    store = LastingStore(make, clock, nodes=nodes, seed=1)
    store.wake()
    return store


def write(store: LastingStore, count: int) -> None:
    for number in range(count):
        store.transact({}, {f"/{number}": "x"})


def test_it_answers_like_a_store_in_memory_across_checkpoints():
    ours, memory = lasting(), MemoryStore()
    for key, expectation, value in writes(1, 3 * CHECKPOINT_EVERY):
        assert apply(ours, key, expectation, value) == apply(memory, key, expectation, value)
    assert ours.range("/") == memory.range("/")
    assert ours.revision == memory.revision
    assert ours.carries


def test_no_log_grows_longer_than_what_lies_between_two_checkpoints():
    ours = lasting()
    longest = 0
    for number in range(5 * CHECKPOINT_EVERY):
        ours.transact({}, {"/a": str(number)})
        longest = max(longest, *(len(member.log) for member in ours.group.members.values()))
    assert (
        longest <= CHECKPOINT_EVERY + 2
    )  # the entry before the first, and the leader's own no-op if it has one
    assert len(ours.group.trace.events) < 100 * CHECKPOINT_EVERY


def test_terms_go_on_over_checkpoints():
    ours = lasting()
    write(ours, 1)
    before = max(member.disk["term"] for member in ours.group.members.values())
    write(ours, 2 * CHECKPOINT_EVERY)
    assert min(member.disk["term"] for member in ours.group.members.values()) > before


def test_a_killed_leader_is_followed_by_another_one_and_comes_back():
    now = [5.0]
    ours = lasting(clock=lambda: now[0])
    write(ours, 2)
    killed = ours.kill_leader()
    assert not ours.group.members[killed].up
    assert ours.transact({}, {"/a": "2"}) is not None
    [election] = ours.elections
    assert (election.time_s, election.killed) == (5.0, killed)
    assert election.leader != killed
    assert 1 <= election.took_s < 7
    assert ours.group.members[killed].up
    assert ours.differing() == []


def test_without_a_majority_writes_time_out_and_nobody_is_blamed():
    ours = lasting()
    write(ours, 1)
    ours.crash("n0", "n1")
    for _ in range(PATIENCE + 1):
        with pytest.raises(RequestTimedOutError):
            ours.transact({}, {"/a": "lost"})
    assert ours.differing() != []
    ours.restart("n0", "n1")
    assert ours.transact({}, {"/b": "1"}) is not None
    assert ours.carries


def test_what_was_acknowledged_is_there_after_all_members_lost_power():
    ours = lasting()
    write(ours, 5)
    ours.crash(*ours.group.members)
    ours.restart(*ours.group.members)
    write(ours, 6)
    assert ours.differing() == []
    assert ours.carries


def test_it_rests_until_it_is_woken_and_begins_with_what_is_stored():
    asked = []

    def make(*arguments):
        asked.append(arguments[0])
        return Raft(*arguments)

    ours = LastingStore(make, lambda: 0.0, seed=1)
    write(ours, 2)
    assert (asked, ours.carries, ours.kill_leader(), ours.differing()) == ([], False, "", [])
    ours.wake()
    assert asked == ["n0", "n1", "n2"]
    write(ours, 1)
    assert ours.carries
    assert len(ours.range("/").items) == 2
    ours.wake()
    assert len(asked) == 3


def test_what_lies_elsewhere_is_written_without_the_group():
    ours = LastingStore(Raft, lambda: 0.0, seed=1, elsewhere=("/events/",))
    ours.wake()
    write(ours, 1)
    sent = ours.group.sent
    assert ours.transact({"/events/a": 0}, {"/events/a": "x"}) == 3
    assert ours.group.sent == sent
    assert ours.transact({"/events/a": 3}, {"/b": "x"}) == 4
    assert ours.group.sent > sent


class Forgetful(Raft):
    """Saves nothing."""

    def save(self):
        return None


class Loglosing(Raft):
    """Keeps term and vote on its disk, and the log only in memory."""

    def save(self):
        saved = super().save()
        return saved and {**saved, "log": saved["log"][:1]}


class Eager(Raft):
    """Commits without asking anybody."""

    def advance_commit(self):
        self.commit = self.last["index"]


class Loser(Raft):
    """Puts something else into its log, once."""

    def on_propose(self, command):
        super().on_propose("lost" if self.last["index"] == 3 else command)


class Sulking(Raft):
    """Stands for election once, and never again."""

    def on_tick(self):
        if self.term < 1:
            super().on_tick()


class Raising(Raft):
    """Fails at the first entry."""

    def on_append_entries(self, message):
        if message["entries"]:
            raise ValueError("no")
        super().on_append_entries(message)


class Unmade(Raft):
    """Cannot be made."""

    def __init__(self, *arguments):
        raise ValueError("no")


class Odd(Raft):
    """Applies what is no command."""

    def ready(self):
        answer = super().ready()
        for item in answer["apply"]:
            item["command"] = {"odd": 1}
        return answer


class Flood(Raft):
    """Sends without end."""

    def on_tick(self):
        super().on_tick()
        for _ in range(3000):
            self.send(self.peers[0], "append_entries_reply", success=False, index=0)


def power_fails(store: LastingStore) -> None:
    write(store, 3)
    store.crash(*store.group.members)
    store.restart(*store.group.members)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (Forgetful, "which was committed"),
        (Loglosing, "which was committed"),
        (Eager, "which only n"),
        (Loser, "'lost', which nobody proposed"),
        (Sulking, f"{PATIENCE} writes in a row were not accepted within 7 s, with 3 of 3 members there"),
        (Raising, "raised ValueError"),
        (Unmade, "raised ValueError"),
        (Odd, "KeyError"),
        (Flood, "work stays bounded"),
        (lambda *arguments: 7, "raised AttributeError"),
    ],
)
def test_a_group_that_fails_is_given_up_with_a_line_and_no_write_is_lost(make, says):
    ours = lasting(make, clock=lambda: 8.5)
    stored = 0
    if ours.carries:
        power_fails(ours)
        ours.kill_leader()
    for number in range(2 * CHECKPOINT_EVERY):
        try:
            stored += ours.transact({}, {f"/after/{number}": "x"}) is not None
        except RequestTimedOutError:
            assert number < PATIENCE
        ours.kill_leader()
    assert says in ours.fault
    assert len(ours.fault.splitlines()) == 1
    assert "eJ" not in ours.fault
    assert ours.fault_s == 8.5
    assert stored >= 2 * CHECKPOINT_EVERY - PATIENCE
    assert len(ours.range("/after").items) == stored
    assert ours.differing() == []


def test_a_cluster_lives_on_when_its_group_fails():
    with Cluster.create(nodes=1, raft=Forgetful, raft_lasts=True) as cluster:
        client = cluster.client()
        cluster.store.wake()
        pod = {"metadata": {"generateName": "p-"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
        client.create("pods", pod, "default")
        cluster.store.crash(*cluster.store.group.members)
        cluster.store.restart(*cluster.store.group.members)
        client.create("pods", pod, "default")
        cluster.run(seconds=3)
        assert not cluster.store.carries
        phases = [each["status"]["phase"] for each in client.list("pods", "default")["items"]]
        assert phases == ["Running", "Running"]
