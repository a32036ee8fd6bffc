"""The volume controller: it binds claims to volumes, asks provisioners for new ones, and lets volumes go.

A binding is two references, from the volume to its claim and back; whichever is missing is added, so that a
crash between two writes leaves nothing that the next look does not finish.  What cannot be bound yet is
looked at again every fifteen seconds.

Left out: provisioners within the controller (every one is another program), the annotations of migrated
volumes, and the pod that recycles: paths and shares are taken to be empty at once, as nothing wrote there.

Source: pkg/controller/volume/persistentvolume/{pv_controller,pv_controller_base,index}.go@v1.36.2.
"""

from insideout.apimachinery import pods as podutil
from insideout.apimachinery import volumes
from insideout.client import ApiError, Object
from insideout.client.informer import Key, key_of
from insideout.controllers.controller import Controller
from insideout.controllers.informers import BY_CLAIM
from insideout.controllers.persistentvolume.latest import Latest
from insideout.controllers.persistentvolume.writes import CLAIMS, VOLUMES, Writer

RESYNC_S = 15.0
_LOST = "Bound claim has lost {}. Data on the volume is lost!"
_WAITING = (
    "Waiting for a volume to be created either by the external provisioner '{}' or manually by the system "
    "administrator. If volume creation is delayed, please verify that the provisioner is running and "
    "correctly registered."
)

_MIGRATED = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/azure-file": "file.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
    "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
}
"""The drivers that took over from plugins which were part of Kubernetes."""


