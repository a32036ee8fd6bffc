"""Hours about what is kept: a Cache is spoilt and its operator is killed; etcd's members die."""

from course.units.u17_capstone.hours.hour import Hour
from course.units.u17_capstone.stage import CACHE, CACHED, Object, Stage, name_of
from insideout.client import ApiError
from insideout.controllers.cache.kinds import BUCKETS, CACHES, CHILDREN, NAMESPACE, cache, is_child
from insideout.explore.faults import KILL_AFTER, KILL_BEFORE, LOSE, REFUSE

GIVEN_UP = "why it was given up"
_STRANGER = f"{CACHE}-5"


def spoilt(stage: Stage) -> list[str]:
    """Take and spoil a Cache's children, ask for more while its operator is killed, and end another Cache."""
    stage.did(f"{CACHE}-1 is deleted")
    stage.client.delete(CHILDREN, f"{CACHE}-1", NAMESPACE)
    stage.run(2)
    soon = len(stage.as_asked())
    began_s = stage.now_s
    stranger = {"metadata": {"name": _STRANGER, "labels": {"cache": CACHE}}, "data": {"size": "0"}}
    stage.client.create(CHILDREN, stranger, NAMESPACE)
    stage.strike("cache-operator", KILL_AFTER, KILL_BEFORE, REFUSE, LOSE)
    stage.did("six children are wanted; one name is taken")
    stage.want(6)
    stage.run(4)
    stage.did(f"{CACHE}-2 is deleted, and nobody looks")
    stage.client.delete(CHILDREN, f"{CACHE}-2", NAMESPACE)
    stage.run(26)
    more = len(stage.as_asked())
    stage.did(f"{CACHE}-0 is spoilt")
    stage.client.patch(CHILDREN, f"{CACHE}-0", {"data": {"size": "1"}}, NAMESPACE)
    stage.run(5)
    healed = len(stage.as_asked())
    quiet = len(stage.maps_seen.seen) + len(stage.caches_seen.seen)
    stage.run(10)
    quiet = len(stage.maps_seen.seen) + len(stage.caches_seen.seen) - quiet
    found = [one for one in stage.client.list(CHILDREN, NAMESPACE)["items"] if name_of(one) == _STRANGER]
    kept = [one["data"] for one in found] == [stranger["data"]]
    if found:
        stage.client.delete(CHILDREN, _STRANGER, NAMESPACE)
    stage.did("another Cache comes and goes")
    stage.want(CACHED)
    stage.client.create(CACHES, cache("brief", 2, 8), NAMESPACE)
    stage.run(3)
    stage.client.delete(CACHES, "brief", NAMESPACE)
    stage.run(10)
    left = [
        name_of(one)
        for resource in (CACHES, BUCKETS, CHILDREN)
        for one in stage.client.list(resource, NAMESPACE)["items"]
        if name_of(one).startswith("brief")
    ]
    most = max(
        len([one for one in there.values() if "ownerReferences" in one["metadata"]])
        for time_s, there in stage.maps_seen.moments()
        if time_s >= began_s
    )
    return [
        f"children as asked two seconds after one is deleted: {soon} of {CACHED}",
        f"children as asked when six are wanted and one name is taken: {more} of 5",
        f"children, at most: {most}",
        f"children as asked after one is spoilt: {healed} of 5",
        f"somebody else's ConfigMap: {'as it was' if kept else 'changed'}",
        f"writes while all is as asked: {quiet}",
        f"left of a Cache that is deleted: {', '.join(left) or 'nothing'}",
        f"in the end: {len(_owned(stage))} children; status: {_status(stage)}",
    ]


def _owned(stage: Stage) -> list[str]:
    owner = stage.client.get(CACHES, CACHE, NAMESPACE)["metadata"]["uid"]
    return [name_of(one) for one in stage.client.list(CHILDREN, NAMESPACE)["items"] if is_child(one, owner)]


def _status(stage: Stage) -> str:
    owner: Object = stage.client.get(CACHES, CACHE, NAMESPACE)
    status = owner.get("status") or {}
    current = status.get("observedGeneration") == owner["metadata"]["generation"]
    return f"{status.get('ready')} ready, of {'the' if current else 'an earlier'} spec"


def members(stage: Stage) -> list[str]:
    """Let etcd's members lose power, all at once; kill its leader three times, then two members."""
    stage.etcd.wake()
    accepted = _write(stage, "kept-3")
    stage.etcd.fail_power()
    accepted += _write(stage, "kept-4")
    for number in range(3):
        stage.etcd.kill_leader()
        stage.delete(stage.ready("web")[0])
        accepted += _write(stage, f"kept-{number}")
        stage.run(6)
    stage.call("http://web/")
    asked = len(stage.requests)
    lost = stage.etcd.lose_majority()
    alone = sum(_write(stage, f"alone-{number}") for number in range(2)) if lost else 0
    stage.run(4)
    stage.call("")
    failed = [one for one in stage.requests[asked:] if not one.answer.ok]
    stage.etcd.bring_back(*lost)
    stage.run(10)
    accepted += _write(stage, "kept-5")
    differing = stage.etcd.differing()
    there = [name_of(one) for one in stage.client.list(CHILDREN, NAMESPACE)["items"]]
    kept = len([name for name in there if name.startswith("kept-")])
    for name in there:
        if name.startswith(("kept-", "alone-")):
            stage.client.delete(CHILDREN, name, NAMESPACE)
    stage.run(10)
    return [
        f"writes accepted while a majority was there: {accepted} of 6",
        f"of these, there in the end: {kept}",
        f"writes accepted without a majority: {alone}",
        f"requests that failed meanwhile: {len(failed)}",
        f"members whose data differ from what the API server shows: {', '.join(differing) or 'none'}",
        f"ready pods in the end: web {len(stage.ready('web'))}",
        f"{GIVEN_UP}: {stage.etcd.fault or 'it was not'}",
    ]


def _write(stage: Stage, name: str) -> int:
    """Create a ConfigMap; return 1 when it was accepted."""
    try:
        stage.client.create(CHILDREN, {"metadata": {"name": name}}, NAMESPACE)
    except ApiError as problem:
        if problem.code == 409:  # an earlier try has happened after all
            return 1
        return 0
    return 1


SPOILT = Hour(
    "a cache is spoilt",
    ("operator",),
    spoilt,
    (
        "children as asked two seconds after one is deleted: 3 of 3",
        "children as asked when six are wanted and one name is taken: 5 of 5",
        "children, at most: 5",
        "children as asked after one is spoilt: 5 of 5",
        "somebody else's ConfigMap: as it was",
        "writes while all is as asked: 0",
        "left of a Cache that is deleted: nothing",
        "in the end: 3 children; status: 3 ready, of the spec",
    ),
)
MEMBERS = Hour(
    "leaders are killed",
    ("Raft",),
    members,
    (
        "writes accepted while a majority was there: 6 of 6",
        "of these, there in the end: 6",
        "writes accepted without a majority: 0",
        "requests that failed meanwhile: 0",
        "members whose data differ from what the API server shows: none",
        "ready pods in the end: web 4",
        f"{GIVEN_UP}: it was not",
    ),
)
