"""The kinds of the core group, "v1"."""

from insideout.apiserver.kinds.kind import CONNECT, READ_WRITE, STATUS, Kind, Subresource

_POD_SUBRESOURCES = (
    Subresource("attach", CONNECT, "PodAttachOptions"),
    Subresource("binding", ("create",), "Binding"),
    Subresource("ephemeralcontainers", READ_WRITE),
    Subresource("eviction", ("create",), "Eviction", "policy", "v1"),
    Subresource("exec", CONNECT, "PodExecOptions"),
    Subresource("log", ("get",)),
    Subresource("portforward", CONNECT, "PodPortForwardOptions"),
    Subresource("resize", READ_WRITE),
    STATUS,
)

STORED: tuple[Kind, ...] = (
    Kind("", "v1", "ConfigMap", "configmaps", "configmap", short_names=("cm",), model="V1ConfigMap"),
    Kind("", "v1", "Endpoints", "endpoints", "endpoints", short_names=("ep",), model="V1Endpoints"),
    Kind("", "v1", "Event", "events", "event", short_names=("ev",), model="CoreV1Event"),
    Kind(
        "",
        "v1",
        "Namespace",
        "namespaces",
        "namespace",
        namespaced=False,
        short_names=("ns",),
        subresources=(Subresource("finalize", ("update",)), STATUS),
        model="V1Namespace",
        verbs=("create", "delete", "get", "list", "patch", "update", "watch"),
    ),
    Kind(
        "",
        "v1",
        "Node",
        "nodes",
        "node",
        namespaced=False,
        short_names=("no",),
        subresources=(STATUS,),
        model="V1Node",
    ),
    Kind(
        "",
        "v1",
        "PersistentVolumeClaim",
        "persistentvolumeclaims",
        "persistentvolumeclaim",
        short_names=("pvc",),
        subresources=(STATUS,),
        model="V1PersistentVolumeClaim",
    ),
    Kind(
        "",
        "v1",
        "Pod",
        "pods",
        "pod",
        short_names=("po",),
        categories=("all",),
        subresources=_POD_SUBRESOURCES,
        model="V1Pod",
    ),
    Kind(
        "",
        "v1",
        "ResourceQuota",
        "resourcequotas",
        "resourcequota",
        short_names=("quota",),
        subresources=(STATUS,),
        model="V1ResourceQuota",
    ),
    Kind("", "v1", "Secret", "secrets", "secret", model="V1Secret"),
    Kind(
        "",
        "v1",
        "ServiceAccount",
        "serviceaccounts",
        "serviceaccount",
        short_names=("sa",),
        model="V1ServiceAccount",
    ),
    Kind(
        "",
        "v1",
        "Service",
        "services",
        "service",
        short_names=("svc",),
        categories=("all",),
        subresources=(STATUS,),
        model="V1Service",
    ),
)

BINDING = Kind("", "v1", "Binding", "bindings", "binding", model="V1Binding", verbs=("create",))
COMPONENT_STATUS = Kind(
    "",
    "v1",
    "ComponentStatus",
    "componentstatuses",
    "componentstatus",
    namespaced=False,
    short_names=("cs",),
    model="V1ComponentStatus",
    verbs=("get", "list"),
)

ANSWERED: tuple[Kind, ...] = (BINDING, COMPONENT_STATUS)
