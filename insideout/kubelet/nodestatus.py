"""What a kubelet reports of its node, and the objects it registers with.

Source: pkg/kubelet/kubelet_node_status.go, pkg/kubelet/nodestatus/setters.go,
staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go@v1.36.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from insideout.apimachinery import timestamps
from insideout.client import Object

VERSION = "v1.36.2"
LEASE_NAMESPACE = "kube-node-lease"
LEASE_DURATION_S = 40
RENEW_EVERY_S = 10.0
RUNTIME_LOOK_S = 5.0
"""How often a kubelet asks its runtime whether it is well, and whether there is a network for Pods."""
NO_NETWORK = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)
REPORT_EVERY_S = 300.0
"""A status that did not change is written this often; the Lease speaks for the node meanwhile."""


@dataclass(frozen=True)
class NodeSpec:
    """A hollow node as it is asked for; quantities as in the API."""

    name: str
    cpu: str = "4"
    memory: str = "16Gi"
    pods: str = "110"
    ephemeral_storage: str = "100Gi"
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    extended: Mapping[str, str] = field(default_factory=dict)
    network: bool = True
    """Whether Pods get a network there from the beginning; else a Pod with a network plugin sets it up."""


def node_object(spec: NodeSpec, pod_cidr: str) -> Object:
    """Return the Node that a kubelet registers."""
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": spec.name,
        "kubernetes.io/os": "linux",
    }
    node: Object = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": spec.name, "labels": labels | dict(spec.labels)},
        "spec": {"podCIDR": pod_cidr, "podCIDRs": [pod_cidr]},
    }
    if spec.taints:
        node["spec"]["taints"] = [dict(taint) for taint in spec.taints]
    return node


def node_status(
    spec: NodeSpec,
    address: str,
    pressures: Mapping[str, bool],
    before: list[Object],
    now: datetime,
    trouble: str = "",
) -> Object:
    """Return the status; conditions keep their time of transition while their status stays.

    With `trouble`, what the kubelet found wrong with its runtime or network, the node is not ready.
    """
    resources = {
        "cpu": spec.cpu,
        "ephemeral-storage": spec.ephemeral_storage,
        "memory": spec.memory,
        "pods": spec.pods,
    } | dict(spec.extended)
    return {
        "capacity": resources,
        "allocatable": resources,
        "addresses": [
            {"type": "InternalIP", "address": address},
            {"type": "Hostname", "address": spec.name},
        ],
        "conditions": _conditions(pressures, before, now, trouble),
        "nodeInfo": {
            "architecture": "amd64",
            "bootID": "",
            "containerRuntimeVersion": "hollow://1",
            "kernelVersion": "0",
            "kubeProxyVersion": "",
            "kubeletVersion": VERSION,
            "machineID": "",
            "operatingSystem": "linux",
            "osImage": "hollow",
            "systemUUID": "",
        },
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
    }


_WORDS = {
    "MemoryPressure": ("Memory", "memory available"),
    "DiskPressure": ("Disk", "disk"),
    "PIDPressure": ("PID", "PID available"),
}


def _conditions(
    pressures: Mapping[str, bool], before: list[Object], now: datetime, trouble: str
) -> list[Object]:
    earlier = {condition["type"]: condition for condition in before}
    verdicts = []
    for type_, (word, what) in _WORDS.items():
        if pressures.get(type_):
            quantity = {"Memory": "InsufficientMemory", "Disk": "DiskPressure", "PID": "InsufficientPID"}[
                word
            ]
            verdicts.append((type_, "True", f"KubeletHas{quantity}", f"kubelet has insufficient {what}"))
        else:
            sufficient = "NoDiskPressure" if word == "Disk" else f"Sufficient{word}"
            message = "kubelet has no disk pressure" if word == "Disk" else f"kubelet has sufficient {what}"
            verdicts.append((type_, "False", f"KubeletHas{sufficient}", message))
    if trouble:
        verdicts.append(("Ready", "False", "KubeletNotReady", trouble))
    else:
        verdicts.append(("Ready", "True", "KubeletReady", "kubelet is posting ready status"))
    time = timestamps.seconds(now)
    return [
        {
            "type": type_,
            "status": status,
            "lastHeartbeatTime": time,
            "lastTransitionTime": earlier[type_]["lastTransitionTime"]
            if type_ in earlier and earlier[type_]["status"] == status
            else time,
            "reason": reason,
            "message": message,
        }
        for type_, status, reason, message in verdicts
    ]


def lease_object(node: Object, now: datetime) -> Object:
    """Return a node's Lease, owned by its Node so that it goes with it."""
    metadata = node["metadata"]
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": metadata["name"],
            "namespace": LEASE_NAMESPACE,
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "Node", "name": metadata["name"], "uid": metadata["uid"]}
            ],
        },
        "spec": {
            "holderIdentity": metadata["name"],
            "leaseDurationSeconds": LEASE_DURATION_S,
            "renewTime": timestamps.micros(now),
        },
    }
