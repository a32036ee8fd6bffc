"""The rows of volumes, claims and the kinds of storage.k8s.io.

Source: pkg/printers/internalversion/printers.go, pkg/apis/core/helper/helpers.go (access modes)@v1.36.2.
"""

from datetime import datetime

from insideout.apimachinery import volumes
from insideout.apiserver.tables.ages import age
from insideout.apiserver.tables.columns import (
    AGE,
    NAME,
    Cells,
    Column,
    Object,
    Printer,
    created,
    name_of,
    part,
)

_ACCESS_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _modes(holder: Object) -> str:
    given = holder.get("accessModes") or ()
    return ",".join(short for mode, short in _ACCESS_MODES.items() if mode in given)


def _claim(obj: Object, now: datetime) -> Cells:
    metadata, spec, status = obj["metadata"], part(obj, "spec"), part(obj, "status")
    bound = bool(spec.get("volumeName"))
    return [
        name_of(obj),
        "Terminating" if metadata.get("deletionTimestamp") else status.get("phase", ""),
        spec.get("volumeName", ""),
        str(part(status, "capacity").get("storage", "0")) if bound else "",
        _modes(status) if bound else "",
        volumes.class_of(obj),
        spec.get("volumeAttributesClassName", "<unset>"),
        age(created(obj), now),
        spec.get("volumeMode", "<unset>"),
    ]


CLAIMS = Printer(
    (
        NAME,
        Column("Status", "V1PersistentVolumeClaimStatus.phase"),
        Column("Volume", "V1PersistentVolumeClaimSpec.volumeName"),
        Column("Capacity", "V1PersistentVolumeClaimStatus.capacity"),
        Column("Access Modes", "V1PersistentVolumeClaimStatus.accessModes"),
        Column("StorageClass", "StorageClass of the pvc"),
        Column("VolumeAttributesClass", "VolumeAttributesClass of the pvc"),
        AGE,
        Column("VolumeMode", "V1PersistentVolumeClaimSpec.volumeMode", priority=1),
    ),
    _claim,
)


def _volume(obj: Object, now: datetime) -> Cells:
    metadata, spec, status = obj["metadata"], part(obj, "spec"), part(obj, "status")
    claim = spec.get("claimRef")
    return [
        name_of(obj),
        str(part(spec, "capacity").get("storage", "0")),
        _modes(spec),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if metadata.get("deletionTimestamp") else status.get("phase", ""),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        volumes.class_of(obj),
        spec.get("volumeAttributesClassName", "<unset>"),
        status.get("reason", ""),
        age(created(obj), now),
        spec.get("volumeMode", "<unset>"),
    ]


VOLUMES = Printer(
    (
        NAME,
        Column("Capacity", "V1PersistentVolumeSpec.capacity"),
        Column("Access Modes", "V1PersistentVolumeSpec.accessModes"),
        Column("Reclaim Policy", "V1PersistentVolumeSpec.persistentVolumeReclaimPolicy"),
        Column("Status", "V1PersistentVolumeStatus.phase"),
        Column("Claim", "V1PersistentVolumeSpec.claimRef"),
        Column("StorageClass", "StorageClass of the pv"),
        Column("VolumeAttributesClass", "VolumeAttributesClass of the pv"),
        Column("Reason", "V1PersistentVolumeStatus.reason"),
        AGE,
        Column("VolumeMode", "V1PersistentVolumeSpec.volumeMode", priority=1),
    ),
    _volume,
)


def _class(obj: Object, now: datetime) -> Cells:
    return [
        name_of(obj) + (" (default)" if volumes.is_default(obj) else ""),
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"),
        obj.get("allowVolumeExpansion", False),
        age(created(obj), now),
    ]


STORAGE_CLASSES = Printer(
    (
        NAME,
        Column("Provisioner", "V1StorageClass.provisioner"),
        Column("ReclaimPolicy", "V1StorageClass.reclaimPolicy"),
        Column("VolumeBindingMode", "V1StorageClass.volumeBindingMode"),
        Column("AllowVolumeExpansion", "V1StorageClass.allowVolumeExpansion"),
        AGE,
    ),
    _class,
)


def _driver(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    requests = spec.get("tokenRequests")
    return [
        name_of(obj),
        spec.get("attachRequired", True),
        spec.get("podInfoOnMount", False),
        spec.get("storageCapacity", False),
        "<unset>" if requests is None else ",".join(each.get("audience", "") for each in requests),
        spec.get("requiresRepublish", False),
        ",".join(spec.get("volumeLifecycleModes") or ()) or "<none>",
        age(created(obj), now),
    ]


CSI_DRIVERS = Printer(
    (
        NAME,
        Column("AttachRequired", "V1CSIDriverSpec.attachRequired", "boolean"),
        Column("PodInfoOnMount", "V1CSIDriverSpec.podInfoOnMount", "boolean"),
        Column("StorageCapacity", "V1CSIDriverSpec.storageCapacity", "boolean"),
        Column("TokenRequests", "V1CSIDriverSpec.tokenRequests"),
        Column("RequiresRepublish", "V1CSIDriverSpec.requiresRepublish", "boolean"),
        Column("Modes", "V1CSIDriverSpec.volumeLifecycleModes"),
        AGE,
    ),
    _driver,
)
_DRIVERS = Column("Drivers", "Drivers indicates the number of CSI drivers registered on the node", "integer")
CSI_NODES = Printer(
    (NAME, _DRIVERS, AGE),
    lambda obj, now: [name_of(obj), len(part(obj, "spec").get("drivers") or ()), age(created(obj), now)],
)
CSI_CAPACITIES = Printer(
    (
        NAME,
        Column("StorageClassName", "V1CSIStorageCapacity.storageClassName"),
        Column("Capacity", "V1CSIStorageCapacity.capacity"),
    ),
    lambda obj, now: [name_of(obj), obj.get("storageClassName", ""), obj.get("capacity", "<unset>")],
)


def _attachment(obj: Object, now: datetime) -> Cells:
    spec, status = part(obj, "spec"), part(obj, "status")
    return [
        name_of(obj),
        spec.get("attacher", ""),
        part(spec, "source").get("persistentVolumeName", ""),
        spec.get("nodeName", ""),
        status.get("attached", False),
        age(created(obj), now),
    ]


ATTACHMENTS = Printer(
    (
        NAME,
        Column("Attacher", "V1VolumeAttachmentSpec.attacher", format="name"),
        Column("PV", "V1VolumeAttachmentSource.persistentVolumeName"),
        Column("Node", "V1VolumeAttachmentSpec.nodeName"),
        Column("Attached", "V1VolumeAttachmentStatus.attached", "boolean"),
        AGE,
    ),
    _attachment,
)
ATTRIBUTES_CLASSES = Printer(
    (NAME, Column("DriverName", "V1VolumeAttributesClass.driverName"), AGE),
    lambda obj, now: [name_of(obj), obj.get("driverName", ""), age(created(obj), now)],
)
