"""The kinds of the group apps."""

from insideout.apiserver.kinds.kind import SCALE_OF, STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "apps",
        "v1",
        "ControllerRevision",
        "controllerrevisions",
        "controllerrevision",
        model="V1ControllerRevision",
    ),
    Kind(
        "apps",
        "v1",
        "DaemonSet",
        "daemonsets",
        "daemonset",
        short_names=("ds",),
        categories=("all",),
        subresources=(STATUS,),
        model="V1DaemonSet",
    ),
    Kind(
        "apps",
        "v1",
        "Deployment",
        "deployments",
        "deployment",
        short_names=("deploy",),
        categories=("all",),
        subresources=(SCALE_OF, STATUS),
        model="V1Deployment",
    ),
    Kind(
        "apps",
        "v1",
        "ReplicaSet",
        "replicasets",
        "replicaset",
        short_names=("rs",),
        categories=("all",),
        subresources=(SCALE_OF, STATUS),
        model="V1ReplicaSet",
    ),
    Kind(
        "apps",
        "v1",
        "StatefulSet",
        "statefulsets",
        "statefulset",
        short_names=("sts",),
        categories=("all",),
        subresources=(SCALE_OF, STATUS),
        model="V1StatefulSet",
    ),
)
