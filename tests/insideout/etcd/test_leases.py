import pytest

from insideout.etcd.errors import EtcdError
from insideout.etcd.leases import Leases
from insideout.etcd.messages import pb
from insideout.etcd.service import Service
from insideout.etcd.shared import SharedStore
from insideout.etcd.values import Stored
from insideout.raft.store import RequestTimedOutError
from insideout.store import MemoryStore


class Clock:
    """Seconds that pass when told."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def test_a_lease_is_due_when_its_time_has_passed_and_not_before(clock):
    leases = Leases(clock)
    leases.grant(7, 10)
    clock.now_s = 9.9
    assert leases.due() == []
    clock.now_s = 10
    assert [lease.id for lease in leases.due()] == [7]


def test_a_lease_that_is_kept_begins_anew(clock):
    leases = Leases(clock)
    leases.grant(7, 10)
    clock.now_s = 9
    assert leases.keep(7) == 10
    clock.now_s = 18
    assert leases.due() == []
    assert leases.keep(8) == 0


def test_a_key_hangs_on_the_lease_that_it_was_last_written_with(clock):
    leases = Leases(clock)
    first, second = leases.grant(1, 10), leases.grant(2, 10)
    leases.note({"/a": Stored(b"", 1, 1), "/b": Stored(b"", 1, 1)})
    leases.note({"/a": Stored(b"", 2, 2)})
    assert (first.keys, second.keys) == ({"/b"}, {"/a"})
    leases.note({"/b": None, "/a": Stored(b"", 3)})
    assert (first.keys, second.keys) == (set(), set())


def test_an_id_is_given_once_and_what_is_too_long_is_refused(clock):
    leases = Leases(clock)
    leases.grant(1, 10)
    with pytest.raises(EtcdError, match="lease already exists"):
        leases.grant(1, 10)
    with pytest.raises(EtcdError, match="too large lease TTL"):
        leases.grant(0, 9_000_000_001)
    with pytest.raises(EtcdError, match="requested lease not found"):
        leases.find(9)


class Unsteady(SharedStore):
    """A store that finds no majority while it is told so."""

    is_alone = False

    def transact(self, expected, changes):
        if self.is_alone:
            raise RequestTimedOutError
        return super().transact(expected, changes)


@pytest.fixture
def store():
    return Unsteady(MemoryStore())


def test_a_lease_that_ends_without_a_majority_ends_once_there_is_one(clock, store):
    service = Service(store, clock=clock)
    service.answer("LeaseGrant", pb.LeaseGrantRequest(ID=7, TTL=10))
    service.answer("Put", pb.PutRequest(key=b"/a", value=b"1", lease=7))
    clock.now_s, store.is_alone = 11, True
    service.expire()
    assert store.get("/a") is not None
    store.is_alone = False
    service.expire()
    assert store.get("/a") is None
    assert service.answer("LeaseLeases", pb.LeaseLeasesRequest()).leases == []


def test_what_somebody_else_revoked_meanwhile_is_no_error(clock, store, monkeypatch):
    service = Service(store, clock=clock)
    service.answer("LeaseGrant", pb.LeaseGrantRequest(ID=7, TTL=10))
    clock.now_s = 11
    due = service._leases.due()
    service.answer("LeaseRevoke", pb.LeaseRevokeRequest(ID=7))
    monkeypatch.setattr(service._leases, "due", lambda: due)
    service.expire()
    assert list(service._leases) == []
