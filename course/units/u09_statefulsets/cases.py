"""The visible cases of the unit on StatefulSets: each rule is a contrast, so that no constant holds."""

from collections.abc import Iterator, Mapping

from course.checks.report import Case, as_yaml, kept
from course.units.u09_statefulsets.objects import NEW, NOW, OLD, Object, pod, pods, sts
from insideout.controllers.statefulset.claims import wanted_owner
from insideout.controllers.statefulset.plandata import sts_sync

_Table = Mapping[str, list[tuple[Object, list[Object]]]]


def pvc_owner(policy: Object, in_range: bool) -> str | None:
    """Return who owns the claims of a pod by this retention policy, as the package's controller says."""
    return wanted_owner({"spec": {"persistentVolumeClaimRetentionPolicy": policy}}, in_range=in_range)


@kept
def owner_cases() -> Iterator[Case]:
    """Yield every policy, with and without its defaults, for `pvc_owner(policy, in_range)`."""
    for rule, policies in _OWNER.items():
        for policy, in_range in policies:
            yield Case(rule, (policy, in_range), pvc_owner(policy, in_range), keeps=True)


@kept
def fill_cases() -> Iterator[Case]:
    """Yield cases of the first phase of `sts_sync(sts, pods, now)`."""
    yield from _cases(_FILL)


@kept
def scale_cases() -> Iterator[Case]:
    """Yield cases of the second phase."""
    yield from _cases(_SCALE)


@kept
def update_cases() -> Iterator[Case]:
    """Yield cases of the third phase."""
    yield from _cases(_UPDATE)


def _cases(table: _Table) -> Iterator[Case]:
    for rule, examples in table.items():
        for stateful_set, own in examples:
            yield Case(rule, (stateful_set, own, NOW), sts_sync(stateful_set, own, NOW), keeps=True)


def show_owner(policy: Object, in_range: bool) -> str:
    """Write a policy and what is asked."""
    return f"{as_yaml({'policy': policy})}\nin_range: {in_range}"


def _policy(deleted: str, scaled: str) -> Object:
    return {"whenDeleted": deleted, "whenScaled": scaled}


_OWNER: dict[str, list[tuple[Object, bool]]] = {
    "a claim that is kept in every case has no owner": [
        (_policy("Retain", "Retain"), True),
        (_policy("Retain", "Retain"), False),
        (_policy("Delete", "Retain"), True),
    ],
    "whenDeleted: Delete ties claims to the set, also those of pods beyond the wanted number": [
        (_policy("Delete", "Retain"), True),
        (_policy("Delete", "Retain"), False),
        (_policy("Retain", "Delete"), True),
    ],
    "whenScaled: Delete ties the claims of pods beyond the wanted number to their pod": [
        (_policy("Retain", "Delete"), False),
        (_policy("Retain", "Delete"), True),
        (_policy("Delete", "Delete"), False),
        (_policy("Delete", "Delete"), True),
    ],
    "what the policy leaves out is Retain": [
        ({}, True),
        ({}, False),
        ({"whenScaled": "Delete"}, False),
        ({"whenScaled": "Delete"}, True),
        ({"whenDeleted": "Delete"}, False),
    ],
}

_PARALLEL: Object = {"podManagementPolicy": "Parallel"}

_FILL: _Table = {
    "an ordered set creates one pod at a time, the lowest ordinal that is missing": [
        (sts(3), []),
        (sts(3), pods(0)),
        (sts(3), pods(0, 2)),
        (sts(2), pods(0, 1)),
        (sts(3, name="user-db"), [pod(0, of="user-db"), pod(1, of="user-db")]),
        (sts(12), pods(*range(11))),
    ],
    "it waits for each pod below: Running and Ready": [
        (sts(3), [pod(0, ready=False)]),
        (sts(3), [pod(0, phase="Pending", ready=None)]),
        (sts(3), [pod(0, phase="Pending")]),
        (sts(3), [pod(0, phase="Unknown")]),
        (sts(3), [pod(0, ready="Unknown")]),
        (sts(3), [pod(0, ready_for_s=0)]),
        (sts(3), [pod(0, ready=False, others=True)]),
        (sts(3), [pod(0), pod(2, ready=False)]),
        (sts(2), pods(0)),
    ],
    "and Ready for minReadySeconds": [
        (sts(2, minReadySeconds=30), [pod(0, ready_for_s=29)]),
        (sts(2, minReadySeconds=30), [pod(0, ready_for_s=30)]),
        (sts(2, minReadySeconds=30), [pod(0, ready_for_s=100)]),
    ],
    "a pod that Failed or Succeeded is deleted, and one that is being deleted is waited for": [
        (sts(2), [pod(0, phase="Failed", ready=False), pod(1)]),
        (sts(2), [pod(0), pod(1, phase="Succeeded", ready=False)]),
        (sts(2), [pod(0, phase="Failed", ready=False, going=True), pod(1)]),
        (sts(3), [pod(0), pod(1, going=True)]),
        (sts(3), [pod(0, phase="Failed", ready=False)]),
    ],
    "Parallel creates whatever is missing and waits for nobody": [
        (sts(3, **_PARALLEL), []),
        (sts(3, **_PARALLEL), [pod(1, ready=False)]),
        (sts(3, **_PARALLEL), [pod(0, going=True), pod(2, ready=False)]),
        (sts(2, **_PARALLEL), [pod(0, phase="Failed", ready=False)]),
    ],
    "ordinals begin at spec.ordinals.start": [
        (sts(2, start=5), []),
        (sts(2, start=5), pods(5)),
        (sts(2, start=5), pods(5, 6)),
    ],
    "a pod below the partition comes back at the current revision; it counts from the first ordinal": [
        (sts(3, partition=2), [pod(0, OLD), pod(2)]),
        (sts(3, partition=2), [pod(0, OLD), pod(1, OLD)]),
        (sts(3, partition=0), [pod(0, OLD), pod(2)]),
        (sts(3, partition=2, start=5), [pod(5, OLD), pod(7)]),
        (sts(3, partition=2, start=5), [pod(5, OLD), pod(6, OLD)]),
        (sts(4, partition=3, start=1, **_PARALLEL), []),
    ],
    "a set that is being deleted does nothing": [
        (sts(3, deleting=True), []),
        (sts(1, deleting=True), pods(0, 1)),
        (sts(3), []),
    ],
}

