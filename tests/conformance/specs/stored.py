"""Objects of the kinds whose specs say "should support ... API operations", and one change of each."""

import base64
from typing import Any, NamedTuple

Object = dict[str, Any]


class Stored(NamedTuple):
    """One kind: where it is served, a new object's content, a merge patch, and what its status may say."""

    group: str
    version: str
    plural: str
    content: Object
    change: Object
    status: Object | None = None
    namespaced: bool = True
    name: str = "one"
    generation: bool = False
    """The object has a generation, which the change raises."""

    @property
    def root(self) -> str:
        """The path of its group and version."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    def path(self, namespace: str) -> str:
        """Return the path of its objects."""
        place = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{self.root}{place}/{self.plural}"


def condition(kind: str) -> Object:
    """Return a condition as the specs write it into a status."""
    instant = "2026-01-01T00:00:00Z"
    return {"type": kind, "status": "False", "reason": "E2E", "message": "set", "lastTransitionTime": instant}


def signing_request() -> str:
    """Return a PEM request for a certificate, as its field writes it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "e2e.example.com")])
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()


POD = {"containers": [{"name": "c", "image": "agnhost:2"}], "restartPolicy": "OnFailure"}
ALWAYS = {"containers": POD["containers"]}
LABELS = {"app": "web"}
DEVICES = {"devices": {"requests": [{"name": "req-0", "exactly": {"deviceClassName": "dra.example.com"}}]}}
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
RULES = [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]
NOTE = {"metadata": {"annotations": {"patched": "true"}}}
EVENT = {
    "regarding": {"kind": "Pod", "name": "p"},
    "note": "seen",
    "reason": "Test",
    "action": "Do",
    "type": "Normal",
    "eventTime": "2026-01-01T00:00:00.000000Z",
    "reportingController": "test-controller",
    "reportingInstance": "test-node",
}
CSR = {"signerName": "example.com/e2e", "usages": ["digital signature", "client auth"]}
LEVEL = {
    "type": "Limited",
    "limited": {
        "nominalConcurrencyShares": 2,
        "limitResponse": {"type": "Queue", "queuing": {"queues": 8, "handSize": 2, "queueLengthLimit": 10}},
    },
}
STORAGE, ADMISSION = "storage.k8s.io", "admissionregistration.k8s.io"
WEBHOOK = {
    "name": "deny.example.com",
    "clientConfig": {"service": {"namespace": "default", "name": "none", "path": "/deny"}},
    "rules": [{"operations": ["CREATE"], "apiGroups": ["e2e"], "apiVersions": ["v1"], "resources": ["none"]}],
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}
GIBIBYTES = {"storage": "2Gi"}
NETWORK, FLOW = "networking.k8s.io", "flowcontrol.apiserver.k8s.io"
RBAC, RESOURCE = "rbac.authorization.k8s.io", "resource.k8s.io"
REFERENCE = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"}
CLASS_NAME = {"deviceClassName": "other.example.com"}

