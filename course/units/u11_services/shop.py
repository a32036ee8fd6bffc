"""What the lesson's cells work with: manifests, slices as a table, and requests from a node."""

from collections import Counter
from typing import Any

from insideout.cluster import Cluster

Object = dict[str, Any]
HTTP = {"name": "http", "containerPort": 8080}


def service(
    name: str,
    *,
    port: int | str = 8080,
    selector: Object | str | None = "app",
    annotations: Object | None = None,
    **spec: Any,
) -> Object:
    """Return a Service on port 80 that selects app=`name`; `port` is its targetPort, None selects nothing."""
    chosen = {"app": name} if selector == "app" else selector
    made: Object = {"ports": [{"port": 80, "targetPort": port}], **spec}
    if chosen:
        made["selector"] = chosen
    return {"metadata": {"name": name, "annotations": annotations or {}}, "spec": made}


def pod(name: str, *, program: str = "", node: str = "", labels: Object | None = None) -> Object:
    """Return a pod with one container; `program` says what it does, other than to answer."""
    metadata: Object = {"name": name, "labels": labels or {"app": "web"}}
    if program:
        metadata["annotations"] = {"program.course/app": program}
    spec: Object = {"containers": [{"name": "app", "image": "web:v1", "ports": [HTTP]}]}
    return {"metadata": metadata, "spec": spec | ({"nodeName": node} if node else {})}


def deployment(name: str, replicas: int) -> Object:
    """Return a Deployment whose pods are ready after 3 s and serve for 8 s after their deletion."""
    container = {
        "name": "app",
        "image": f"{name}:v1",
        "ports": [HTTP],
        "readinessProbe": {
            "httpGet": {"path": "/", "port": 8080},
            "periodSeconds": 1,
            "initialDelaySeconds": 3,
        },
        "lifecycle": {"preStop": {"sleep": {"seconds": 8}}},
    }
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}},
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }


def crew(cluster: Cluster, name: str, *, image: str) -> None:
    """Give a Deployment another image."""
    template = {"spec": {"containers": [{"name": "app", "image": image}]}}
    cluster.apps.patch_namespaced_deployment(name, "default", {"spec": {"template": template}})


def endpoints(name: str, service_name: str, ip: str) -> Object:
    """Return a slice written by hand, with one endpoint that has no hint."""
    return {
        "metadata": {"name": name, "labels": {"kubernetes.io/service-name": service_name}},
        "addressType": "IPv4",
        "ports": [{"name": "", "port": 8080, "protocol": "TCP"}],
        "endpoints": [{"addresses": [ip], "conditions": {"ready": True}}],
    }


def show_slices(cluster: Cluster, service_name: str) -> None:
    """Print a Service's slices: their ports, and an endpoint a line."""
    selector = f"kubernetes.io/service-name={service_name}"
    found = cluster.client("view").list("endpointslices", "default", label_selector=selector)["items"]
    for slice_ in sorted(found, key=lambda one: repr(one.get("ports"))):
        manager = slice_["metadata"]["labels"].get("endpointslice.kubernetes.io/managed-by", "by hand")
        ports = [f"{port.get('name', '') or '-'}:{port['port']}" for port in slice_.get("ports") or ()]
        print(f"{slice_['addressType']} slice, {manager}, ports {' '.join(ports) or 'none'}")  # noqa: T201
        for line in sorted(_line(endpoint) for endpoint in slice_.get("endpoints") or ()):
            print("  " + line)  # noqa: T201


def _line(endpoint: Object) -> str:
    name = endpoint.get("targetRef", {}).get("name", "(an address)")
    said = ", ".join(f"{key} {str(value).lower()}" for key, value in endpoint["conditions"].items())
    hints = endpoint.get("hints") or {}
    named = [one["name"] for kind in ("forNodes", "forZones") for one in hints.get(kind) or ()]
    zone = f", in zone {endpoint['zone']}" if "zone" in endpoint else ""
    return f"{name:10} {said}{zone}{', hints ' + ' '.join(named) if named else ''}"


def shares(cluster: Cluster, service_name: str, node: str, times: int = 100) -> dict[str, int]:
    """Send requests to a Service from a client pod on a node; return how many each pod answered."""
    name = f"client-{node}"
    cluster.core.create_namespaced_pod("default", pod(name, node=node, labels={"app": "client"}))
    cluster.run(seconds=2)
    answers = [cluster.request(f"http://{service_name}/", source=name) for _ in range(times)]
    cluster.core.delete_namespaced_pod(name, "default", grace_period_seconds=0)
    cluster.run(seconds=1)
    return dict(sorted(Counter(one.pod or one.error for one in answers).items()))


def in_zones(*nodes: str, **spec: Any) -> Cluster:
    """Return a cluster of six nodes in three zones, with a Service and a pod on each of `nodes`."""
    cluster = Cluster.create(nodes=0)
    for name in ("a0", "a1", "b0", "b1", "c0", "c1"):
        cluster.nodes.add(name, labels={"topology.kubernetes.io/zone": name[0]})
    cluster.core.create_namespaced_service("default", service("web", **spec))
    for name in nodes:
        cluster.core.create_namespaced_pod("default", pod(f"on-{name}", node=name))
    cluster.run(seconds=5)
    return cluster