_SCALE: _Table = {
    "pods beyond the wanted number go one at a time, the highest first": [
        (sts(1), pods(0, 1, 2)),
        (sts(1), pods(0, 1)),
        (sts(0), pods(0, 1)),
        (sts(2), pods(0, 1)),
    ],
    "while one is going, the next is waited for": [
        (sts(1), [pod(0), pod(1), pod(2, going=True)]),
        (sts(1), pods(0, 1, 2)),
    ],
    "nobody goes while a pod that stays is missing or not well": [
        (sts(2), [pod(0), pod(1, ready=False), pod(2)]),
        (sts(2), [pod(0), pod(2)]),
        (sts(2), pods(0, 1, 2)),
    ],
    "the highest that is not well may go when all below it are well; two of them block each other": [
        (sts(1), [pod(0), pod(1), pod(2, ready=False)]),
        (sts(1), [pod(0), pod(1, ready=False), pod(2, ready=False)]),
        (sts(1), [pod(0), pod(1, ready=False), pod(2)]),
        (sts(1, minReadySeconds=30), [pod(0), pod(1, ready_for_s=5), pod(2, ready_for_s=5)]),
    ],
    "Parallel removes all that are not going yet": [
        (sts(1, **_PARALLEL), [pod(0), pod(1, ready=False), pod(2)]),
        (sts(1, **_PARALLEL), [pod(0, ready=False), pod(1), pod(2, going=True), pod(3)]),
    ],
    "pods below the first ordinal are too many as well": [
        (sts(2, start=1), pods(0, 1, 2)),
        (sts(2, start=1), pods(0, 1, 2, 3)),
        (sts(2, start=2, **_PARALLEL), pods(1, 2, 3, 4)),
    ],
}

_UPDATE: _Table = {
    "the highest pod of another revision is deleted, one at a time": [
        (sts(3), pods(0, 1, 2, revision=OLD)),
        (sts(3), [pod(0, OLD), pod(1, OLD), pod(2)]),
        (sts(3), [pod(0, OLD), pod(1, "db-older"), pod(2)]),
        (sts(3), pods(0, 1, 2)),
    ],
    "it waits until the pod above is back and available": [
        (sts(3), [pod(0, OLD), pod(1, OLD), pod(2, ready=False)]),
        (sts(2, minReadySeconds=30), [pod(0, OLD), pod(1, ready_for_s=5)]),
        (sts(2, minReadySeconds=30), [pod(0, OLD), pod(1)]),
        (sts(2), [pod(0, OLD)]),
        (sts(2), [pod(0, OLD), pod(1, OLD, going=True)]),
    ],
    "the partition keeps the pods below it; it counts from the first ordinal": [
        (sts(3, partition=2), pods(0, 1, 2, revision=OLD)),
        (sts(3, partition=2), [pod(0, OLD), pod(1, OLD), pod(2)]),
        (sts(3, partition=1, start=5), [pod(5, OLD), pod(6, OLD), pod(7)]),
        (sts(3, partition=1, start=5), [pod(5, OLD), pod(6), pod(7)]),
        (sts(2, partition=5), pods(0, 1, revision=OLD)),
    ],
    "OnDelete replaces nobody": [
        (sts(2, on_delete=True), pods(0, 1, revision=OLD)),
        (sts(2, on_delete=True), [pod(0, OLD)]),
        (sts(2), pods(0, 1, revision=OLD)),
    ],
    "Parallel replaces one at a time too, and an old pod that is broken at once": [
        (sts(3, **_PARALLEL), pods(0, 1, 2, revision=OLD)),
        (sts(3, **_PARALLEL), [pod(0, OLD), pod(1, OLD), pod(2, ready=False)]),
        (sts(3, **_PARALLEL), [pod(0, NEW), pod(1, NEW), pod(2, "db-bad", ready=False)]),
        (sts(3, **_PARALLEL), [pod(0, OLD), pod(1, OLD, ready=False), pod(2)]),
        (sts(3, **_PARALLEL), [pod(0, OLD), pod(1, OLD)]),
        (sts(2, **_PARALLEL), [pod(0, OLD), pod(1, OLD, going=True)]),
    ],
    "in an ordered set a broken pod blocks its own repair": [
        (sts(3), [pod(0), pod(1), pod(2, "db-bad", ready=False)]),
        (sts(3, revisions=(NEW, NEW)), [pod(0), pod(1), pod(2, "db-bad", ready=False)]),
        (sts(3), [pod(0), pod(1), pod(2, "db-bad")]),
    ],
    "maxUnavailable changes nothing: its feature is off": [
        (
            sts(4, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}),
            pods(0, 1, 2, 3, revision=OLD),
        ),
        (
            sts(
                4,
                updateStrategy={
                    "type": "RollingUpdate",
                    "rollingUpdate": {"maxUnavailable": 2, "partition": 3},
                },
            ),
            [pod(0, OLD), pod(1, OLD), pod(2, OLD), pod(3, ready=False)],
        ),
    ],
}
