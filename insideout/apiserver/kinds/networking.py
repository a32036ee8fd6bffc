"""The kinds of the group networking.k8s.io."""

from insideout.apiserver.kinds.kind import Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "networking.k8s.io",
        "v1",
        "NetworkPolicy",
        "networkpolicies",
        "networkpolicy",
        short_names=("netpol",),
        model="V1NetworkPolicy",
    ),
)
