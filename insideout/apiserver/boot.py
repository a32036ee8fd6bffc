"""What a cluster has before anybody asks: the system namespaces, its own Service, two priorities.

Once the server has a door, it writes the endpoints of this Service and the range of Services' addresses.

Source: pkg/controlplane/controller/{systemnamespaces,kubernetesservice,defaultservicecidr},
pkg/registry/scheduling/rest, pkg/controlplane/reconcilers/{instancecount,endpointsadapter}.go@v1.36.2.
"""

from typing import Any

from insideout.apiserver import strategy
from insideout.apiserver.options import WriteOptions
from insideout.apiserver.registry import Registry
from insideout.apiserver.resources import Resources
from insideout.apiserver.services import ADDRESSES
from insideout.apiserver.views import View

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
ADVERTISED = "172.18.0.1"
"""Where the nodes' network has the server; clients on this machine find it on its loopback address."""
DEFAULT_CLASS = "standard"
HOLLOW_PROVISIONER = "hollow.csi.insideout"
"""Who makes volumes of the default class: insideout.controllers.hollowprovisioner."""


def create_system_objects(resources: Resources, registry: Registry) -> None:
    """Create the system's objects that are not there yet."""

    def create(api_version: str, kind_name: str, body: Object) -> None:
        _create(resources, registry, api_version, kind_name, body)

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


def default_class() -> Object:
    """Return the StorageClass for claims that name none, as an add-on makes it in clusters with storage."""
    metadata = {
        "name": DEFAULT_CLASS,
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        "labels": {"addonmanager.kubernetes.io/mode": "EnsureExists"},
    }
    return {"metadata": metadata, "provisioner": HOLLOW_PROVISIONER, "allowVolumeExpansion": True}


def create_default_class(resources: Resources, registry: Registry) -> None:
    """Create it."""
    _create(resources, registry, "storage.k8s.io/v1", "StorageClass", default_class())


def _create(resources: Resources, registry: Registry, api_version: str, kind_name: str, body: Object) -> None:
    kind = registry.of(api_version, kind_name)
    assert kind is not None  # built in
    namespace, name = body["metadata"].get("namespace", ""), body["metadata"]["name"]
    if resources.find(kind, namespace, name) is None:
        obj, _ = strategy.decode(kind, {"apiVersion": api_version, "kind": kind_name, **body})
        resources.create(kind, namespace, obj, WriteOptions(field_manager="kube-apiserver"))


def advertise(resources: Resources, registry: Registry, port: int) -> None:
    """Write where the server is: the Endpoints and the EndpointSlice of default/kubernetes."""
    entry = {"name": "https", "port": port, "protocol": "TCP"}
    mirrored = {"endpointslice.kubernetes.io/skip-mirror": "true"}
    bodies: tuple[tuple[str, str, Object], ...] = (
        (
            "v1",
            "Endpoints",
            {
                "metadata": {"labels": mirrored},
                "subsets": [{"addresses": [{"ip": ADVERTISED}], "ports": [entry]}],
            },
        ),
        (
            "discovery.k8s.io/v1",
            "EndpointSlice",
            {
                "metadata": {"labels": {"kubernetes.io/service-name": "kubernetes"}},
                "addressType": "IPv4",
                "endpoints": [{"addresses": [ADVERTISED], "conditions": {"ready": True}}],
                "ports": [entry],
            },
        ),
    )
    options = WriteOptions(field_manager="kube-apiserver")
    _say_range(resources, registry, options)
    for api_version, kind_name, body in bodies:
        kind = registry.of(api_version, kind_name)
        assert kind is not None  # built in
        metadata = {"name": "kubernetes", "namespace": "default", **body["metadata"]}
        whole = {"apiVersion": api_version, "kind": kind_name, **body, "metadata": metadata}
        obj, _ = strategy.decode(kind, whole)
        if resources.find(kind, "default", "kubernetes") is None:
            resources.create(kind, "default", obj, options)


def _say_range(resources: Resources, registry: Registry, options: WriteOptions) -> None:
    """Write where the addresses of Services come from: the ServiceCIDR `kubernetes`, ready."""
    kind = registry.of("networking.k8s.io/v1", "ServiceCIDR")
    assert kind is not None  # built in
    if resources.find(kind, "", "kubernetes") is not None:
        return
    body = {"metadata": {"name": "kubernetes"}, "spec": {"cidrs": [str(ADDRESSES)]}}
    _create(resources, registry, "networking.k8s.io/v1", "ServiceCIDR", body)
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "",
        "message": "Kubernetes default Service CIDR is ready",
    }

    def change(view: View) -> Object:
        conditions = [{**condition, "lastTransitionTime": resources.now()}]
        return {**view.object, "status": {"conditions": conditions}}

    resources.change(kind, "", "kubernetes", change, options, subresource="status")
