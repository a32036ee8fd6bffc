"""What a cluster has before anybody asks: the system namespaces, its own Service, two priorities.

Source: pkg/controlplane/controller/systemnamespaces, .../kubernetesservice, pkg/registry/scheduling/rest
@v1.36.2.
"""

from typing import TYPE_CHECKING, Any

from course.apiserver.options import WriteOptions

if TYPE_CHECKING:
    from course.apiserver.server import ApiServer

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


def create_system_objects(server: "ApiServer") -> None:
    """Create the system's objects that are not there yet."""
    for name in _NAMESPACES:
        _create(server, "", "v1", "Namespace", {"metadata": {"name": name}})
    for name, value in _PRIORITIES:
        body = {"metadata": {"name": name}, "value": value, "description": _DESCRIPTIONS[name]}
        _create(server, "scheduling.k8s.io", "v1", "PriorityClass", body)
    labels = {"component": "apiserver", "provider": "kubernetes"}
    port = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}
    service = {
        "metadata": {"name": "kubernetes", "namespace": "default", "labels": labels},
        "spec": {"clusterIP": FIRST_ADDRESS, "ports": [port]},
    }
    _create(server, "", "v1", "Service", service)


def _create(server: "ApiServer", group: str, version: str, kind_name: str, body: Object) -> None:
    api_version = f"{group}/{version}" if group else version
    kind = server.registry.of(api_version, kind_name)
    assert kind is not None  # built in
    metadata = body["metadata"]
    if server.resources.find(kind, metadata.get("namespace", ""), metadata["name"]) is None:
        obj = {"apiVersion": api_version, "kind": kind_name, **body}
        options = WriteOptions(field_manager="kube-apiserver")
        server.create(kind, metadata.get("namespace", ""), obj, options)
