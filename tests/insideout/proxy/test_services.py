from typing import Any

import pytest

from insideout.proxy.services import service_ports


@pytest.mark.parametrize(
    ("why", "spec"),
    [
        ("headless", {"clusterIP": "None"}),
        ("not yet allocated", {"clusterIP": ""}),
        ("a name in DNS only", {"type": "ExternalName", "externalName": "example.com"}),
        ("IPv6 only", {"clusterIP": "fd00::11", "clusterIPs": ["fd00::11"], "ipFamilies": ["IPv6"]}),
    ],
)
def test_some_services_are_not_carried(service: Any, why: str, spec: dict[str, Any]) -> None:
    assert service_ports(service(**spec)) == [], why


def test_a_service_that_another_proxy_claims_is_left_alone(service: Any) -> None:
    claimed = service()
    claimed["metadata"]["labels"] = {"service.kubernetes.io/service-proxy-name": "mine"}
    assert service_ports(claimed) == []


@pytest.mark.parametrize("families", [["IPv4", "IPv6"], ["IPv6", "IPv4"]])
def test_of_a_dual_stack_service_the_ipv4_address_is_used(service: Any, families: list[str]) -> None:
    addresses = {"IPv4": "10.96.0.11", "IPv6": "fd00::11"}
    given = [addresses[family] for family in families]
    dual = service(
        clusterIP=given[0],
        clusterIPs=given,
        ipFamilies=families,
        externalIPs=["fd00::9", "192.0.2.9"],
    )
    [port] = service_ports(dual)
    assert (port.cluster_ip, port.external_ips) == ("10.96.0.11", ("192.0.2.9",))


def test_affinity_without_a_timeout_lasts_three_hours(service: Any) -> None:
    [plain] = service_ports(service(sessionAffinity="ClientIP"))
    [set_to] = service_ports(
        service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 300}})
    )
    assert (plain.affinity_s, set_to.affinity_s) == (10800, 300)


def test_external_policy_counts_only_where_something_leads_in_from_outside(service: Any) -> None:
    [inside] = service_ports(service(externalTrafficPolicy="Local"))
    [outside] = service_ports(service(type="NodePort", externalTrafficPolicy="Local"))
    assert (inside.external_local, outside.external_local) == (False, True)


def test_load_balancer_addresses_in_proxy_mode_are_not_captured(service: Any) -> None:
    ingress = [
        {"ip": "203.0.113.1"},
        {"ip": "203.0.113.2", "ipMode": "Proxy"},
        {"hostname": "lb.example.com"},
    ]
    [port] = service_ports(service(type="LoadBalancer", status={"loadBalancer": {"ingress": ingress}}))
    assert port.load_balancer_ips == ("203.0.113.1",)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([" 10.0.0.0/8"], ("10.0.0.0/8",)),
        (["10.1.2.3/8"], ("10.0.0.0/8",)),
        (["fd00::/8", "10.0.0.0/8"], ("10.0.0.0/8",)),
        (["10.0.0.0/8", "0.0.0.0/0"], ()),
        (["nonsense"], ()),
    ],
)
def test_source_ranges_are_read_as_upstream_reads_them(
    service: Any, given: list[str], kept: tuple[str, ...]
) -> None:
    [port] = service_ports(service(type="LoadBalancer", loadBalancerSourceRanges=given))
    assert port.source_ranges == kept


def test_only_a_local_load_balancer_has_a_health_check_port(service: Any) -> None:
    local = {"externalTrafficPolicy": "Local", "healthCheckNodePort": 32000}
    [balanced] = service_ports(service(type="LoadBalancer", **local))
    [node_port] = service_ports(service(type="NodePort", **local))
    assert (balanced.health_check_node_port, node_port.health_check_node_port) == (32000, 0)
