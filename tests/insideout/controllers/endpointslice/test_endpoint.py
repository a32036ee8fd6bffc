"""A Pod's endpoint: whether it is listed, its conditions, ports and hints."""

from typing import Any

import pytest

from insideout.controllers.endpointslice import endpoint, hints, topology

NODE = {"metadata": {"name": "n1", "labels": {"topology.kubernetes.io/zone": "z1"}}}


def pod(
    *, ready: bool = True, terminating: bool = False, phase: str = "Running", **spec: Any
) -> dict[str, Any]:
    """Return a Pod with an IPv4 and an IPv6 address, on node n1."""
    metadata = {"name": "p", "namespace": "ns", "uid": "u"}
    if terminating:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    status = {"phase": phase, "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}
    ports = [{"name": "web", "containerPort": 8080}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]
    containers = [{"name": "c", "ports": ports}]
    return {
        "metadata": metadata,
        "spec": {"nodeName": "n1", "containers": containers} | spec,
        "status": status | {"conditions": [condition]},
    }


def service(*ports: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Return a Service."""
    return {"metadata": {"name": "svc", "namespace": "ns"}, "spec": {"ports": list(ports)} | spec}


# (ready, terminating, publishNotReadyAddresses) -> conditions ready, serving, terminating
CONDITIONS = [
    (True, False, False, (True, True, False)),
    (False, False, False, (False, False, False)),
    (True, True, False, (False, True, True)),
    (False, True, False, (False, False, True)),
    (False, False, True, (True, False, False)),
    (True, True, True, (True, True, True)),
]


@pytest.mark.parametrize(("ready", "terminating", "publish", "expected"), CONDITIONS)
def test_conditions(ready: bool, terminating: bool, publish: bool, expected: tuple[bool, ...]) -> None:
    """A terminating Pod may still be serving, and is ready only when the Service publishes everything."""
    made = endpoint.of_pod(
        pod(ready=ready, terminating=terminating), NODE, service(publishNotReadyAddresses=publish), "IPv4"
    )
    assert tuple(made["conditions"].values()) == expected


def test_place() -> None:
    made = endpoint.of_pod(pod(), NODE, service(), "IPv6")
    assert (made["addresses"], made["nodeName"], made["zone"]) == (["fd00::1"], "n1", "z1")
    assert made["targetRef"] == {"kind": "Pod", "namespace": "ns", "name": "p", "uid": "u"}


@pytest.mark.parametrize(("subdomain", "named"), [("svc", True), ("other", False), (None, False)])
def test_a_host_name_counts_under_the_service_that_is_its_domain(subdomain: str | None, named: bool) -> None:
    made = endpoint.of_pod(pod(hostname="db-0", subdomain=subdomain), NODE, service(), "IPv4")
    assert made.get("hostname") == ("db-0" if named else None)


def test_who_is_listed() -> None:
    assert endpoint.belongs(pod())
    assert endpoint.belongs(pod(terminating=True))
    assert not endpoint.belongs(pod(terminating=True), include_terminating=False)
    assert not endpoint.belongs(pod(phase="Failed"))
    assert not endpoint.belongs(pod() | {"status": {"phase": "Running"}})


PORTS = [
    ({"port": 80}, 80),
    ({"port": 80, "targetPort": 8081}, 8081),
    ({"port": 80, "targetPort": "web"}, 8080),
    ({"port": 80, "targetPort": "gone"}, None),
    ({"port": 53, "targetPort": "dns"}, None),
    ({"port": 53, "targetPort": "dns", "protocol": "UDP"}, 53),
]


@pytest.mark.parametrize(("port", "number"), PORTS)
def test_a_target_port(port: dict[str, Any], number: int | None) -> None:
    """A name must be that of a port with the same protocol."""
    assert endpoint.find_port(pod(), port) == number


HINTS = [
    (None, True, None),
    ("PreferClose", True, {"forZones": [{"name": "z1"}]}),
    ("PreferSameZone", True, {"forZones": [{"name": "z1"}]}),
    ("PreferSameNode", True, {"forZones": [{"name": "z1"}], "forNodes": [{"name": "n1"}]}),
    ("PreferSameNode", False, None),
]


@pytest.mark.parametrize(("distribution", "ready", "expected"), HINTS)
def test_hints(distribution: str | None, ready: bool, expected: dict[str, Any] | None) -> None:
    """Only a ready endpoint is recommended to anybody."""
    made = endpoint.of_pod(pod(ready=ready), NODE, service(), "IPv4")
    near = service(trafficDistribution=distribution)
    change = topology.SliceChange([{"endpoints": [made]}], [])
    hints.reconcile_hints(near, "IPv4", change, topology.Topology())
    assert change.create[0]["endpoints"][0].get("hints") == expected
