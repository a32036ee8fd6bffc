"""A pod waits until its claims are bound; those that wait for it are bound for the node that it gets.

A claim whose class binds at once must be bound before any node is asked.  One whose class waits for its first
consumer needs, on each node, a free volume that the node reaches, or a provisioner that can make one there;
`plan` says which, and insideout.scheduler.volumes writes it before the pod is bound.

Left out: how much room a driver has left (CSIStorageCapacity), and the score of volumes by their size, which
is off by default.

Source: pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go@v1.36.2.
"""

from dataclasses import dataclass
from typing import NamedTuple

from insideout.apimachinery import volumes
from insideout.client import Object
from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable

NAME = "VolumeBinding"
UNBOUND = unresolvable(NAME, "pod has unbound immediate PersistentVolumeClaims")
NO_VOLUMES = "node(s) didn't find available persistent volumes to bind"
TOO_FAR = "node(s) didn't match PersistentVolume's node affinity"
GONE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"


class _Claims(NamedTuple):
    bound: list[Object]
    delayed: list[Object]


@dataclass(frozen=True)
class Plan:
    """What a pod's claims need on a node: volumes to bind, each with its claim, and claims to provision."""

    bindings: tuple[tuple[Object, Object], ...] = ()
    provisions: tuple[Object, ...] = ()


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Turn the pod away while one of its claims is missing, lost, going or not yet bound."""
    if not pod.pod["spec"].get("volumes"):
        return None
    claims = _claims(pod, snapshot)
    if isinstance(claims, Status):
        return claims
    if not claims.delayed and all(_is_everywhere(claim, snapshot) for claim in claims.bound):
        return None

    def check(node: NodeInfo) -> Status | None:
        found = _plan(claims, node, snapshot)
        return found if isinstance(found, Status) else None

    return check


def plan(pod: PodInfo, node: NodeInfo, snapshot: Snapshot) -> Plan:
    """Return what is to be done for a pod's claims on a node that the pod fits on."""
    claims = _claims(pod, snapshot) if pod.pod["spec"].get("volumes") else None
    if not isinstance(claims, _Claims) or not claims.delayed:
        return Plan()
    found = _plan(claims, node, snapshot)
    return Plan() if isinstance(found, Status) else found


def claims_of(pod: PodInfo) -> list[tuple[str, bool]]:
    """Return the names of the claims that the pod's volumes use, each with whether it is made for the pod."""
    return volumes.claims_of(pod.pod)


def _claims(pod: PodInfo, snapshot: Snapshot) -> _Claims | Status:
    """Sort the pod's claims, or say why no node will do."""
    found: list[Object] = []
    for name, ephemeral in claims_of(pod):
        claim = snapshot.claims.get(f"{pod.namespace}/{name}")
        if claim is None:
            waiting = "waiting for ephemeral volume controller to create the "
            missing = f'persistentvolumeclaim "{name}"'
            return unresolvable(NAME, waiting + missing if ephemeral else missing + " not found")
        if (claim.get("status") or {}).get("phase") == "Lost":
            volume_name = claim["spec"].get("volumeName", "")
            return unresolvable(
                NAME, f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume_name}"'
            )
        if claim["metadata"].get("deletionTimestamp"):
            return unresolvable(NAME, f'persistentvolumeclaim "{name}" is being deleted')
        if ephemeral and not _is_made_for(claim, pod):
            why = f"PVC {pod.namespace}/{name} was not created for pod {pod.namespace}/{pod.name}"
            return unresolvable(NAME, f"{why} (pod is not owner)")
        found.append(claim)
    result = _Claims([], [])
    for claim in found:
        if volumes.is_fully_bound(claim):
            result.bound.append(claim)
        elif volumes.waits_for_consumer(_class_of(claim, snapshot)) and not claim["spec"].get("volumeName"):
            result.delayed.append(claim)
        else:
            return UNBOUND
    return result


def _is_made_for(claim: Object, pod: PodInfo) -> bool:
    uid = pod.pod["metadata"].get("uid")
    owners = claim["metadata"].get("ownerReferences") or ()
    return any(owner.get("controller") and owner["uid"] == uid for owner in owners)


def _class_of(claim: Object, snapshot: Snapshot) -> Object | None:
    return snapshot.storage_classes.get(volumes.class_of(claim))


def _is_everywhere(claim: Object, snapshot: Snapshot) -> bool:
    volume = snapshot.volumes.get(claim["spec"]["volumeName"])
    return volume is not None and not volume["spec"].get("nodeAffinity")


def _plan(claims: _Claims, node: NodeInfo, snapshot: Snapshot) -> Plan | Status:
    assert node.node is not None  # a node that is asked about is known
    reasons = []
    for claim in claims.bound:
        volume = snapshot.volumes.get(claim["spec"]["volumeName"])
        if volume is None or not volumes.reaches(volume, node.node):
            reasons.append(GONE if volume is None else TOO_FAR)
            break
    delayed = _delayed(claims.delayed, node.node, snapshot)
    if reasons or delayed is None:
        # A node that cannot reach a volume is said before one that lacks it, a volume that is gone last.
        missing = [NO_VOLUMES] if delayed is None else []
        return unresolvable(NAME, *(missing + reasons if reasons == [GONE] else reasons + missing))
    return delayed


def _delayed(claims: list[Object], node: Object, snapshot: Snapshot) -> Plan | None:
    """Return volumes for the claims, and those for which one must be made; None when that cannot be."""
    name = node["metadata"]["name"]
    bindings: list[tuple[Object, Object]] = []
    provisions = [each for each in claims if volumes.SELECTED_NODE in volumes.annotations(each)]
    if any(volumes.annotations(each)[volumes.SELECTED_NODE] != name for each in provisions):
        return None
    taken: set[str] = set()
    open_ones = [each for each in claims if volumes.SELECTED_NODE not in volumes.annotations(each)]
    for claim in sorted(open_ones, key=lambda each: volumes.size_of(each).value):
        offered = snapshot.volumes_of_class(volumes.class_of(claim))
        volume = volumes.best_match(claim, offered, node=node, taken=taken, delayed=True)
        if volume is None:
            provisions.append(claim)
            continue
        taken.add(volume["metadata"]["name"])
        bindings.append((volume, claim))
    for claim in provisions:
        storage_class = _class_of(claim, snapshot)
        provisioner = (storage_class or {}).get("provisioner", "")
        if provisioner in ("", volumes.NO_PROVISIONER):
            return None
        if storage_class is not None and not _is_allowed(storage_class, node):
            return None
    return Plan(tuple(bindings), tuple(provisions))


def _is_allowed(storage_class: Object, node: Object) -> bool:
    """Tell whether a class may have volumes where a node is."""
    terms = storage_class.get("allowedTopologies") or ()
    labels = node["metadata"].get("labels") or {}
    return not terms or any(
        all(
            labels.get(each["key"]) in (each.get("values") or ())
            for each in term.get("matchLabelExpressions") or ()
        )
        for term in terms
    )
