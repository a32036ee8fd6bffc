"""What pods and templates are warned of, in the API server's words."""

import copy
from typing import Any

import pytest

from insideout.apiserver.objects.pods import warnings

Object = dict[str, Any]
HIDES = 'hides previous definition of "A", which may be dropped when using apply'
FRACTION = 'fractional byte value "100m" is invalid, must be an integer'
NO_POD = "a null labelSelector results in matching no pod"
ZONE = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
OLD_ZONE = "failure-domain.beta.kubernetes.io/zone"
TERM = {"matchExpressions": [{"key": OLD_ZONE}]}
HARD, SOFT = (f"{kind}DuringSchedulingIgnoredDuringExecution" for kind in ("required", "preferred"))


def container(**fields: Any) -> Object:
    return {"name": "c", "image": "x", **fields}


def env(*pairs: tuple[str, str]) -> Object:
    return {"containers": [container(env=[{"name": name, "value": value} for name, value in pairs])]}


def ports(*given: Object) -> Object:
    return {"containers": [container(ports=list(given))]}


def port(number: int, **fields: Any) -> Object:
    return {"containerPort": number, "protocol": "TCP", **fields}


SPECS: dict[str, tuple[Object, list[str]]] = {
    "nothing": ({"containers": [container()]}, []),
    "a variable given twice": (env(("A", "1"), ("A", "2")), [f"spec.containers[0].env[1]: {HIDES}"]),
    "a variable that builds on itself": (env(("A", "1"), ("A", "$(A)2")), []),
    "a variable that is itself": (env(("A", "1"), ("A", "$(A)")), [f"spec.containers[0].env[1]: {HIDES}"]),
    "a variable from elsewhere": (
        {
            "initContainers": [
                container(env=[{"name": "A", "value": "1"}, {"name": "A", "valueFrom": {}, "value": "$(A)2"}])
            ]
        },
        [f"spec.initContainers[0].env[1]: {HIDES}"],
    ),
    "a part of a byte": (
        {"containers": [container(resources={"requests": {"memory": "100m", "cpu": "100m"}})]},
        [f"spec.containers[0].resources.requests[memory]: {FRACTION}"],
    ),
    "overhead": ({"overhead": {"memory": "100m"}}, [f"spec.overhead[memory]: {FRACTION}"]),
    "one port twice": (
        ports(port(80), port(80)),
        ["spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"],
    ),
    "a port with and without a host's": (
        ports(port(80), port(80, hostPort=80)),
        ["spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]"],
    ),
    "a host's port with and without an address": (
        ports(port(80, hostPort=80), port(80, hostPort=80, hostIP="1.2.3.4")),
        [
            "spec.containers[0].ports[1]: dangerously ambiguous port definition with "
            "spec.containers[0].ports[0]"
        ],
    ),
    "two protocols": (ports(port(80), {**port(80), "protocol": "UDP"}), []),
    "an address without a host's port": (
        ports(port(80, hostIP="1.2.3.4")),
        [
            "spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 "
            "Protocol:TCP HostIP:1.2.3.4}"
        ],
    ),
    "one name for two ports": (
        ports(port(80, name="web"), port(81, name="web")),
        [
            'spec.containers[0].ports[1]: duplicate port name "web" with spec.containers[0].ports[0], '
            "services and probes that select ports by name will use spec.containers[0].ports[0]"
        ],
    ),
    "an old label of nodes": ({"nodeSelector": {OLD_ZONE: "a"}}, [f"spec.nodeSelector[{OLD_ZONE}]: {ZONE}"]),
    "an old label in affinity": (
        {
            "affinity": {
                "nodeAffinity": {HARD: {"nodeSelectorTerms": [{"matchExpressions": [{"key": OLD_ZONE}]}]}}
            }
        },
        [
            f"spec.affinity.nodeAffinity.{HARD}.nodeSelectorTerms[0].matchExpressions[0].key: {OLD_ZONE} is "
            f"{ZONE}"
        ],
    ),
    "spread over nothing": (
        {"topologySpreadConstraints": [{"topologyKey": OLD_ZONE}]},
        [
            f"spec.topologySpreadConstraints[0].topologyKey: {OLD_ZONE} is {ZONE}",
            f"spec.topologySpreadConstraints[0].labelSelector: {NO_POD}",
        ],
    ),
    "away from nothing": (
        {"affinity": {"podAntiAffinity": {HARD: [{}], SOFT: [{"podAffinityTerm": {}}]}}},
        [
            f"spec.affinity.podAntiAffinity.{HARD}[0].labelSelector: {NO_POD}",
            f"spec.affinity.podAntiAffinity.{SOFT}[0].podAffinityTerm.labelSelector: {NO_POD}",
        ],
    ),
    "one secret twice, and none": (
        {"imagePullSecrets": [{"name": "a"}, {"name": "a"}, {}]},
        [
            'spec.imagePullSecrets[1].name: duplicate name "a"',
            'spec.imagePullSecrets[2].name: invalid empty name ""',
        ],
    ),
    "a grace period below zero": (
        {"terminationGracePeriodSeconds": -1},
        [
            "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
            "treated as 1"
        ],
    ),
    "an address in a spelling of its own": (
        {"hostAliases": [{"ip": "2001:DB8::1"}]},
        [
            'spec.hostAliases[0].ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format '
            '("2001:db8::1")'
        ],
    ),
    "a volume that is gone": (
        {"volumes": [{"name": "v", "gitRepo": {}}, {"name": "w", "storageos": {}}]},
        [
            "spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+",
            "spec.volumes[1].storageOS: deprecated in v1.22, non-functional in v1.25+",
        ],
    ),
    "a file inside a file": (
        {"volumes": [{"name": "v", "configMap": {"name": "m", "items": [{"path": "a"}, {"path": "a/b"}]}}]},
        ['volume "v" (ConfigMap "m"): overlapping paths: "a/b" with "a"'],
    ),
    "two sources for a file": (
        {
            "volumes": [
                {
                    "name": "v",
                    "projected": {
                        "sources": [
                            {"secret": {"name": "s", "items": [{"path": "token"}]}},
                            {"serviceAccountToken": {"path": "token"}},
                            {},
                        ]
                    },
                }
            ]
        },
        [
            'volume "v" (Projected): overlapping paths: "token" (ServiceAccountToken) with "token" '
            '(Secret "s")',
            'volume "v" (Projected) has no sources provided',
        ],
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_specs(name: str) -> None:
    """In a template the same is said of the path below it, but for volumes, which are called by name."""
    spec, expected = SPECS[name]
    before = copy.deepcopy(spec)
    assert list(warnings.template({"metadata": {}, "spec": spec}, "")) == expected
    found = list(warnings.template({"spec": spec}, "spec.template"))
    assert [each.replace("spec.template.spec", "spec") for each in found] == expected
    assert spec == before


def test_annotations() -> None:
    seccomp = "seccomp.security.alpha.kubernetes.io/pod"
    armor = "container.apparmor.security.beta.kubernetes.io/c"
    pod = {"metadata": {"annotations": {seccomp: "x", armor: "y"}}, "spec": {"containers": [container()]}}
    old = 'non-functional in v1.27+; use the "seccompProfile" field instead'
    assert list(warnings.template(pod, "")) == [f"metadata.annotations[{seccomp}]: {old}"]
    assert list(warnings.template(pod, "spec.template")) == [
        f"spec.template.metadata.annotations[{seccomp}]: {old}",
        f"spec.template.metadata.annotations[{armor}]: deprecated since v1.30; "
        'use the "appArmorProfile" field instead',
    ]
    pod["spec"]["securityContext"] = {"seccompProfile": {"type": "RuntimeDefault"}}
    assert list(warnings.template(pod, "")) == []