KINDS: dict[str, Stored] = {
    "PodTemplate": Stored(
        "", "v1", "podtemplates", {"template": {"metadata": {"labels": LABELS}, "spec": ALWAYS}}, NOTE
    ),
    "ReplicationController": Stored(
        "",
        "v1",
        "replicationcontrollers",
        {
            "spec": {
                "replicas": 0,
                "selector": LABELS,
                "template": {"metadata": {"labels": LABELS}, "spec": ALWAYS},
            }
        },
        {"spec": {"minReadySeconds": 3}},
        {"replicas": 0, "conditions": [condition("StatusUpdate")]},
        generation=True,
    ),
    "CronJob": Stored(
        "batch",
        "v1",
        "cronjobs",
        {
            "spec": {
                "schedule": "* */1 * * ?",
                "suspend": True,
                "jobTemplate": {"spec": {"template": {"spec": POD}}},
            }
        },
        {"spec": {"concurrencyPolicy": "Forbid"}},
        {"lastScheduleTime": "2026-01-01T00:00:00Z"},
        generation=True,
    ),
    "HorizontalPodAutoscaler": Stored(
        "autoscaling",
        "v1",
        "horizontalpodautoscalers",
        {
            "spec": {
                "maxReplicas": 3,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"},
            }
        },
        {"spec": {"targetCPUUtilizationPercentage": 30}},
        {"currentReplicas": 1, "desiredReplicas": 2},
    ),
    "Ingress": Stored(
        NETWORK,
        "v1",
        "ingresses",
        {"spec": {"defaultBackend": BACKEND, "rules": [{"host": "foo.bar.com"}]}},
        {"spec": {"ingressClassName": "other"}},
        {"loadBalancer": {"ingress": [{"ip": "169.1.1.1"}]}},
        generation=True,
    ),
    "IngressClass": Stored(
        NETWORK,
        "v1",
        "ingressclasses",
        {"spec": {"controller": "example.com/controller"}},
        NOTE,
        namespaced=False,
    ),
    "IPAddress": Stored(
        NETWORK,
        "v1",
        "ipaddresses",
        {"spec": {"parentRef": {"resource": "services", "name": "web", "namespace": "default"}}},
        NOTE,
        namespaced=False,
        name="192.168.1.11",
    ),
    "ServiceCIDR": Stored(
        NETWORK,
        "v1",
        "servicecidrs",
        {"spec": {"cidrs": ["10.100.0.0/16"]}},
        NOTE,
        {"conditions": [condition("E2e")]},
        namespaced=False,
    ),
    "FlowSchema": Stored(
        FLOW,
        "v1",
        "flowschemas",
        {"spec": {"matchingPrecedence": 9999, "priorityLevelConfiguration": {"name": "global-default"}}},
        {"spec": {"matchingPrecedence": 9998}},
        {"conditions": [condition("Dangling")]},
        namespaced=False,
        generation=True,
    ),
    "PriorityLevelConfiguration": Stored(
        FLOW,
        "v1",
        "prioritylevelconfigurations",
        {"spec": LEVEL},
        {"spec": {"limited": {"nominalConcurrencyShares": 4}}},
        {"conditions": [condition("Odd")]},
        namespaced=False,
        generation=True,
    ),
    "CertificateSigningRequest": Stored(
        "certificates.k8s.io",
        "v1",
        "certificatesigningrequests",
        {"spec": {**CSR, "request": signing_request()}},
        NOTE,
        {"conditions": [{**condition("Odd"), "status": "True"}]},
        namespaced=False,
    ),
    "Event": Stored("events.k8s.io", "v1", "events", EVENT, NOTE),
    "Role": Stored(RBAC, "v1", "roles", {"rules": RULES}, NOTE),
    "ClusterRole": Stored(RBAC, "v1", "clusterroles", {"rules": RULES}, NOTE, namespaced=False),
    "RoleBinding": Stored(RBAC, "v1", "rolebindings", {"roleRef": REFERENCE}, NOTE),
    "ClusterRoleBinding": Stored(
        RBAC, "v1", "clusterrolebindings", {"roleRef": REFERENCE}, NOTE, namespaced=False
    ),
    "DeviceClass": Stored(
        RESOURCE,
        "v1",
        "deviceclasses",
        {"spec": {"selectors": [{"cel": {"expression": "false"}}]}},
        {"spec": {"selectors": [{"cel": {"expression": "1 == 0"}}]}},
        namespaced=False,
        generation=True,
    ),
    "ResourceClaim": Stored(RESOURCE, "v1", "resourceclaims", {"spec": DEVICES}, NOTE, {"allocation": {}}),
    "ResourceClaimTemplate": Stored(
        RESOURCE, "v1", "resourceclaimtemplates", {"spec": {"spec": DEVICES}}, NOTE
    ),
    "ResourceSlice": Stored(
        RESOURCE,
        "v1",
        "resourceslices",
        {
            "spec": {
                "driver": "dra.example.com",
                "pool": {"name": "cluster", "generation": 1, "resourceSliceCount": 1},
                "nodeName": "no-such-node",
            }
        },
        {"spec": {"devices": [{"name": "device-0"}]}},
        namespaced=False,
        generation=True,
    ),
    "LimitRange": Stored(
        "",
        "v1",
        "limitranges",
        {"spec": {"limits": [{"type": "Container", "max": {"cpu": "500m"}, "default": {"cpu": "500m"}}]}},
        {"spec": {"limits": [{"type": "Container", "max": {"cpu": "600m"}}]}},
    ),
    "PersistentVolume": Stored(
        "",
        "v1",
        "persistentvolumes",
        {
            "spec": {
                "capacity": GIBIBYTES,
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "e2e",
                "csi": {"driver": "e2e.example.com", "volumeHandle": "e2e"},
            }
        },
        {"spec": {"persistentVolumeReclaimPolicy": "Delete"}},
        {"phase": "Available", "message": "StatusPatched", "reason": "E2E patchStatus"},
        namespaced=False,
    ),
    "PersistentVolumeClaim": Stored(
        "",
        "v1",
        "persistentvolumeclaims",
        {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "e2e",
                "resources": {"requests": GIBIBYTES},
            }
        },
        NOTE,
        {"phase": "Pending", "conditions": [condition("StatusPatched")]},
    ),
    "StorageClass": Stored(
        STORAGE,
        "v1",
        "storageclasses",
        {"provisioner": "e2e-fake-provisioner"},
        {"allowVolumeExpansion": True},
        namespaced=False,
    ),
    "VolumeAttributesClass": Stored(
        STORAGE,
        "v1",
        "volumeattributesclasses",
        {"driverName": "e2e-fake-csi", "parameters": {"foo": "bar"}},
        NOTE,
        namespaced=False,
    ),
    "CSIDriver": Stored(
        STORAGE,
        "v1",
        "csidrivers",
        {"spec": {"volumeLifecycleModes": ["Ephemeral"]}},
        {"spec": {"storageCapacity": True}},
        namespaced=False,
    ),
    "CSINode": Stored(
        STORAGE,
        "v1",
        "csinodes",
        {"spec": {"drivers": []}},
        {"spec": {"drivers": [{"name": "e2e.example.com", "nodeID": "n"}]}},
        namespaced=False,
    ),
    "CSIStorageCapacity": Stored(
        STORAGE, "v1", "csistoragecapacities", {"storageClassName": "e2e"}, {"capacity": "1Gi"}
    ),
    "VolumeAttachment": Stored(
        STORAGE,
        "v1",
        "volumeattachments",
        {
            "spec": {
                "attacher": "e2e-test.storage.k8s.io",
                "nodeName": "node-0",
                "source": {"persistentVolumeName": "pv-e2e"},
            }
        },
        NOTE,
        {"attached": True},
        namespaced=False,
    ),
    "ValidatingWebhookConfiguration": Stored(
        ADMISSION,
        "v1",
        "validatingwebhookconfigurations",
        {"webhooks": [WEBHOOK]},
        {"webhooks": [{**WEBHOOK, "timeoutSeconds": 3}]},
        namespaced=False,
        generation=True,
    ),
    "MutatingWebhookConfiguration": Stored(
        ADMISSION,
        "v1",
        "mutatingwebhookconfigurations",
        {"webhooks": [WEBHOOK]},
        {"webhooks": [{**WEBHOOK, "timeoutSeconds": 3}]},
        namespaced=False,
        generation=True,
    ),
}
