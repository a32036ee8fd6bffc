"""What is wrong with objects of each kind, new or changed, is said in the API server's words."""

import copy
from typing import Any

import pytest

from insideout.apiserver.status import StatusError

Object = dict[str, Any]

LABELS = {"app": "web"}
POD = {"containers": [{"name": "c", "image": "i"}]}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
WORKLOAD = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE}
JOB = {"template": {"spec": {**POD, "restartPolicy": "Never"}}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
VOLUME = {
    "accessModes": ["ReadWriteOnce"],
    "capacity": {"storage": "1Gi"},
    "hostPath": {"path": "/tmp/a"},
}
HOOK = {
    "name": "h.example.com",
    "admissionReviewVersions": ["v1"],
    "sideEffects": "None",
    "clientConfig": {"url": "https://127.0.0.1/"},
}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}
PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
    "regex used "
    "for validation is '[0-9]+%')"
)
CONFIG_KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
    "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
MISMATCH = "spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`"

CREATED: dict[str, tuple[str, Object, list[str]]] = {
    "Deployment without a selector": (
        "deployments",
        {"spec": {"template": TEMPLATE}},
        ["spec.selector: Required value", MISMATCH.format('{"app":"web"}')],
    ),
    "Deployment that selects everything": (
        "deployments",
        {"spec": {**WORKLOAD, "selector": {}}},
        ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"],
    ),
    "Deployment with an unknown strategy": (
        "deployments",
        {"spec": {**WORKLOAD, "strategy": {"type": "Blue"}}},
        [
            'spec.strategy: Unsupported value: {"Type":"Blue","RollingUpdate":null}: supported values: '
            '"Recreate", "RollingUpdate"'
        ],
    ),
    "Deployment with both strategies": (
        "deployments",
        {"spec": {**WORKLOAD, "strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}}},
        ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ),
    "Deployment with a surge that is no percentage": (
        "deployments",
        {"spec": {**WORKLOAD, "strategy": {"rollingUpdate": {"maxSurge": "x"}}}},
        [f'spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": {PERCENT}'],
    ),
    "Deployment whose pods end": (
        "deployments",
        {"spec": {**WORKLOAD, "template": {**TEMPLATE, "spec": {**POD, "restartPolicy": "Never"}}}},
        ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ),
    "Deployment with an impossible deadline": (
        "deployments",
        {"spec": {**WORKLOAD, "minReadySeconds": 600}},
        ["spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"],
    ),
    "ReplicaSet that does not match": (
        "replicasets",
        {"spec": {**WORKLOAD, "selector": {"matchLabels": {"app": "x"}}}},
        [MISMATCH.format('{"app":"web"}')],
    ),
    "StatefulSet with an unknown policy": (
        "statefulsets",
        {"spec": {**WORKLOAD, "podManagementPolicy": "Fast"}},
        ["spec.podManagementPolicy: Invalid value: \"Fast\": must be 'OrderedReady' or 'Parallel'"],
    ),
    "StatefulSet with an empty claim": (
        "statefulsets",
        {"spec": {**WORKLOAD, "volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {}}]}},
        [
            "spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is "
            "required",
            "spec.volumeClaimTemplates[0].spec.resources[storage]: Required value",
        ],
    ),
    "DaemonSet that surges and makes room": (
        "daemonsets",
        {"spec": {**WORKLOAD, "updateStrategy": {"rollingUpdate": {"maxSurge": 1}}}},
        [
            "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when "
            "maxUnavailable is "
            "non-zero"
        ],
    ),
    "Job whose pods never end": (
        "jobs",
        {"spec": {"template": {"spec": POD}}},
        ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ),
    "Job with negative completions": (
        "jobs",
        {"spec": {**JOB, "completions": -1}},
        ["spec.completions: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "Job with limits per index but no indexes": (
        "jobs",
        {"spec": {**JOB, "backoffLimitPerIndex": 1}},
        ["spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"],
    ),
    "Service of an unknown type": (
        "services",
        {"spec": {"type": "Foo", "ports": [{"port": 80}]}},
        [
            'spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", '
            '"LoadBalancer", '
            '"NodePort"'
        ],
    ),
    "Service without ports": ("services", {"spec": {}}, ["spec.ports: Required value"]),
    "Service with one port twice": (
        "services",
        {"spec": {"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80}]}},
        [
            'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,'
            '"TargetPort":0,"NodePort":0}'
        ],
    ),
    "Service with a node port inside": (
        "services",
        {"spec": {"ports": [{"port": 80, "nodePort": 30000}]}},
        ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ),
    "Service of another family": (
        "services",
        {"spec": {"ipFamilies": ["IPv6"], "ports": [{"port": 80}]}},
        ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    ),
    "Service that is nowhere": (
        "services",
        {"spec": {"type": "ExternalName"}},
        ["spec.externalName: Required value"],
    ),
    "ConfigMap with a path for a key": (
        "configmaps",
        {"data": {"a/b": "1"}},
        [f'data[a/b]: Invalid value: "a/b": {CONFIG_KEY}'],
    ),
    "ConfigMap that is too big": (
        "configmaps",
        {"data": {"a": "x" * (1024 * 1024 + 1)}},
        ["[]: Too long: may not be more than 1048576 bytes"],
    ),
    "Secret without its certificate": (
        "secrets",
        {"type": "kubernetes.io/tls"},
        ["data[tls.crt]: Required value", "data[tls.key]: Required value"],
    ),
    "Secret that is no JSON": (
        "secrets",
        {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "x"}},
        [
            "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid character 'x' "
            "looking for beginning of value"
        ],
    ),
    "Namespace with dots": (
        "namespaces",
        {"metadata": {"name": "a.b"}},
        ['metadata.name: Invalid value: "a.b": must not contain dots'],
    ),
    "Node with one taint twice": (
        "nodes",
        {"spec": {"taints": [{"key": "a", "effect": "NoSchedule"}] * 2}},
        [
            "metadata.taints[1]: Duplicate value: "
            '{"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: '
            "taints must be unique by key and effect pair"
        ],
    ),
    "PersistentVolumeClaim of nothing": (
        "persistentvolumeclaims",
        {"spec": {}},
        [
            "spec.accessModes: Required value: at least 1 access mode is required",
            "spec.resources[storage]: Required value",
        ],
    ),
    "HorizontalPodAutoscaler without a maximum": (
        "hpa",
        {"spec": {"scaleTargetRef": TARGET}},
        [
            "spec.maxReplicas: Required value: must be set and greater than 0",
            "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
        ],
    ),
    "HorizontalPodAutoscaler of no group": (
        "hpa",
        {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "d"}, "maxReplicas": 3}},
        ['spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group'],
    ),
    "PodDisruptionBudget with both": (
        "pdb",
        {"spec": {"minAvailable": 1, "maxUnavailable": "10%"}},
        [
            'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"10%",'
            '"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set'
        ],
    ),
    "PodDisruptionBudget above all": (
        "pdb",
        {"spec": {"minAvailable": "101%"}},
        ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%'],
    ),
    "PriorityClass above users": (
        "pc",
        {"value": 1000000001},
        ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"],
    ),
    "NetworkPolicy with an empty peer": (
        "netpol",
        {"spec": {"podSelector": {}, "ingress": [{"from": [{}]}]}},
        ["spec.ingress[0].from[0]: Required value: must specify a peer"],
    ),
    "NetworkPolicy with a range too wide": (
        "netpol",
        {"spec": {"ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/33"}}]}]}},
        [
            'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, '
            "(e.g. 10.9.8.0/24 or 2001:db8::/64)"
        ],
    ),
    "Lease of no time": (
        "leases",
        {"spec": {"leaseDurationSeconds": 0}},
        ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
    ),
    "Event about another namespace": (
        "events",
        {"involvedObject": {"namespace": "other"}},
        ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ),
    "Endpoints on the loopback": (
        "endpoints",
        {"subsets": [{"addresses": [{"ip": "127.0.0.1"}]}]},
        [
            'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range '
            "(127.0.0.0/8, ::1/128)"
        ],
    ),
    "EndpointSlice of no type": ("endpointslices", {}, ["addressType: Required value"]),
    "ControllerRevision without data": (
        "controllerrevisions",
        {"revision": 1},
        ["data: Required value: data is mandatory"],
    ),
    "PersistentVolume without anything": (
        "persistentvolumes",
        {"spec": {}},
        [
            "spec.accessModes: Required value",
            "spec.capacity: Required value",
            'spec.capacity: Unsupported value: {}: supported values: "storage"',
            "spec: Required value: must specify a volume type",
        ],
    ),
    "PersistentVolume on one node without saying which": (
        "persistentvolumes",
        {"spec": {**VOLUME, "hostPath": None, "local": {"path": "/mnt/../x"}}},
        [
            "spec.local.path: Invalid value: \"/mnt/../x\": must not contain '..'",
            "spec.nodeAffinity: Required value: Local volume requires node affinity",
        ],
    ),
    "PersistentVolume of two types": (
        "persistentvolumes",
        {"spec": {**VOLUME, "csi": {"driver": "a_b"}, "capacity": {"storage": "0"}}},
        [
            'spec.capacity[storage]: Invalid value: "0": must be greater than zero',
            "spec.csi: Forbidden: may not specify more than 1 volume type",
        ],
    ),
    "PersistentVolume that wipes the host": (
        "persistentvolumes",
        {
            "spec": {
                **VOLUME,
                "hostPath": {"path": "/"},
                "persistentVolumeReclaimPolicy": "Recycle",
                "accessModes": ["ReadWriteOnce", "ReadWriteOncePod"],
            }
        },
        [
            "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
            "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
        ],
    ),
    "StorageClass of nobody": (
        "storageclasses",
        {"reclaimPolicy": "Recycle", "volumeBindingMode": "Later"},
        [
            "provisioner: Required value",
            'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
            'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", '
            '"WaitForFirstConsumer"',
        ],
    ),
    "StorageClass with topologies": (
        "storageclasses",
        {
            "provisioner": "p",
            "allowedTopologies": [
                {"matchLabelExpressions": [{"key": "a", "values": ["x", "x"]}, {"key": "a", "values": []}]}
            ],
        },
        [
            'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "x"',
            "allowedTopologies[0].matchLabelExpressions[1].values: Required value",
            'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "a"',
        ],
    ),
    "webhook without anything": (
        "validatingwebhookconfigurations",
        {"webhooks": [{"name": "short.name", "timeoutSeconds": 31, "failurePolicy": "Maybe"}]},
        [
            'webhooks[0].name: Invalid value: "short.name": should be a domain with at least three segments '
            "separated by dots",
            'webhooks[0].failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"',
            "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun",
            "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 "
            "seconds",
            "webhooks[0].clientConfig: Required value: exactly one of url or service is required",
            "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1",
        ],
    ),
    "webhook with strange rules": (
        "mutatingwebhookconfigurations",
        {
            "webhooks": [
                {
                    **HOOK,
                    "rules": [
                        {
                            "operations": ["*", "PATCH"],
                            "apiGroups": [],
                            "apiVersions": ["v1", ""],
                            "resources": ["pods/*", "pods/status", "*", "nodes"],
                            "scope": "Here",
                        }
                    ],
                }
            ]
        },
        [
            'webhooks[0].rules[0].operations: Invalid value: ["*","PATCH"]: if \'*\' is present, must not '
            "specify other operations",
            'webhooks[0].rules[0].operations[1]: Unsupported value: "PATCH": supported values: "*", '
            '"CONNECT", "CREATE", "DELETE", "UPDATE"',
            "webhooks[0].rules[0].apiGroups: Required value",
            "webhooks[0].rules[0].apiVersions[1]: Required value",
            "webhooks[0].rules[0].resources[1]: Invalid value: \"pods/status\": if 'pods/*' is present, must "
            "not specify pods/status",
            'webhooks[0].rules[0].resources: Invalid value: ["pods/*","pods/status","*","nodes"]: if \'*\' '
            "is present, must not specify other resources without subresources",
            'webhooks[0].rules[0].scope: Unsupported value: "Here": supported values: "*", "Cluster", '
            '"Namespaced"',
        ],
    ),
    "webhooks of one name, and addresses that are none": (
        "mutatingwebhookconfigurations",
        {
            "webhooks": [
                {**HOOK, "clientConfig": {"url": "http://me@/?q#f"}},
                {
                    **HOOK,
                    "clientConfig": {"service": {"name": "s", "namespace": "n", "port": 0, "path": "a//"}},
                },
            ]
        },
        [
            "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; "
            "desired format: https://host[/path]",
            'webhooks[0].clientConfig.url: Invalid value: "me": user information is not permitted in the URL',
            'webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
            'webhooks[0].clientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
            "webhooks[1].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 "
            "and 65535, inclusive",
            "webhooks[1].clientConfig.service.path: Invalid value: \"a//\": must start with a '/'",
            'webhooks[1].clientConfig.service.path: Invalid value: "a//": segment[0] may not be empty',
            'webhooks[1].clientConfig.service.path: Invalid value: "a//": segment[1] may not be empty',
            'webhooks[1].name: Duplicate value: "h.example.com"',
        ],
    ),
    "APIService of nobody": (
        "apiservices",
        {"spec": {"group": "a.example.com", "versionPriority": 2000, "insecureSkipTLSVerify": True}},
        [
            'metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: ".a.example.com"',
            'spec.version: Invalid value: "": a DNS-1035 label must consist of lower case alphanumeric '
            "characters or '-', start with an alphabetic character, and end with an alphanumeric character "
            "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
            "spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000",
            "spec.versionPriority: Invalid value: 2000: must be positive and less than 1000",
            "spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have "
            "insecureSkipTLSVerify",
        ],
    ),
    "LimitRange that contradicts itself": (
        "limitranges",
        {
            "spec": {
                "limits": [
                    {
                        "type": "Container",
                        "min": {"cpu": "2"},
                        "max": {"cpu": "1"},
                        "maxLimitRequestRatio": {"cpu": "500m"},
                    },
                    {"type": "Pod", "default": {"cpu": "1"}},
                    {"type": "Pod", "max": {"books": "1"}},
                    {"type": "PersistentVolumeClaim"},
                    {"type": "Lunch"},
                ]
            }
        },
        [
            'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
            'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default '
            "request value 1",
            'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
            'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1',
            "spec.limits[1].default: Forbidden: may not be specified when `type` is 'Pod'",
            'spec.limits[2].type: Duplicate value: "Pod"',
            'spec.limits[2].max[books]: Invalid value: "books": must be a standard resource type or fully '
            "qualified",
            'spec.limits[2].max[books]: Invalid value: "books": must be a standard resource for containers',
            "spec.limits[3].limits: Required value: either minimum or maximum storage value is required, but "
            "neither was provided",
            'spec.limits[4].type: Invalid value: "Lunch": must be a standard limit type or fully qualified',
        ],
    ),
    "CSIDriver with strange wishes": (
        "csidrivers",
        {
            "spec": {
                "fsGroupPolicy": "Maybe",
                "tokenRequests": [{"audience": "a", "expirationSeconds": 10}, {"audience": "a"}],
                "volumeLifecycleModes": ["Once"],
                "nodeAllocatableUpdatePeriodSeconds": 5,
            }
        },
        [
            'spec.fsGroupPolicy: Unsupported value: "Maybe": supported values: "File", "None", '
            '"ReadWriteOnceWithFSType"',
            "spec.tokenRequests[0].expirationSeconds: Invalid value: 10: may not specify a duration less "
            "than 10 minutes",
            'spec.tokenRequests[1].audience: Duplicate value: "a"',
            'spec.volumeLifecycleModes: Unsupported value: "Once": supported values: "Persistent", '
            '"Ephemeral"',
            "spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 5: must be greater than or equal to 10 "
            "seconds",
        ],
    ),
    "CSINode with drivers that are none": (
        "csinodes",
        {
            "spec": {
                "drivers": [
                    {"name": "a", "nodeID": "", "topologyKeys": ["b", "b"]},
                    {"name": "a", "nodeID": "n" * 257},
                ]
            }
        },
        [
            "spec.drivers[0].nodeID: Required value",
            'spec.drivers[0]: Duplicate value: "b"',
            f'spec.drivers[1].nodeID: Invalid value: "{"n" * 257}": must be 256 characters or less',
            'spec.drivers[1].name: Duplicate value: "a"',
        ],
    ),
    "CSIStorageCapacity below zero": (
        "csistoragecapacities",
        {"storageClassName": "fast", "capacity": "-1"},
        ['capacity: Invalid value: "-1": must be greater than or equal to 0'],
    ),
    "VolumeAttachment of nothing": (
        "volumeattachments",
        {"spec": {"attacher": "", "nodeName": "n", "source": {}}},
        [
            "spec.attacher: Required value",
            "spec.source: Required value: must specify exactly one of inlineVolumeSpec and "
            "persistentVolumeName",
        ],
    ),
    "VolumeAttachment of an inline volume": (
        "volumeattachments",
        {"spec": {"attacher": "a", "nodeName": "n", "source": {"inlineVolumeSpec": VOLUME}}},
        [
            "spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline "
            "volumes",
            "spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline "
            "volumes",
        ],
    ),
    "VolumeAttributesClass without anything": (
        "volumeattributesclasses",
        {},
        [
            "driverName: Required value",
            "parameters: Required value: must contain at least one key/value pair",
        ],
    ),
}


