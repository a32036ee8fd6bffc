"""Whose slice it is, and who wrote it last: what both controllers of EndpointSlices ask.

Source: staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go@v1.36.2, of which only the echo of a
controller's own write is kept.
"""

from insideout.client import Object
from insideout.controllers.endpointslice.reconciler import MANAGED_BY_LABEL, SERVICE_NAME_LABEL


class OwnWrites:
    """What a controller wrote, by uid, so that its echo is no reason to look again."""

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}

    def remember(self, written: Object) -> None:
        """Keep the version that a write left."""
        metadata = written["metadata"]
        self._versions[metadata["uid"]] = metadata["resourceVersion"]

    def is_echo(self, slice_: Object) -> bool:
        """Tell whether this is what was written here last."""
        metadata = slice_["metadata"]
        return bool(self._versions.get(metadata["uid"]) == metadata["resourceVersion"])


def service_of(slice_: Object, manager: str) -> list[str]:
    """Return the "namespace/name" of the Service of a slice that `manager` manages, for an index."""
    metadata = slice_["metadata"]
    labels = metadata.get("labels") or {}
    if labels.get(MANAGED_BY_LABEL) != manager or SERVICE_NAME_LABEL not in labels:
        return []
    return [f"{metadata['namespace']}/{labels[SERVICE_NAME_LABEL]}"]
