"""Fields of pods whose features are off by default in this version: they are dropped, unless in use.

Source: pkg/api/pod/util.go (dropDisabledFields), pkg/features/kube_features.go@v1.36.2: the features
ClusterTrustBundleProjection, ContainerStopSignals, GenericWorkload and PodCertificateRequest.
"""

from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_PROJECTIONS = ("clusterTrustBundle", "podCertificate")


def drop(spec: Object, before: Object | None) -> None:
    """Drop from a pod's spec what is off; what the spec before has already, it may keep."""
    for name in _PROJECTIONS:
        if not any(name in source for source in _sources(before or {})):
            for source in _sources(spec):
                source.pop(name, None)
    if not any("stopSignal" in container["lifecycle"] for container in _with_lifecycle(before or {})):
        for container in _with_lifecycle(spec):
            if container["lifecycle"].pop("stopSignal", None) and not container["lifecycle"]:
                del container["lifecycle"]
    if "schedulingGroup" not in (before or {}):
        spec.pop("schedulingGroup", None)


def _sources(spec: Object) -> Iterator[Object]:
    for volume in spec.get("volumes") or ():
        yield from (volume.get("projected") or {}).get("sources") or ()


def _with_lifecycle(spec: Object) -> Iterator[Object]:
    for name in _CONTAINERS:
        yield from (each for each in spec.get(name) or () if each.get("lifecycle") is not None)
