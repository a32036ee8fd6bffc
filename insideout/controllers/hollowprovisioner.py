"""A stand-in for a CSI driver's helpers: it makes volumes that hold nothing, grows and deletes them.

It does with the API what external-provisioner and external-resizer do beside a real driver: it sees claims
that the volume controller has marked with its name, creates a PersistentVolume for each, and deletes the
volume when it is released.  A volume is an object only, and every node reaches it.

Source: kubernetes-csi/external-provisioner v5 and sig-storage-lib-external-provisioner v10
(controller/controller.go), kubernetes-csi/external-resizer v1 (pkg/controller/controller.go).
"""

from insideout.apimachinery import amount, volumes
from insideout.apiserver.boot import HOLLOW_PROVISIONER
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller

FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"
_CLAIMS, _VOLUMES = "persistentvolumeclaims", "persistentvolumes"


class HollowProvisioner(Controller):
    """Serves the classes whose provisioner is HOLLOW_PROVISIONER; a key without a namespace is a volume's."""

    name = HOLLOW_PROVISIONER

    def watch(self) -> None:
        """Watch claims and volumes; classes and nodes are only asked."""
        self._claims = self.on(_CLAIMS, add=self._claim, update=lambda _, claim: self._claim(claim))
        self._volumes = self.on(_VOLUMES, add=self._volume, update=lambda _, volume: self._volume(volume))
        self._classes = self.on("storageclasses.storage.k8s.io")

    def sync(self, key: Key) -> None:
        """Make the volume of one claim, let it grow, or delete one volume."""
        namespace, name = key
        claim = self._claims.get(name, namespace) if namespace else None
        volume = None if namespace else self._volumes.get(name)
        if claim is not None and _wants_volume(claim):
            self._provision(claim)
        elif claim is not None and _wants_growth(claim):
            self._expand(claim)
        elif volume is not None and _is_released(volume):
            self._delete(volume)

    def _provision(self, claim: Object) -> None:
        storage_class = self._classes.get(volumes.class_of(claim))
        if storage_class is None or storage_class["provisioner"] != self.name:
            return
        metadata = claim["metadata"]
        described = f'"{metadata["namespace"]}/{metadata["name"]}"'
        message = f"External provisioner is provisioning volume for claim {described}"
        self.recorder.event(claim, "Normal", "Provisioning", message)
        volume = _volume_for(claim, storage_class)
        try:
            self.client.create(_VOLUMES, volume)
        except ApiError as refused:
            if refused.code != 409:  # made before, when the answer was lost
                raise
            return
        message = f"Successfully provisioned volume {volume['metadata']['name']}"
        self.recorder.event(claim, "Normal", "ProvisioningSucceeded", message)

    def _expand(self, claim: Object) -> None:
        name = claim["spec"]["volumeName"]
        volume = self._volumes.get(name)
        if volume is None or (volume["spec"].get("csi") or {}).get("driver") != self.name:
            return
        asked = claim["spec"]["resources"]["requests"]["storage"]
        message = f"External resizer is resizing volume {name}"
        self.recorder.event(claim, "Normal", "Resizing", message)
        self.client.patch(_VOLUMES, name, {"spec": {"capacity": {"storage": asked}}})
        status = {"status": {"capacity": {"storage": asked}}}
        metadata = claim["metadata"]
        self.client.patch(_CLAIMS, metadata["name"], status, metadata["namespace"], subresource="status")
        self.recorder.event(claim, "Normal", "VolumeResizeSuccessful", "Resize volume succeeded")

    def _delete(self, volume: Object) -> None:
        metadata = volume["metadata"]
        if "deletionTimestamp" not in metadata:
            self.client.delete(_VOLUMES, metadata["name"], uid=metadata["uid"])
        left = [each for each in metadata.get("finalizers") or () if each != FINALIZER]
        patch = {"metadata": {"uid": metadata["uid"], "finalizers": left}}
        try:
            self.client.patch(_VOLUMES, metadata["name"], patch)
        except ApiError as refused:
            if refused.code != 404:  # that was all it waited for
                raise

    # Events.

    def _claim(self, claim: Object) -> None:
        if _wants_volume(claim) or _wants_growth(claim):
            self.enqueue(claim)

    def _volume(self, volume: Object) -> None:
        if _is_released(volume):
            self.enqueue(volume)


def _wants_volume(claim: Object) -> bool:
    marks = volumes.annotations(claim)
    asked = marks.get(volumes.STORAGE_PROVISIONER, marks.get(volumes.BETA_STORAGE_PROVISIONER))
    return asked == HOLLOW_PROVISIONER and not claim["spec"].get("volumeName")


def _wants_growth(claim: Object) -> bool:
    status = claim.get("status") or {}
    has = (status.get("capacity") or {}).get("storage")
    return (
        status.get("phase") == "Bound"
        and bool(has)
        and volumes.size_of(claim).value > amount.parse(str(has)).value
    )


def _is_released(volume: Object) -> bool:
    made_here = volumes.annotations(volume).get(volumes.PROVISIONED_BY) == HOLLOW_PROVISIONER
    policy = volume["spec"].get("persistentVolumeReclaimPolicy")
    phase = (volume.get("status") or {}).get("phase")
    return made_here and policy == "Delete" and phase in ("Released", "Failed")


def _volume_for(claim: Object, storage_class: Object) -> Object:
    spec, uid = claim["spec"], claim["metadata"]["uid"]
    name = f"pvc-{uid}"
    policy = storage_class.get("reclaimPolicy", "Delete")
    metadata: Object = {"name": name, "annotations": {volumes.PROVISIONED_BY: HOLLOW_PROVISIONER}}
    if policy == "Delete":
        metadata["finalizers"] = [FINALIZER]
    source: Object = {"driver": HOLLOW_PROVISIONER, "volumeHandle": name}
    if storage_class.get("parameters"):
        source["volumeAttributes"] = dict(storage_class["parameters"])
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": metadata,
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": volumes.reference(claim),
            "csi": source,
            "mountOptions": storage_class.get("mountOptions"),
            "persistentVolumeReclaimPolicy": policy,
            "storageClassName": storage_class["metadata"]["name"],
            "volumeMode": spec.get("volumeMode", "Filesystem"),
        },
    }