@pytest.mark.parametrize("name", CREATED)
def test_creation(name: str, writes: Any) -> None:
    """Each mistake in a new object has its causes, in upstream's order."""
    resource, body, expected = CREATED[name]
    causes = writes.causes(resource, copy.deepcopy(body))
    assert [f"{each.field}: {each.message}" for each in causes] == expected


STATEFUL_SET_FROZEN = (
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
    "'minReadySeconds' are "
    "forbidden"
)
FROZEN = "field is immutable when `immutable` is set"
CHANGED: dict[str, tuple[str, Object, Object, list[str]]] = {
    "a Deployment's selector": (
        "deployments",
        {"spec": WORKLOAD},
        {"spec": {"selector": {"matchLabels": {"app": "x"}}}},
        [
            MISMATCH.format('{"app":"web"}'),
            'spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable',
        ],
    ),
    "a StatefulSet's service": (
        "statefulsets",
        {"spec": {**WORKLOAD, "serviceName": "a"}},
        {"spec": {"serviceName": "b"}},
        [STATEFUL_SET_FROZEN],
    ),
    "a Job's completions": (
        "jobs",
        {"spec": JOB},
        {"spec": {"completions": 2}},
        ["spec.completions: Invalid value: 2: field is immutable"],
    ),
    "a Service's address": (
        "services",
        {"spec": {"clusterIP": "10.96.0.5", "ports": [{"port": 80}]}},
        {"spec": {"clusterIP": "10.96.0.6"}},
        ['spec.clusterIPs[0]: Invalid value: ["10.96.0.6"]: may not change once set'],
    ),
    "an immutable ConfigMap": (
        "configmaps",
        {"data": {"a": "1"}, "immutable": True},
        {"data": {"a": "2"}, "immutable": False},
        [f"immutable: Forbidden: {FROZEN}", f"data: Forbidden: {FROZEN}"],
    ),
    "a Secret's type": ("secrets", {}, {"type": "x"}, ['type: Invalid value: "x": field is immutable']),
    "a PriorityClass's value": (
        "pc",
        {"value": 1},
        {"value": 2},
        ["value: Forbidden: may not be changed in an update."],
    ),
    "an EndpointSlice's type": (
        "endpointslices",
        {"addressType": "IPv4", "endpoints": []},
        {"addressType": "IPv6"},
        ['addressType: Invalid value: "IPv6": field is immutable'],
    ),
    "an object's name": (
        "configmaps",
        {},
        {"metadata": {"name": "y"}},
        ['metadata.name: Invalid value: "y": field is immutable'] * 2,
    ),
    "a label": (
        "pdb",
        {"spec": {"minAvailable": 1}},
        {"metadata": {"labels": {"a": "-"}}},
        [
            'metadata.labels: Invalid value: "-": a valid label must be an empty string or consist of '
            "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            "character (e.g. "
            "'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        ]
        * 2,
    ),
    "a StorageClass": (
        "storageclasses",
        {"provisioner": "p", "parameters": {"a": "1"}},
        {"provisioner": "q", "reclaimPolicy": "Retain", "parameters": {"a": "2"}},
        [
            'parameters: Invalid value: {"a":"2"}: field is immutable',
            'provisioner: Invalid value: "q": field is immutable',
            'reclaimPolicy: Invalid value: "Retain": field is immutable',
        ],
    ),
    "a PersistentVolume's mode": (
        "persistentvolumes",
        {"spec": VOLUME},
        {"spec": {"volumeMode": "Block"}},
        ['volumeMode: Invalid value: "Block": field is immutable'],
    ),
    "a CSIDriver": (
        "csidrivers",
        {"spec": {}},
        {"spec": {"attachRequired": False}},
        ["spec.attachedRequired: Invalid value: false: field is immutable"],
    ),
    "a CSIStorageCapacity": (
        "csistoragecapacities",
        {"storageClassName": "a"},
        {"storageClassName": "b"},
        ['storageClassName: Invalid value: "b": field is immutable'],
    ),
    "a VolumeAttributesClass": (
        "volumeattributesclasses",
        {"driverName": "a", "parameters": {"a": "b"}},
        {"driverName": "b"},
        ["driverName: Forbidden: updates to driverName are forbidden."],
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_changes(name: str, writes: Any) -> None:
    """What may not change is named, as often as upstream finds it."""
    resource, body, change, expected = CHANGED[name]
    old = writes.create(resource, {"metadata": {"name": "x"}, **copy.deepcopy(body)})

    def merge(target: Object, patch: Object) -> None:
        for key, value in patch.items():
            if isinstance(value, dict) and isinstance(target.get(key), dict) and key in ("metadata", "spec"):
                merge(target[key], value)
            else:
                target[key] = value

    with pytest.raises(StatusError) as caught:
        writes.update(resource, old, lambda obj: merge(obj, change))
    causes = caught.value.status["details"]["causes"]
    assert [f"{each['field']}: {each['message']}" for each in causes] == expected


def test_generation_counts_changes_of_the_spec(writes: Any) -> None:
    """Labels do not count; a Deployment's annotations do."""
    old = writes.create("deployments", {"metadata": {"name": "x"}, "spec": WORKLOAD})
    assert old["metadata"]["generation"] == 1
    labelled = writes.update("deployments", old, lambda obj: obj["metadata"].update(labels=LABELS))
    scaled = writes.update("deployments", old, lambda obj: obj["spec"].update(replicas=5))
    noted = writes.update("deployments", old, lambda obj: obj["metadata"].update(annotations=LABELS))
    assert [each["metadata"]["generation"] for each in (labelled, scaled, noted)] == [1, 2, 2]


def test_status_and_spec_are_changed_through_their_own_doors(writes: Any) -> None:
    """An update ignores the status, a status update the spec."""
    old = writes.create(
        "deployments", {"metadata": {"name": "x"}, "spec": WORKLOAD, "status": {"replicas": 9}}
    )
    assert old["status"] == {}

    def change(obj: Object) -> None:
        obj["spec"]["replicas"] = 5
        obj["status"] = {"replicas": 5}

    main = writes.update("deployments", old, change)
    status = writes.update("deployments", old, change, "status")
    assert (main["spec"]["replicas"], main["status"]) == (5, {})
    assert (status["spec"]["replicas"], status["status"]) == (1, {"replicas": 5})


def test_a_namespace_loses_its_finalizer_only_through_finalize(writes: Any) -> None:
    """Any other update keeps it."""
    old = writes.create("namespaces", {"metadata": {"name": "x"}})
    kept = writes.update("namespaces", old, lambda obj: obj["spec"].update(finalizers=[]))
    gone = writes.update("namespaces", old, lambda obj: obj["spec"].update(finalizers=[]), "finalize")
    assert kept["spec"] == {"finalizers": ["kubernetes"]}
    assert gone["spec"] == {}


def test_ephemeral_containers_are_added_through_their_own_door(writes: Any) -> None:
    """Nothing else changes there, and what is there stays."""
    old = writes.create("pods", {"metadata": {"name": "x"}, "spec": POD})
    debugger = {"name": "d", "image": "busybox"}

    def change(obj: Object) -> None:
        obj["spec"]["nodeName"] = "elsewhere"
        obj["spec"]["ephemeralContainers"] = [debugger]

    new = writes.update("pods", old, change, "ephemeralcontainers")
    assert "nodeName" not in new["spec"]
    assert [each["name"] for each in new["spec"]["ephemeralContainers"]] == ["d"]

    def remove(obj: Object) -> None:
        obj["spec"]["ephemeralContainers"] = []

    with pytest.raises(StatusError, match="may not be removed"):
        writes.update("pods", new, remove, "ephemeralcontainers")


def test_a_resize_changes_cpu_and_memory_only(writes: Any) -> None:
    """The class must stay, and nothing else moves."""
    small = {"resources": {"requests": {"cpu": "1"}}}
    pod = {"containers": [{"name": "c", "image": "i", **small}]}
    old = writes.create("pods", {"metadata": {"name": "x"}, "spec": pod})

    def resources(wanted: Object) -> Any:
        return lambda obj: obj["spec"]["containers"][0].update(image="other", resources=wanted)

    new = writes.update("pods", old, resources({"requests": {"cpu": "2"}}), "resize")
    assert new["spec"]["containers"][0]["resources"] == {"requests": {"cpu": "2"}}
    assert new["spec"]["containers"][0]["image"] == "i"
    with pytest.raises(StatusError, match="resource requests cannot be removed"):
        writes.update("pods", old, resources({}), "resize")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"containers": []}, r"spec.containers: Forbidden: containers may not be added or removed on resize"),
        (
            {"containers": [{"name": "d", "image": "i"}]},
            r"spec.containers\[0\].name: Forbidden: containers may not be renamed or reordered on resize",
        ),
        ({"resources": None}, "spec.resources: Forbidden: pod-level resources cannot be removed"),
        (
            {"resources": {"requests": {"memory": "1Mi"}}},
            "spec.resources.requests: Forbidden: pod-level resource requests cannot be removed",
        ),
        (
            {"resources": {"requests": {"cpu": "2", "hugepages-2Mi": "2Mi"}}},
            "spec: Forbidden: only cpu and memory resources are mutable at pod-level",
        ),
    ],
)
def test_what_a_resize_may_not_do(writes: Any, change: Object, message: str) -> None:
    """The words are upstream's."""
    spec = {"containers": [{"name": "c", "image": "i"}], "resources": {"requests": {"cpu": "1"}}}
    old = writes.create("pods", {"metadata": {"name": "x"}, "spec": spec})
    with pytest.raises(StatusError, match=message):
        writes.update("pods", old, lambda obj: obj["spec"].update(change), "resize")


