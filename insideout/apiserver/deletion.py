"""How objects end: grace periods, preconditions, finalizers and what becomes of dependents.

A deletion removes an object at once unless something must happen before: a pod's node gets its grace period,
finalizers wait for whoever added them, and foreground or orphan propagation waits for the garbage collector.
Until then the object stays, with a deletionTimestamp.

Source: k8s.io/apiserver/pkg/registry/rest/delete.go, .../registry/generic/registry/store.go:Delete,
pkg/registry/core/pod/strategy.go:CheckGracefulDelete@v1.36.2.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from insideout.apimachinery import timestamps
from insideout.apiserver import strategy
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import DeleteOptions
from insideout.apiserver.status import StatusError, conflict

Object = dict[str, Any]

IMMORTAL_NAMESPACES = ("default", "kube-system", "kube-public")
ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


class Plan(NamedTuple):
    """What a deletion does: write `state` (if it is not the present one), then remove the object or not."""

    state: Object
    remove: bool


def finished(new: Object, old: Object) -> bool:
    """Say whether an update took away the last thing that a deletion waited for.

    `old` is the metadata before it.  A namespace waits for the finalizers of its spec too, without a grace
    period.
    """
    if new["metadata"].get("finalizers"):
        return False
    if new["kind"] == "Namespace":
        return "deletionTimestamp" in old and not (new.get("spec") or {}).get("finalizers")
    return old.get("deletionGracePeriodSeconds") == 0


def check_preconditions(kind: Kind, metadata: Object, options: DeleteOptions) -> None:
    """Raise 409 when the object is not the one that the client means."""
    wanted, found = options.uid, metadata["uid"]
    if wanted is not None and wanted != found:
        why = f"the UID in the precondition ({wanted}) does not match the UID in record ({found}). "
        raise _refused(kind, metadata, why + "The object might have been deleted and then recreated")
    wanted, found = options.resource_version, metadata["resourceVersion"]
    if wanted is not None and wanted != found:
        why = f"the ResourceVersion in the precondition ({wanted}) does not match "
        raise _refused(
            kind,
            metadata,
            f"{why}the ResourceVersion in record ({found}). The object might have been modified",
        )


def _refused(kind: Kind, metadata: Object, why: str) -> StatusError:
    """Return the 409; at this place upstream names the kind where messages otherwise have the resource."""
    problem = conflict(kind, metadata["name"], why)
    named = problem.status["message"].replace(kind.qualified_resource, kind.qualified_kind, 1)
    problem.status["message"] = named
    problem.status["details"]["kind"] = kind.kind
    return problem


def plan(kind: Kind, obj: Object, options: DeleteOptions, now: datetime) -> Plan:
    """Return what deleting `obj` now means; `obj` itself is not changed."""
    if kind.qualified_resource == "namespaces":
        return _plan_namespace(obj, now)
    if kind.qualified_resource == "customresourcedefinitions.apiextensions.k8s.io":
        return _plan_definition(obj, now)
    metadata = {**obj["metadata"]}
    period_s = _grace_period_s(kind, obj, options)
    graceful = False
    if period_s is not None:
        begun = _begin_grace_period(metadata, period_s, options.grace_period_s, now)
        if begun is None:
            return Plan(obj, False)
        graceful = begun
    _set_propagation(kind, metadata, options)
    ending = {**obj, "metadata": metadata}
    if metadata.get("finalizers"):
        if not graceful:
            _mark(metadata, now)
        return Plan(ending, False)
    if graceful:
        return Plan(ending, metadata["deletionGracePeriodSeconds"] == 0)
    return Plan(obj, True)


def _grace_period_s(kind: Kind, obj: Object, options: DeleteOptions) -> int | None:
    """Return the seconds that a pod may take to end, or None for a kind that ends at once."""
    if kind.group or kind.kind != "Pod":
        return None
    spec, status = obj.get("spec", {}), obj.get("status", {})
    period = options.grace_period_s
    if period is None:
        period = int(spec.get("terminationGracePeriodSeconds") or 0)
    if period < 0:
        period = 1
    if not spec.get("nodeName") or status.get("phase") in ("Failed", "Succeeded"):
        period = 0  # nobody has to stop anything
    return period


def _begin_grace_period(metadata: Object, period_s: int, asked_s: int | None, now: datetime) -> bool | None:
    """Write the grace period into `metadata`.

    Returns False when it is over, so that the object can go now, and None when nothing changes: it is under
    way, and can only be shortened.
    """
    if "deletionTimestamp" not in metadata:
        metadata["deletionTimestamp"] = timestamps.seconds(now + timedelta(seconds=period_s))
        metadata["deletionGracePeriodSeconds"] = period_s
        if metadata.get("generation"):
            metadata["generation"] += 1
        return True
    current_s = metadata.get("deletionGracePeriodSeconds") or 0
    if current_s == 0:
        return False
    if asked_s is None or asked_s >= current_s:
        return None
    asked_s = max(asked_s, 1) if asked_s < 0 else asked_s
    until = timestamps.parse(metadata["deletionTimestamp"]) + timedelta(seconds=asked_s - current_s)
    if until < now:
        until, asked_s = now, min(asked_s, 1)
    metadata["deletionTimestamp"] = timestamps.seconds(until)
    metadata["deletionGracePeriodSeconds"] = asked_s
    return True


def _set_propagation(kind: Kind, metadata: Object, options: DeleteOptions) -> None:
    """Add or remove the finalizers on which the garbage collector acts."""
    if not strategy.collects_garbage(kind):
        return
    finalizers = metadata.get("finalizers") or []
    kept = [each for each in finalizers if each not in (ORPHAN, FOREGROUND)]
    if _orphans(kind, options, finalizers):
        kept.append(ORPHAN)
    if _in_foreground(options, finalizers):
        kept.append(FOREGROUND)
    if sorted(kept) != sorted(finalizers):
        metadata["finalizers"] = kept


def _orphans(kind: Kind, options: DeleteOptions, finalizers: list[str]) -> bool:
    if options.orphan_dependents is not None:
        return options.orphan_dependents
    if options.propagation_policy is not None:
        return options.propagation_policy == "Orphan"
    for each in finalizers:
        if each in (ORPHAN, FOREGROUND):
            return each == ORPHAN
    return strategy.orphans_by_default(kind)


def _in_foreground(options: DeleteOptions, finalizers: list[str]) -> bool:
    if options.orphan_dependents is not None:
        return False
    if options.propagation_policy is not None:
        return options.propagation_policy == "Foreground"
    return next((each for each in finalizers if each in (ORPHAN, FOREGROUND)), "") == FOREGROUND


def _mark(metadata: Object, now: datetime) -> None:
    """Write that the object waits for its finalizers."""
    if "deletionTimestamp" not in metadata:
        if metadata.get("generation"):
            metadata["generation"] += 1
        metadata["deletionTimestamp"] = timestamps.seconds(now)
    elif timestamps.parse(metadata["deletionTimestamp"]) > now:
        metadata["deletionTimestamp"] = timestamps.seconds(now)
    metadata["deletionGracePeriodSeconds"] = 0


def _plan_namespace(obj: Object, now: datetime) -> Plan:
    """Return the end of a namespace: it waits for its controller to empty it and take the finalizer away."""
    if "deletionTimestamp" in obj["metadata"]:
        return Plan(obj, not obj.get("spec", {}).get("finalizers") and not obj["metadata"].get("finalizers"))
    metadata = {**obj["metadata"], "deletionTimestamp": timestamps.seconds(now)}
    status = {**obj.get("status", {}), "phase": "Terminating"}
    return Plan({**obj, "metadata": metadata, "status": status}, False)


def _plan_definition(obj: Object, now: datetime) -> Plan:
    """Return the end of a CustomResourceDefinition: it waits for its objects."""
    metadata = obj["metadata"]
    if not metadata.get("finalizers"):
        return Plan(obj, True)
    if "deletionTimestamp" in metadata:
        return Plan(obj, False)
    condition = {
        "lastTransitionTime": timestamps.seconds(now),
        "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        "reason": "InstanceDeletionPending",
        "status": "True",
        "type": "Terminating",
    }
    status = obj.get("status", {})
    others = [each for each in status.get("conditions") or [] if each.get("type") != "Terminating"]
    return Plan(
        {
            **obj,
            "metadata": {**metadata, "deletionTimestamp": timestamps.seconds(now)},
            "status": {**status, "conditions": [*others, condition]},
        },
        False,
    )