class PersistentVolumeController(Controller):
    """Keeps claims and volumes together; a key without a namespace is a volume's."""

    name = "persistentvolume-controller"

    def watch(self) -> None:
        """Watch claims and volumes; classes and pods are only asked."""
        claims = self.on(CLAIMS, add=self.enqueue, update=self._changed, delete=self._claim_gone)
        pvs = self.on(VOLUMES, add=self.enqueue, update=self._changed, delete=self._volume_gone)
        self._claims, self._volumes = Latest(claims), Latest(pvs)
        self._classes = self.on("storageclasses.storage.k8s.io")
        self._pods = self.on("pods")
        self._writer = Writer(self.client, self.recorder, self._claims, self._volumes)

    def sync(self, key: Key) -> None:
        """Look at one claim or one volume."""
        namespace, name = key
        if namespace:
            claim = self._claims.get(name, namespace)
            if claim is not None:
                self._sync_claim(claim)
        else:
            volume = self._volumes.get(name)
            if volume is not None:
                self._sync_volume(volume)

    # Claims.

    def _sync_claim(self, claim: Object) -> None:
        if volumes.BIND_COMPLETED in volumes.annotations(claim):
            self._sync_bound(claim)
            return
        bind = self._bind_requested if claim["spec"].get("volumeName") else self._bind_any
        if not bind(claim):
            self.queue.add_after(key_of(claim), RESYNC_S)

    def _bind_any(self, claim: Object) -> bool:
        """Find a volume for a claim that does not care which; return whether there is nothing to wait for."""
        name = volumes.class_of(claim)
        storage_class = self._classes.get(name) if name else None
        delayed = volumes.waits_for_consumer(storage_class)
        found = self._best_match(claim, delayed)
        if found is not None:
            self._writer.bind(found, claim)
            return True
        if self._gave_class(claim):
            return True
        if delayed and volumes.SELECTED_NODE not in volumes.annotations(claim):
            self.recorder.event(claim, "Normal", *self._awaited(claim))
        elif name:
            self._ask_provisioner(claim, name, storage_class)
            return False
        else:
            message = "no persistent volumes available for this claim and no storage class is set"
            self.recorder.event(claim, "Normal", "FailedBinding", message)
        self._writer.claim_phase(claim, "Pending")
        return False

    def _best_match(self, claim: Object, delayed: bool) -> Object | None:
        """Return the best volume, of those with the fewest access modes that are enough."""
        offers: dict[tuple[str, ...], list[Object]] = {}
        for volume in self._volumes.list():
            if volumes.offers_modes(volume, claim):
                modes = tuple(sorted(volume["spec"].get("accessModes") or ()))
                offers.setdefault(modes, []).append(volume)
        for modes in sorted(offers, key=lambda each: (len(each), each)):
            found = volumes.best_match(claim, offers[modes], delayed=delayed)
            if found is not None:
                return found
        return None

    def _gave_class(self, claim: Object) -> bool:
        """Give a claim that came before there was a default class that class."""
        default = None if volumes.asks_for_class(claim) else volumes.default_class(self._classes.list())
        if default is None:
            return False
        self._writer.claim(
            {**claim, "spec": {**claim["spec"], "storageClassName": default["metadata"]["name"]}}
        )
        return True

    def _awaited(self, claim: Object) -> tuple[str, str]:
        """Return the reason and the words for what a claim with delayed binding waits for."""
        pods = self._pods.by_index(BY_CLAIM, "/".join(key_of(claim)))
        names = [
            pod["metadata"]["name"]
            for pod in pods
            if not podutil.is_terminal(pod) and not pod["spec"].get("nodeName")
        ]
        if not names:
            return "WaitForFirstConsumer", "waiting for first consumer to be created before binding"
        which = f"pods {','.join(names)}" if len(names) > 1 else f"pod {names[0]}"
        return "WaitForPodScheduled", f"waiting for {which} to be scheduled"

    def _ask_provisioner(self, claim: Object, name: str, storage_class: Object | None) -> None:
        """Write onto the claim who is to make its volume; say it, or why nobody can."""
        if storage_class is None:
            missing = f'storageclass.storage.k8s.io "{name}" not found'
            self.recorder.event(claim, "Warning", "ProvisioningFailed", missing)
            return
        named: str = storage_class["provisioner"]
        provisioner = _MIGRATED.get(named, named)
        if provisioner.startswith("kubernetes.io/"):
            message = f"no volume plugin matched name: {provisioner}"
            self.recorder.event(claim, "Warning", "ProvisioningFailed", message)
            return
        new = volumes.annotated(claim, volumes.BETA_STORAGE_PROVISIONER, provisioner)
        new = volumes.annotated(new, volumes.STORAGE_PROVISIONER, provisioner)
        if new is not claim:
            claim = self._writer.claim(new)
        self.recorder.event(claim, "Normal", "ExternalProvisioning", _WAITING.format(provisioner))

    def _bind_requested(self, claim: Object) -> bool:
        """Bind a claim to the volume that it names; return whether there is nothing to wait for."""
        name = claim["spec"]["volumeName"]
        volume = self._volumes.get(name)
        if volume is None:
            self._writer.claim_phase(claim, "Pending")
            return False
        if volume["spec"].get("claimRef") is None:
            why = mismatch(volume, claim)
            if not why:
                self._writer.bind(volume, claim)
                return True
            message = f'Cannot bind to requested volume "{name}": {why}'
            self.recorder.event(claim, "Warning", "VolumeMismatch", message)
        elif volumes.is_for(volume, claim):
            self._writer.bind(volume, claim)
            return True
        else:
            message = f'volume "{name}" already bound to a different claim.'
            self.recorder.event(claim, "Warning", "FailedBinding", message)
        self._writer.claim_phase(claim, "Pending")
        return False

    def _sync_bound(self, claim: Object) -> None:
        """Finish or repair the binding of a claim, or say that its volume is lost."""
        name = claim["spec"].get("volumeName")
        volume = self._volumes.get(name) if name else None
        if volume is None:
            what = "its PersistentVolume" if name else "reference to PersistentVolume"
            self._writer.lose(claim, "ClaimLost", _LOST.format(what))
            return
        reference = volume["spec"].get("claimRef")
        if reference is None or reference.get("uid") == claim["metadata"]["uid"]:
            self._writer.bind(volume, claim)
        else:
            message = "Two claims are bound to the same volume, this one is bound incorrectly"
            self._writer.lose(claim, "ClaimMisbound", message)

    # Volumes.

    def _sync_volume(self, volume: Object) -> None:
        reference = volume["spec"].get("claimRef")
        if reference is None or not reference.get("uid"):
            self._writer.volume_phase(volume, "Available")
            return
        claim = self._claim_of(reference)
        if claim is None:
            self._release(volume)
            return
        bound_to = claim["spec"].get("volumeName")
        if not bound_to:
            self._offer(volume, claim)
        elif bound_to == volume["metadata"]["name"]:
            self._writer.volume_phase(volume, "Bound")
        elif volumes.PROVISIONED_BY in volumes.annotations(volume) and _is_deleted(volume):
            self._release(volume)
        else:
            self._writer.unbind(volume)

    def _claim_of(self, reference: Object) -> Object | None:
        """Return the claim that a volume refers to; the server is asked before a volume is let go."""
        namespace, name = reference["namespace"], reference["name"]
        claim = self._claims.get(name, namespace)
        if claim is None or claim["metadata"]["uid"] != reference["uid"]:
            try:
                claim = self.client.get(CLAIMS, name, namespace)
            except ApiError as refused:
                if refused.code != 404:
                    raise
                return None
        return claim if claim["metadata"]["uid"] == reference["uid"] else None

    def _offer(self, volume: Object, claim: Object) -> None:
        """Let the claim for which a volume was made or reserved finish the binding."""
        if volumes.same_mode(claim, volume):
            self.enqueue(claim)
            return
        name, claimed = volume["metadata"]["name"], claim["metadata"]["name"]
        text = "Cannot bind PersistentVolume{} to requested PersistentVolumeClaim{} due to incompatible "
        text += "volumeMode."
        self.recorder.event(volume, "Warning", "VolumeMismatch", text.format("", f' "{claimed}"'))
        self.recorder.event(claim, "Warning", "VolumeMismatch", text.format(f' "{name}"', ""))

    def _release(self, volume: Object) -> None:
        """Do with a volume that nobody claims any more what its policy says."""
        if (volume.get("status") or {}).get("phase") not in ("Released", "Failed"):
            volume = self._writer.volume_phase(volume, "Released")
        name, spec = volume["metadata"]["name"], volume["spec"]
        policy = spec.get("persistentVolumeReclaimPolicy")
        if policy == "Recycle" and (spec.get("hostPath") or spec.get("nfs")):
            self.recorder.event(volume, "Normal", "VolumeRecycled", "Volume recycled")
            self._writer.unbind(volume)
        elif policy == "Recycle":
            message = "No recycler plugin found for the volume!"
            self._writer.fail(volume, "VolumeFailedRecycle", message)
        elif policy == "Delete" and not _is_driven(volume):
            why = _undeletable(volume)
            if why:
                self._writer.fail(volume, "VolumeFailedDelete", why)
            else:
                self.client.delete(VOLUMES, name)

    # Events.

    def _changed(self, before: Object, obj: Object) -> None:
        self.enqueue(obj)

    def _claim_gone(self, claim: Object) -> None:
        self._claims.gone(claim)
        if claim["spec"].get("volumeName"):
            self.queue.add(("", claim["spec"]["volumeName"]))

    def _volume_gone(self, volume: Object) -> None:
        self._volumes.gone(volume)
        reference = volume["spec"].get("claimRef")
        if reference is not None:
            self.queue.add((reference["namespace"], reference["name"]))


