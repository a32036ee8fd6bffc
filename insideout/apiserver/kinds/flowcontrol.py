"""The kinds of the group flowcontrol.apiserver.k8s.io."""

from insideout.apiserver.kinds.kind import STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "flowcontrol.apiserver.k8s.io",
        "v1",
        "FlowSchema",
        "flowschemas",
        "flowschema",
        namespaced=False,
        subresources=(STATUS,),
        model="V1FlowSchema",
    ),
    Kind(
        "flowcontrol.apiserver.k8s.io",
        "v1",
        "PriorityLevelConfiguration",
        "prioritylevelconfigurations",
        "prioritylevelconfiguration",
        namespaced=False,
        subresources=(STATUS,),
        model="V1PriorityLevelConfiguration",
    ),
)
