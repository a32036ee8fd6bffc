"""The kinds of the group networking.k8s.io."""

from insideout.apiserver.kinds.kind import STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "networking.k8s.io",
        "v1",
        "Ingress",
        "ingresses",
        "ingress",
        short_names=("ing",),
        subresources=(STATUS,),
        model="V1Ingress",
    ),
    Kind(
        "networking.k8s.io",
        "v1",
        "IngressClass",
        "ingressclasses",
        "ingressclass",
        namespaced=False,
        model="V1IngressClass",
    ),
    Kind(
        "networking.k8s.io",
        "v1",
        "IPAddress",
        "ipaddresses",
        "ipaddress",
        namespaced=False,
        short_names=("ip",),
        model="V1IPAddress",
    ),
    Kind(
        "networking.k8s.io",
        "v1",
        "NetworkPolicy",
        "networkpolicies",
        "networkpolicy",
        short_names=("netpol",),
        model="V1NetworkPolicy",
    ),
    Kind(
        "networking.k8s.io",
        "v1",
        "ServiceCIDR",
        "servicecidrs",
        "servicecidr",
        namespaced=False,
        subresources=(STATUS,),
        model="V1ServiceCIDR",
    ),
)
