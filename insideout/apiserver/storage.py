"""What admission does to claims and volumes: the default class, protection while in use, growth.

A claim that names no class gets the default one's name.  Claims and volumes get the finalizers that keep them
while something uses them; controllers take these away.  Only a claim whose class allows it may grow.

Source: plugin/pkg/admission/storage/{storageclass/setdefault,storageobjectinuseprotection,
persistentvolume/resize}/admission.go, pkg/registry/core/persistentvolume/strategy.go (times)@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import timestamps, volumes
from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import forbidden
from insideout.sim.loop import Loop
from insideout.store import Store

Object = dict[str, Any]

_NO_GROWTH = (
    "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
    "support resize"
)


class StorageAdmission:
    """The rules for storage that look beyond the object."""

    def __init__(self, store: Store, registry: Registry, loop: Loop) -> None:
        found = [registry.named(name) for name in ("persistentvolumeclaims", "persistentvolumes")]
        self._claims, self._volumes = found
        classes = registry.named("storageclasses.storage.k8s.io")
        assert classes is not None  # built in
        self._classes = classes
        self._store = store
        self._loop = loop

    def admit_create(self, kind: Kind, obj: Object) -> None:
        """Give a new claim its class, and a new claim or volume its protection."""
        if kind is self._claims:
            if not volumes.asks_for_class(obj):
                pairs = self._store.range(keys.prefix(self._classes)).items
                default = volumes.default_class(pair.value.object for pair in pairs)
                if default is not None:
                    obj["spec"]["storageClassName"] = default["metadata"]["name"]
            _protect(obj, volumes.CLAIM_PROTECTION)
        elif kind is self._volumes:
            _protect(obj, volumes.VOLUME_PROTECTION)

    def check_growth(self, kind: Kind, new: Object, old: Object) -> None:
        """Raise 403 for a claim that wants to grow and may not."""
        if kind is not self._claims or volumes.size_of(new).value <= volumes.size_of(old).value:
            return
        name = old["metadata"]["name"]
        if (old.get("status") or {}).get("phase") != "Bound":
            raise forbidden(kind, name, "Only bound persistent volume claims can be expanded")
        class_name = volumes.class_of(new)
        pair = self._store.get(keys.key(self._classes, "", class_name)) if class_name else None
        same = class_name == volumes.class_of(old)
        if not same or pair is None or not pair.value.object.get("allowVolumeExpansion"):
            raise forbidden(kind, name, _NO_GROWTH)

    def stamp(self, kind: Kind, new: Object, old: Object | None, subresource: str) -> None:
        """Write when a volume's phase changed, unless the client says it."""
        if kind is not self._volumes or (old is not None and subresource != "status"):
            return
        status, before = new["status"], (old or {}).get("status") or {}
        said, last = status.get("lastPhaseTransitionTime"), before.get("lastPhaseTransitionTime")
        if old is None or status.get("phase") != before.get("phase"):
            if said in (None, last):
                status["lastPhaseTransitionTime"] = timestamps.seconds(self._loop.time())
        elif said is None and last is not None:
            status["lastPhaseTransitionTime"] = last


def _protect(obj: Object, finalizer: str) -> None:
    finalizers = obj["metadata"].get("finalizers") or []
    if finalizer not in finalizers:
        obj["metadata"]["finalizers"] = [*finalizers, finalizer]
