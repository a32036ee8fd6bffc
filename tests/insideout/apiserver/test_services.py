"""Services get addresses and node ports of their own, and give them back."""

from typing import Any

from insideout.apiserver.services import ADDRESSES, FIRST_PORT, LAST_PORT

from .conftest import Api


def service(name: str, **spec: Any) -> dict[str, Any]:
    ports = spec.pop("ports", [{"port": 80}])
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"ports": ports, **spec},
    }


def test_every_service_has_its_own_address(api: Api):
    """Cluster IPs are in the range, and no two are the same."""
    import ipaddress

    found = [api.ok("POST", "services", service(f"s{n}"))["spec"]["clusterIP"] for n in range(50)]
    assert len(set(found)) == 50
    assert all(ipaddress.ip_address(each) in ADDRESSES for each in found)


def test_a_chosen_address_is_taken_once(api: Api):
    """A client may choose an address that is free; deleting its Service frees it."""
    api.ok("POST", "services", service("a", clusterIP="10.96.0.50"))
    code, _, message = api.refused("POST", "services", service("b", clusterIP="10.96.0.50"))
    assert code == 422
    assert message == (
        'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.50"]: '
        "failed to allocate IP 10.96.0.50: provided IP is already allocated"
    )
    outside = api.refused("POST", "services", service("b", clusterIP="192.168.0.1"))[2]
    assert "the provided IP (192.168.0.1) is not in the valid range" in outside
    api.ok("DELETE", "services/a")
    api.ok("POST", "services", service("b", clusterIP="10.96.0.50"))


def test_node_ports(api: Api):
    """Node ports are in the range and differ; equal ports of two protocols share one; a choice is kept."""
    ports = [
        {"name": "a", "port": 53, "protocol": "TCP"},
        {"name": "b", "port": 53, "protocol": "UDP"},
        {"name": "c", "port": 80, "nodePort": 30080},
    ]
    spec = api.ok("POST", "services", service("s", type="NodePort", ports=ports))["spec"]
    given = [each["nodePort"] for each in spec["ports"]]
    assert given[0] == given[1] != given[2] == 30080
    assert all(FIRST_PORT <= each <= LAST_PORT for each in given)
    taken = [{"port": 80, "nodePort": 30080}]
    message = api.refused("POST", "services", service("t", type="NodePort", ports=taken))[2]
    assert message.endswith(
        "spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated"
    )
    beyond = [{"port": 80, "nodePort": 80}]
    message = api.refused("POST", "services", service("t", type="NodePort", ports=beyond))[2]
    assert "The range of valid ports is 30000-32767" in message


def test_updates_keep_what_was_allocated(api: Api):
    """A client that leaves out addresses and ports keeps them; another type takes the ports away."""
    before = api.ok("POST", "services", service("s", type="NodePort"))["spec"]
    after = api.ok("PUT", "services/s", service("s", type="NodePort", selector={"a": "b"}))["spec"]
    assert after["clusterIP"] == before["clusterIP"]
    assert after["ports"] == before["ports"]
    plain = api.merge("services/s", {"spec": {"type": "ClusterIP"}})["spec"]
    assert "nodePort" not in plain["ports"][0]
    assert plain["clusterIP"] == before["clusterIP"]
    changed = api.refused(
        "PATCH",
        "services/s",
        {"spec": {"clusterIP": "10.96.0.99"}},
        content_type="application/merge-patch+json",
    )
    assert "may not change once set" in changed[2]


def test_dry_run_allocates_nothing(api: Api):
    """A dry run shows an address and does not keep it."""
    body = service("s", clusterIP="10.96.0.60")
    assert api.ok("POST", "services", body, dryRun="All")["spec"]["clusterIP"] == "10.96.0.60"
    api.ok("POST", "services", body)


def test_a_balancer_with_local_traffic_gets_a_port_for_health_checks(api: Api):
    """It is given with the policy, kept over changes, and free again without it."""
    balancer = service("a", type="LoadBalancer", externalTrafficPolicy="Local")
    spec = api.ok("POST", "services", balancer)["spec"]
    port = spec["healthCheckNodePort"]
    assert FIRST_PORT <= port <= LAST_PORT
    assert port != spec["ports"][0]["nodePort"]
    taken = service("b", type="NodePort", ports=[{"port": 80, "nodePort": port}])
    assert "already allocated" in api.refused("POST", "services", taken)[2]
    patch = {"metadata": {"labels": {"a": "b"}}}
    merge = {"content_type": "application/merge-patch+json"}
    assert api.ok("PATCH", "services/a", patch, **merge)["spec"]["healthCheckNodePort"] == port
    plain = {"spec": {"type": "ClusterIP", "externalTrafficPolicy": None}}
    assert "healthCheckNodePort" not in api.ok("PATCH", "services/a", plain, **merge)["spec"]
    api.ok("POST", "services", taken)


def test_a_port_for_health_checks_comes_with_a_later_policy_or_by_choice(api: Api):
    api.ok("POST", "services", service("a", type="LoadBalancer"))
    local = {"spec": {"externalTrafficPolicy": "Local", "healthCheckNodePort": 30100}}
    merge = {"content_type": "application/merge-patch+json"}
    assert api.ok("PATCH", "services/a", local, **merge)["spec"]["healthCheckNodePort"] == 30100
    chosen = service("b", type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=30100)
    code, reason, message = api.refused("POST", "services", chosen)
    assert (code, reason) == (500, "InternalError")
    assert message == (
        "Internal error occurred: failed to allocate requested HealthCheck NodePort 30100: "
        "provided port is already allocated"
    )
