"""Services and EndpointSlices for the cases of lesson 12_kube_proxy, as the API server stores them."""

from typing import Any

from course.units.u12_kube_proxy.answers import NODE, stored
from insideout.client import Object


def service(name: str = "web", **spec: Any) -> Object:
    """Return Service demo/`name` at 10.96.0.11:80, with `spec` on top."""
    given = {"clusterIP": "10.96.0.11", "ports": [{"port": 80, "targetPort": 8080}], **spec}
    return stored({"kind": "Service", "metadata": {"name": name}, "spec": given})


def endpoint(address: str, **conditions: bool) -> Object:
    """Return an endpoint, ready unless told otherwise; those in 10.244.0.0/24 are on the lesson's node."""
    given = {"ready": True, "serving": True, "terminating": False, **conditions}
    node = NODE if address.startswith("10.244.0.") else "other-node"
    return {"addresses": [address], "conditions": given, "nodeName": node}


def leaving(address: str, *, serving: bool = True) -> Object:
    """Return an endpoint whose pod terminates."""
    return endpoint(address, ready=False, serving=serving, terminating=True)


def unready(address: str) -> Object:
    """Return an endpoint whose pod is not ready."""
    return endpoint(address, ready=False, serving=False)


def endpoint_slice(
    *endpoints: str | Object, name: str = "web", suffix: str = "a", ports: list[Object] | None = None
) -> Object:
    """Return an EndpointSlice of Service `name`; an endpoint given as an address is ready."""
    return stored(
        {
            "kind": "EndpointSlice",
            "metadata": {"name": f"{name}-{suffix}", "labels": {"kubernetes.io/service-name": name}},
            "addressType": "IPv4",
            "ports": ports or [{"name": "", "port": 8080, "protocol": "TCP"}],
            "endpoints": [endpoint(one) if isinstance(one, str) else one for one in endpoints],
        }
    )
