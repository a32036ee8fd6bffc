"""PersistentVolumeClaims are bound at once: the course has no storage, and every claim gets what it asks for.

In a real cluster the volume controller does this when a matching PersistentVolume is there, or a provisioner
has made one.  Here nothing is modelled but the outcome: the claim's phase, its volume's name and its
capacity.

Source: pkg/controller/volume/persistentvolume/pv_controller.go:bindClaimToVolume@v1.36.2.
"""

from typing import Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import WriteOptions
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import StatusError
from insideout.apiserver.views import View
from insideout.apiserver.watching import Change, Hub, Selection, Subscription

Object = dict[str, Any]

BINDER = "persistentvolume-controller"
_BIND_COMPLETED = "pv.kubernetes.io/bind-completed"


class ClaimBinder:
    """Binds every claim as soon as it is seen."""

    def __init__(self, resources: Resources, kind: Kind, hub: Hub) -> None:
        self._resources = resources
        self._kind = kind
        self._hub = hub
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Begin to bind."""
        self._subscription = self._hub.subscribe(Selection(), self._on_change)

    def stop(self) -> None:
        """Bind nothing any more."""
        if self._subscription is not None:
            self._subscription.stop()

    def _on_change(self, change: Change) -> None:
        claim = change.view.object
        if change.type == "DELETED" or claim.get("status", {}).get("phase") == "Bound":
            return
        metadata = claim["metadata"]
        options = WriteOptions(field_manager=BINDER)
        place = (self._kind, metadata["namespace"], metadata["name"])
        try:
            self._resources.change(*place, _with_volume, options, subresource="")
            self._resources.change(*place, _bound, options, subresource="status")
        except StatusError as problem:
            if problem.code != 404:  # deleted meanwhile
                raise


def _with_volume(before: View) -> Object:
    claim = before.object
    metadata = claim["metadata"]
    annotations = {**(metadata.get("annotations") or {}), _BIND_COMPLETED: "yes"}
    volume = claim["spec"].get("volumeName") or f"pvc-{metadata['uid']}"
    return {
        **claim,
        "metadata": {**metadata, "annotations": annotations},
        "spec": {**claim["spec"], "volumeName": volume},
    }


def _bound(before: View) -> Object:
    claim = before.object
    requests = (claim["spec"].get("resources") or {}).get("requests") or {}
    status: Object = {"phase": "Bound", "accessModes": claim["spec"].get("accessModes") or []}
    if "storage" in requests:
        status["capacity"] = {"storage": requests["storage"]}
    return {**claim, "status": status}
