"""What a client finds behind the door; that etcd answers the same is in test_beside_etcd."""

import subprocess
import sys
import time

import grpc
import pytest

from insideout.apiserver.certificates import self_signed, signed
from insideout.apiserver.kubeconfig import write_private
from insideout.etcd import why_not
from insideout.etcd.door import Certificates, Door
from insideout.etcd.shared import SharedStore
from insideout.store import MemoryStore
from tests.insideout.etcd.client import Client


def put(client, key: bytes, value: bytes, **more):
    return client.call("Put", key=key, value=value, **more)


def value_of(client, key: bytes):
    return [each.value for each in client.call("Range", key=key).kvs]


def refusal(client, name: str, **fields):
    with pytest.raises(grpc.RpcError) as refused:
        client.call(name, **fields)
    return refused.value.code(), refused.value.details()


def test_what_is_put_is_there_with_what_etcd_counts(ours):
    put(ours, b"/a", b"one")
    put(ours, b"/a", b"two")
    (found,) = ours.call("Range", key=b"/a").kvs
    assert (found.create_revision, found.mod_revision, found.version, found.value) == (2, 3, 2, b"two")


def test_the_answers_of_one_key_that_two_write_at_once_are_of_one_order(ours):
    compare = {"key": b"/a", "target": 2, "mod_revision": 0}
    change = {"request_put": {"key": b"/a", "value": b"x"}}
    look = {"request_range": {"key": b"/a"}}
    answers = [ours.call("Txn", compare=[compare], success=[change], failure=[look]) for _ in range(2)]
    assert [each.succeeded for each in answers] == [True, False]
    assert answers[1].responses[0].response_range.kvs[0].mod_revision == answers[0].header.revision


def test_a_key_ends_with_its_lease(ours):
    granted = ours.call("LeaseGrant", TTL=1)
    assert granted.TTL == 2  # the shortest that there is
    put(ours, b"/event", b"x", lease=granted.ID)
    put(ours, b"/stays", b"x")
    assert value_of(ours, b"/event") == [b"x"]
    end_s = time.monotonic() + 10
    while value_of(ours, b"/event"):
        assert time.monotonic() < end_s, "the lease does not end"
        time.sleep(0.1)
    assert value_of(ours, b"/stays") == [b"x"]
    assert ours.call("LeaseTimeToLive", ID=granted.ID).TTL == -1


def test_a_lease_that_is_kept_alive_does_not_end(ours):
    granted = ours.call("LeaseGrant", TTL=2)
    put(ours, b"/kept", b"x", lease=granted.ID)
    stream = ours.stream("LeaseKeepAlive")
    for _ in range(4):
        time.sleep(0.8)
        stream.send(ID=granted.ID)
        assert stream.read().TTL == 2
    assert value_of(ours, b"/kept") == [b"x"]
    stream.close()


def test_a_watch_tells_what_was_and_what_comes(ours):
    put(ours, b"/a/1", b"old")
    watch = ours.stream("Watch")
    watch.send(create_request={"key": b"/a/", "range_end": b"/a0", "start_revision": 2, "prev_kv": True})
    assert watch.read().created
    assert [each.kv.value for each in watch.read().events] == [b"old"]
    put(ours, b"/b", b"of nobody's interest")
    ours.call("DeleteRange", key=b"/a/1")
    (event,) = watch.read().events
    assert (event.type, event.kv.mod_revision, event.prev_kv.value) == (1, 4, b"old")
    watch.close()


def test_progress_is_told_behind_all_events_up_to_it(ours):
    watch = ours.stream("Watch")
    watch.send(create_request={"key": b"/", "range_end": b"0"})
    assert watch.read().created
    for number in range(50):
        put(ours, b"/a", b"%d" % number)
    watch.send(progress_request={})
    seen = []
    while (told := watch.read()).events:
        seen += [event.kv.mod_revision for event in told.events]
    assert (told.watch_id, told.header.revision, seen) == (-1, 51, list(range(2, 52)))
    watch.close()


