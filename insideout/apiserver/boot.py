"""What a cluster has before anybody asks: the system namespaces, its own Service, two priorities.

Source: pkg/controlplane/controller/systemnamespaces, .../kubernetesservice, pkg/registry/scheduling/rest
@v1.36.2.
"""

from typing import Any

from insideout.apiserver import strategy
from insideout.apiserver.options import WriteOptions
from insideout.apiserver.registry import Registry
from insideout.apiserver.resources import Resources

Object = dict[str, Any]

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_PRIORITIES = (
    ("system-cluster-critical", 2_000_000_000),
    ("system-node-critical", 2_000_001_000),
)
_DESCRIPTIONS = {
    "system-cluster-critical": "Used for system critical pods that must run in the cluster, "
    "but can be moved to another node if necessary.",
    "system-node-critical": "Used for system critical pods that must not be moved from their current node.",
}
FIRST_ADDRESS = "10.96.0.1"


def create_system_objects(resources: Resources, registry: Registry) -> None:
    """Create the system's objects that are not there yet."""

    def create(api_version: str, kind_name: str, body: Object) -> None:
        kind = registry.of(api_version, kind_name)
        assert kind is not None  # built in
        namespace, name = body["metadata"].get("namespace", ""), body["metadata"]["name"]
        if resources.find(kind, namespace, name) is None:
            obj, _ = strategy.decode(kind, {"apiVersion": api_version, "kind": kind_name, **body})
            resources.create(kind, namespace, obj, WriteOptions(field_manager="kube-apiserver"))

    for name in _NAMESPACES:
        create("v1", "Namespace", {"metadata": {"name": name}})
    for name, value in _PRIORITIES:
        body = {"metadata": {"name": name}, "value": value, "description": _DESCRIPTIONS[name]}
        create("scheduling.k8s.io/v1", "PriorityClass", body)
    labels = {"component": "apiserver", "provider": "kubernetes"}
    port = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}
    service = {
        "metadata": {"name": "kubernetes", "namespace": "default", "labels": labels},
        "spec": {"clusterIP": FIRST_ADDRESS, "ports": [port]},
    }
    create("v1", "Service", service)
