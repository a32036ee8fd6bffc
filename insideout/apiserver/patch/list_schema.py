"""Which list is one value, which is a set, and which is a map in disguise; and how patches treat each.

JSON has one kind of list; Kubernetes has three.  An *atomic* list is replaced as a whole (a container's
`command`). A *set* is a list of scalars without order or duplicates (`finalizers`).  A *map* list holds
objects that some of their fields identify (a Pod's `containers` by `name`), so two parties can each own an
element of it.

The same fact was written down twice in the history of Kubernetes, and the two do not always agree:

- `patchStrategy` and `patchMergeKey` steer the strategic merge patch (`strategic.py`), since 2015: one key
  only.
- `listType`, `listMapKey` and `mapType` steer server-side apply (`apply.py`), since 2018: as many keys as
  needed.

A Service's ports show why that matters: strategic merge identifies a port by `port` alone, so it cannot add
UDP 53 beside TCP 53; server-side apply identifies it by `port` and `protocol`.

The facts are by model class of the official client, which names the types (`V1PodSpec`), and by JSON field.
A list that is not here is atomic under both rules, and an object that is not here is merged field by field
under both.

Source: the markers +listType, +listMapKey, +mapType, +structType, patchStrategy and patchMergeKey of
staging/src/k8s.io/{api,apimachinery,apiextensions-apiserver}/**/v*/types.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Relation = Literal["atomic", "set", "map"]


class ListFacts(NamedTuple):
    """How one list is merged: by server-side apply (`relation`, `keys`) and by strategic merge (the rest)."""

    relation: Relation = "atomic"
    keys: tuple[str, ...] = ()
    strategy: tuple[str, ...] = ()
    merge_key: str = ""


ATOMIC = ListFacts()
SET = ListFacts("set")
MERGED_SET = ListFacts("set", (), ("merge",))


def _map(*keys: str, strategy: tuple[str, ...] = ("merge",)) -> ListFacts:
    """Return the facts of a list whose elements `keys` identify; strategic merge uses the first one."""
    return ListFacts("map", keys, strategy, keys[0] if strategy else "")


_CONDITIONS = {"conditions": _map("type")}
_APPLIED_CONDITIONS = {"conditions": _map("type", strategy=())}
_CONTAINER = {
    "env": _map("name"),
    "ports": _map("containerPort", "protocol"),
    "volumeDevices": _map("devicePath"),
    "volumeMounts": _map("mountPath"),
}
_RETAIN = ("merge", "retainKeys")  # the patch names every field that stays: one volume source, not two

LISTS: Mapping[str, Mapping[str, ListFacts]] = {
    "V1APIServiceStatus": _CONDITIONS,
    "V1AllocatedDeviceStatus": _APPLIED_CONDITIONS,
    "V1CSIDriverSpec": {"volumeLifecycleModes": SET},
    "V1CSINodeSpec": {"drivers": _map("name")},
    "V1CertificateSigningRequestStatus": _APPLIED_CONDITIONS,
    "V1Container": _CONTAINER,
    "V1ContainerRestartRuleOnExitCodes": {"values": SET},
    "V1ContainerStatus": {"allocatedResourcesStatus": _map("name"), "volumeMounts": _map("mountPath")},
    "V1CustomResourceDefinitionStatus": _APPLIED_CONDITIONS,
    "V1DaemonSetStatus": _CONDITIONS,
    "V1DeploymentStatus": _CONDITIONS,
    "V1Endpoint": {"addresses": SET},
    "V1EphemeralContainer": _CONTAINER,
    "V1FlowSchemaStatus": _CONDITIONS,
    "V1JSONSchemaProps": {"x-kubernetes-validations": _map("rule")},
    "V1JobStatus": {"conditions": ListFacts("atomic", (), ("merge",), "type")},
    "V1MutatingAdmissionPolicySpec": {"matchConditions": _map("name")},
    "V1MutatingWebhook": {"matchConditions": _map("name")},
    "V1MutatingWebhookConfiguration": {"webhooks": _map("name")},
    "V1NamespaceStatus": _CONDITIONS,
    "V1NodeAllocatableResourceClaimStatus": {"containers": SET},
    "V1NodeSpec": {"podCIDRs": MERGED_SET},
    "V1NodeStatus": {"addresses": _map("type"), **_CONDITIONS},
    "V1NonResourcePolicyRule": {"nonResourceURLs": SET, "verbs": SET},
    "V1ObjectMeta": {"finalizers": MERGED_SET, "ownerReferences": _map("uid")},
    "V1PersistentVolumeClaimStatus": _CONDITIONS,
    "V1PodDisruptionBudgetStatus": _CONDITIONS,
    "V1PodFailurePolicyOnExitCodesRequirement": {"values": SET},
    "V1PodSpec": {
        "containers": _map("name"),
        "ephemeralContainers": _map("name"),
        "hostAliases": _map("ip"),
        "imagePullSecrets": _map("name"),
        "initContainers": _map("name"),
        "resourceClaims": _map("name", strategy=_RETAIN),
        "schedulingGates": _map("name"),
        "topologySpreadConstraints": _map("topologyKey", "whenUnsatisfiable"),
        "volumes": _map("name", strategy=_RETAIN),
    },
    "V1PodStatus": {
        "hostIPs": ListFacts("atomic", (), ("merge",), "ip"),
        "podIPs": _map("ip"),
        "resourceClaimStatuses": _map("name", strategy=_RETAIN),
        **_CONDITIONS,
    },
    "V1PriorityLevelConfigurationStatus": _CONDITIONS,
    "V1ReplicaSetStatus": _CONDITIONS,
    "V1ReplicationControllerStatus": _CONDITIONS,
    "V1ResourceClaimStatus": {
        "devices": _map("driver", "device", "pool", "shareID", strategy=()),
        "reservedFor": _map("uid"),
    },
    "V1ResourcePolicyRule": {"apiGroups": SET, "namespaces": SET, "resources": SET, "verbs": SET},
    "V1ResourceRequirements": {"claims": _map("name", strategy=())},
    "V1ResourceStatus": {"resources": _map("resourceID", strategy=())},
    "V1ServiceAccount": {"secrets": _map("name")},
    "V1ServiceCIDRStatus": _CONDITIONS,
    "V1ServiceSpec": {"ports": _map("port", "protocol")},
    "V1ServiceStatus": _CONDITIONS,
    "V1StatefulSetStatus": _CONDITIONS,
    "V1UncountedTerminatedPods": {"failed": SET, "succeeded": SET},
    "V1ValidatingAdmissionPolicyBindingSpec": {"validationActions": SET},
    "V1ValidatingAdmissionPolicySpec": {"matchConditions": _map("name"), "variables": _map("name")},
    "V1ValidatingAdmissionPolicyStatus": _APPLIED_CONDITIONS,
    "V1ValidatingWebhook": {"matchConditions": _map("name")},
    "V1ValidatingWebhookConfiguration": {"webhooks": _map("name")},
    "V2HorizontalPodAutoscalerStatus": _CONDITIONS,
}

ATOMIC_TYPES = frozenset(
    {
        "CoreV1EndpointPort",
        "DiscoveryV1EndpointPort",
        "RbacV1Subject",
        "V1ConfigMapKeySelector",
        "V1CrossVersionObjectReference",
        "V1EndpointAddress",
        "V1FileKeySelector",
        "V1LabelSelector",
        "V1LocalObjectReference",
        "V1MatchResources",
        "V1NamedRuleWithOperations",
        "V1NodeSelector",
        "V1NodeSelectorTerm",
        "V1ObjectFieldSelector",
        "V1ObjectReference",
        "V1OwnerReference",
        "V1ParamKind",
        "V1ParamRef",
        "V1ResourceFieldSelector",
        "V1RoleRef",
        "V1ScopeSelector",
        "V1SecretKeySelector",
        "V1SecretReference",
        "V1ServiceBackendPort",
        "V1TopologySelectorTerm",
        "V1TypedLocalObjectReference",
        "V1Variable",
    }
)
"""Objects that server-side apply owns as a whole: half a selector means something else than either half."""

ATOMIC_FIELDS = frozenset(
    {
        ("V1PodSpec", "nodeSelector"),
        ("V1ReplicationControllerSpec", "selector"),
        ("V1Scheduling", "nodeSelector"),
        ("V1ServiceSpec", "selector"),
    }
)
"""Maps of strings that are selectors too, and owned as a whole; every other map is owned key by key."""

OBJECT_STRATEGIES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("V1DeploymentSpec", "strategy"): ("retainKeys",),
    ("V1PodDisruptionBudgetSpec", "selector"): ("replace",),
}
"""Objects that a strategic merge patch does not merge field by field."""

KEY_DEFAULTS: Mapping[tuple[str, str], str | int | None] = {
    ("V1ContainerPort", "containerPort"): 0,
    ("V1ContainerPort", "protocol"): "TCP",
    ("V1ObjectReference", "name"): None,
    ("V1ServicePort", "port"): 0,
    ("V1ServicePort", "protocol"): "TCP",
}
"""What identifies an element that leaves out one of its list's keys: None refuses it, any other key is ""."""
