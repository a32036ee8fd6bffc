"""The kinds of the group apiregistration.k8s.io."""

from insideout.apiserver.kinds.kind import STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "apiregistration.k8s.io",
        "v1",
        "APIService",
        "apiservices",
        "apiservice",
        namespaced=False,
        categories=("api-extensions",),
        subresources=(STATUS,),
        model="V1APIService",
    ),
)
