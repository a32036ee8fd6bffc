"""The kinds that the API server serves.

A kind is a row of a table, not a class: its schema is the official client's model class of the same version,
named here and loaded when first needed.  CustomResourceDefinitions add theirs to the registry.  Left out:
kinds the course does not teach (Ingress, CronJob, RBAC, storage classes, ...).

Source: pkg/registry/*/*/storage/storage.go (short names, categories, subresources),
k8s.io/apiserver/pkg/endpoints/installer.go (verbs)@v1.36.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
_READ_WRITE = ("get", "patch", "update")


@dataclass(frozen=True)
class Subresource:
    """A path below one object: its own verbs, and its own kind where that differs from the parent's."""

    name: str
    verbs: tuple[str, ...]
    kind: str = ""
    group: str = ""
    version: str = ""


@dataclass(frozen=True)
class Kind:
    """One served version of one kind of object.

    `model` names the class in kubernetes.client.models ("" for kinds that a CRD defines); `definition` is the
    entry of a CRD's spec.versions (schema, printer columns, subresources) or None for built-in kinds.
    """

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[Subresource, ...] = ()
    model: str = ""
    verbs: tuple[str, ...] = ALL_VERBS
    definition: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    @property
    def api_version(self) -> str:
        """The apiVersion of its objects: "v1", "apps/v1"."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def list_kind(self) -> str:
        """The kind of its lists: "PodList"."""
        return f"{self.kind}List"

    @property
    def qualified_resource(self) -> str:
        """Its resource as messages name it: "pods", "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """Its kind as messages name it: "Pod", "Deployment.apps"."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    def subresource(self, name: str) -> Subresource | None:
        """Return its subresource `name`, or None."""
        return next((each for each in self.subresources if each.name == name), None)


_STATUS = Subresource("status", _READ_WRITE)
_SCALE = Subresource("scale", _READ_WRITE, "Scale", "autoscaling", "v1")
_CONNECT = ("create", "get")

_POD_SUBRESOURCES = (
    Subresource("attach", _CONNECT, "PodAttachOptions"),
    Subresource("binding", ("create",), "Binding"),
    Subresource("ephemeralcontainers", _READ_WRITE),
    Subresource("eviction", ("create",), "Eviction", "policy", "v1"),
    Subresource("exec", _CONNECT, "PodExecOptions"),
    Subresource("log", ("get",)),
    Subresource("portforward", _CONNECT, "PodPortForwardOptions"),
    Subresource("resize", _READ_WRITE),
    _STATUS,
)

BUILT_IN: tuple[Kind, ...] = (
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
        subresources=(Subresource("finalize", ("update",)), _STATUS),
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
        subresources=(_STATUS,),
        model="V1Node",
    ),
    Kind(
        "",
        "v1",
        "PersistentVolumeClaim",
        "persistentvolumeclaims",
        "persistentvolumeclaim",
        short_names=("pvc",),
        subresources=(_STATUS,),
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
        subresources=(_STATUS,),
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
        subresources=(_STATUS,),
        model="V1Service",
    ),
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
        subresources=(_STATUS,),
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
        subresources=(_SCALE, _STATUS),
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
        subresources=(_SCALE, _STATUS),
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
        subresources=(_SCALE, _STATUS),
        model="V1StatefulSet",
    ),
    Kind(
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        "horizontalpodautoscaler",
        short_names=("hpa",),
        categories=("all",),
        subresources=(_STATUS,),
        model="V2HorizontalPodAutoscaler",
    ),
    Kind("batch", "v1", "Job", "jobs", "job", categories=("all",), subresources=(_STATUS,), model="V1Job"),
    Kind("coordination.k8s.io", "v1", "Lease", "leases", "lease", model="V1Lease"),
    Kind(
        "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "endpointslice", model="V1EndpointSlice"
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
        "node.k8s.io",
        "v1",
        "RuntimeClass",
        "runtimeclasses",
        "runtimeclass",
        namespaced=False,
        model="V1RuntimeClass",
    ),
    Kind(
        "policy",
        "v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
        "poddisruptionbudget",
        short_names=("pdb",),
        subresources=(_STATUS,),
        model="V1PodDisruptionBudget",
    ),
    Kind(
        "scheduling.k8s.io",
        "v1",
        "PriorityClass",
        "priorityclasses",
        "priorityclass",
        namespaced=False,
        short_names=("pc",),
        model="V1PriorityClass",
    ),
    Kind(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        "customresourcedefinition",
        namespaced=False,
        short_names=("crd", "crds"),
        categories=("api-extensions",),
        subresources=(_STATUS,),
        model="V1CustomResourceDefinition",
    ),
)
"""Every kind whose objects are stored."""

BINDING = Kind("", "v1", "Binding", "bindings", "binding", model="V1Binding", verbs=("create",))
EVICTION = Kind("policy", "v1", "Eviction", "evictions", "eviction", model="V1Eviction", verbs=("create",))
SCALE = Kind("autoscaling", "v1", "Scale", "scales", "scale", model="V1Scale", verbs=_READ_WRITE)
"""Bodies of subresources: decoded like any object, never stored."""

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
SELF_SUBJECT_REVIEW = Kind(
    "authentication.k8s.io",
    "v1",
    "SelfSubjectReview",
    "selfsubjectreviews",
    "selfsubjectreview",
    namespaced=False,
    model="V1SelfSubjectReview",
    verbs=("create",),
)
SELF_SUBJECT_ACCESS_REVIEW = Kind(
    "authorization.k8s.io",
    "v1",
    "SelfSubjectAccessReview",
    "selfsubjectaccessreviews",
    "selfsubjectaccessreview",
    namespaced=False,
    model="V1SelfSubjectAccessReview",
    verbs=("create",),
)
SELF_SUBJECT_RULES_REVIEW = Kind(
    "authorization.k8s.io",
    "v1",
    "SelfSubjectRulesReview",
    "selfsubjectrulesreviews",
    "selfsubjectrulesreview",
    namespaced=False,
    model="V1SelfSubjectRulesReview",
    verbs=("create",),
)
ANSWERED: tuple[Kind, ...] = (
    BINDING,
    COMPONENT_STATUS,
    SELF_SUBJECT_REVIEW,
    SELF_SUBJECT_ACCESS_REVIEW,
    SELF_SUBJECT_RULES_REVIEW,
)
"""Kinds that are resources of their own but are answered at once, never stored."""