def test_a_watch_that_wants_it_is_told_of_progress_by_itself():
    opened = Door(SharedStore(MemoryStore()), progress_s=0.2)
    opened.start()
    with Client(opened.url) as client:
        put(client, b"/elsewhere", b"x")
        watch = client.stream("Watch")
        watch.send(create_request={"key": b"/a", "progress_notify": True})
        assert watch.read().created
        told = watch.read()
        assert (told.watch_id, told.header.revision, list(told.events)) == (0, 2, [])
        watch.close()
    opened.stop()


def test_a_watch_of_what_is_compacted_ends_and_says_up_to_where(ours):
    for number in range(5):
        put(ours, b"/a", b"%d" % number)
    ours.call("Compact", revision=4)
    watch = ours.stream("Watch")
    watch.send(create_request={"key": b"/a", "start_revision": 2})
    assert watch.read().created
    told = watch.read()
    assert (told.canceled, told.compact_revision) == (True, 4)
    watch.close()


def test_a_transaction_reads_what_it_has_written(ours):
    put(ours, b"/a", b"one")
    change = {"request_put": {"key": b"/a", "value": b"two"}}
    look = {"request_range": {"key": b"/a"}}
    answer = ours.call("Txn", success=[look, change, look])
    before, _, after = answer.responses
    assert before.response_range.kvs[0].value == b"one"
    assert (after.response_range.kvs[0].value, after.response_range.kvs[0].mod_revision) == (b"two", 3)


def test_who_asks_what_cannot_be_is_told_in_etcds_words(ours):
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    put(ours, b"/a", b"")
    assert refusal(ours, "Range") == (invalid, "etcdserver: key is not provided")
    assert refusal(ours, "Range", key=b"/a", sort_target=9) == (invalid, "etcdserver: invalid sort option")
    twice = [{"request_put": {"key": b"/a"}}, {"request_delete_range": {"key": b"/", "range_end": b"0"}}]
    assert refusal(ours, "Txn", success=twice)[1] == "etcdserver: duplicate key given in txn request"
    later = [{"request_range": {"key": b"/a", "revision": 9}}]
    assert refusal(ours, "Txn", success=later) == (
        grpc.StatusCode.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision is a future revision",
    )


def test_the_members_are_listed_and_the_store_says_how_it_is(ours):
    assert [each.name for each in ours.call("MemberList").members] == ["default"]
    status = ours.call("Status")
    assert (status.version, status.leader) == ("3.6.8", status.header.member_id)
    assert list(ours.call("Alarm").alarms) == []


def test_only_who_has_a_certificate_of_the_doors_authority_is_served(tmp_path):
    own = self_signed()
    files = {"own.crt": own.certificate, "own.key": own.key}
    for name, content in files.items():
        write_private(tmp_path / name, content)
    certificate, key = tmp_path / "own.crt", tmp_path / "own.key"
    opened = Door(SharedStore(MemoryStore()), Certificates(certificate, key, certificate))
    opened.start()
    client, stranger = signed(own, "kube-apiserver"), self_signed()
    known = grpc.ssl_channel_credentials(own.certificate, client.key, client.certificate)
    with Client(opened.url, known) as admitted:
        put(admitted, b"/a", b"x")
    for pair in ((None, None), (stranger.key, stranger.certificate)):
        with Client(opened.url, grpc.ssl_channel_credentials(own.certificate, *pair)) as refused:
            assert refusal(refused, "Range", key=b"/a")[0] is grpc.StatusCode.UNAVAILABLE
    opened.stop()


def test_a_port_that_is_taken_is_said(door):
    taken = int(door.url.rpartition(":")[2])
    with pytest.raises(RuntimeError, match=f"etcd's door at http://127.0.0.1:{taken} does not open"):
        Door(SharedStore(MemoryStore()), port=taken).start()


def test_what_is_missing_is_said_in_one_line_with_what_to_do():
    program = (
        "import sys\n"
        "sys.modules['grpc'] = None\n"
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'grpc' else find(name)\n"
        "from insideout.etcd import why_not\n"
        "print(why_not())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "etcd's protocol needs grpcio, which is not installed; "
        "pip install 'kubernetes-inside-out[etcd]' brings it\n"
    )
    assert why_not() == ""