def mismatch(volume: Object, claim: Object) -> str:
    """Return why a volume will not do for the claim that names it, "" when it will."""
    if volume["metadata"].get("deletionTimestamp"):
        return f'the volume is marked for deletion "{volume["metadata"]["name"]}"'
    if volumes.size_of(volume).value < volumes.size_of(claim).value:
        return "requested PV is too small"
    if volumes.class_of(volume) != volumes.class_of(claim):
        return "storageClassName does not match"
    one, other = (each["spec"].get("volumeAttributesClassName") or "" for each in (volume, claim))
    if one != other:
        return "volumeAttributesClassName does not match"
    if not volumes.same_mode(claim, volume):
        return "incompatible volumeMode"
    return "" if volumes.offers_modes(volume, claim) else "incompatible accessMode"


def _is_driven(volume: Object) -> bool:
    """Tell whether another program deletes the volume: its provisioner, or its CSI driver's."""
    return volumes.PROVISIONED_BY in volumes.annotations(volume) or bool(volume["spec"].get("csi"))


def _undeletable(volume: Object) -> str:
    """Return why the controller itself cannot delete a volume, "" when it can: a path below /tmp."""
    path = (volume["spec"].get("hostPath") or {}).get("path")
    if path is None:
        name = volume["metadata"]["name"]
        why = "no deletable volume plugin matched"
        return f'error getting deleter volume plugin for volume "{name}": {why}'
    if path.startswith("/tmp/") and path != "/tmp/":
        return ""
    return f"host_path deleter only supports /tmp/.+ but received provided {path}"


def _is_deleted(volume: Object) -> bool:
    return bool(volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete")
