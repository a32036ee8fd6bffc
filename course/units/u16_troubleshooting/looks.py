"""The cases of `next_look`: small objects that say what is wrong with them, or only seem to."""

import random
from collections.abc import Iterator

from course.checks.report import Case, kept, with_keeping
from course.units.u16_troubleshooting.answers import NEXT, next_look
from course.units.u16_troubleshooting.objects import Object

_PROSE = (
    "exceeded quota",
    "0/3 nodes are available",
    "violates the disruption budget",
    "waiting for approval",
    "see the notes",
    "",
)
_FINE = {
    "Deployment": [
        ("Progressing", "True", "NewReplicaSetAvailable"),
        ("Available", "True", "MinimumReplicasAvailable"),
    ],
    "ReplicaSet": [],
    "Pod": [("PodScheduled", "True", "")],
    "Node": [("Ready", "True", "KubeletReady"), ("MemoryPressure", "False", "KubeletHasSufficientMemory")],
    "Namespace": [
        ("NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers"),
        ("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered"),
    ],
}
_HARMLESS = {
    "Deployment": ("ReplicaFailure", "False", "FailedCreate"),
    "ReplicaSet": ("ReplicaFailure", "False", "FailedCreate"),
    "Pod": ("PodScheduled", "False", "SchedulingGated"),
    "Node": ("DiskPressure", "False", "KubeletHasNoDiskPressure"),
    "Namespace": ("NamespaceContentRemaining", "True", "SomeResourcesRemain"),
}


def thing(kind: str, *conditions: tuple[str, str, str], message: str = "") -> Object:
    """Return an object with conditions: type, status, reason."""
    made = [{"type": type_, "status": status, "reason": reason} for type_, status, reason in conditions]
    for one in made:
        if message:
            one["message"] = message
    return {"kind": kind, "status": {"conditions": made}} if made else {"kind": kind}


def refused(code: int, reason: str, *causes: str, message: str = "") -> Object:
    """Return the Status that answered a request."""
    made: Object = {"kind": "Status", "status": "Failure", "code": code, "reason": reason}
    if causes:
        made["details"] = {"causes": [{"reason": cause} for cause in causes]}
    if message:
        made["message"] = message
    return made


_STUCK = ("Progressing", "False", "ProgressDeadlineExceeded")
_SHORT = ("ReplicaFailure", "True", "FailedCreate")
_HELD = ("NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain")
_UNKNOWN = ("NamespaceDeletionDiscoveryFailure", "True", "DiscoveryFailed")
_TABLE: dict[str, list[Object]] = {
    "a rollout or a workload that says so": [
        thing("Deployment", _STUCK),
        thing("Deployment", _SHORT),
        thing("ReplicaSet", _SHORT),
    ],
    "what is well leads nowhere": [
        thing("Deployment", *_FINE["Deployment"]),
        thing("Deployment", _HARMLESS["Deployment"]),
        thing("Deployment", _STUCK),
        thing("ReplicaSet"),
        thing("Service"),
    ],
    "the condition nearer to the cause wins": [
        thing("Deployment", _STUCK, _SHORT),
        thing("Deployment", _SHORT, _STUCK),
        thing("Deployment", ("Available", "False", "MinimumReplicasUnavailable"), _STUCK),
        thing("Namespace", _UNKNOWN, _HELD),
    ],
    "a pod that waits": [
        thing("Pod", ("PodScheduled", "False", "Unschedulable")),
        thing("Pod", ("PodScheduled", "False", "SchedulingGated")),
        thing("Pod"),
        {"kind": "Pod", "status": {"phase": "Pending"}},
        thing("Pod", ("PodScheduled", "True", ""), ("Ready", "False", "ContainersNotReady")),
    ],
    "a node that is not ready": [
        thing("Node", ("Ready", "False", "KubeletNotReady")),
        thing("Node", ("Ready", "Unknown", "NodeStatusUnknown")),
        thing("Node", *_FINE["Node"]),
    ],
    "a namespace that stays": [
        thing("Namespace", _HELD),
        thing("Namespace", _UNKNOWN),
        thing("Namespace", *_FINE["Namespace"]),
        thing("Namespace", _HARMLESS["Namespace"]),
    ],
    "a request that was refused": [
        refused(429, "TooManyRequests", "DisruptionBudget"),
        refused(429, "TooManyRequests"),
        refused(429, "TooManyRequests", "Other", "DisruptionBudget"),
        refused(404, "NotFound", "DisruptionBudget"),
        refused(500, "InternalError", "DisruptionBudget"),
        refused(403, "Forbidden"),
    ],
    "the words are no contract": [
        thing("Deployment", _SHORT, message="see the notes"),
        thing("Deployment", *_FINE["Deployment"], message="exceeded quota: it was raised"),
        refused(429, "TooManyRequests", message="Cannot evict pod as it would violate the budget"),
        refused(429, "TooManyRequests", "DisruptionBudget", message="see the notes"),
    ],
}


@kept
def look_cases() -> Iterator[Case]:
    """Yield the cases by hand."""
    made = [Case(rule, (obj,), next_look(obj)) for rule, objects in _TABLE.items() for obj in objects]
    yield from with_keeping(made)


@kept
def unseen_looks(seed: int) -> Iterator[Case]:
    """Yield objects drawn with a seed: conditions in any order, some harmless, any words."""
    rng = random.Random(f"looks/{seed}")
    for _ in range(30):
        kind = rng.choice([*_FINE, "Node", "Pod"])
        conditions = [*_FINE[kind]] if rng.random() < 0.5 else []
        if rng.random() < 0.4:
            conditions.append(_HARMLESS[kind])
        wrong = [key[1:] for key in NEXT if key[0] == kind]
        conditions += rng.sample(wrong, rng.randint(0, len(wrong)))
        conditions = list({one[0]: one for one in conditions}.values())
        rng.shuffle(conditions)
        obj = thing(kind, *conditions, message=rng.choice(_PROSE))
        yield Case("objects with several conditions, in any words", (obj,), next_look(obj))
    for number in range(10):
        causes = rng.sample(["DisruptionBudget", "Other"], rng.randint(0, 2))
        if number == 0:  # one that counts is among them, whatever the seed
            code, causes = 429, ["DisruptionBudget"]
        else:
            code = rng.choice((429, 409, 500))
        obj = refused(code, "TooManyRequests", *causes, message=rng.choice(_PROSE))
        yield Case("requests that were refused", (obj,), next_look(obj))
