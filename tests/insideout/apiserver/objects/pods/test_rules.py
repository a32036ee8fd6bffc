"""What is wrong with a pod is said in the API server's words, at the API server's place."""

from typing import Any

import pytest

Object = dict[str, Any]

LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
KEY = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
EXEC = {"exec": {"command": ["true"]}}
NODE_TERMS = "requiredDuringSchedulingIgnoredDuringExecution"

CONTAINERS: dict[str, tuple[Object, list[str]]] = {
    "no image": ({"image": ""}, ["image: Required value"]),
    "a name with capitals": ({"name": "C"}, [f'name: Invalid value: "C": {LABEL}']),
    "spaces around the image": (
        {"image": " i"},
        ['image: Invalid value: " i": must not have leading or trailing whitespace'],
    ),
    "a port out of range": (
        {"ports": [{"containerPort": 70000}]},
        ["ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"],
    ),
    "no port": ({"ports": [{}]}, ["ports[0].containerPort: Required value"]),
    "a port's name": (
        {"ports": [{"containerPort": 1, "name": "HTTP"}]},
        [
            'ports[0].name: Invalid value: "HTTP": must contain only alpha-numeric characters (a-z, 0-9), '
            "and "
            "hyphens (-)",
            'ports[0].name: Invalid value: "HTTP": must contain at least one letter (a-z)',
        ],
    ),
    "a port's name twice": (
        {"ports": [{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]},
        ['ports[1].name: Duplicate value: "a"'],
    ),
    "a host port twice": (
        {"ports": [{"containerPort": 1, "hostPort": 8}, {"containerPort": 2, "hostPort": 8}]},
        ['ports[1].hostPort: Duplicate value: "TCP//8"'],
    ),
    "a protocol": (
        {"ports": [{"containerPort": 1, "protocol": "HTTP"}]},
        ['ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"'],
    ),
    "a pull policy": (
        {"imagePullPolicy": "Sometimes"},
        [
            'imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", '
            '"Never"'
        ],
    ),
    "a variable's name": (
        {"env": [{"name": "A=B"}]},
        [
            'env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of '
            "printable "
            "ASCII characters other than '='"
        ],
    ),
    "a variable without a source": (
        {"env": [{"name": "A", "valueFrom": {}}]},
        [
            'env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, '
            "`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        ],
    ),
    "a variable with value and source": (
        {"env": [{"name": "A", "value": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]},
        ['env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    ),
    "a field that no variable shows": (
        {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]},
        [
            'env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: '
            '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", '
            '"spec.serviceAccountName", '
            '"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"'
        ],
    ),
    "a field that is none": (
        {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.foo"}}}]},
        [
            'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: '
            "field "
            "label not supported: spec.foo"
        ],
    ),
    "a mount without a volume": (
        {"volumeMounts": [{"name": "v", "mountPath": "/v"}]},
        ['volumeMounts[0].name: Not found: "v"'],
    ),
    "a probe that does nothing": (
        {"livenessProbe": {}},
        ["livenessProbe: Required value: must specify a handler type"],
    ),
    "a probe that does two things": (
        {"livenessProbe": {**EXEC, "tcpSocket": {"port": 1}}},
        ["livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"],
    ),
    "a liveness probe that must succeed twice": (
        {"livenessProbe": {**EXEC, "successThreshold": 2}},
        ["livenessProbe.successThreshold: Invalid value: 2: must be 1"],
    ),
    "a probe's port": (
        {"readinessProbe": {"httpGet": {"port": 0}}},
        ["readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive"],
    ),
    "a grace period of a readiness probe": (
        {"readinessProbe": {**EXEC, "terminationGracePeriodSeconds": 1}},
        [
            "readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for "
            "readinessProbes"
        ],
    ),
    "requests above limits": (
        {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
        ['resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ),
    "a negative request": (
        {"resources": {"requests": {"cpu": "-1"}}},
        ['resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ),
    "an unknown resource": (
        {"resources": {"requests": {"foo": "1"}}},
        [
            'resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully '
            "qualified",
            'resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
        ],
    ),
    "a device without a limit": (
        {"resources": {"requests": {"example.com/gpu": "1"}}},
        ["resources.limits: Required value: Limit must be set for non overcommitable resources"],
    ),
    "a user": (
        {"securityContext": {"runAsUser": -1}},
        ["securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive"],
    ),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(name: str, writes: Any) -> None:
    """Each mistake in a container has its causes."""
    fields, expected = CONTAINERS[name]
    causes = writes.causes("pods", {"spec": {"containers": [{"name": "c", "image": "i", **fields}]}})
    assert [f"{each.field}: {each.message}" for each in causes] == [
        f"spec.containers[0].{each}" for each in expected
    ]


SPECS: dict[str, tuple[Object, list[str]]] = {
    "no containers": ({"containers": []}, ["containers: Required value"]),
    "two containers of one name": (
        {"containers": [{"name": "a", "image": "i"}, {"name": "a", "image": "i"}]},
        ['containers[1].name: Duplicate value: "a"'],
    ),
    "an init container of the same name": (
        {"initContainers": [{"name": "c", "image": "i"}]},
        ['initContainers[0].name: Duplicate value: "c"'],
    ),
    "an init container with a probe": (
        {"initContainers": [{"name": "i", "image": "i", "livenessProbe": EXEC}]},
        [
            "initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
            "restartPolicy=Always"
        ],
    ),
    "an ephemeral container": (
        {"ephemeralContainers": [{"name": "e", "image": "i"}]},
        ["ephemeralContainers: Forbidden: cannot be set on create"],
    ),
    "a restart policy": (
        {"restartPolicy": "Sometimes"},
        ['restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ),
    "a DNS policy": (
        {"dnsPolicy": "X"},
        [
            'dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", '
            '"Default", "None"'
        ],
    ),
    "no DNS at all": (
        {"dnsPolicy": "None"},
        ["dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"],
    ),
    "a volume of two sources": (
        {"volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]},
        ["volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"],
    ),
    "a volume's name": ({"volumes": [{"name": "V"}]}, [f'volumes[0].name: Invalid value: "V": {LABEL}']),
    "a claim without a name": (
        {"volumes": [{"name": "v", "persistentVolumeClaim": {}}]},
        ["volumes[0].persistentVolumeClaim.claimName: Required value"],
    ),
    "a mode": (
        {"volumes": [{"name": "v", "configMap": {"name": "m", "defaultMode": 512}}]},
        [
            "volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 "
            "(octal), "
            "both inclusive"
        ],
    ),
    "a deadline": (
        {"activeDeadlineSeconds": 0},
        ["activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"],
    ),
    "a node selector": ({"nodeSelector": {"a b": "c"}}, [f'nodeSelector: Invalid value: "a b": {KEY}']),
    "no node selector term": (
        {"affinity": {"nodeAffinity": {NODE_TERMS: {"nodeSelectorTerms": []}}}},
        [
            f"affinity.nodeAffinity.{NODE_TERMS}.nodeSelectorTerms: Required value: must have at least one "
            f"node "
            "selector term"
        ],
    ),
    "affinity without a topology": (
        {"affinity": {"podAffinity": {NODE_TERMS: [{"labelSelector": {}}]}}},
        [
            f"affinity.podAffinity.{NODE_TERMS}[0].topologyKey: Required value: can not be empty",
            f'affinity.podAffinity.{NODE_TERMS}[0].topologyKey: Invalid value: "": name part must be '
            f"non-empty",
            f'affinity.podAffinity.{NODE_TERMS}[0].topologyKey: Invalid value: "": {KEY}',
        ],
    ),
    "a spread constraint": (
        {"topologySpreadConstraints": [{"maxSkew": 0, "whenUnsatisfiable": "X"}]},
        [
            "topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
            "topologySpreadConstraints[0].topologyKey: Required value: can not be empty",
            'topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "X": supported values: '
            '"DoNotSchedule", "ScheduleAnyway"',
        ],
    ),
    "a toleration's operator": (
        {"tolerations": [{"key": "a", "operator": "Foo"}]},
        ['tolerations[0].operator: Unsupported value: "Foo": supported values: "Equal", "Exists"'],
    ),
    "a toleration of nothing": (
        {"tolerations": [{"operator": "Equal"}]},
        [
            'tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, '
            "which "
            'means "match all values and all keys"'
        ],
    ),
    "seconds for the wrong effect": (
        {"tolerations": [{"key": "a", "operator": "Exists", "effect": "NoSchedule", "tolerationSeconds": 1}]},
        [
            "tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when "
            "`tolerationSeconds` is set"
        ],
    ),
    "one process namespace too many": (
        {"hostPID": True, "shareProcessNamespace": True},
        [
            "securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID "
            "cannot "
            "both be enabled"
        ],
    ),
    "gates and a node": (
        {"nodeName": "n", "schedulingGates": [{"name": "a"}]},
        ["nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"],
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_specs(name: str, writes: Any) -> None:
    """Each mistake in a spec has its causes."""
    fields, expected = SPECS[name]
    spec = {"containers": [{"name": "c", "image": "i"}], **fields}
    causes = writes.causes("pods", {"spec": spec})
    assert [f"{each.field}: {each.message}" for each in causes] == [f"spec.{each}" for each in expected]
