"""Objects that the proxy's tests build their cases from."""

from collections.abc import Sequence
from typing import Any

import pytest

from insideout.client import Object


def make_service(name: str = "web", **spec: Any) -> Object:
    """Return a Service in namespace demo at 10.96.0.11:80."""
    ports = spec.pop("ports", [{"port": 80, "targetPort": 8080}])
    status = spec.pop("status", {})
    return {
        "kind": "Service",
        "metadata": {"name": name, "namespace": "demo"},
        "spec": {"clusterIP": "10.96.0.11", "ports": ports, **spec},
        "status": status,
    }


def make_slice(
    *endpoints: str | Object, name: str = "web", suffix: str = "a", ports: Sequence[Object] = ()
) -> Object:
    """Return an EndpointSlice; an endpoint given as a string is ready, and local in 10.244.0.0/24."""
    items = [
        {"addresses": [one], "nodeName": "kp-node" if one.startswith("10.244.0.") else "other"}
        if isinstance(one, str)
        else one
        for one in endpoints
    ]
    return {
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{name}-{suffix}",
            "namespace": "demo",
            "labels": {"kubernetes.io/service-name": name},
        },
        "addressType": "IPv4",
        "ports": list(ports) or [{"name": "", "port": 8080, "protocol": "TCP"}],
        "endpoints": items,
    }


@pytest.fixture
def service() -> Any:
    """Return the maker of Services."""
    return make_service


@pytest.fixture
def endpoint_slice() -> Any:
    """Return the maker of EndpointSlices."""
    return make_slice
