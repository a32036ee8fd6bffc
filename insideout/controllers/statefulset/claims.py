"""A StatefulSet's PersistentVolumeClaims: one for each Pod and template, kept or not when the Pod goes.

The retention policy becomes owner references, and the garbage collector does the rest.

Source: pkg/controller/statefulset/stateful_set_utils.go:getPersistentVolumeClaims,
updateClaimOwnerRefForSetAndPod, isClaimOwnerUpToDate@v1.36.2.
"""

from typing import Literal

from insideout.apimachinery import owners
from insideout.apimachinery.copies import copied
from insideout.client import Object
from insideout.controllers.statefulset.identity import claim_name


def claims_for(stateful_set: Object, ordinal: int) -> list[Object]:
    """Return the claims that the Pod at an ordinal needs."""
    labels = stateful_set["spec"]["selector"].get("matchLabels") or {}
    claims = []
    for template in stateful_set["spec"].get("volumeClaimTemplates") or ():
        claim = copied(template)
        claim |= {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
        claim.pop("status", None)
        claim["metadata"] |= {
            "name": claim_name(template, stateful_set, ordinal),
            "namespace": stateful_set["metadata"]["namespace"],
            "labels": (claim["metadata"].get("labels") or {}) | labels,
        }
        claims.append(claim)
    return claims


def wanted_owner(stateful_set: Object, *, in_range: bool) -> Literal["set", "pod"] | None:
    """Return who is to own a Pod's claims: nobody keeps them for ever.

    `in_range` says whether the Pod's ordinal is still asked for.  Deleting a claim on scaling down means
    that the Pod which goes owns it; deleting it with the set means that the set owns it meanwhile.
    """
    policy = stateful_set["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    if not in_range and policy.get("whenScaled") == "Delete":
        return "pod"
    if policy.get("whenDeleted") == "Delete":
        return "set"
    return None


def is_stale(claim: Object, stateful_set: Object, ordinal: int) -> bool:
    """Tell whether a claim is to go with an earlier Pod of this ordinal: a new one must not take it over.

    Source: pkg/controller/statefulset/stateful_pod_control.go:PodClaimIsStale@v1.36.2.
    """
    policy = stateful_set["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    name = f"{stateful_set['metadata']['name']}-{ordinal}"
    references = claim["metadata"].get("ownerReferences") or ()
    of_earlier = any(each["kind"] == "Pod" and each["name"] == name for each in references)
    return policy.get("whenScaled", "Retain") != "Retain" and of_earlier


def owner_references(claim: Object, stateful_set: Object, pod: Object, *, in_range: bool) -> list[Object]:
    """Return a claim's owner references after the set's policy; those of others stay.

    A claim that refers to an earlier set or Pod of the same name, or that another controller owns, is left
    alone.
    """
    references: list[Object] = claim["metadata"].get("ownerReferences") or []
    mine = (stateful_set, pod)
    if any(_is_stale(reference, owner) for reference in references for owner in mine):
        return references
    uids = {owner["metadata"].get("uid") for owner in mine}
    kept = [reference for reference in references if reference["uid"] not in uids]
    if any(reference.get("controller") for reference in kept):
        return kept
    wanted = wanted_owner(stateful_set, in_range=in_range)
    if wanted is None:
        return kept
    return [*kept, owners.controller_reference(stateful_set if wanted == "set" else pod)]


def _is_stale(reference: Object, owner: Object) -> bool:
    same = reference["kind"] == owner["kind"] and reference["name"] == owner["metadata"]["name"]
    return bool(same and reference["uid"] != owner["metadata"].get("uid"))
