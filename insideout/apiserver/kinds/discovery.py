"""The kinds of the group discovery.k8s.io."""

from insideout.apiserver.kinds.kind import Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "endpointslice", model="V1EndpointSlice"
    ),
)
