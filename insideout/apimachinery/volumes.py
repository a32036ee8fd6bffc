"""PersistentVolumes and claims: which belong together, and the annotations by which their keepers talk.

Used by the API server's admission, the volume controller and the scheduler, which must agree.

Source: k8s.io/component-helpers/storage/volume/{helpers,pv_helpers}.go, pkg/volume/util/storageclass.go
@v1.36.2.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from insideout.apimachinery import amount, nodeselectors, selectors

Object = dict[str, Any]

BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
STORAGE_PROVISIONER = "volume.kubernetes.io/storage-provisioner"
BETA_STORAGE_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner"
BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION = "kubernetes.io/pv-protection"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
_DEFAULT = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


def annotations(obj: Mapping[str, Any]) -> Mapping[str, str]:
    """Return an object's annotations."""
    found: Mapping[str, str] = obj["metadata"].get("annotations") or {}
    return found


def class_of(obj: Mapping[str, Any]) -> str:
    """Return the name of a claim's or a volume's storage class, "" for none."""
    spec = obj.get("spec") or {}
    return annotations(obj).get(BETA_CLASS, spec.get("storageClassName") or "")


def asks_for_class(claim: Mapping[str, Any]) -> bool:
    """Tell whether a claim says which class it wants, be it none ("")."""
    return BETA_CLASS in annotations(claim) or claim["spec"].get("storageClassName") is not None


def is_default(storage_class: Mapping[str, Any]) -> bool:
    """Tell whether a class is marked as the one for claims that name none."""
    return any(annotations(storage_class).get(each) == "true" for each in _DEFAULT)


def default_class(classes: Iterable[Object]) -> Object | None:
    """Return the class for claims that name none: of several, the newest, then the first by name."""
    found = sorted(filter(is_default, classes), key=lambda each: str(each["metadata"]["name"]))
    return max(found, key=lambda each: str(each["metadata"]["creationTimestamp"]), default=None)


def waits_for_consumer(storage_class: Mapping[str, Any] | None) -> bool:
    """Tell whether claims of a class are bound only when a pod needs them; not those of a missing class."""
    return storage_class is not None and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def is_fully_bound(claim: Mapping[str, Any]) -> bool:
    """Tell whether a claim has its volume and the controller has finished."""
    return bool(claim["spec"].get("volumeName")) and BIND_COMPLETED in annotations(claim)


def is_for(volume: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Tell whether a volume refers to a claim, with its uid or reserved for whichever has the name."""
    reference = volume["spec"].get("claimRef")
    if reference is None:
        return False
    metadata = claim["metadata"]
    same = (reference.get("namespace"), reference.get("name")) == (metadata["namespace"], metadata["name"])
    return same and reference.get("uid") in (None, "", metadata["uid"])


def reference(claim: Mapping[str, Any]) -> Object:
    """Return the reference by which a volume names its claim."""
    metadata = claim["metadata"]
    parts = {key: metadata[key] for key in ("namespace", "name", "uid", "resourceVersion")}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **parts}


def bound(volume: Object, claim: Mapping[str, Any]) -> Object:
    """Return the volume with its reference to the claim; the same object where it has it already."""
    uid = claim["metadata"]["uid"]
    by_controller = not is_for(volume, claim)
    new = volume
    if by_controller or volume["spec"]["claimRef"].get("uid") != uid:
        new = {**new, "spec": {**new["spec"], "claimRef": reference(claim)}}
    return annotated(new, BOUND_BY_CONTROLLER, "yes") if by_controller else new


def annotated(obj: Object, name: str, value: str) -> Object:
    """Return the object with an annotation, which an earlier value of its own keeps."""
    if name in annotations(obj):
        return obj
    metadata = {**obj["metadata"], "annotations": {**annotations(obj), name: value}}
    return {**obj, "metadata": metadata}


def size_of(obj: Mapping[str, Any]) -> amount.Amount:
    """Return how much storage a claim asks for, or a volume has."""
    spec = obj["spec"]
    amounts = spec.get("capacity") or (spec.get("resources") or {}).get("requests") or {}
    return amount.parse(amounts.get("storage", "0"))


def same_mode(claim: Mapping[str, Any], volume: Mapping[str, Any]) -> bool:
    """Tell whether both are file systems, or both block devices."""
    one, other = (each["spec"].get("volumeMode") or "Filesystem" for each in (claim, volume))
    return bool(one == other)


def offers_modes(volume: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Tell whether a volume has every access mode that a claim asks for."""
    return set(claim["spec"].get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ())


def reaches(volume: Mapping[str, Any], node: Mapping[str, Any]) -> bool:
    """Tell whether a node reaches a volume, by the volume's node affinity."""
    required = (volume["spec"].get("nodeAffinity") or {}).get("required")
    return required is None or nodeselectors.selects(required, node)


def best_match(
    claim: Object,
    volumes: Iterable[Object],
    *,
    node: Object | None = None,
    taken: Container[str] = (),
    delayed: bool = False,
) -> Object | None:
    """Return the volume for a claim: the one that is reserved for it, else the smallest that will do.

    With a `node` it must reach the volume (the scheduler asks so); without one, a claim whose binding is
    `delayed` gets only what is reserved for it.  Volumes named in `taken` are passed over.
    """
    wanted, class_name = size_of(claim), class_of(claim)
    given = claim["spec"].get("selector")
    selector = selectors.from_object(given) if given is not None else None
    smallest: Object | None = None
    for volume in volumes:
        metadata, spec = volume["metadata"], volume["spec"]
        mine = is_for(volume, claim)
        if metadata["name"] in taken or (spec.get("claimRef") is not None and not mine):
            continue
        if size_of(volume).value < wanted.value or not same_mode(claim, volume):
            continue
        one, other = (each["spec"].get("volumeAttributesClassName") or "" for each in (claim, volume))
        if one != other or metadata.get("deletionTimestamp"):
            continue
        near = node is None or reaches(volume, node)
        if mine:
            return volume if near else None
        if (node is None and delayed) or (volume.get("status") or {}).get("phase") != "Available":
            continue
        if selector is not None and not selector.matches(metadata.get("labels") or {}):
            continue
        if class_of(volume) != class_name or not near:
            continue
        if node is not None and not offers_modes(volume, claim):
            continue
        if smallest is None or size_of(smallest).value > size_of(volume).value:
            smallest = volume
    return smallest


def claims_of(pod: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return the names of the claims that a pod's volumes use, each with whether it is made for the pod."""
    found = []
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            found.append((volume["persistentVolumeClaim"]["claimName"], False))
        elif "ephemeral" in volume:
            found.append((f"{pod['metadata']['name']}-{volume['name']}", True))
    return found