@pytest.mark.parametrize(
    ("resource", "body", "refused"),
    [
        ("configmaps", {}, True),
        ("leases.coordination.k8s.io", {}, False),
        ("poddisruptionbudgets.policy", {"spec": {}}, False),
    ],
)
def test_finalizers_name_their_domain(writes: Any, resource: str, body: Object, refused: bool) -> None:
    """Upstream holds only the kinds whose own rules look at the metadata to it."""
    kind = writes.kind(resource)
    meta = {"name": "x", "finalizers": ["orphan", "example.com/a", "mine"]}
    obj = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta, **body}
    if refused:
        with pytest.raises(StatusError, match=r'finalizers\[2\]: Invalid value: "mine": name is neither'):
            writes.create(resource, obj)
    else:
        assert writes.create(resource, obj)["metadata"]["finalizers"] == meta["finalizers"]


def test_the_source_of_a_volume_stays(writes: Any) -> None:
    """The difference is shown as Go shows it."""
    old = writes.create("persistentvolumes", {"metadata": {"name": "v"}, "spec": VOLUME})

    def move(volume: Object) -> None:
        volume["spec"]["hostPath"]["path"] = "/tmp/b"

    with pytest.raises(StatusError) as refused:
        writes.update("persistentvolumes", old, move)
    message = refused.value.status["message"]
    assert "spec.persistentvolumesource is immutable after creation\n" in message
    assert '-  "Path": "/tmp/a",\n+  "Path": "/tmp/b",\n' in message
