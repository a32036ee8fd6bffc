"""The writes of the volume controller: each changes what must change, and returns what stands afterwards.

Source: pkg/controller/volume/persistentvolume/pv_controller.go (bind, updateClaimStatus, updateVolumePhase,
unbindVolume)@v1.36.2.
"""

from insideout.apimachinery import amount, volumes
from insideout.client import Client, Object
from insideout.client.events import EventRecorder
from insideout.controllers.persistentvolume.latest import Latest

CLAIMS, VOLUMES = "persistentvolumeclaims", "persistentvolumes"


class Writer:
    """Writes claims and volumes; ApiError, such as a conflict, goes to the caller."""

    def __init__(self, client: Client, recorder: EventRecorder, claims: Latest, pvs: Latest) -> None:
        self._client = client
        self._recorder = recorder
        self._claims = claims
        self._volumes = pvs

    def bind(self, volume: Object, claim: Object) -> None:
        """Bind both to each other, the volume first: whoever sees half of it can finish it."""
        bound = volumes.bound(volume, claim)
        if bound is not volume:
            volume = self.volume(bound)
        volume = self.volume_phase(volume, "Bound")
        new = claim
        if claim["spec"].get("volumeName") != volume["metadata"]["name"]:
            new = {**new, "spec": {**new["spec"], "volumeName": volume["metadata"]["name"]}}
            new = volumes.annotated(new, volumes.BOUND_BY_CONTROLLER, "yes")
        new = volumes.annotated(new, volumes.BIND_COMPLETED, "yes")
        if new is not claim:
            claim = self.claim(new)
        self.claim_phase(claim, "Bound", volume)

    def unbind(self, volume: Object) -> None:
        """Take back the binding of a volume to a claim that has another one."""
        metadata, spec = volume["metadata"], dict(volume["spec"])
        if volumes.BOUND_BY_CONTROLLER in volumes.annotations(volume):
            spec["claimRef"] = None
            marks = {
                name: value
                for name, value in volumes.annotations(volume).items()
                if name != volumes.BOUND_BY_CONTROLLER
            }
            metadata = {**metadata, "annotations": marks or None}
        else:  # its creator reserved it, and it stays reserved
            spec["claimRef"] = {key: value for key, value in spec["claimRef"].items() if key != "uid"}
        self.volume_phase(self.volume({**volume, "metadata": metadata, "spec": spec}), "Available")

    def claim(self, claim: Object) -> Object:
        """Write a claim."""
        return self._claims.wrote(self._client.update(CLAIMS, claim))

    def volume(self, volume: Object) -> Object:
        """Write a volume."""
        return self._volumes.wrote(self._client.update(VOLUMES, volume))

    def claim_phase(self, claim: Object, phase: str, volume: Object | None = None) -> Object:
        """Write a claim's phase, and what it gets from its volume."""
        before = claim.get("status") or {}
        status = {**before, "phase": phase}
        if volume is None:
            for name in ("accessModes", "capacity", "currentVolumeAttributesClassName"):
                status.pop(name, None)
        else:
            spec = volume["spec"]
            status["accessModes"] = spec.get("accessModes")
            if before.get("phase") != phase:  # later on the file system may be smaller than its device
                has = amount.parse((before.get("capacity") or {}).get("storage", "0"))
                if has.value != volumes.size_of(volume).value:
                    status["capacity"] = spec["capacity"]
                if spec.get("volumeAttributesClassName"):
                    status["currentVolumeAttributesClassName"] = spec["volumeAttributesClassName"]
        if status == before:
            return claim
        return self._claims.wrote(
            self._client.update(CLAIMS, {**claim, "status": status}, subresource="status")
        )

    def lose(self, claim: Object, reason: str, message: str) -> None:
        """Say once that a claim's data is lost."""
        if (claim.get("status") or {}).get("phase") != "Lost":
            lost = self.claim_phase(claim, "Lost")
            self._recorder.event(lost, "Warning", reason, message)

    def volume_phase(self, volume: Object, phase: str, message: str = "") -> Object:
        """Write a volume's phase."""
        before = volume.get("status") or {}
        if before.get("phase") == phase:
            return volume
        status = {key: value for key, value in before.items() if key != "message"}
        status["phase"] = phase
        if message:
            status["message"] = message
        return self._volumes.wrote(
            self._client.update(VOLUMES, {**volume, "status": status}, subresource="status")
        )

    def fail(self, volume: Object, reason: str, message: str) -> None:
        """Say once that a volume cannot be used again."""
        if (volume.get("status") or {}).get("phase") != "Failed":
            failed = self.volume_phase(volume, "Failed", message)
            self._recorder.event(failed, "Warning", reason, message)
