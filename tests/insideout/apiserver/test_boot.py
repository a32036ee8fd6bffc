"""What the server writes of itself once it has a door."""

from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop


def test_it_says_where_it_is_and_where_services_get_addresses() -> None:
    """Once, however often it is told."""
    server = ApiServer(Loop())
    for _ in range(2):
        server.advertise(6443)
    kind = server.registry.of("networking.k8s.io/v1", "ServiceCIDR")
    endpoints = server.registry.of("v1", "Endpoints")
    assert kind is not None
    assert endpoints is not None
    found = server.resources.find(kind, "", "kubernetes")
    assert found is not None
    assert found.value.object["spec"] == {"cidrs": ["10.96.0.0/16"]}
    (condition,) = found.value.object["status"]["conditions"]
    assert (condition["type"], condition["status"]) == ("Ready", "True")
    assert condition["message"] == "Kubernetes default Service CIDR is ready"
    assert server.resources.find(endpoints, "default", "kubernetes") is not None
