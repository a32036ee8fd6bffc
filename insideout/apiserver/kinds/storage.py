"""The kinds of the group storage.k8s.io."""

from insideout.apiserver.kinds.kind import STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "storage.k8s.io", "v1", "CSIDriver", "csidrivers", "csidriver", namespaced=False, model="V1CSIDriver"
    ),
    Kind("storage.k8s.io", "v1", "CSINode", "csinodes", "csinode", namespaced=False, model="V1CSINode"),
    Kind(
        "storage.k8s.io",
        "v1",
        "CSIStorageCapacity",
        "csistoragecapacities",
        "csistoragecapacity",
        model="V1CSIStorageCapacity",
    ),
    Kind(
        "storage.k8s.io",
        "v1",
        "StorageClass",
        "storageclasses",
        "storageclass",
        namespaced=False,
        short_names=("sc",),
        model="V1StorageClass",
    ),
    Kind(
        "storage.k8s.io",
        "v1",
        "VolumeAttachment",
        "volumeattachments",
        "volumeattachment",
        namespaced=False,
        subresources=(STATUS,),
        model="V1VolumeAttachment",
    ),
    Kind(
        "storage.k8s.io",
        "v1",
        "VolumeAttributesClass",
        "volumeattributesclasses",
        "volumeattributesclass",
        namespaced=False,
        short_names=("vac",),
        model="V1VolumeAttributesClass",
    ),
)
