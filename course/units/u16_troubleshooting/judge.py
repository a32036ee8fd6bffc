"""Judges a repair by what there is afterwards and by what was written, never by a message.

Three things are held against it: whether what was broken works and what guarded it still guards; whether
every object and every pod that was ready is still the same one, by its UID; and its writes, from the
cluster's own request log.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from course.checks.written import differences
from course.units.u16_troubleshooting.clusters import Allowed, Broken
from course.units.u16_troubleshooting.door import Api
from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.scene import broken, healthy
from course.units.u16_troubleshooting.snapshot import told
from course.units.u16_troubleshooting.town import RESOURCES, Town, ready
from insideout.apiserver.requestlog import WRITES, RequestMade
from insideout.client import WatchEvent

Repair = Callable[[Any], Any]
Case = dict[str, Any]
"""A cluster to open: `cause`, "" for one in which nothing is wrong but `looks like`; and `seed`."""

WORKS = "it works again"
FINE = "it works as before"
CLEAN = "nothing else was touched"
SHOWN = 3
REAL_HEALS_S = 90
"""The longest that is waited for the effect of a repair where time is real."""
_SPECS = ("spec", "data", "webhooks", "provisioner", "metadata")
_META = ("labels", "finalizers", "annotations")
_OWN_NOTES = ("deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation")
"""Annotations that controllers and the server keep."""


def judged(repair: Repair) -> Callable[[Case], list[str]]:
    """Return a function from a cluster to what is to be said of `repair` there."""

    def run(case: Case) -> list[str]:
        found: Broken | None = None
        if case["cause"]:
            found = broken(case["cause"], case["seed"])
            town = found.town
        else:
            town = healthy(case["looks like"], case["seed"])
        with town.cluster:
            before = Before(town, found.may_go() if found else ())
            before.watch_sizes()
            repair(Api(town, reworded=is_reworded(case["seed"])))
            heal(town, found)
            return list(verdict(found, before))

    return run


def heal(town: Town, found: Broken | None) -> None:
    """Let the time pass that a repair takes to have its effect; where time is real, until it has."""
    if not town.is_real:
        town.run(found.heals_s if found else Broken.heals_s)
    elif found is not None:
        town.cluster.loop.run_until(lambda: not found.is_broken(), REAL_HEALS_S)


def is_reworded(seed: int) -> bool:
    """Tell whether the prose in a cluster is in other words: in every other one."""
    return seed % 2 == 1


class Before:
    """What there was: objects with their UIDs, and what they said; pods that were ready."""

    def __init__(self, town: Town, may_go: tuple[str, ...]) -> None:
        self.town = town
        self.may_go = may_go
        self.objects = dict(_objects(town))
        self.began = len(town.cluster.log)
        self.scaled: list[str] = []
        """Workloads that had another size meanwhile, whatever size they have now."""

    def watch_sizes(self) -> None:
        """Note from now on when a workload is given another size."""
        client = self.town.cluster.client("auditor")
        for resource in ("deployments", "statefulsets"):
            found = client.list(resource)
            sizes = {uid_of(one): one["spec"]["replicas"] for one in found["items"]}
            client.watch(
                resource,
                partial(self._resized, resource, sizes),
                resource_version=found["metadata"]["resourceVersion"],
            )

    def _resized(self, resource: str, sizes: dict[str, int], event: WatchEvent) -> None:
        if event.type == "MODIFIED" and sizes.get(uid_of(event.object)) != event.object["spec"]["replicas"]:
            metadata = event.object["metadata"]
            size = event.object["spec"]["replicas"]
            path = path_of(resource, metadata["namespace"], metadata["name"])
            self.scaled.append(f"not needed: {path} was scaled to {size}")

    def lost(self) -> list[str]:
        """Return what is gone, or another object of the same name."""
        after = {name: uid_of(obj) for name, obj in _objects(self.town)}
        here = [name for name, obj in self.objects.items() if after.get(name) == uid_of(obj)]
        return [name for name in self.objects if name not in here and name not in self.may_go]

    def writes(self) -> list[RequestMade]:
        """Return what was written on call, as far as it was accepted."""
        entries = list(self.town.cluster.log)[self.began :]
        made = [one for one in entries if isinstance(one, RequestMade) and one.client == self.town.on_call]
        return [one for one in made if one.verb in WRITES and 200 <= one.code < 300]


def verdict(found: Broken | None, before: Before) -> Iterator[str]:
    """Yield what is to be said, the result first."""
    touched = list(judge_writes([found] if found else [], before))  # first: looking for a flaw may evict
    flaw = found.flaw() if found else ""
    if found is None:
        yield FINE
    else:
        yield f"it does not work: {flaw}" if flaw else WORKS
    yield from touched


def judge_writes(found: Sequence[Broken], before: "Before") -> Iterator[str]:
    """Yield what is lost and which writes were not called for by what was broken, or that nothing was."""
    told = [f"lost: {name} is gone or another one" for name in before.lost()] + before.scaled
    allowed = [one for each in found for one in each.allowed()]
    for write in before.writes():
        told += _judge_write(allowed, before, write)
    told = list(dict.fromkeys(told))
    yield from told[:SHOWN] or [CLEAN]
    if len(told) > SHOWN:
        yield f"and {len(told) - SHOWN} more of this kind"


def _judge_write(every: Sequence[Allowed], before: Before, write: RequestMade) -> list[str]:
    """Return what is wrong with a write: it was not called for, or changed too much."""
    path = path_of(write.resource, write.namespace, write.name)
    subresource = f"/{write.subresource}" if write.subresource else ""
    for allowed in every:
        same_place = (allowed.resource, allowed.namespace) == (write.resource, write.namespace)
        if not same_place or write.verb not in allowed.verbs or subresource:
            continue
        if write.verb == "create" and path not in before.objects and allowed.name in ("", write.name):
            return []
        if allowed.name == write.name and write.verb == "delete":
            return []  # what comes in its place is its controller's
        if allowed.name == write.name and write.verb != "create":
            return [
                f"too much: {path} {field}"
                for field in _changed(before, path)
                if not _within(field, allowed.fields)
            ]
    return [f"not needed: {write.verb} {path}{subresource}"]


def _changed(before: Before, path: str) -> Iterator[str]:
    """Yield the fields of an object that are not as they were."""
    now = dict(_objects(before.town)).get(path)
    if now is not None and path in before.objects:
        yield from (where for where, _, _ in differences(_said(before.objects[path]), _said(now)))


def _within(field: str, allowed: tuple[str, ...]) -> bool:
    return any(field == one or field.startswith((f"{one}.", f"{one}[")) for one in allowed)


def _said(obj: Object) -> Object:
    """Return what users write into an object, without what controllers add."""
    kept = {key: obj[key] for key in _SPECS if key in obj}
    metadata = {key: obj["metadata"][key] for key in _META if key in obj["metadata"]}
    if "annotations" in metadata:
        metadata["annotations"] = {k: v for k, v in metadata["annotations"].items() if k not in _OWN_NOTES}
    return told({**kept, "metadata": metadata}, reworded=False)  # type: ignore[no-any-return]


def _objects(town: Town) -> Iterator[tuple[str, Object]]:
    """Yield what must stay, by where it is: every object, of the pods those that are ready."""
    for resource in RESOURCES.values():
        if resource == "replicasets":
            continue  # their Deployments make them
        for obj in town.objects(resource):
            if resource != "pods" or ready(obj):
                metadata = obj["metadata"]
                yield path_of(resource, metadata.get("namespace", ""), metadata["name"]), obj


def path_of(resource: str, namespace: str, name: str) -> str:
    """Write where an object is: RESOURCE/NAMESPACE/NAME, or RESOURCE/NAME outside of namespaces."""
    return "/".join(filter(None, (resource, namespace, name)))


def uid_of(obj: Object) -> str:
    """Return an object's UID."""
    return str(obj["metadata"]["uid"])
