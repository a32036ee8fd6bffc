"""The kinds of the group coordination.k8s.io."""

from insideout.apiserver.kinds.kind import Kind

STORED: tuple[Kind, ...] = (Kind("coordination.k8s.io", "v1", "Lease", "leases", "lease", model="V1Lease"),)
