"""Hints: which zone, or node, an endpoint should serve, when the Service asks for near ones.

`spec.trafficDistribution` hints every ready endpoint for where it is; the older annotation
`service.kubernetes.io/topology-mode: Auto` shares endpoints out by the zones' CPU, and wins over it.

Source: staging/src/k8s.io/endpointslice/reconciler.go:reconcileByAddressType, utils.go:hintsEnabled,
trafficdist/trafficdist.go@v1.36.2.
"""

from insideout.client import Object
from insideout.controllers.endpointslice.topology import DISABLED, Said, SliceChange, Topology, is_ready

_NEAR = ("PreferClose", "PreferSameZone", "PreferSameNode")
_ANNOTATIONS = ("service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode")


def reconcile_hints(service: Object, family: str, change: SliceChange, topology: Topology) -> list[Said]:
    """Bring the hints of a Service's slices up to date; return what is to be said about it."""
    metadata = service["metadata"]
    key = f"{metadata['namespace']}/{metadata['name']}"
    if by_zone_cpu(service):
        return topology.add_hints(key, family, change)
    said = []
    if topology.forget(key, family):
        message = f"Topology Aware Hints has been disabled, addressType: {family}"
        said = [Said("Warning", DISABLED, message)]
    distribution = service["spec"].get("trafficDistribution")
    if distribution not in _NEAR:
        change.without_hints()
        return said
    for slice_ in list(change.unchanged):
        if any(_with_own(endpoint, distribution) != endpoint for endpoint in slice_.get("endpoints") or ()):
            change.rewrite(slice_)
    for slice_ in [*change.create, *change.update]:
        slice_["endpoints"] = [_with_own(endpoint, distribution) for endpoint in slice_["endpoints"]]
    return said


def by_zone_cpu(service: Object) -> bool:
    """Tell whether the older annotation asks for sharing by the zones' CPU."""
    annotations = service["metadata"].get("annotations") or {}
    given = next((annotations[name] for name in _ANNOTATIONS if name in annotations), None)
    return given in ("Auto", "auto")


def _with_own(endpoint: Object, distribution: str) -> Object:
    """Return an endpoint hinted for where it is, if it is ready."""
    bare = {key: value for key, value in endpoint.items() if key != "hints"}
    if not is_ready(endpoint):
        return bare
    hints = {}
    if endpoint.get("zone"):
        hints["forZones"] = [{"name": endpoint["zone"]}]
    if endpoint.get("nodeName") and distribution == "PreferSameNode":
        hints["forNodes"] = [{"name": endpoint["nodeName"]}]
    return bare | {"hints": hints} if hints else bare
